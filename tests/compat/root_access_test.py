"""Root users of member accounts, managed centrally: AssumeRoot and its tasks with boto3, and the guide's commands."""

import json
import pathlib
import re

import botocore.exceptions
import pytest

import today
from audit_test import found, record
from aws_cli_test import Shell
from certificate_test import Workshop
from guide_test import Shell as Bash
from installation import ROOT_ACCOUNT, Credentials, eventually, refused
from mfa_test import Authenticator
from organizations_test import root_of

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "organizations.md"
IAM = "iam.amazonaws.com"
TASKS = "arn:aws:iam::aws:policy/root-task/"
AUDIT, CREATE, DELETE = (
    "IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials")
MAY_ASSUME = json.dumps({
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "sts:AssumeRoot", "Resource": "arn:aws:iam::*:root"},
})


@pytest.fixture(scope="module")
def descriptions(tmp_path_factory):
    return today.write_descriptions(tmp_path_factory.mktemp("today"))


class Organization:
    """A management account with a member, and a user who may become the member's root user."""

    def __init__(self, server, descriptions):
        self.server, self.descriptions = server, descriptions
        self.client = server.client("organizations")
        self.client.create_organization(FeatureSet="ALL")
        self.member = self.make_account("dev")
        self.security = server.new_user("security")
        server.iam().put_user_policy(UserName="security", PolicyName="roots", PolicyDocument=MAY_ASSUME)
        self.root_arn = f"arn:aws:iam::{self.member}:root"

    def make_account(self, name):
        made = self.client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
        return made["AccountId"]

    def iam(self, credentials=None):
        return self.server.iam(credentials, session=today.session(self.descriptions))

    def enable(self):
        self.client.enable_aws_service_access(ServicePrincipal=IAM)
        iam = self.iam()
        iam.enable_organizations_root_credentials_management()
        iam.enable_organizations_root_sessions()

    def assume(self, task, credentials=None, target=None, **more):
        made = self.server.sts(credentials or self.security, session=today.session(self.descriptions)).assume_root(
            TargetPrincipal=target or self.member, TaskPolicyArn={"arn": TASKS + task}, **more)["Credentials"]
        return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])

    def denied(self, who, target=None):
        root = f"arn:aws:iam::{target or self.member}:root"
        return refused("AccessDenied", 403, f"User: {who} is not authorized to perform: sts:AssumeRoot on resource: {root}")


@pytest.fixture
def organization(server, descriptions):
    return Organization(server, descriptions)


def test_an_organization_lets_root_users_be_assumed(server, organization):
    user = f"arn:aws:iam::{ROOT_ACCOUNT}:user/security"
    with refused("AccessDenied", 403, "Service not enabled for AWS Organizations."):
        organization.assume(AUDIT)
    organization.client.enable_aws_service_access(ServicePrincipal=IAM)
    with refused("AccessDenied", 403, "Root credentials management feature is not enabled for your AWS Organization."):
        organization.assume(AUDIT)
    with refused("AccessDenied", 403, "Root sessions feature is not enabled for your AWS Organization."):
        organization.assume("S3UnlockBucketPolicy")
    organization.enable()
    assert server.who(organization.assume(AUDIT)) == organization.root_arn
    assert server.who(organization.assume("S3UnlockBucketPolicy", target=organization.root_arn)) == organization.root_arn
    server.restart()
    assert server.who(organization.assume(AUDIT)) == organization.root_arn

    with organization.denied(f"arn:aws:iam::{ROOT_ACCOUNT}:root"):
        organization.assume(AUDIT, server.root)
    with organization.denied(user, ROOT_ACCOUNT):
        organization.assume(AUDIT, target=ROOT_ACCOUNT)
    with organization.denied(user, "999999999999"):
        organization.assume(AUDIT, target="999999999999")
    with organization.denied(f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"):
        organization.assume(AUDIT, server.new_user("bob"))
    with refused("ValidationError", 400, "Request must contain a valid target principal"):
        organization.assume(AUDIT, target=f"arn:aws:iam::{organization.member}:user/bob")
    with refused("ValidationError", 400, "Request must contain valid AWS managed task policy ARN"):
        organization.assume("ReadOnlyAccess")
    with refused("ValidationError", 400,
                 "1 validation error detected: Value '901' at 'durationSeconds' failed to satisfy constraint: "
                 "Member must have value less than or equal to 900"):
        organization.assume(AUDIT, DurationSeconds=901)
    with refused("ExpiredToken", 403):
        organization.iam(organization.assume(AUDIT, DurationSeconds=0)).get_user()


def test_a_delegated_administrator_does_the_same(server, organization):
    organization.enable()
    account = organization.make_account("audit")
    owner = root_of(server, account)
    server.iam(owner).create_user(UserName="auditor")
    server.iam(owner).put_user_policy(UserName="auditor", PolicyName="roots", PolicyDocument=MAY_ASSUME)
    auditor = server.new_key("auditor", owner)
    with organization.denied(f"arn:aws:iam::{account}:user/auditor"):
        organization.assume(AUDIT, auditor)
    organization.client.register_delegated_administrator(AccountId=account, ServicePrincipal=IAM)
    session = organization.assume(AUDIT, auditor)
    organization.client.deregister_delegated_administrator(AccountId=account, ServicePrincipal=IAM)
    with organization.denied(f"arn:aws:iam::{account}:user/auditor"):
        organization.assume(AUDIT, auditor)
    assert organization.iam(session).get_user()["User"]["Arn"] == organization.root_arn  # As in AWS, it outlives the delegation.


@pytest.fixture
def equipped(server, organization, tmp_path):
    """The member's root user with one of each kind of credential."""
    organization.enable()
    organization.root = root_of(server, organization.member)
    iam = organization.iam(organization.root)
    iam.create_login_profile(Password="Correct-Horse-1")
    device = Authenticator(server, "root-account-mfa-device", organization.root)
    organization.device = device.serial
    iam.enable_mfa_device(UserName=organization.member, SerialNumber=device.serial, AuthenticationCode1=device.code(-3),
                          AuthenticationCode2=device.code(-2))
    organization.certificate = iam.upload_signing_certificate(
        CertificateBody=Workshop(tmp_path).certificate("root")[0])["Certificate"]["CertificateId"]
    return organization


def test_an_audit_shows_the_root_users_credentials(server, equipped):
    iam = equipped.iam(equipped.assume(AUDIT))
    assert iam.get_user()["User"]["Arn"] == equipped.root_arn and "UserName" not in iam.get_user()["User"]
    keys = iam.list_access_keys()["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in keys] == [equipped.root.access_key_id]
    assert iam.get_access_key_last_used(AccessKeyId=equipped.root.access_key_id)["AccessKeyLastUsed"]["ServiceName"]
    assert [device["SerialNumber"] for device in iam.list_mfa_devices()["MFADevices"]] == [equipped.device]
    certificates = iam.list_signing_certificates()["Certificates"]
    assert [certificate["CertificateId"] for certificate in certificates] == [equipped.certificate]
    assert iam.get_login_profile()["LoginProfile"]["PasswordResetRequired"] is False
    summary = iam.get_account_summary()["SummaryMap"]
    assert [summary[f"Account{what}"] for what in (
        "AccessKeysPresent", "MFAEnabled", "PasswordPresent", "SigningCertificatesPresent")] == [1, 1, 1, 1]

    def beyond(action, resource=equipped.root_arn):
        return refused("AccessDenied", 403, f"User: {equipped.root_arn} is not authorized to perform: iam:{action} on resource: "
                       f"{resource} with an explicit deny in a session policy: {TASKS}{AUDIT}")

    with beyond("DeleteLoginProfile"):
        iam.delete_login_profile()
    with beyond("DeactivateMFADevice"):
        iam.deactivate_mfa_device(SerialNumber=equipped.device)
    with beyond("ListUsers", f"arn:aws:iam::{equipped.member}:user/"):
        iam.list_users()
    with beyond("ListAccessKeys", "user eve"):
        iam.list_access_keys(UserName="eve")
    with refused("AccessDenied", 403, "Cannot call GetSessionToken with session credentials"):
        server.session_of(equipped.assume(AUDIT))


def test_credentials_of_the_root_user_are_taken_away(server, equipped):
    iam = equipped.iam(equipped.assume(DELETE))
    iam.delete_access_key(AccessKeyId=equipped.root.access_key_id)
    with refused("InvalidClientTokenId", 403):
        server.who(equipped.root)
    iam.deactivate_mfa_device(SerialNumber=equipped.device)
    iam.delete_signing_certificate(CertificateId=equipped.certificate)
    iam.delete_login_profile()
    with refused("NoSuchEntity", 404, "Login Profile for User null cannot be found."):
        iam.get_login_profile()
    summary = equipped.iam(equipped.assume(AUDIT)).get_account_summary()["SummaryMap"]
    assert [summary[f"Account{what}"] for what in (
        "AccessKeysPresent", "MFAEnabled", "PasswordPresent", "SigningCertificatesPresent")] == [0, 0, 0, 0]


def test_a_password_can_be_recovered(server, organization):
    organization.enable()
    iam = organization.iam(organization.assume(CREATE))
    with refused("ValidationError", 400):
        iam.create_login_profile(Password="Correct-Horse-1")
    made = iam.create_login_profile()["LoginProfile"]
    assert "UserName" not in made and made["PasswordResetRequired"] is False
    assert iam.get_login_profile()["LoginProfile"] == made
    with refused("EntityAlreadyExists", 409, f"Login Profile for account {organization.member} already exists."):
        iam.create_login_profile()
    root = server.iam(root_of(server, organization.member))
    root.generate_credential_report()
    row = root.get_credential_report()["Content"].decode().splitlines()[1].split(",")
    assert row[3:5] + row[6:7] == ["true", "no_information", "not_supported"]
    server.restart()
    assert organization.iam(organization.assume(CREATE)).get_login_profile()["LoginProfile"] == made


def test_both_accounts_trails_tell_of_it(server, organization):
    organization.enable()
    session = organization.assume(AUDIT)
    organization.iam(session).list_access_keys()

    def events(credentials, name):
        client = server.client("cloudtrail", credentials)
        attributes = [{"AttributeKey": "EventName", "AttributeValue": name}]
        return eventually(lambda: client.lookup_events(LookupAttributes=attributes)["Events"], f"an event {name}")

    asked = record(found(server, "EventName", "AssumeRoot")[0])
    assert asked["userIdentity"]["userName"] == "security" and asked["readOnly"] is True
    assert asked["requestParameters"] == {"targetPrincipal": organization.member, "taskPolicyArn": {"arn": TASKS + AUDIT}}
    assert asked["responseElements"]["credentials"]["accessKeyId"] == session.access_key_id
    owner = root_of(server, organization.member)
    seen = record(events(owner, "AssumeRoot")[0])
    assert seen["userIdentity"] == {"type": "AWSAccount", "principalId": asked["userIdentity"]["principalId"],
                                    "accountId": ROOT_ACCOUNT}
    assert seen["sharedEventID"] == asked["sharedEventID"] and seen["recipientAccountId"] == organization.member
    used = record(events(owner, "ListAccessKeys")[0])["userIdentity"]
    assert (used["type"], used["arn"], used["accessKeyId"]) == ("Root", organization.root_arn, session.access_key_id)
    assert used["sessionContext"]["assumedRoot"] == "true"
    traced = server.run("audit", "who", session.access_key_id, "--data", str(server.data)).stdout
    assert organization.security.access_key_id in traced


def test_a_denial_is_explained(installation, descriptions):
    log = installation.folder / "access.log"
    server = installation.start("--access-log", str(log))
    organization = Organization(server, descriptions)
    organization.enable()
    iam = organization.iam(organization.assume(AUDIT))
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        iam.delete_login_profile()
    request = caught.value.response["ResponseMetadata"]["RequestId"]
    eventually(lambda: log.exists() and request in log.read_text(), "the access log is written")
    text = server.run("explain", "--data", str(server.data), "--access-log", str(log), request).stdout
    assert text.startswith(f"denied: {organization.root_arn} ({organization.member}) asked for iam:DeleteLoginProfile on "
                           f"{organization.root_arn}\nbecause of a statement `DenyAllOtherActionsOnAnyResource` with Deny:"), text
    assert "\n  aws:assumedroot = true\n" in text


def test_the_guides_commands_do_what_it_says(server, organization, descriptions, tmp_path):
    guide = GUIDE.read_text().partition("## Root access management")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    newest = f"export AWS_DATA_PATH={descriptions}\n"
    blocks = [newest + block.replace("MEMBER", organization.member) for block in blocks]
    owner = root_of(server, organization.member)
    bash = Bash(server, tmp_path)
    server.iam().delete_user_policy(UserName="security", PolicyName="roots")
    features, permission, assume, look, delete = blocks
    assert "RootCredentialsManagement" in bash(features, server.root)
    bash(assume, organization.security, status=254)
    bash(permission, server.root)
    assert owner.access_key_id in bash(look, bash.assume(assume, organization.security))
    task = assume.replace(AUDIT, DELETE)
    bash(delete.replace("KEY", owner.access_key_id), bash.assume(task, organization.security))
    with refused("InvalidClientTokenId", 403):
        server.who(owner)


def test_task_policies_are_for_tasks_alone(server, organization):
    aws = Shell(server, server.root)
    policy = aws("iam", "get-policy", "--policy-arn", TASKS + DELETE)["Policy"]
    assert policy["Path"] == "/root-task/" and policy["IsAttachable"] is True
    assert "Cannot attach AWS reserved policy to an IAM user." in aws.fails(
        "iam", "attach-user-policy", "--user-name", "security", "--policy-arn", TASKS + DELETE)
    iam = server.iam()
    iam.create_group(GroupName="g")
    with refused("PolicyNotAttachable", 400, "Cannot attach AWS reserved policy to an IAM group."):
        iam.attach_group_policy(GroupName="g", PolicyArn=TASKS + DELETE)
    with refused("PolicyNotAttachable", 400, "Cannot attach AWS reserved policy to an IAM user."):
        iam.put_user_permissions_boundary(UserName="security", PermissionsBoundary=TASKS + DELETE)
