"""What an account knows of itself, through boto3 and AWS CLI: alias, summary, authorization details, credentials."""

import csv
import datetime
import io
import json

from aws_cli_test import Shell
from installation import ROOT_ACCOUNT, refused

ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def test_alias(server):
    iam = server.iam()
    assert iam.list_account_aliases()["AccountAliases"] == []
    iam.create_account_alias(AccountAlias="acme")
    iam.create_account_alias(AccountAlias="acme-dev")
    assert iam.list_account_aliases()["AccountAliases"] == ["acme-dev"]
    with refused("EntityAlreadyExists", 409, "The account alias acme-dev already exists."):
        iam.create_account_alias(AccountAlias="acme-dev")
    with refused("ValidationError", 400):
        iam.create_account_alias(AccountAlias="Not--Good")
    with refused("NoSuchEntity", 404):
        iam.delete_account_alias(AccountAlias="acme")
    iam.delete_account_alias(AccountAlias="acme-dev")
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_summary_counts(server):
    iam = server.iam()
    before = iam.get_account_summary()["SummaryMap"]
    assert len(before) == 34 and before["UsersQuota"] == 5000 and before["AccountAccessKeysPresent"] == 1
    iam.create_user(UserName="bob")
    iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(ALLOW))
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    after = iam.get_account_summary()["SummaryMap"]
    changed = {name: after[name] - value for name, value in before.items() if after[name] != value}
    assert changed == {"Users": 1, "Policies": 1, "PolicyVersionsInUse": 1, "GlobalEndpointTokenVersion": 1}


def test_quotas_are_settings(installation):
    server = installation.start("--instance-profiles-per-account=1", CLAVIGER_GROUPS_PER_ACCOUNT="0")
    iam = server.iam()
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["InstanceProfilesQuota"] == 1 and summary["GroupsQuota"] == 0
    iam.create_instance_profile(InstanceProfileName="one")
    with refused("LimitExceeded", 409, "Cannot exceed quota for InstanceProfilesPerAccount: 1"):
        iam.create_instance_profile(InstanceProfileName="two")
    with refused("LimitExceeded", 409, "Cannot exceed quota for GroupsPerAccount: 0"):
        iam.create_group(GroupName="g")


def test_authorization_details(server):
    iam = server.iam()
    empty = iam.get_account_authorization_details()
    assert [empty[name] for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")] == [[]] * 4
    iam.create_user(UserName="bob", Tags=[{"Key": "k", "Value": "v"}])
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    iam.put_group_policy(GroupName="staff", PolicyName="s3", PolicyDocument=json.dumps(ALLOW))
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="reader")
    own = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(ALLOW))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="bob", PolicyArn=own)
    aws = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    iam.attach_role_policy(RoleName="reader", PolicyArn=aws)

    details = iam.get_account_authorization_details()
    (bob,), (staff,), (reader,) = (details[kind + "DetailList"] for kind in ("User", "Group", "Role"))
    assert "UserPolicyList" not in bob and bob["GroupList"] == ["staff"]
    assert bob["AttachedManagedPolicies"] == [{"PolicyName": "own", "PolicyArn": own}]
    assert staff["GroupPolicyList"] == [{"PolicyName": "s3", "PolicyDocument": ALLOW}]
    assert reader["AssumeRolePolicyDocument"] == TRUST and reader["RoleLastUsed"] == {}
    assert reader["InstanceProfileList"][0]["Roles"][0]["RoleName"] == "reader"
    assert "Description" not in reader and "MaxSessionDuration" not in reader
    assert [policy["Arn"] for policy in details["Policies"]] == [own, aws]
    assert details["Policies"][0]["PolicyVersionList"][0]["Document"] == ALLOW

    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 2}))
    assert [sum(map(len, (page["UserDetailList"], page["GroupDetailList"], page["RoleDetailList"], page["Policies"])))
            for page in pages] == [2, 2, 1]
    only = iam.get_account_authorization_details(Filter=["Role"])
    assert only["RoleDetailList"] == [reader] and only["UserDetailList"] == only["Policies"] == []


def report_of(iam):
    return list(csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode())))


def test_credential_report(server):
    iam = server.iam()
    with refused("ReportNotPresent", 410):
        iam.get_credential_report()
    server.who(server.new_user("bob"))
    iam.create_user(UserName="Alice")
    iam.create_login_profile(UserName="Alice", Password="Correct-Horse-7")
    assert iam.generate_credential_report()["State"] == "STARTED"
    again = iam.generate_credential_report()
    assert again["State"] == "COMPLETE" and "Description" not in again
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    assert abs(report["GeneratedTime"] - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=5)
    root, alice, bob = report_of(iam)
    assert root["user"] == "<root_account>" and root["arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:root"
    assert root["access_key_1_active"] == "true" and root["password_enabled"] == "not_supported"
    assert alice["user"] == "Alice" and alice["access_key_1_active"] == "false"
    assert alice["password_enabled"] == "true" and alice["password_last_used"] == "no_information"
    assert bob["password_enabled"] == "false" and bob["password_last_used"] == "N/A" and bob["mfa_active"] == "false"
    assert bob["access_key_1_active"] == "true" and bob["access_key_1_last_used_service"] == "sts"
    assert datetime.datetime.fromisoformat(bob["access_key_1_last_used_date"]).second == 0
    assert len(bob) == 22 and bob["cert_2_last_rotated"] == "N/A"


def test_by_aws_cli(server):
    aws = Shell(server, server.root)
    aws("iam", "create-account-alias", "--account-alias", "acme")
    assert aws("iam", "list-account-aliases")["AccountAliases"] == ["acme"]
    assert aws("iam", "get-account-summary")["SummaryMap"]["Users"] == 0
    assert aws("iam", "generate-credential-report")["State"] == "STARTED"
    assert aws("iam", "get-credential-report")["ReportFormat"] == "text/csv"
    role = aws("iam", "create-service-linked-role", "--aws-service-name", "ecs.amazonaws.com")["Role"]["RoleName"]
    task = aws("iam", "delete-service-linked-role", "--role-name", role)["DeletionTaskId"]
    assert aws("iam", "get-service-linked-role-deletion-status", "--deletion-task-id", task)["Status"] == "SUCCEEDED"
    assert aws("iam", "get-account-authorization-details", "--filter", "User")["UserDetailList"] == []
    assert "EntityAlreadyExists" in aws.fails("iam", "create-account-alias", "--account-alias", "acme")
