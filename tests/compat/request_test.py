"""The Query protocol, and requests that no stock client would send."""

import os
import re
import socket
import threading
import urllib.parse

import botocore.session
import pytest

from installation import ROOT_ACCOUNT, eventually
from signing import IAM_VERSION, STS_VERSION, signed_headers

ROOT_ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:root"
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


# ---- The protocol ----

def test_answer_is_exactly_as_aws_writes_it(server):
    with server.connect() as connection:
        answer = connection.call(server.root, "GetCallerIdentity")
    request_id = answer.headers["x-amzn-RequestId"]
    assert UUID.fullmatch(request_id)
    assert answer.headers["Content-Type"] == "text/xml"
    assert answer.body.decode() == f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>{ROOT_ARN}</Arn>
    <UserId>{ROOT_ACCOUNT}</UserId>
    <Account>{ROOT_ACCOUNT}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>{request_id}</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
"""


def test_error_is_exactly_as_aws_writes_it(server):
    with server.connect() as connection:
        answer = connection.call(server.root, "GetUser", {"UserName": "nobody"})
    assert answer.status == 404
    assert answer.body.decode() == f"""<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <Error>
    <Type>Sender</Type>
    <Code>NoSuchEntity</Code>
    <Message>The user with name nobody cannot be found.</Message>
  </Error>
  <RequestId>{answer.headers["x-amzn-RequestId"]}</RequestId>
</ErrorResponse>
"""


def test_operation_without_a_result_has_none(server):
    server.iam().create_user(UserName="bob")
    with server.connect() as connection:
        answer = connection.call(server.root, "DeleteUser", {"UserName": "bob"})
    assert "Result" not in answer.body.decode() and answer.text("RequestId")


def test_request_ids_never_repeat(server):
    with server.connect() as connection:
        ids = [connection.call(server.root, "GetCallerIdentity").headers["x-amzn-RequestId"] for _ in range(50)]
    assert len(set(ids)) == 50


def test_get_is_answered_like_post(server):
    query = [("Action", "ListUsers"), ("Version", IAM_VERSION), ("PathPrefix", "/a b+c/")]
    with server.connect() as connection:
        for name, path in (("in", "/x/"), ("out", "/y/")):
            connection.call(server.root, "CreateUser", {"UserName": name, "Path": path})
        query[2] = ("PathPrefix", "/x/")
        headers = signed_headers(server.root, connection.host, method="GET", query=query)
        answer = connection.send("GET", "/?" + urllib.parse.urlencode(query), headers=headers)
        assert answer.status == 200 and answer.all("UserName") == ["in"]


def test_query_string_and_body_are_read_together(server):
    body = b"UserName=bob&Path=%2Fstaff%2F"
    query = [("Action", "CreateUser"), ("Version", IAM_VERSION)]
    with server.connect() as connection:
        headers = signed_headers(server.root, connection.host, query=query, body=body,
                                 headers={"content-type": "application/x-www-form-urlencoded"})
        answer = connection.send("POST", "/?" + urllib.parse.urlencode(query), body=body, headers=headers)
    assert answer.text("Path") == "/staff/"


def test_json_is_answered_to_who_asks_for_it(server):
    bob = server.new_user()
    with server.connect() as connection:
        accept = {"accept": "application/json"}
        answer = connection.call(bob, "GetSessionToken", headers=accept)
        credentials = answer.json["GetSessionTokenResponse"]["GetSessionTokenResult"]["Credentials"]
        server.secrets.add(credentials["SecretAccessKey"])
        server.tokens.add(credentials["SessionToken"])
        assert answer.headers["Content-Type"].startswith("application/json")
        made = answer.json["GetSessionTokenResponse"]
        assert made["ResponseMetadata"]["RequestId"] == answer.headers["x-amzn-RequestId"]
        assert isinstance(made["GetSessionTokenResult"]["Credentials"]["Expiration"], (int, float))
        users = connection.call(server.root, "ListUsers", headers=accept).json["ListUsersResponse"]["ListUsersResult"]
        assert users["IsTruncated"] is False and [user["UserName"] for user in users["Users"]] == ["bob"]
        error = connection.call(server.root, "GetUser", {"UserName": "nobody"}, headers=accept)
        assert error.status == 404
        assert error.json["Error"] == {"Code": "NoSuchEntity", "Type": "Sender",
                                       "Message": "The user with name nobody cannot be found."}
        assert error.json["RequestId"] == error.headers["x-amzn-RequestId"]


def test_texts_outside_ascii_survive(server):
    text = "Zoë & <Søren> ☕ \U0001f511"
    with server.connect() as connection:
        made = connection.call(server.root, "CreateUser", {"UserName": "zoe", "Tags.member.1.Key": "name",
                                                           "Tags.member.1.Value": "Zoë Søren"})
        assert made.status == 200, made
        assert connection.call(server.root, "GetUser", {"UserName": "zoe"}).text("Value") == "Zoë Søren"
        echoed = connection.call(server.root, "GetAccessKeyInfo", {"AccessKeyId": text})
        assert echoed.refusal[:2] == (400, "ValidationError") and text in echoed.refusal[2]


def test_validation_errors_speak_each_services_style(server):
    with server.connect() as connection:
        iam = connection.call(server.root, "UpdateAccessKey", {"AccessKeyId": "x", "Status": "Off"})
        assert iam.refusal[:2] == (400, "ValidationError")
        assert iam.refusal[2].startswith("2 validation errors detected: Value at '") and "'Off'" not in iam.refusal[2]
        sts = connection.call(server.root, "GetAccessKeyInfo", {"AccessKeyId": "x-y"})
        assert sts.refusal[:2] == (400, "ValidationError")
        assert sts.refusal[2].startswith("2 validation errors detected: Value 'x-y' at 'accessKeyId' failed")
        missing = connection.call(server.root, "GetAccessKeyInfo")
        assert missing.refusal == (400, "ValidationError", "1 validation error detected: Value null at 'accessKeyId' "
                                                           "failed to satisfy constraint: Member must not be null")


def test_text_for_a_number_is_malformed_input(server):
    with server.connect() as connection:
        answer = connection.call(server.root, "ListUsers", {"MaxItems": "many"})
    assert answer.status == 400 and answer.text("Code") == "MalformedInput"


@pytest.mark.parametrize("action, version", [("MakeCoffee", IAM_VERSION), ("ListUsers", STS_VERSION),
                                             ("listusers", IAM_VERSION), ("ListUsers", "2010-05-09")])
def test_unknown_action_is_told_with_its_version(server, action, version):
    with server.connect() as connection:
        answer = connection.call(server.root, action, version=version)
    assert answer.refusal == (400, "InvalidAction", f"Could not find operation {action} for version {version}")


def test_missing_version_is_told(server):
    body = b"Action=ListUsers"
    with server.connect() as connection:
        answer = connection.send(body=body, headers=signed_headers(server.root, connection.host, body=body))
    assert answer.refusal == (400, "InvalidAction",
                              "Could not find operation ListUsers for version NO_VERSION_SPECIFIED")


def test_unknown_caller_is_told_before_the_unknown_action(server):
    with server.connect() as connection:
        assert connection.call(server.root._replace(secret="x"), "MakeCoffee").refusal[1] == "SignatureDoesNotMatch"


def test_unknown_parameters_are_ignored(server):
    with server.connect() as connection:
        assert connection.call(server.root, "ListUsers", {"Colour": "red", "Users.member.1": "x"}).status == 200


def test_operation_that_is_not_built_says_so(server):
    listed = server.run("operations").stdout.splitlines()
    missing = [line.split()[0].removeprefix("iam:") for line in listed if line.startswith("iam:") and line.endswith("(missing)")]
    described = botocore.session.Session().get_service_model("iam")
    free = [name for name in missing if name in described.operation_names
            and not getattr(described.operation_model(name).input_shape, "required_members", [])]
    if not free:
        pytest.skip("every operation without required parameters is built")
    with server.connect() as connection:
        answer = connection.call(server.root, free[0])
    assert answer.refusal[:2] == (501, "NotImplemented") and f"iam:{free[0]}" in answer.refusal[2]
    assert answer.text("Type") == "Receiver"


def test_browser_is_sent_to_the_product_page(server):
    with server.connect() as connection:
        answer = connection.send("GET", "/")
        assert answer.status == 302 and answer.headers["Location"] and not answer.body
        answer = connection.send("GET", "/elsewhere")
        assert answer.status == 404 and answer.body == b"<UnknownOperationException/>\n"


# ---- Hostile bytes ----

def exchange(server, sent, finish=True):
    """Sends bytes on a connection of their own, and returns all that comes back until the server closes it."""
    host, port = server.url[len("http://"):].split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        received = b""
        try:
            connection.sendall(sent)
            if finish:
                connection.shutdown(socket.SHUT_WR)
            while True:
                more = connection.recv(65536)
                if not more:
                    break
                received += more
        except (ConnectionResetError, BrokenPipeError):
            pass
        return received


def assert_serves(server):
    with server.connect() as connection:
        assert connection.call(server.root, "GetCallerIdentity").text("Arn") == ROOT_ARN
        assert connection.send("GET", "/healthz").body == b"ok\n"


HOST = b"Host: h\r\n"
MALFORMED = {
    "noise": os.urandom(512) + b"\r\n\r\n",
    "zeros": b"\0" * 4096,
    "no version": b"GET /\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "a TLS greeting": bytes.fromhex("16030100f8010000f40303") + b"x" * 200,
    "HTTP/2's greeting": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "two lengths": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": b"POST / HTTP/1.1\r\n" + HOST
                           + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "a huge length": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999\r\n\r\n",
    "a wrong chunk": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a huge chunk": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    "an unknown coding": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : h\r\n\r\n",
    "a line feed alone": b"GET / HTTP/1.1\nHost: h\n\n",
    "a long request line": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long header": b"GET / HTTP/1.1\r\n" + HOST + b"x: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"x%d: y\r\n" % i for i in range(5000)) + b"\r\n",
    "an unknown expectation": b"POST / HTTP/1.1\r\n" + HOST + b"Expect: wonders\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_http_is_answered_with_a_refusal_or_closed(server, what):
    received = exchange(server, MALFORMED[what])
    if received:
        assert re.match(rb"HTTP/1\.[01] (4\d\d|50[15]) ", received), received[:200]
    assert_serves(server)


@pytest.mark.parametrize("body", [b"%", b"Action=%zz", b"\xff\xfe", b"Action=List%80Users", b"&" * 100_000, b"=" * 1000,
                                  b"Action=ListUsers&" * 30_000, b"a=b&" * 100_000, b"<?xml version='1.0'?><a/>",
                                  b'{"Action":"ListUsers"}', b"\0" * 1000])
def test_malformed_forms_are_answered_with_an_error_document(server, body):
    with server.connect() as connection:
        answer = connection.send(body=body, headers=signed_headers(server.root, connection.host, body=body))
        assert 300 <= answer.status < 500, answer
        assert answer.text("Code") if answer.body else answer.status == 302
    assert_serves(server)


def test_deep_and_sparse_lists_are_harmless(server):
    with server.connect() as connection:
        for name in ("Tags.member.4294967295.Key", "Tags.member.99999999999999999999.Key", "Tags.member.-1.Key",
                     "Tags.member.1" + ".Key" * 1000, "Tags.member.0.Key", "Tags.member..Key", "Tags.member.1e3.Key"):
            answer = connection.call(server.root, "CreateUser", {"UserName": "bob", name: "x"})
            assert answer.status in (200, 400), answer
            connection.call(server.root, "DeleteUser", {"UserName": "bob"})
    assert_serves(server)


def test_body_over_the_limit_is_refused(installation):
    server = installation.start("--body-bytes-max", "100000")
    head = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n"
    assert b" 413 " in exchange(server, head % 100_001, finish=False).split(b"\r\n")[0]
    received = exchange(server, head % 5_000_000 + b"x" * 5_000_000)
    assert not received or b" 413 " in received.split(b"\r\n")[0]
    with server.connect() as connection:
        body = b"Action=ListUsers&Version=2010-05-08&Padding=" + b"x" * 99_000
        answer = connection.send(body=body, headers=signed_headers(server.root, connection.host, body=body))
        assert answer.status == 200, answer
    assert_serves(server)


def test_large_body_within_the_limit_is_answered(server):
    with server.connect() as connection:
        answer = connection.call(server.root, "CreateUser", {"UserName": "bob", "Path": "/" + "x" * 8_000_000})
    assert answer.refusal[:2] == (400, "ValidationError") and len(answer.body) < 2000
    assert_serves(server)


def test_body_in_chunks_is_answered_like_a_whole_one(server):
    body = f"Action=GetCallerIdentity&Version={STS_VERSION}".encode()
    host = server.url[len("http://"):]
    headers = {**signed_headers(server.root, host, body=body, service="sts"), "connection": "close",
               "transfer-encoding": "chunked"}
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    received = exchange(server, b"POST / HTTP/1.1\r\n" + head + b"\r\n" + chunks, finish=False)
    assert received.startswith(b"HTTP/1.1 200 ") and ROOT_ARN.encode() in received


def test_pipelined_requests_are_answered_in_order(server):
    host = server.url[len("http://"):]
    sent = b""
    names = [f"user-{i}" for i in range(20)]
    for name in names:
        body = f"Action=CreateUser&Version={IAM_VERSION}&UserName={name}".encode()
        headers = {**signed_headers(server.root, host, body=body), "content-length": str(len(body))}
        sent += b"POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n" + body
    received = exchange(server, sent).decode()
    assert re.findall("<UserName>(.*?)</UserName>", received) == names


def test_server_survives_clients_that_leave_in_the_middle(server):
    host, port = server.url[len("http://"):].split(":")
    body = f"Action=CreateUser&Version={IAM_VERSION}&UserName=ghost".encode()
    headers = {**signed_headers(server.root, f"{host}:{port}", body=body), "content-length": str(len(body))}
    whole = b"POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n" + body
    for end in range(1, len(whole), 7):
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(whole[:end])
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(whole)  # Complete, and its client gone before the answer: it is done all the same.
    assert_serves(server)
    with server.connect() as connection:
        eventually(lambda: connection.call(server.root, "ListUsers").all("UserName") == ["ghost"], "it is done")


def test_hostile_clients_do_not_hold_up_honest_ones(server):
    stop = threading.Event()

    def annoy():
        while not stop.is_set():
            for sent in MALFORMED.values():
                exchange(server, sent)

    threads = [threading.Thread(target=annoy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            assert_serves(server)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
