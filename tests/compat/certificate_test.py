"""Server and signing certificates, SSH keys and service-specific credentials, made by openssl and sent by boto3."""

import base64
import datetime
import hashlib
import json
import re
import subprocess

import pytest

from installation import ROOT_ACCOUNT, clean_environment, refused, tool

CHAIN_BROKEN = ("Unable to validate certificate chain. The certificate chain must start with the immediate signing "
                "certificate, followed by any intermediaries in order. The index within the chain of the invalid "
                "certificate is: -1")


class Workshop:
    """Makes keys and certificates in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder

    def openssl(self, *arguments):
        subprocess.run([tool("openssl"), *arguments], cwd=self.folder, check=True, capture_output=True,
                       env=clean_environment())

    def read(self, name):
        return (self.folder / name).read_text()

    def certificate(self, name, issuer=None):
        """`name`.pem and `name`.key, signed by itself or by an issuer made before."""
        signed = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"] if issuer else []
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem",
                     "-days", "30", "-subj", f"/CN={name}.example", *signed)
        return self.read(f"{name}.pem"), self.read(f"{name}.key")


@pytest.fixture
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("workshop"))


def upload(server, workshop, name, issuer=None, **more):
    body, key = workshop.certificate(name, issuer)
    server.secrets.add(key.splitlines()[5])
    return server.iam().upload_server_certificate(ServerCertificateName=name, CertificateBody=body, PrivateKey=key,
                                                  **more)


def test_server_certificate_is_kept_without_showing_its_key(any_server, workshop):
    iam = any_server.iam()
    tags = [{"Key": "team", "Value": "web"}]
    made = upload(any_server, workshop, "web", Path="/cloudfront/", Tags=tags)
    metadata = made["ServerCertificateMetadata"]
    assert made["Tags"] == tags
    assert metadata["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:server-certificate/cloudfront/web"
    assert re.fullmatch("ASCA[A-Z2-7]{17}", metadata["ServerCertificateId"])
    left = metadata["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(days=28) < left < datetime.timedelta(days=31)
    got = iam.get_server_certificate(ServerCertificateName="web")["ServerCertificate"]
    assert got["ServerCertificateMetadata"] == metadata
    assert got["CertificateBody"] == workshop.read("web.pem").strip()
    assert got["Tags"] == tags and "CertificateChain" not in got and "PrivateKey" not in got
    assert iam.list_server_certificates(PathPrefix="/cloud")["ServerCertificateMetadataList"] == [metadata]


def test_chain_must_lead_from_the_certificate_to_its_issuer(server, workshop):
    authority, _ = workshop.certificate("authority")
    stranger, _ = workshop.certificate("stranger")
    with refused("MalformedCertificate", 400, CHAIN_BROKEN):
        upload(server, workshop, "web", issuer="authority", CertificateChain=stranger)
    upload(server, workshop, "web", issuer="authority", CertificateChain=authority)
    got = server.iam().get_server_certificate(ServerCertificateName="web")["ServerCertificate"]
    assert got["CertificateChain"] == authority.strip()


def test_wrong_key_is_refused(server, workshop):
    body, _ = workshop.certificate("web")
    _, key = workshop.certificate("other")
    message = "The private key did not match the public key provided. Please verify the key material and try again."
    with refused("KeyPairMismatch", 400, message):
        server.iam().upload_server_certificate(ServerCertificateName="web", CertificateBody=body, PrivateKey=key)


def test_renamed_server_certificate_is_the_same_after_a_restart(server, workshop):
    made = upload(server, workshop, "web", Tags=[{"Key": "a", "Value": "b"}])["ServerCertificateMetadata"]
    server.iam().update_server_certificate(ServerCertificateName="web", NewServerCertificateName="site", NewPath="/x/")
    server.restart()
    got = server.iam().get_server_certificate(ServerCertificateName="site")["ServerCertificate"]
    assert got["ServerCertificateMetadata"]["ServerCertificateId"] == made["ServerCertificateId"]
    assert got["Tags"] == [{"Key": "a", "Value": "b"}]
    server.iam().delete_server_certificate(ServerCertificateName="site")
    with refused("NoSuchEntity", 404, "The Server Certificate with name site cannot be found."):
        server.iam().get_server_certificate(ServerCertificateName="site")


def test_tag_of_a_server_certificate_decides(server, workshop):
    upload(server, workshop, "web", Tags=[{"Key": "team", "Value": "blue"}])
    bob = server.new_user()
    statement = {"Effect": "Allow", "Action": "iam:GetServerCertificate", "Resource": "*",
                 "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}
    server.iam().put_user_policy(UserName="bob", PolicyName="p",
                                 PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    server.iam(bob).get_server_certificate(ServerCertificateName="web")
    server.iam().tag_server_certificate(ServerCertificateName="web", Tags=[{"Key": "team", "Value": "red"}])
    with refused("AccessDenied", 403):
        server.iam(bob).get_server_certificate(ServerCertificateName="web")


def test_signing_certificates_by_the_users_own_key(any_server, workshop):
    bob = any_server.new_user()
    statement = {"Effect": "Allow", "Action": "iam:*SigningCertificate*", "Resource": "*"}
    any_server.iam().put_user_policy(UserName="bob", PolicyName="p",
                                     PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    iam = any_server.iam(bob)
    body, _ = workshop.certificate("bob")
    made = iam.upload_signing_certificate(CertificateBody=body)["Certificate"]
    workshop.openssl("x509", "-in", "bob.pem", "-outform", "der", "-out", "bob.der")
    digest = hashlib.sha1((workshop.folder / "bob.der").read_bytes()).digest()
    assert made["CertificateId"] == base64.b32encode(digest).decode()
    assert (made["UserName"], made["Status"], made["CertificateBody"]) == ("bob", "Active", body)
    iam.update_signing_certificate(CertificateId=made["CertificateId"], Status="Inactive")
    assert [one["Status"] for one in iam.list_signing_certificates()["Certificates"]] == ["Inactive"]
    with refused("MalformedCertificate", 400, "Certificate nonsense is malformed."):
        iam.upload_signing_certificate(CertificateBody="nonsense")
    with refused("InvalidInput", 400, "Operation does not support status Expired"):
        iam.update_signing_certificate(CertificateId=made["CertificateId"], Status="Expired")
    iam.delete_signing_certificate(CertificateId=made["CertificateId"])
    assert iam.list_signing_certificates()["Certificates"] == []


def test_user_with_credentials_cannot_be_deleted(server, workshop):
    iam = server.iam()
    iam.create_user(UserName="bob")
    body, _ = workshop.certificate("bob")
    made = iam.upload_signing_certificate(UserName="bob", CertificateBody=body)["Certificate"]
    with refused("DeleteConflict", 409, "Cannot delete entity, must delete certificates first."):
        iam.delete_user(UserName="bob")
    iam.delete_signing_certificate(UserName="bob", CertificateId=made["CertificateId"])
    made = iam.create_service_specific_credential(UserName="bob", ServiceName="codecommit.amazonaws.com")
    made = made["ServiceSpecificCredential"]
    server.secrets.add(made["ServicePassword"])
    with refused("DeleteConflict", 409, "Cannot delete entity, must remove referenced objects first."):
        iam.delete_user(UserName="bob")
    iam.delete_service_specific_credential(UserName="bob",
                                           ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"])
    iam.delete_user(UserName="bob")


def test_ssh_key_in_both_encodings(any_server, workshop):
    iam = any_server.iam()
    iam.create_user(UserName="bob")
    workshop.openssl("genrsa", "-out", "key", "2048")
    workshop.openssl("rsa", "-in", "key", "-pubout", "-out", "key.pub")
    pem = workshop.read("key.pub")
    made = iam.upload_ssh_public_key(UserName="bob", SSHPublicKeyBody=pem)["SSHPublicKey"]
    assert re.fullmatch("APKA[A-Z2-7]{16}", made["SSHPublicKeyId"]) and made["Status"] == "Active"
    named = {"UserName": "bob", "SSHPublicKeyId": made["SSHPublicKeyId"]}
    line = iam.get_ssh_public_key(Encoding="SSH", **named)["SSHPublicKey"]["SSHPublicKeyBody"]
    kind, wire = line.split(" ")
    digest = hashlib.md5(base64.b64decode(wire)).hexdigest()
    assert kind == "ssh-rsa"
    assert made["Fingerprint"] == ":".join(digest[i:i + 2] for i in range(0, 32, 2))
    assert iam.get_ssh_public_key(Encoding="PEM", **named)["SSHPublicKey"]["SSHPublicKeyBody"] == pem
    with refused("DuplicateSSHPublicKey", 400, "Duplicate SSH public key uploaded."):
        iam.upload_ssh_public_key(UserName="bob", SSHPublicKeyBody=line + " a comment")
    with refused("UnrecognizedPublicKeyEncoding", 400, "Invalid public key uploaded."):
        iam.upload_ssh_public_key(UserName="bob", SSHPublicKeyBody="nonsense")
    iam.update_ssh_public_key(Status="Inactive", **named)
    listed = iam.list_ssh_public_keys(UserName="bob")["SSHPublicKeys"]
    assert [(key["SSHPublicKeyId"], key["Status"]) for key in listed] == [(made["SSHPublicKeyId"], "Inactive")]
    iam.delete_ssh_public_key(**named)
    with refused("NoSuchEntity", 404, f"The Public Key with id {made['SSHPublicKeyId']} cannot be found."):
        iam.get_ssh_public_key(Encoding="SSH", **named)


# Debian's boto3 is older than bearer tokens: their members are not in its description of the service.
def test_service_credential_is_reset(server):
    iam = server.iam()
    iam.create_user(UserName="bob")
    made = iam.create_service_specific_credential(UserName="bob", ServiceName="cassandra.amazonaws.com")
    made = made["ServiceSpecificCredential"]
    assert made["ServiceUserName"] == f"bob-at-{ROOT_ACCOUNT}" and len(made["ServicePassword"]) == 60
    named = {"UserName": "bob", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    reset = iam.reset_service_specific_credential(**named)["ServiceSpecificCredential"]
    server.secrets.update((made["ServicePassword"], reset["ServicePassword"]))
    assert reset["ServicePassword"] != made["ServicePassword"]
    iam.update_service_specific_credential(Status="Inactive", **named)
    listed = iam.list_service_specific_credentials(UserName="bob")["ServiceSpecificCredentials"]
    assert [(one["ServiceSpecificCredentialId"], one["Status"]) for one in listed] == [
        (made["ServiceSpecificCredentialId"], "Inactive")]
    assert "ServicePassword" not in listed[0]


def test_service_of_a_credential_decides_however_it_is_spelled(server):
    bob = server.new_user()
    statements = [{"Effect": "Allow", "Action": "iam:*ServiceSpecificCredential*", "Resource": "*"},
                  {"Effect": "Deny", "Action": "iam:*ServiceSpecificCredential", "Resource": "*", "Condition": {
                      "StringEquals": {"iam:ServiceSpecificCredentialServiceName": "codecommit.amazonaws.com"}}}]
    root, iam = server.iam(), server.iam(bob)
    root.put_user_policy(UserName="bob", PolicyName="p",
                         PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    for service in ("codecommit.amazonaws.com", "CodeCommit.amazonaws.com"):
        with refused("AccessDenied", 403):
            iam.create_service_specific_credential(UserName="bob", ServiceName=service)
    for service, allowed in (("codecommit.amazonaws.com", False), ("cassandra.amazonaws.com", True)):
        made = root.create_service_specific_credential(UserName="bob", ServiceName=service)
        made = made["ServiceSpecificCredential"]
        server.secrets.add(made["ServicePassword"])
        if allowed:
            iam.delete_service_specific_credential(ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"])
        else:
            with refused("AccessDenied", 403):
                iam.delete_service_specific_credential(ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"])
