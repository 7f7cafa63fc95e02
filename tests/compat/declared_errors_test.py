"""The errors that the model declares for operations, each caused on the wire; tools/wire_coverage asks for them all."""

import json
import pathlib
import subprocess

import pytest

import constraints
from certificate_test import workshop  # noqa: F401: a fixture.
from installation import ROOT_ACCOUNT, Installation, binary
from mfa_test import Authenticator
from provider_test import metadata  # noqa: F401: a fixture.

API = constraints.Api("iam")
VALUES = constraints.Values(API)
ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:"
POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}'
TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}'
ABSENT_POLICY = f"{ARN}policy/absent"


def call(server, connection, action, **values):
    return connection.call(server.root, action, constraints.form(values), service="iam")


def made(server, connection, action, **values):
    answer = call(server, connection, action, **values)
    assert answer.status == 200, answer
    return answer


def expect(server, connection, code, action, **values):
    answer = call(server, connection, action, **values)
    assert answer.text("Code") == code and answer.text("Message"), answer
    assert answer.status == (404 if code == "NoSuchEntity" else 409)
    return answer.text("Message")


# ---- What isn't there

USER, ROLE, GROUP, MFA = {"UserName": "known"}, {"RoleName": "known"}, {"GroupName": "known"}, f"{ARN}mfa/absent"
SAML, OIDC = f"{ARN}saml-provider/absent", f"{ARN}oidc-provider/absent.example.com"
JOB = "00000000-0000-0000-0000-000000000000"
# Members beside the required ones, or with a value of their own, without which an operation names nothing absent.
NAMING_NOTHING = {
    "AddClientIDToOpenIDConnectProvider": {"OpenIDConnectProviderArn": OIDC},
    "CreateAccessKey": USER,
    "CreateLoginProfile": {**USER, "Password": "Correct-Horse-1"},
    "CreateUser": {"PermissionsBoundary": ABSENT_POLICY},
    "DeactivateMFADevice": {"SerialNumber": MFA},
    "DeleteServiceSpecificCredential": USER,
    "EnableMFADevice": {**USER, "SerialNumber": MFA},
    "GenerateServiceLastAccessedDetails": {"Arn": f"{ARN}user/absent"},
    "GetHumanReadableSummary": {"EntityArn": f"{ARN}delegation-request/{JOB}"},
    "GetServiceLastAccessedDetails": {"JobId": JOB},
    "GetServiceLastAccessedDetailsWithEntities": {"JobId": JOB},
    "GetServiceLinkedRoleDeletionStatus": {"DeletionTaskId": f"task/aws-service-role/x.amazonaws.com/absent/{JOB}"},
    "ListAccessKeys": USER,
    "ListMFADevices": USER,
    "ListPoliciesGrantingServiceAccess": {"Arn": f"{ARN}user/absent"},
    "ListServiceSpecificCredentials": USER,
    "ListSigningCertificates": USER,
    "ListSSHPublicKeys": USER,
    "GetContextKeysForPrincipalPolicy": {"PolicySourceArn": f"{ARN}user/absent"},
    "ResetServiceSpecificCredential": USER,
    "SimulatePrincipalPolicy": {"PolicySourceArn": f"{ARN}user/absent"},
    "GetUser": USER,
    "UpdateSAMLProvider": {"SAMLMetadataDocument": "x" * 1000},
    "UpdateServiceSpecificCredential": USER,
}


def naming_nothing(operation):
    shape = API.input(operation) if API.has_input(operation) else {"members": {}}
    values = {name: VALUES.good(shape["members"][name]["shape"]) for name in shape.get("required", [])}
    for name, value in (("OpenIDConnectProviderArn", OIDC), ("SAMLProviderArn", SAML), ("SerialNumber", MFA),
                        ("PolicyDocument", POLICY), ("AssumeRolePolicyDocument", TRUST)):
        if name in values:
            values[name] = value
    return {**values, **NAMING_NOTHING.get(operation, {})}


IMPLEMENTED = set(subprocess.run([binary(), "operations", "--implemented"], capture_output=True, text=True,
                                 check=True).stdout.split())
EXCUSES = json.loads(pathlib.Path(__file__).with_name("uncaused_errors.json").read_text(encoding="utf-8"))
EXCUSED = {(entry["error"], operation) for entry in EXCUSES for operation in entry["operations"]}
OF_OTHER_TESTS = {"ChangePassword", "UploadSigningCertificate"}


def causes(error):
    """The operations that are built, and for which the model declares the error that nothing excuses them from."""
    return [name for name in API.operations
            if f"iam:{name}" in IMPLEMENTED and f"{error}Exception" in API.model["operations"][name]["errors"]
            and (error, name) not in EXCUSED]


@pytest.mark.parametrize("operation", sorted(set(causes("NoSuchEntity")) - OF_OTHER_TESTS))
def test_what_is_not_there_is_told(empty, operation):
    server, connection = empty
    expect(server, connection, "NoSuchEntity", operation, **naming_nothing(operation))


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("empty"), memory=True).start()
    with installation.connect() as connection:
        yield installation, connection
    installation.finish()


@pytest.fixture
def connected(server):
    with server.connect() as connection:
        yield server, connection


def test_who_has_no_login_profile_changes_no_password_of_it(connected):
    server, connection = connected
    bob = server.new_user()
    server.iam().put_user_policy(UserName="bob", PolicyName="all", PolicyDocument=POLICY.replace("s3:ListBucket", "*"))
    answer = connection.call(bob, "ChangePassword", {"OldPassword": "Wrong-Horse-1", "NewPassword": "Correct-Horse-1"})
    assert answer.refusal == (404, "NoSuchEntity", "Login Profile for User bob cannot be found."), answer


def test_certificate_of_nobody_is_refused(connected, workshop):
    body, _ = workshop.certificate("nobody")
    expect(*connected, "NoSuchEntity", "UploadSigningCertificate", UserName="nobody", CertificateBody=body)


# ---- What is there already, or still in use


def test_what_is_there_already_is_told(connected, workshop, metadata):
    server, connection = connected
    body, key = workshop.certificate("web")
    server.secrets.add(key.splitlines()[5])
    document = {"SAMLMetadataDocument": metadata.ljust(1000)}
    twice = [
        ("CreateUser", {"UserName": "a"}), ("CreateGroup", {"GroupName": "a"}),
        ("CreateRole", {"RoleName": "a", "AssumeRolePolicyDocument": TRUST}),
        ("CreatePolicy", {"PolicyName": "a", "PolicyDocument": POLICY}),
        ("CreateInstanceProfile", {"InstanceProfileName": "a"}),
        ("CreateLoginProfile", {"UserName": "a", "Password": "Correct-Horse-1"}),
        ("CreateOpenIDConnectProvider", {"Url": "https://idp.example.com", "ThumbprintList": ["a" * 40]}),
        ("CreateSAMLProvider", {"Name": "a", **document}),
        ("UploadServerCertificate", {"ServerCertificateName": "a", "CertificateBody": body, "PrivateKey": key}),
    ]
    for action, values in twice:
        made(server, connection, action, **values)
        expect(server, connection, "EntityAlreadyExists", action, **values)
    device = Authenticator(server, "a").enable(server, "a")
    expect(server, connection, "EntityAlreadyExists", "CreateVirtualMFADevice", VirtualMFADeviceName="a")
    expect(server, connection, "EntityAlreadyExists", "EnableMFADevice", UserName="a", SerialNumber=device.serial,
           AuthenticationCode1=device.code(-1), AuthenticationCode2=device.code())
    made(server, connection, "CreateUser", UserName="b")
    made(server, connection, "CreateGroup", GroupName="b")
    made(server, connection, "UploadServerCertificate", ServerCertificateName="b", CertificateBody=body, PrivateKey=key)
    expect(server, connection, "EntityAlreadyExists", "UpdateUser", UserName="b", NewUserName="a")
    expect(server, connection, "EntityAlreadyExists", "UpdateGroup", GroupName="b", NewGroupName="a")
    expect(server, connection, "EntityAlreadyExists", "UpdateServerCertificate", ServerCertificateName="b",
           NewServerCertificateName="a")


def test_what_is_in_use_is_not_deleted(connected):
    server, connection = connected
    made(server, connection, "CreateUser", UserName="a")
    made(server, connection, "CreateGroup", GroupName="a")
    made(server, connection, "CreateRole", RoleName="a", AssumeRolePolicyDocument=TRUST)
    made(server, connection, "CreateInstanceProfile", InstanceProfileName="a")
    made(server, connection, "AddRoleToInstanceProfile", InstanceProfileName="a", RoleName="a")
    made(server, connection, "AddUserToGroup", GroupName="a", UserName="a")
    policy = made(server, connection, "CreatePolicy", PolicyName="a", PolicyDocument=POLICY).text("Arn")
    made(server, connection, "AttachGroupPolicy", GroupName="a", PolicyArn=policy)
    device = Authenticator(server, "a").enable(server, "a")
    for action, values in (("DeleteUser", {"UserName": "a"}), ("DeleteGroup", {"GroupName": "a"}),
                           ("DeleteRole", {"RoleName": "a"}), ("DeleteInstanceProfile", {"InstanceProfileName": "a"}),
                           ("DeletePolicy", {"PolicyArn": policy}),
                           ("DeletePolicyVersion", {"PolicyArn": policy, "VersionId": "v1"}),
                           ("DeleteVirtualMFADevice", {"SerialNumber": device.serial})):
        expect(server, connection, "DeleteConflict", action, **values)


# ---- Too many

QUOTAS = {"users-per-account": 2, "groups-per-account": 2, "roles-per-account": 1, "policies-per-account": 2,
          "instance-profiles-per-account": 1, "access-keys-per-user": 1, "mfa-devices-per-user": 1,
          "signing-certificates-per-user": 0, "ssh-public-keys-per-user": 0, "service-credentials-per-user": 0,
          "server-certificates-per-account": 1, "oidc-providers-per-account": 1, "client-ids-per-oidc-provider": 0,
          "saml-providers-per-account": 1, "groups-per-user": 1, "policies-per-user": 1, "policies-per-group": 1,
          "policies-per-role": 1, "versions-per-policy": 1, "private-keys-per-saml-provider": 0}
LARGE = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket",
                                                           "Resource": [f"arn:aws:s3:::{'b' * 1000}{n}" for n in range(11)]}})
LARGE_TRUST = json.dumps({"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"sts:ExternalId": ["x" * 1000 + str(n) for n in range(3)]}}}})
MANY_TAGS = [{"Key": f"k{n}", "Value": "v"} for n in range(50)]


def fill(server, connection, workshop, metadata):
    """Makes one of everything, and the second of what can be attached."""
    body, key = workshop.certificate("web")
    server.secrets.add(key.splitlines()[5])
    for action, values in (
            ("CreateUser", {"UserName": "a"}), ("CreateUser", {"UserName": "b"}), ("CreateGroup", {"GroupName": "a"}),
            ("CreateGroup", {"GroupName": "b"}), ("CreateRole", {"RoleName": "a", "AssumeRolePolicyDocument": TRUST}),
            ("CreatePolicy", {"PolicyName": "a", "PolicyDocument": POLICY}),
            ("CreatePolicy", {"PolicyName": "b", "PolicyDocument": POLICY}),
            ("CreateInstanceProfile", {"InstanceProfileName": "a"}),
            ("AddRoleToInstanceProfile", {"InstanceProfileName": "a", "RoleName": "a"}),
            ("AddUserToGroup", {"UserName": "a", "GroupName": "a"}),
            ("AttachUserPolicy", {"UserName": "a", "PolicyArn": f"{ARN}policy/a"}),
            ("AttachGroupPolicy", {"GroupName": "a", "PolicyArn": f"{ARN}policy/a"}),
            ("AttachRolePolicy", {"RoleName": "a", "PolicyArn": f"{ARN}policy/a"}),
            ("CreateOpenIDConnectProvider", {"Url": "https://idp.example.com", "ThumbprintList": ["a" * 40]}),
            ("CreateSAMLProvider", {"Name": "a", "SAMLMetadataDocument": metadata}),
            ("UploadServerCertificate", {"ServerCertificateName": "a", "CertificateBody": body, "PrivateKey": key})):
        made(server, connection, action, **values)
    server.new_key("a")
    return body, key


def test_quotas_are_told(installation, workshop, metadata):
    server = installation.start(*[part for name, value in QUOTAS.items() for part in (f"--{name}", str(value))])
    with server.connect() as connection:
        body, key = fill(server, connection, workshop, metadata)
        workshop.openssl("rsa", "-in", "web.key", "-pubout", "-out", "web.pub")
        ssh_key = workshop.read("web.pub")
        devices = [Authenticator(server, name) for name in "ab"]
        devices[0].enable(server, "a")
        user, oidc, saml = {"UserName": "a"}, f"{ARN}oidc-provider/idp.example.com", f"{ARN}saml-provider/a"
        other = {"PolicyArn": f"{ARN}policy/b"}
        full = [
            ("CreateUser", {"UserName": "c"}), ("CreateGroup", {"GroupName": "c"}),
            ("CreateRole", {"RoleName": "c", "AssumeRolePolicyDocument": TRUST}),
            ("CreatePolicy", {"PolicyName": "c", "PolicyDocument": POLICY}),
            ("CreatePolicyVersion", {**other, "PolicyDocument": POLICY}),
            ("CreateInstanceProfile", {"InstanceProfileName": "c"}),
            ("AddRoleToInstanceProfile", {"InstanceProfileName": "a", "RoleName": "a"}),
            ("AddUserToGroup", {**user, "GroupName": "b"}), ("AttachUserPolicy", {**user, **other}),
            ("AttachGroupPolicy", {"GroupName": "a", **other}), ("AttachRolePolicy", {"RoleName": "a", **other}),
            ("CreateAccessKey", user), ("CreateServiceSpecificCredential",
                                        {**user, "ServiceName": "codecommit.amazonaws.com"}),
            ("CreateVirtualMFADevice", {"VirtualMFADeviceName": "c"}),
            ("EnableMFADevice", {**user, "SerialNumber": devices[1].serial, "AuthenticationCode1": devices[1].code(-1),
                                 "AuthenticationCode2": devices[1].code()}),
            ("UploadSigningCertificate", {**user, "CertificateBody": body}),
            ("UploadSSHPublicKey", {**user, "SSHPublicKeyBody": ssh_key}),
            ("UploadServerCertificate", {"ServerCertificateName": "b", "CertificateBody": body, "PrivateKey": key}),
            ("CreateOpenIDConnectProvider", {"Url": "https://b.example.com", "ThumbprintList": ["a" * 40]}),
            ("AddClientIDToOpenIDConnectProvider", {"OpenIDConnectProviderArn": oidc, "ClientID": "a"}),
            ("CreateSAMLProvider", {"Name": "b", "SAMLMetadataDocument": metadata}),
            ("UpdateSAMLProvider", {"SAMLProviderArn": saml, "AddPrivateKey": key, "AssertionEncryptionMode": "Allowed"}),
            ("PutUserPolicy", {**user, "PolicyName": "p", "PolicyDocument": LARGE}),
            ("PutGroupPolicy", {"GroupName": "a", "PolicyName": "p", "PolicyDocument": LARGE}),
            ("PutRolePolicy", {"RoleName": "a", "PolicyName": "p", "PolicyDocument": LARGE}),
            ("UpdateAssumeRolePolicy", {"RoleName": "a", "PolicyDocument": LARGE_TRUST}),
        ]
        for action, values in full:
            expect(server, connection, "LimitExceeded", action, **values)
        for kind, named in (("User", user), ("Role", {"RoleName": "a"}), ("Policy", other),
                            ("InstanceProfile", {"InstanceProfileName": "a"}),
                            ("MFADevice", {"SerialNumber": devices[0].serial}),
                            ("OpenIDConnectProvider", {"OpenIDConnectProviderArn": oidc}),
                            ("SAMLProvider", {"SAMLProviderArn": saml}),
                            ("ServerCertificate", {"ServerCertificateName": "a"})):
            made(server, connection, f"Tag{kind}", **named, Tags=MANY_TAGS)
            expect(server, connection, "LimitExceeded", f"Tag{kind}", **named, Tags=[{"Key": "more", "Value": "v"}])
