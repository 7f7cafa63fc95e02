"""An organization as administrators build it: with boto3 and the AWS CLI, policies enforced from the next request on."""

import json

import pytest

from aws_cli_test import Shell
from installation import ROOT_ACCOUNT, Credentials, eventually, refused

DENY_CREATE_USER = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}],
})


def root_of(server, account):
    """Credentials of the root user of another account, as its administrator makes them."""
    printed = server.account("root-key", "create", account).stdout
    words = dict(line.rsplit(None, 1) for line in printed.splitlines() if line.startswith(("access", "secret")))
    return Credentials(words["access key id"], words["secret access key"])


@pytest.fixture
def organizations(server):
    client = server.client("organizations")
    client.create_organization(FeatureSet="ALL")
    return client


def test_accounts_are_made_moved_and_listed(server, organizations):
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="prod")["OrganizationalUnit"]["Id"]
    status = organizations.create_account(AccountName="dev", Email="dev@example.com")["CreateAccountStatus"]
    assert status["State"] == "SUCCEEDED"
    account = status["AccountId"]
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    assert organizations.list_parents(ChildId=account)["Parents"] == [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]
    pages = organizations.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 1})
    assert {listed["Id"] for page in pages for listed in page["Accounts"]} == {account, ROOT_ACCOUNT}
    described = organizations.describe_account(AccountId=account)["Account"]
    assert (described["Name"], described["Status"]) == ("dev", "ACTIVE")
    assert abs(described["JoinedTimestamp"].timestamp() - status["RequestedTimestamp"].timestamp()) < 1


def test_control_policies_count_from_the_next_request_on(server, organizations):
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    account = organizations.create_account(AccountName="dev", Email="dev@example.com")["CreateAccountStatus"]["AccountId"]
    policy = organizations.create_policy(
        Name="NoUsers", Description="", Type="SERVICE_CONTROL_POLICY", Content=DENY_CREATE_USER)["Policy"]["PolicySummary"]
    member = server.iam(root_of(server, account))
    member.create_user(UserName="before")
    organizations.attach_policy(PolicyId=policy["Id"], TargetId=root)
    denial = (
        f"User: arn:aws:iam::{account}:root is not authorized to perform: iam:CreateUser on resource: "
        f"arn:aws:iam::{account}:user/after with an explicit deny in a service control policy: {policy['Arn']}")
    with refused("AccessDenied", 403, denial):
        member.create_user(UserName="after")
    server.iam().create_user(UserName="manager")  # The management account is free.
    organizations.detach_policy(PolicyId=policy["Id"], TargetId=root)
    member.create_user(UserName="after")


def test_a_closed_account_is_shut(server, organizations):
    account = organizations.create_account(AccountName="dev", Email="dev@example.com")["CreateAccountStatus"]["AccountId"]
    credentials = root_of(server, account)
    server.iam(credentials).create_user(UserName="bob")
    organizations.close_account(AccountId=account)
    with refused("InvalidClientTokenId", 403):
        server.iam(credentials).list_users()
    assert organizations.describe_account(AccountId=account)["Account"]["Status"] == "SUSPENDED"


def test_it_outlives_a_restart(server, organizations):
    organization = organizations.describe_organization()["Organization"]
    server.restart()
    assert server.client("organizations").describe_organization()["Organization"] == organization


def test_errors_have_their_reasons(server, organizations):
    client = server.client("organizations")
    with refused("AlreadyInOrganizationException", 400, "The provided account is already a member of an organization."):
        client.create_organization()
    with refused("AccountNotFoundException", 400, "You specified an account that doesn't exist."):
        client.describe_account(AccountId="999999999999")


def test_the_command_line_builds_an_organization(server):
    aws = Shell(server, server.root)
    organization = aws("organizations", "create-organization")["Organization"]
    assert organization["MasterAccountId"] == ROOT_ACCOUNT
    root = aws("organizations", "list-roots")["Roots"][0]
    unit = aws("organizations", "create-organizational-unit", "--parent-id", root["Id"], "--name", "prod")["OrganizationalUnit"]
    assert unit["Arn"].startswith(f"arn:aws:organizations::{ROOT_ACCOUNT}:ou/{organization['Id']}/")
    aws("organizations", "enable-policy-type", "--root-id", root["Id"], "--policy-type", "SERVICE_CONTROL_POLICY")
    policies = aws("organizations", "list-policies-for-target", "--target-id", unit["Id"], "--filter", "SERVICE_CONTROL_POLICY")
    assert [policy["Name"] for policy in policies["Policies"]] == ["FullAWSAccess"]
    aws("organizations", "tag-resource", "--resource-id", unit["Id"], "--tags", "Key=team,Value=core")
    assert aws("organizations", "list-tags-for-resource", "--resource-id", unit["Id"])["Tags"] == [
        {"Key": "team", "Value": "core"}]
    assert "OrganizationalUnitNotEmptyException" not in aws.fails(
        "organizations", "delete-organizational-unit", "--organizational-unit-id", "ou-abcd-12345678")
    aws("organizations", "delete-organizational-unit", "--organizational-unit-id", unit["Id"])
    aws("organizations", "delete-organization")
    assert "AWSOrganizationsNotInUseException" in aws.fails("organizations", "describe-organization")


def organization_command(server, *arguments, **options):
    return server.run("organization", *arguments, "--data", str(server.data), **options)


def test_administrators_make_organizations_of_accounts_they_have(server):
    made = server.account("create").stdout
    account = next(line.split()[-1] for line in made.splitlines() if line.startswith("account"))
    created = organization_command(server, "create", ROOT_ACCOUNT, "--email", "root@example.com")
    assert "organization        o-" in created.stdout
    organization_command(server, "add", ROOT_ACCOUNT, account, "--name", "dev", "--access-role")
    client = server.client("organizations")
    assert client.describe_organization()["Organization"]["MasterAccountEmail"] == "root@example.com"
    assert client.describe_account(AccountId=account)["Account"]["Name"] == "dev"
    again = organization_command(server, "add", ROOT_ACCOUNT, account, check=False)
    assert again.returncode == 1 and "is in an organization already" in again.stderr


def test_the_access_report_tells_what_accounts_really_called(server, organizations):
    iam = server.iam()
    organization = organizations.describe_organization()["Organization"]["Id"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    account = organizations.create_account(AccountName="dev", Email="dev@example.com")["CreateAccountStatus"]["AccountId"]
    path = f"{organization}/{root}"
    with refused("InvalidInput", 400, "Service control policies are not enabled for the root of the organization."):
        iam.generate_organizations_access_report(EntityPath=path)
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    dev = root_of(server, account)
    server.who(dev)

    def report(**parameters):
        job = iam.generate_organizations_access_report(EntityPath=path, **parameters)["JobId"]
        found = iam.get_organizations_access_report(JobId=job)
        assert found["JobStatus"] == "COMPLETED" and found["IsTruncated"] is False
        return found if found["NumberOfServicesNotAccessed"] < found["NumberOfServicesAccessible"] else None

    found = eventually(report, "the use is on record")
    assert found["NumberOfServicesAccessible"] == len(found["AccessDetails"]) == found["NumberOfServicesNotAccessed"] + 1
    sts, = (detail for detail in found["AccessDetails"] if "LastAuthenticatedTime" in detail)
    assert sts["ServiceNamespace"] == "sts" and sts["TotalAuthenticatedEntities"] == 1
    assert sts["EntityPath"] == f"{path}/{account}" and sts["Region"] == "us-east-1"

    policy = organizations.create_policy(Name="iam", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}))["Policy"]
    job = iam.generate_organizations_access_report(
        EntityPath=path, OrganizationsPolicyId=policy["PolicySummary"]["Id"])["JobId"]
    found = iam.get_organizations_access_report(JobId=job, SortKey="LAST_AUTHENTICATED_TIME_DESCENDING")
    assert found["AccessDetails"] == [{"ServiceName": "AWS Identity and Access Management", "ServiceNamespace": "iam",
                                       "TotalAuthenticatedEntities": 0}]
    with refused("AccessDenied", 403, "Only the management account of an organization can have this report."):
        server.iam(dev).generate_organizations_access_report(EntityPath=path)


def test_policies_limit_the_access_report_to_a_policy(server, organizations):
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    path = f"{organizations.describe_organization()['Organization']['Id']}/{root}"
    bob = server.new_user()
    server.iam().put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "iam:GenerateOrganizationsAccessReport",
            "Resource": f"arn:aws:iam::{ROOT_ACCOUNT}:access-report/{path}",
            "Condition": {"StringEquals": {"iam:OrganizationsPolicyId": "p-FullAWSAccess"}}}}))
    aws = Shell(server, bob)
    report = ("iam", "generate-organizations-access-report", "--entity-path", path)
    assert len(aws(*report, "--organizations-policy-id", "p-FullAWSAccess")["JobId"]) == 36
    assert "AccessDenied" in aws.fails(*report)
