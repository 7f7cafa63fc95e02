"""OpenID Connect and SAML providers through boto3."""

import datetime
import json
import subprocess

import pytest

from installation import ROOT_ACCOUNT, clean_environment, refused, tool

OIDC_ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:oidc-provider/idp.example.com/Tenant"
SAML_ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:saml-provider/Idp"

METADATA = """<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
                            Location="https://idp.example.com/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"""


@pytest.fixture(scope="module")
def metadata(tmp_path_factory):
    folder = tmp_path_factory.mktemp("idp")
    subprocess.run([tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "cert",
                    "-subj", "/CN=idp"], cwd=folder, check=True, capture_output=True, env=clean_environment())
    lines = (folder / "cert").read_text().splitlines()
    return METADATA.format(certificate="\n".join(lines[1:-1]))


def test_openid_connect_provider_from_creation_to_deletion(any_server):
    iam = any_server.iam()
    made = iam.create_open_id_connect_provider(
        Url="https://idp.example.com/Tenant", ClientIDList=["z", "a", "z"], ThumbprintList=["A" * 40],
        Tags=[{"Key": "z", "Value": "1"}, {"Key": "a", "Value": "2"}])
    assert made["OpenIDConnectProviderArn"] == OIDC_ARN
    assert [tag["Key"] for tag in made["Tags"]] == ["z", "a"]
    named = {"OpenIDConnectProviderArn": OIDC_ARN}
    iam.add_client_id_to_open_id_connect_provider(ClientID="b", **named)
    iam.remove_client_id_from_open_id_connect_provider(ClientID="z", **named)
    iam.remove_client_id_from_open_id_connect_provider(ClientID="unknown", **named)
    iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["B" * 40], **named)
    iam.untag_open_id_connect_provider(TagKeys=["z"], **named)
    got = iam.get_open_id_connect_provider(**named)
    assert (got["Url"], got["ClientIDList"], got["ThumbprintList"]) == ("idp.example.com/Tenant", ["a", "b"],
                                                                        ["b" * 40])
    assert got["Tags"] == iam.list_open_id_connect_provider_tags(**named)["Tags"] == [{"Key": "a", "Value": "2"}]
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": OIDC_ARN}]
    with refused("EntityAlreadyExists", 409, "Provider with url https://idp.example.com/Tenant already exists."):
        iam.create_open_id_connect_provider(Url="https://idp.example.com/Tenant", ThumbprintList=["b" * 40])
    iam.delete_open_id_connect_provider(**named)
    with refused("NoSuchEntity", 404, f"OpenId connect Provider {OIDC_ARN} cannot be found."):
        iam.delete_open_id_connect_provider(**named)
    with refused("NoSuchEntity", 404, f"OpenIDConnect Provider not found for arn {OIDC_ARN}"):
        iam.get_open_id_connect_provider(**named)


def test_openid_connect_provider_needs_a_secure_url(server):
    iam = server.iam()
    with refused("ValidationError", 400, "Invalid Open ID Connect Provider URL"):
        iam.create_open_id_connect_provider(Url="idp.example.com", ThumbprintList=["b" * 40])
    with refused("InvalidInput", 400,
                 "Invalid Open ID Connect Provider URL. The URL must begin with https://."):
        iam.create_open_id_connect_provider(Url="http://idp.example.com", ThumbprintList=["b" * 40])


def test_policies_name_a_provider_by_its_whole_arn_and_tags(server):
    server.iam().create_open_id_connect_provider(Url="https://idp.example.com/Tenant", ThumbprintList=["b" * 40],
                                                 Tags=[{"Key": "team", "Value": "blue"}])
    bob = server.new_user()
    statement = {"Effect": "Allow", "Action": "iam:GetOpenIDConnectProvider", "Resource": OIDC_ARN,
                 "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}
    server.iam().put_user_policy(UserName="bob", PolicyName="p",
                                 PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert server.iam(bob).get_open_id_connect_provider(OpenIDConnectProviderArn=OIDC_ARN)["Url"]
    with refused("AccessDenied", 403):
        server.iam(bob).get_open_id_connect_provider(OpenIDConnectProviderArn=OIDC_ARN + "/x")


def test_saml_provider_from_creation_to_deletion(any_server, metadata):
    iam = any_server.iam()
    tags = [{"Key": "team", "Value": "web"}]
    made = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata, Tags=tags)
    assert made["SAMLProviderArn"] == SAML_ARN and made["Tags"] == tags
    got = iam.get_saml_provider(SAMLProviderArn=SAML_ARN)
    assert got["SAMLMetadataDocument"] == metadata and got["Tags"] == tags
    years = got["ValidUntil"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(days=36500) < years < datetime.timedelta(days=36526)
    listed = iam.list_saml_providers()["SAMLProviderList"]
    assert [one["Arn"] for one in listed] == [SAML_ARN]
    iam.update_saml_provider(SAMLProviderArn=SAML_ARN, SAMLMetadataDocument=metadata + "<!-- new -->")
    assert iam.get_saml_provider(SAMLProviderArn=SAML_ARN)["SAMLMetadataDocument"].endswith("<!-- new -->")
    with refused("EntityAlreadyExists", 409, "SAMLProvider Idp already exists."):
        iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata)
    iam.delete_saml_provider(SAMLProviderArn=SAML_ARN)
    with refused("NoSuchEntity", 404, f"Manifest not found for arn {SAML_ARN}"):
        iam.get_saml_provider(SAMLProviderArn=SAML_ARN)


def test_bad_metadata_is_refused(server, metadata):
    iam = server.iam()
    entity = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for document in ("x" * 1000, metadata.replace("entityID", "other"), metadata.replace("MII", "AAA"),
                     metadata.replace("<md:EntityDescriptor", entity + "<md:EntityDescriptor", 1)):
        with refused("InvalidInput", 400, "Could not parse metadata"):
            iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=document)


def test_large_metadata_is_read_at_once(server, metadata, measured):
    padding = "<!-- " + "x" * (9_000_000 - len(metadata)) + " -->"
    started = datetime.datetime.now()
    server.iam().create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata + padding)
    measured(f"a SAML provider with 9 MB of metadata is made in {(datetime.datetime.now() - started)}")
    assert len(server.iam().get_saml_provider(SAMLProviderArn=SAML_ARN)["SAMLMetadataDocument"]) == 9_000_000 + 9


def test_providers_through_the_command_line(server):
    environment = clean_environment(AWS_ACCESS_KEY_ID=server.root.access_key_id,
                                    AWS_SECRET_ACCESS_KEY=server.root.secret, AWS_DEFAULT_REGION="us-east-1")

    def aws(*arguments):
        done = subprocess.run([tool("aws"), "--endpoint-url", server.url, "iam", *arguments, "--output", "json"],
                              capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "{}")

    made = aws("create-open-id-connect-provider", "--url", "https://idp.example.com/Tenant", "--thumbprint-list",
               "b" * 40, "--client-id-list", "one", "two")
    assert made["OpenIDConnectProviderArn"] == OIDC_ARN
    got = aws("get-open-id-connect-provider", "--open-id-connect-provider-arn", OIDC_ARN)
    assert got["ClientIDList"] == ["one", "two"]
