"""What other files do not do on the wire: each kind of resource read back after every change to it, through boto3."""

import json
import time

from installation import ROOT_ACCOUNT, eventually, refused
from certificate_test import upload, workshop  # noqa: F401: a fixture.
from mfa_test import Authenticator
from provider_test import metadata  # noqa: F401: a fixture.

ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:"
BOUNDARY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
TAGS = [{"Key": "cost", "Value": "7"}, {"Key": "team", "Value": "night"}]


def document(action, **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]}


ONE, OTHER = document("s3:GetObject", Resource="*"), document("s3:PutObject", Resource="*")
TRUST = document("sts:AssumeRole", Principal={"AWS": ROOT_ACCOUNT})
SERVICE_TRUST = document("sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})


def check_inline_and_attached(iam, kind, named, managed):
    """Inline policies and attachments, which users, groups and roles have alike."""
    def call(template, **more):
        return getattr(iam, template.format(kind))(**named, **more)

    call("put_{}_policy", PolicyName="b", PolicyDocument=json.dumps(ONE))
    call("put_{}_policy", PolicyName="a", PolicyDocument=json.dumps(ONE))
    call("put_{}_policy", PolicyName="a", PolicyDocument=json.dumps(OTHER))
    assert call("list_{}_policies")["PolicyNames"] == ["a", "b"]
    assert call("get_{}_policy", PolicyName="a")["PolicyDocument"] == OTHER
    call("delete_{}_policy", PolicyName="a")
    with refused("NoSuchEntity", 404, f"The {kind} policy with name a cannot be found."):
        call("get_{}_policy", PolicyName="a")
    call("attach_{}_policy", PolicyArn=managed)
    call("attach_{}_policy", PolicyArn=BOUNDARY)
    call("attach_{}_policy", PolicyArn=managed)
    attached = call("list_attached_{}_policies")["AttachedPolicies"]
    assert {policy["PolicyArn"] for policy in attached} == {managed, BOUNDARY}
    call("detach_{}_policy", PolicyArn=BOUNDARY)
    assert [policy["PolicyName"] for policy in call("list_attached_{}_policies")["AttachedPolicies"]] == ["managed"]


def check_tags(iam, kind, **named):
    getattr(iam, f"tag_{kind}")(**named, Tags=TAGS)
    assert getattr(iam, f"list_{kind}_tags")(**named)["Tags"] == TAGS
    getattr(iam, f"untag_{kind}")(**named, TagKeys=["cost", "unknown"])
    assert getattr(iam, f"list_{kind}_tags")(**named)["Tags"] == TAGS[1:]


def test_user_group_and_role_from_first_to_last(any_server):
    iam = any_server.iam()
    managed = iam.create_policy(PolicyName="managed", PolicyDocument=json.dumps(ONE))["Policy"]["Arn"]
    iam.create_user(UserName="bob", PermissionsBoundary=managed)
    iam.create_group(GroupName="staff")
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=json.dumps(TRUST))
    kinds = {"user": {"UserName": "bob"}, "group": {"GroupName": "staff"}, "role": {"RoleName": "job"}}
    for kind, named in kinds.items():
        check_inline_and_attached(iam, kind, named, managed)
    for kind in ("user", "role"):
        check_tags(iam, kind, **kinds[kind])
        getattr(iam, f"put_{kind}_permissions_boundary")(**kinds[kind], PermissionsBoundary=BOUNDARY)
        shown = getattr(iam, f"get_{kind}")(**kinds[kind])[kind.capitalize()]
        assert shown["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY
        getattr(iam, f"delete_{kind}_permissions_boundary")(**kinds[kind])
        assert "PermissionsBoundary" not in getattr(iam, f"get_{kind}")(**kinds[kind])[kind.capitalize()]

    iam.add_user_to_group(GroupName="staff", UserName="bob")
    iam.update_group(GroupName="staff", NewGroupName="crew", NewPath="/ship/")
    assert iam.list_groups_for_user(UserName="bob")["Groups"][0]["Arn"] == f"{ARN}group/ship/crew"
    assert [user["UserName"] for user in iam.get_group(GroupName="crew")["Users"]] == ["bob"]
    iam.remove_user_from_group(GroupName="crew", UserName="bob")
    assert iam.get_group(GroupName="crew")["Users"] == []

    iam.update_assume_role_policy(RoleName="job", PolicyDocument=json.dumps(SERVICE_TRUST))
    iam.update_role(RoleName="job", Description="does it", MaxSessionDuration=7200)
    role = iam.get_role(RoleName="job")["Role"]
    assert role["AssumeRolePolicyDocument"] == SERVICE_TRUST
    assert (role["Description"], role["MaxSessionDuration"]) == ("does it", 7200)
    keys = iam.get_context_keys_for_principal_policy(PolicySourceArn=f"{ARN}user/bob", PolicyInputList=[
        json.dumps(document("s3:*", Resource="*", Condition={"Bool": {"aws:SecureTransport": "true"}}))])
    assert keys["ContextKeyNames"] == ["aws:SecureTransport"]

    kinds["group"] = {"GroupName": "crew"}
    for kind, named in kinds.items():
        with refused("DeleteConflict", 409, "Cannot delete entity, must detach all policies first."):
            getattr(iam, f"delete_{kind}")(**named)
        getattr(iam, f"detach_{kind}_policy")(**named, PolicyArn=managed)
        getattr(iam, f"delete_{kind}_policy")(**named, PolicyName="b")
        getattr(iam, f"delete_{kind}")(**named)
    iam.delete_policy(PolicyArn=managed)
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_policy_versions_come_and_go(any_server):
    iam = any_server.iam()
    named = {"PolicyArn": iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(ONE))["Policy"]["Arn"]}
    made = iam.create_policy_version(**named, PolicyDocument=json.dumps(OTHER))["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", False)
    iam.set_default_policy_version(**named, VersionId="v2")
    assert iam.get_policy(**named)["Policy"]["DefaultVersionId"] == "v2"
    assert iam.get_policy_version(**named, VersionId="v2")["PolicyVersion"]["Document"] == OTHER
    with refused("DeleteConflict", 409, "Cannot delete the default version of a policy."):
        iam.delete_policy_version(**named, VersionId="v2")
    iam.delete_policy_version(**named, VersionId="v1")
    assert [version["VersionId"] for version in iam.list_policy_versions(**named)["Versions"]] == ["v2"]
    check_tags(iam, "policy", **named)


def test_password_is_changed_by_an_administrator(any_server):
    iam = any_server.iam()
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password="Correct-Horse-1")
    iam.update_login_profile(UserName="bob", PasswordResetRequired=True)
    assert iam.get_login_profile(UserName="bob")["LoginProfile"]["PasswordResetRequired"] is True
    iam.delete_login_profile(UserName="bob")


def test_mfa_device_is_shown_tagged_and_synchronised(any_server):
    iam = any_server.iam()
    iam.create_user(UserName="bob")
    device = Authenticator(any_server).enable(any_server)
    with any_server.connect() as connection:  # Debian's boto3 does not know the operation.
        got = connection.call(any_server.root, "GetMFADevice", {"SerialNumber": device.serial, "UserName": "bob"})
        assert (got.text("SerialNumber"), got.text("UserName")) == (device.serial, "bob")
    now = time.time()
    iam.resync_mfa_device(UserName="bob", SerialNumber=device.serial, AuthenticationCode1=device.code(-1, now),
                          AuthenticationCode2=device.code(0, now))
    check_tags(iam, "mfa_device", SerialNumber=device.serial)


def test_tags_of_certificates_and_providers(any_server, workshop, metadata):
    iam = any_server.iam()
    upload(any_server, workshop, "web")
    check_tags(iam, "server_certificate", ServerCertificateName="web")
    saml = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata)["SAMLProviderArn"]
    check_tags(iam, "saml_provider", SAMLProviderArn=saml)
    oidc = iam.create_open_id_connect_provider(Url="https://idp.example.com", ThumbprintList=["a" * 40])
    check_tags(iam, "open_id_connect_provider", OpenIDConnectProviderArn=oidc["OpenIDConnectProviderArn"])
    iam.create_instance_profile(InstanceProfileName="box")
    check_tags(iam, "instance_profile", InstanceProfileName="box")


def test_root_features_of_an_organization(any_server):
    organizations = any_server.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    with any_server.connect() as connection:  # Debian's boto3 does not know these operations.
        def features(action):
            answer = connection.call(any_server.root, action)
            assert answer.status == 200, answer
            return set(answer.all("member"))

        assert features("ListOrganizationsFeatures") == set()
        assert features("EnableOrganizationsRootCredentialsManagement") == {"RootCredentialsManagement"}
        both = {"RootCredentialsManagement", "RootSessions"}
        assert features("EnableOrganizationsRootSessions") == features("ListOrganizationsFeatures") == both
        assert features("DisableOrganizationsRootCredentialsManagement") == {"RootSessions"}
        assert features("DisableOrganizationsRootSessions") == features("ListOrganizationsFeatures") == set()


def test_outbound_federation_is_enabled_and_disabled(any_server):
    with any_server.connect() as connection:  # Nor these.
        def call(action):
            return connection.call(any_server.root, action)

        assert call("DisableOutboundWebIdentityFederation").refusal[:2] == (404, "FeatureDisabled")
        issuer = call("EnableOutboundWebIdentityFederation").text("IssuerIdentifier")
        assert call("EnableOutboundWebIdentityFederation").refusal[:2] == (409, "FeatureEnabled")
        assert call("GetOutboundWebIdentityFederationInfo").text("IssuerIdentifier") == issuer
        assert call("DisableOutboundWebIdentityFederation").status == 200
        assert call("GetOutboundWebIdentityFederationInfo").refusal[:2] == (404, "FeatureDisabled")
        assert call("EnableOutboundWebIdentityFederation").text("IssuerIdentifier") == issuer


def test_reasons_of_a_denial_are_decoded(any_server):
    bob = any_server.new_user()
    with refused("AccessDenied", 403):
        any_server.iam(bob).create_user(UserName="carol")

    def message():
        lines = [json.loads(line) for line in any_server.printed().splitlines() if line.startswith("{")]
        return [line["authorization_message"] for line in lines if "authorization_message" in line]

    encoded, = eventually(message, "the denial is in the access log")
    decoded = json.loads(any_server.sts().decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert decoded["allowed"] is False and decoded["explicitDeny"] is False
    assert decoded["context"]["principal"]["arn"] == f"{ARN}user/bob"
    assert decoded["context"]["action"] == "iam:CreateUser"
    with refused("InvalidAuthorizationMessageException", 400):
        any_server.sts().decode_authorization_message(EncodedMessage=encoded[:-9] + "x" * 9)
