"""What is refused before anybody asks what a request wants: signatures, keys, clocks; and presigned requests."""

import datetime
import re
import urllib.parse

import botocore.credentials
import botocore.model
import botocore.session
import botocore.signers
import pytest

from installation import INVALID_TOKEN, ROOT_ACCOUNT, refused
from signing import Credentials, utc_now

MISMATCH = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
            "Key and signing method. Consult the service documentation for details.")
ROOT_ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:root"
IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"


def test_wrong_secret_is_told_what_the_server_signed(any_server):
    with any_server.connect() as connection:
        answer = connection.call(any_server.root._replace(secret="x" * 40), "GetCallerIdentity")
    status, code, message = answer.refusal
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert message.startswith(MISMATCH)
    assert "The Canonical String for this request should have been\n'POST\n/\n" in message
    assert "The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n" in message


def test_boto3_tells_a_wrong_secret(server):
    with refused("SignatureDoesNotMatch", 403, re.compile(re.escape(MISMATCH) + ".*", re.DOTALL)):
        server.who(server.root._replace(secret="x" * 40))


def test_unknown_key_is_told_in_the_words_of_either_service(server):
    unknown = Credentials("AKIAUNKNOWNUNKNOWN12", "x" * 40)
    with refused(*INVALID_TOKEN):
        server.who(unknown)
    with refused(*INVALID_TOKEN):
        server.iam(unknown).list_users()


def test_changed_body_is_refused(server):
    with server.connect() as connection:
        answer = connection.call(server.root, "CreateUser", {"UserName": "alice"},
                                 tamper=lambda body: body.replace(b"alice", b"mallo"))
        assert answer.refusal[:2] == (403, "SignatureDoesNotMatch")
        assert connection.call(server.root, "ListUsers").all("UserName") == []


def test_clock_may_differ_by_a_quarter_of_an_hour(server):
    with server.connect() as connection:
        for minutes in (-14, 14):
            time = utc_now() + datetime.timedelta(minutes=minutes)
            assert connection.call(server.root, "GetCallerIdentity", time=time).status == 200
        day = r"\d{8}T\d{6}Z"
        old = connection.call(server.root, "GetCallerIdentity", time=utc_now() - datetime.timedelta(minutes=16))
        assert old.refusal[:2] == (403, "SignatureDoesNotMatch")
        assert re.fullmatch(fr"Signature expired: {day} is now earlier than {day} \({day} - 15 min\.\)", old.refusal[2])
        new = connection.call(server.root, "GetCallerIdentity", time=utc_now() + datetime.timedelta(minutes=16))
        assert new.refusal[:2] == (403, "SignatureDoesNotMatch")
        assert re.fullmatch(fr"Signature not yet current: {day} is still later than {day} \({day} \+ 15 min\.\)",
                            new.refusal[2])


def test_signature_for_another_service_is_refused(server):
    with server.connect() as connection:
        answer = connection.call(server.root, "ListUsers", service="sts", version="2010-05-08")
        assert answer.refusal == (403, "SignatureDoesNotMatch",
                                  "Credential should be scoped to correct service: 'iam'. ")
        answer = connection.call(server.root, "GetCallerIdentity", service="s3", version="2011-06-15")
        assert answer.refusal == (403, "SignatureDoesNotMatch",
                                  "Credential should be scoped to correct service: 'sts'. ")
        answer = connection.call(server.root, "ListUsers", terminator="aws3_request")
        assert answer.refusal == (403, "SignatureDoesNotMatch", "Credential should be scoped with a valid terminator: "
                                                                "'aws4_request', not 'aws3_request'. ")


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1"])
def test_any_region_will_do(server, region):
    with server.connect() as connection:
        assert connection.call(server.root, "ListUsers", region=region).status == 200
        assert connection.call(server.root, "GetCallerIdentity", region=region).status == 200


def test_unsigned_calls_are_refused(server):
    with server.connect() as connection:
        for version, action in (("2010-05-08", "ListUsers"), ("2011-06-15", "GetCallerIdentity"),
                                ("2010-05-08", "NoSuchAction")):
            answer = connection.send(body=f"Action={action}&Version={version}".encode(),
                                     headers={"content-type": "application/x-www-form-urlencoded"})
            assert answer.refusal == (403, "MissingAuthenticationToken", "Request is missing Authentication Token")


def test_incomplete_authorization_is_told(server):
    with server.connect() as connection:
        answer = connection.send(body=IDENTITY.encode(), headers={"authorization": "AWS4-HMAC-SHA256 Credential=a"})
        assert answer.refusal[:2] == (400, "IncompleteSignature")
        assert answer.refusal[2].startswith(
            "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' "
            "parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")


# ---- Presigned ----

def presigned(server, credentials, action="GetCallerIdentity", headers=None, expires=60, time=None):
    """A URL as Kubernetes' token authenticators make it: presigned, with a header of their own under the signature."""
    emitter = botocore.session.Session().get_component("event_emitter")
    frozen = botocore.credentials.Credentials(credentials.access_key_id, credentials.secret, credentials.token)
    signer = botocore.signers.RequestSigner(botocore.model.ServiceId("sts"), "us-east-1", "sts", "v4", frozen, emitter)
    request = {"method": "GET", "url": f"{server.url}/?Action={action}&Version=2011-06-15", "body": {},
               "headers": headers or {}, "context": {}}
    return signer.generate_presigned_url(request, region_name="us-east-1", expires_in=expires, operation_name="")


def fetch(server, url, headers=None, method="GET"):
    parts = urllib.parse.urlsplit(url)
    with server.connect() as connection:
        return connection.send(method, f"{parts.path}?{parts.query}", headers=headers)


def test_presigned_identity_is_answered_as_kubernetes_asks(server):
    bob = server.new_user()
    cluster = {"x-k8s-aws-id": "a-cluster"}
    url = presigned(server, bob, headers=cluster)
    assert "x-k8s-aws-id" in url
    answer = fetch(server, url, {**cluster, "accept": "application/json"})
    assert answer.status == 200
    result = answer.json["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert (result["Account"], result["Arn"]) == (ROOT_ACCOUNT, f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob")
    assert fetch(server, url, {"x-k8s-aws-id": "another"}).refusal[:2] == (403, "SignatureDoesNotMatch")
    assert fetch(server, url).refusal == (400, "IncompleteSignature", "'x-k8s-aws-id' is named as a SignedHeader, but "
                                                                      "it does not exist in the HTTP request.")


def test_presigned_url_of_a_session_works(server):
    session = server.session_of(server.new_user())
    assert fetch(server, presigned(server, session)).text("Arn").endswith(":user/bob")


def test_presigned_url_ends_with_its_key(server):
    bob = server.new_user()
    url = presigned(server, bob)
    assert fetch(server, url).status == 200
    server.iam().update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status="Inactive")
    assert fetch(server, url).refusal[1] == "InvalidClientTokenId"


def test_presigned_url_is_bound_to_its_action_and_method(server):
    url = presigned(server, server.root)
    assert fetch(server, url.replace("GetCallerIdentity", "GetSessionToken")).refusal[1] == "SignatureDoesNotMatch"
    assert fetch(server, url, method="POST").refusal[1] == "SignatureDoesNotMatch"


def test_time_of_a_presigned_url_is_the_fixed_window(installation, shifted_clock):
    """The services pay no heed to X-Amz-Expires: what counts is a quarter of an hour around the date."""
    server = installation.start()
    assert fetch(server, presigned(server, server.root, expires=1)).status == 200
    url = presigned(server, server.root, expires=60)
    for seconds, alive in ((600, True), (1000, False)):
        server.stop()
        server.listen = server.url[len("http://"):]  # The same port again: it is under the signature.
        server.start(**shifted_clock(seconds))
        answer = fetch(server, url)
        assert answer.status == 200 if alive else answer.refusal[1] == "SignatureDoesNotMatch", answer


def test_boto3s_own_presigned_url_works(server):
    url = server.sts().generate_presigned_url("get_caller_identity", HttpMethod="GET")
    assert fetch(server, url).text("Arn") == ROOT_ARN


def test_query_and_header_signatures_at_once_are_refused(server):
    url = presigned(server, server.root)
    answer = fetch(server, url, {"authorization": "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0"})
    assert 400 <= answer.status < 500 and answer.all("Code")
