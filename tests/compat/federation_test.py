"""Identity providers through real clients: a TLS issuer of OpenID Connect, a SAML implementation, and stock verifiers."""

import base64
import hashlib
import http.server
import json
import re
import signal
import socket
import ssl
import sys
import subprocess
import threading
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from aws_proxy import AwsProxy
from installation import ROOT_ACCOUNT, clean_environment, eventually, make_certificate, refused, tool
from signing import Credentials

ISSUER = "https://issuer.example.test/tenant"
PROVIDER = f"arn:aws:iam::{ROOT_ACCOUNT}:oidc-provider/issuer.example.test/tenant"
ROLE = f"arn:aws:iam::{ROOT_ACCOUNT}:role/deploy"
SESSION = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/deploy/"
SUBJECT = "system:serviceaccount:prod:app"
NO_KEYS = ("InvalidIdentityToken", 400, "Couldn't retrieve verification key from your identity provider,  please reference "
           "AssumeRoleWithWebIdentity documentation for requirements")


def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def credentials_in(answer):
    made = answer["Credentials"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


class Issuer:
    """An OpenID Connect issuer on a port of its own, with a certificate that only its thumbprint vouches for."""

    def __init__(self, folder, make=make_certificate):
        self.certificate, key = make(folder, "issuer", "DNS:issuer.example.test")
        self.keys = {}
        self.pages = {"/tenant/.well-known/openid-configuration": {"issuer": ISSUER, "jwks_uri": ISSUER + "/keys"}}
        self.requests = []
        self.rotate("first")
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.requests.append(self.path)
                page = issuer.pages.get(self.path)
                self.send_response(404 if page is None else page.get("status", 200) if isinstance(page, dict) else 200)
                if isinstance(page, dict) and "location" in page:
                    self.send_header("Location", page["location"])
                body = json.dumps(page).encode()
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *unused):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *unused: None  # Clients that do not trust it hang up.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def rotate(self, key_id):
        """Signs with a new key from now on, and publishes it alone."""
        self.key_id, self.key = key_id, rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        self.pages["/tenant/keys"] = {"keys": [{**public, "kid": key_id, "use": "sig", "alg": "RS256"}]}

    def token(self, **claims):
        now = int(time.time())
        return jwt.encode({"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": SUBJECT, "iat": now, "exp": now + 600, **claims},
                          self.key, algorithm="RS256", headers={"kid": self.key_id})

    @property
    def thumbprint(self):
        return hashlib.sha1(ssl.PEM_cert_to_DER_cert(self.certificate.read_text())).hexdigest()

    def close(self):
        self._server.shutdown()


@pytest.fixture
def issuer(tmp_path):
    made = Issuer(tmp_path)
    yield made
    made.close()


def federate(server, thumbprints, name="deploy"):
    iam = server.iam()
    iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["sts.amazonaws.com"], ThumbprintList=thumbprints)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(
        Action="sts:AssumeRoleWithWebIdentity", Principal={"Federated": PROVIDER},
        Condition={"StringEquals": {"issuer.example.test/tenant:sub": SUBJECT, "issuer.example.test/tenant:aud": "sts.amazonaws.com"}}))


def start(installation, issuer, *more):
    return installation.start("--issuer-address", f"issuer.example.test=127.0.0.1:{issuer.port}", *more)


def assume(server, token, **more):
    # The credentials are not needed: boto3 does not even sign.
    return server.sts().assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="build", WebIdentityToken=token, **more)


def record_of(server, attribute, answer):
    """The record of the call that gave these credentials (ResourceName), or of the last one made with them (AccessKeyId)."""
    wanted = [{"AttributeKey": attribute, "AttributeValue": answer["Credentials"]["AccessKeyId"]}]
    events = eventually(lambda: server.client("cloudtrail").lookup_events(LookupAttributes=wanted)["Events"], "the event")
    return json.loads(events[0]["CloudTrailEvent"])


def test_a_token_of_a_pinned_issuer_assumes_the_role(installation, issuer):
    server = start(installation, issuer)
    federate(server, [issuer.thumbprint])
    answer = assume(server, issuer.token())
    assert answer["AssumedRoleUser"]["Arn"] == SESSION + "build"
    assert answer["Provider"] == PROVIDER
    assert answer["Audience"] == "sts.amazonaws.com" and answer["SubjectFromWebIdentityToken"] == SUBJECT
    assert server.who(credentials_in(answer)) == SESSION + "build"
    assert record_of(server, "AccessKeyId", answer)["userIdentity"]["sessionContext"]["webIdFederationData"] == {
        "federatedProvider": PROVIDER, "attributes": {}}
    assume(server, issuer.token())
    assert issuer.requests == ["/tenant/.well-known/openid-configuration", "/tenant/keys"]
    with refused("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume(server, issuer.token(sub="system:serviceaccount:prod:other"))
    with refused("InvalidIdentityToken", 400, "Incorrect token audience"):
        assume(server, issuer.token(aud="other"))
    with refused("ExpiredTokenException", 400, re.compile(r"Token expired: current date/time \d+ must be before the expiration date/time \d+")):
        assume(server, issuer.token(exp=int(time.time()) - 400))


def make_chain(folder, name, stands_for):
    """A certificate below an intermediate authority, both of which the server shows, below a root that it does not."""
    def openssl(*arguments):
        subprocess.run([tool("openssl"), *arguments], check=True, capture_output=True, cwd=folder, env=clean_environment())

    def issue(subject, issuer, extensions):
        (folder / "extensions").write_text(extensions)
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={subject}",
                "-keyout", f"{subject}-key.pem", "-out", "request.pem")
        signer = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}-key.pem", "-CAcreateserial"] if issuer else [
            "-signkey", f"{subject}-key.pem"]
        openssl("x509", "-req", "-in", "request.pem", *signer, "-days", "2", "-extfile", "extensions", "-out",
                f"{subject}.pem")
        return folder / f"{subject}.pem"

    issue("root", None, "basicConstraints=critical,CA:TRUE\n")
    intermediate = issue("intermediate", "root", "basicConstraints=critical,CA:TRUE,pathlen:0\n")
    leaf = issue(name, "intermediate", f"subjectAltName={stands_for}\n")
    shown = folder / "shown.pem"
    shown.write_text(leaf.read_text() + intermediate.read_text())
    return shown, folder / f"{name}-key.pem"


def thumbprint_of(certificate):
    return hashlib.sha1(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()


def test_a_thumbprint_that_is_left_out_is_the_intermediate_authoritys(installation, tmp_path):
    issuer = Issuer(tmp_path, make_chain)
    server = start(installation, issuer)
    federate(server, [])
    got = server.iam().get_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    assert got["ThumbprintList"] == [thumbprint_of(tmp_path / "intermediate.pem")]
    assert issuer.requests == ["/tenant/.well-known/openid-configuration"]
    assert assume(server, issuer.token())["AssumedRoleUser"]["Arn"] == SESSION + "build"
    server.iam().update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=PROVIDER, ThumbprintList=["0" * 40])
    issuer.close()


def test_a_thumbprint_needs_an_issuer_that_answers(installation, issuer, tmp_path):
    server = start(installation, issuer, "--issuer-address", "closed.example.test=127.0.0.1:1")
    unchecked = {"parameter_validation": False}  # The SDK at hand is older than the choice to leave thumbprints out.
    create = server.iam(config=unchecked).create_open_id_connect_provider
    issuer.pages["/tenant/.well-known/openid-configuration"] = {"issuer": "https://another.example.test", "jwks_uri": ISSUER}
    for url in (ISSUER, "https://closed.example.test", "https://127.0.0.1", "https://169.254.169.254/latest"):
        with refused("OpenIdIdpCommunicationError", 400, f"Could not connect to {url}"):
            create(Url=url)
    assert server.iam().list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    requests = len(issuer.requests)
    server.restart(signal.SIGTERM, "--fetch-thumbprints", "off")
    arn = server.iam(config=unchecked).create_open_id_connect_provider(Url=ISSUER)["OpenIDConnectProviderArn"]
    assert server.iam().get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ThumbprintList"] == []
    assert len(issuer.requests) == requests


def test_a_certificate_that_nobody_vouches_for_is_refused(installation, issuer):
    server = start(installation, issuer)
    federate(server, ["0" * 40])
    with refused("InvalidIdentityToken", 400, "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"):
        assume(server, issuer.token())
    assert issuer.requests == []


def test_an_issuer_within_the_network_is_not_asked(installation, issuer):
    server = installation.start()
    iam = server.iam()
    iam.create_open_id_connect_provider(Url="https://127.0.0.1", ClientIDList=["sts.amazonaws.com"], ThumbprintList=[issuer.thumbprint])
    with refused("IDPCommunicationError", 400):
        assume(server, issuer.token(iss="https://127.0.0.1"))


def test_redirects_are_not_followed(installation, issuer):
    server = start(installation, issuer)
    federate(server, [issuer.thumbprint])
    issuer.pages["/tenant/.well-known/openid-configuration"] = {"status": 302, "location": ISSUER + "/elsewhere"}
    issuer.pages["/tenant/elsewhere"] = {"issuer": ISSUER, "jwks_uri": ISSUER + "/keys"}
    with refused(*NO_KEYS):
        assume(server, issuer.token())
    assert issuer.requests == ["/tenant/.well-known/openid-configuration"]


def test_keys_may_come_from_a_file(installation, issuer, tmp_path):
    keys = tmp_path / "cluster.json"
    keys.write_text(json.dumps(issuer.pages["/tenant/keys"]))
    server = installation.start("--issuer-keys", f"{ISSUER}={keys}")
    federate(server, [])
    assert assume(server, issuer.token())["AssumedRoleUser"]["Arn"] == SESSION + "build"
    assert issuer.requests == []


def test_a_file_without_keys_is_told_at_start(installation, tmp_path):
    keys = tmp_path / "cluster.json"
    keys.write_text("{}")
    assert "is no file with a JSON Web Key Set" in installation.start_refused("--issuer-keys", f"{ISSUER}={keys}")


def test_boto3_and_the_cli_find_the_token_by_themselves(installation, issuer, tmp_path):
    server = start(installation, issuer)
    federate(server, [issuer.thumbprint])
    token = tmp_path / "token"
    token.write_text(issuer.token())
    config = tmp_path / "config"
    config.write_text(f"[profile pod]\nregion = us-east-1\nrole_arn = {ROLE}\nweb_identity_token_file = {token}\nrole_session_name = profile\n")
    proxy = AwsProxy(server, tmp_path)
    by_environment = proxy.environment(AWS_ROLE_ARN=ROLE, AWS_WEB_IDENTITY_TOKEN_FILE=str(token), AWS_ROLE_SESSION_NAME="pod",
                                       AWS_DEFAULT_REGION="us-east-1", AWS_STS_REGIONAL_ENDPOINTS="regional", HOME=str(tmp_path))
    by_profile = proxy.environment(AWS_CONFIG_FILE=str(config), AWS_PROFILE="pod", HOME=str(tmp_path),
                                   AWS_STS_REGIONAL_ENDPOINTS="regional", AWS_PAGER="")
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    cli = [tool("aws"), "sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    for command, environment, name in (([sys.executable, "-c", program], by_environment, "pod"),
                                       ([sys.executable, "-c", program], by_profile, "profile"), (cli, by_environment, "pod")):
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == SESSION + name
    proxy.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_a_stock_verifier_accepts_the_tokens_of_an_account(installation, algorithm):
    installation.listen = f"127.0.0.1:{free_port()}"
    server = installation.start()
    with server.connect() as connection:  # Debian's boto3 is older than these operations.
        assert connection.call(server.root, "GetOutboundWebIdentityFederationInfo").refusal[:2] == (404, "FeatureDisabled")
        issuer = connection.call(server.root, "EnableOutboundWebIdentityFederation").text("IssuerIdentifier")
        assert issuer.startswith(server.url + "/token-issuer/")
        token = connection.call(server.root, "GetWebIdentityToken", {
            "Audience.member.1": "https://api.example", "SigningAlgorithm": algorithm}, service="sts").text("WebIdentityToken")
        discovery = connection.send("GET", issuer[len(server.url):] + "/.well-known/openid-configuration").json
    assert discovery["issuer"] == issuer
    key = jwt.PyJWKClient(discovery["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key.key, algorithms=[algorithm], audience="https://api.example", issuer=issuer,
                        options={"require": ["exp", "iat", "sub", "jti"]})
    assert claims["sub"] == f"arn:aws:iam::{ROOT_ACCOUNT}:root"
    assert claims["https://sts.amazonaws.com/"]["aws_account"] == ROOT_ACCOUNT
    assert claims["exp"] - claims["iat"] == 300


SAML_ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
SAML_PROVIDER = f"arn:aws:iam::{ROOT_ACCOUNT}:saml-provider/corp"


# What AWS publishes of itself for identity providers, as far as one needs it.
SERVICE_PROVIDER = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:amazon:webservices">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<AssertionConsumerService index="1" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
 Location="https://signin.aws.amazon.com/saml"/></SPSSODescriptor></EntityDescriptor>"""


@pytest.fixture
def identity_provider(tmp_path):
    """pysaml2's own server."""
    import saml2
    import saml2.config
    import saml2.metadata
    import saml2.server

    subprocess.run([tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=idp", "-keyout",
                    tmp_path / "idp-key.pem", "-out", tmp_path / "idp.pem"], check=True, capture_output=True)
    config = saml2.config.IdPConfig()
    config.load({
        "entityid": "https://idp.example.test/metadata", "key_file": str(tmp_path / "idp-key.pem"), "cert_file": str(tmp_path / "idp.pem"),
        "xmlsec_binary": tool("xmlsec1"), "metadata": {"inline": [SERVICE_PROVIDER]},
        "service": {"idp": {"endpoints": {"single_sign_on_service": [("https://idp.example.test/sso", saml2.BINDING_HTTP_POST)]},
                            "policy": {"default": {"lifetime": {"minutes": 5}, "name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"}}}}})
    server = saml2.server.Server(config=config)
    metadata = str(saml2.metadata.entity_descriptor(config))

    def respond(role, **sign):
        from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
        response = server.create_authn_response(
            {SAML_ATTRIBUTES + "Role": [f"{role},{SAML_PROVIDER}"], SAML_ATTRIBUTES + "RoleSessionName": ["dana"]}, "request-1",
            "https://signin.aws.amazon.com/saml", sp_entity_id="urn:amazon:webservices",
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text="dana"), authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"},
            sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", digest_alg="http://www.w3.org/2001/04/xmlenc#sha256", **sign)
        return base64.b64encode(str(response).encode()).decode()

    return metadata, respond


@pytest.mark.parametrize("sign", [{"sign_assertion": True, "sign_response": False}, {"sign_assertion": False, "sign_response": True}],
                         ids=["assertion", "response"])
def test_a_real_saml_server_vouches_for_a_role(server, identity_provider, sign):
    metadata, respond = identity_provider
    iam = server.iam()
    iam.create_saml_provider(Name="corp", SAMLMetadataDocument=metadata)
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=policy(
        Action="sts:AssumeRoleWithSAML", Principal={"Federated": SAML_PROVIDER},
        Condition={"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml", "saml:sub_type": "persistent"}}))
    assertion = respond(ROLE, **sign)
    answer = server.sts().assume_role_with_saml(RoleArn=ROLE, PrincipalArn=SAML_PROVIDER, SAMLAssertion=assertion)
    assert answer["AssumedRoleUser"]["Arn"] == SESSION + "dana"
    assert answer["Issuer"] == "https://idp.example.test/metadata" and answer["Subject"] == "dana"
    assert server.who(credentials_in(answer)) == SESSION + "dana"
    told = record_of(server, "ResourceName", answer)
    assertion_id = re.search(r'Assertion[^>]* ID="([^"]+)"', base64.b64decode(assertion).decode())[1]
    assert told["requestParameters"] == {"sAMLAssertionID": assertion_id, "roleSessionName": "dana", "roleArn": ROLE,
                                         "principalArn": SAML_PROVIDER}
    assert told["userIdentity"]["type"] == "SAMLUser" and told["userIdentity"]["userName"] == "dana"
    assert "webIdFederationData" not in record_of(server, "AccessKeyId", answer)["userIdentity"]["sessionContext"]
    with refused("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithSAML"):
        server.sts().assume_role_with_saml(RoleArn=ROLE, PrincipalArn=SAML_PROVIDER, SAMLAssertion=respond(ROLE + "2", **sign))
