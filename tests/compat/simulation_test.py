"""The policy simulator and its relatives, as SDK and CLI use them."""

import json

from aws_cli_test import Shell
from installation import ROOT_ACCOUNT, refused

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def policy(effect, action, resource="*", **more):
    return json.dumps({"Version": "2012-10-17",
                       "Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}]})


def test_paginator_walks_actions_times_resources(server):
    pages = list(server.iam().get_paginator("simulate_custom_policy").paginate(
        PolicyInputList=[policy("Allow", "s3:*", "arn:aws:s3:::b/*")],
        ActionNames=[f"s3:Action{i}" for i in range(5)],
        ResourceArns=["arn:aws:s3:::b/k", "arn:aws:s3:::c/k"],
        PaginationConfig={"PageSize": 3}))
    assert len(pages) == 4
    results = [result for page in pages for result in page["EvaluationResults"]]
    assert [result["EvalActionName"] for result in results] == [f"s3:Action{i}" for i in range(5) for _ in range(2)]
    assert [result["EvalDecision"] for result in results] == ["allowed", "implicitDeny"] * 5
    assert results[0]["ResourceSpecificResults"][0]["EvalResourceName"] == "arn:aws:s3:::b/k"
    assert results[0]["EvalDecisionDetails"] == {}
    assert results[0]["MissingContextValues"] == []


def test_principal_policy_counts_groups_boundary_and_input(server):
    iam = server.iam()
    bob = iam.create_user(UserName="bob")["User"]["Arn"]
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    iam.attach_group_policy(GroupName="staff", PolicyArn=ADMINISTRATOR)
    limit = iam.create_policy(PolicyName="Limit", PolicyDocument=policy("Allow", "s3:*"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary=limit)

    def run(action, **more):
        return iam.simulate_principal_policy(PolicySourceArn=bob, ActionNames=[action], **more)["EvaluationResults"][0]

    allowed = run("s3:GetObject")
    assert allowed["EvalDecision"] == "allowed"
    assert allowed["MatchedStatements"] == [{
        "SourcePolicyId": "AdministratorAccess", "SourcePolicyType": "IAM Policy",
        "StartPosition": {"Line": 3, "Column": 17}, "EndPosition": {"Line": 8, "Column": 6}}]
    assert allowed["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    limited = run("sqs:SendMessage")
    assert limited["EvalDecision"] == "implicitDeny" and limited["MatchedStatements"] == []
    assert limited["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    denied = run("s3:GetObject", PolicyInputList=[policy("Deny", "s3:*")])
    assert denied["EvalDecision"] == "explicitDeny"
    assert [statement["SourcePolicyId"] for statement in denied["MatchedStatements"]] == ["PolicyInputList.1"]

    with refused("NoSuchEntity", 404, "Unable to retrieve specified IAM entity."):
        iam.simulate_principal_policy(PolicySourceArn=bob + "by", ActionNames=["s3:GetObject"])
    session = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/r/s"
    with refused("InvalidInput", 400, f"Invalid ARN provided in the request: {session}"):
        iam.simulate_principal_policy(PolicySourceArn=session, ActionNames=["s3:GetObject"])


def test_simulation_foretells_what_the_server_does(server):
    key = server.new_user("bob")
    iam = server.iam()
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=policy(
        "Allow", ["iam:GetUser", "iam:SimulatePrincipalPolicy"], f"arn:aws:iam::{ROOT_ACCOUNT}:user/${{aws:username}}"))
    mine, other = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob", f"arn:aws:iam::{ROOT_ACCOUNT}:user/eve"
    as_bob = server.iam(key)
    foretold = as_bob.simulate_principal_policy(PolicySourceArn=mine, ActionNames=["iam:GetUser"],
                                                ResourceArns=[mine, other])["EvaluationResults"]
    assert [result["EvalDecision"] for result in foretold] == ["allowed", "implicitDeny"]
    as_bob.get_user(UserName="bob")
    with refused("AccessDenied"):
        as_bob.get_user(UserName="eve")


def test_policies_granting_service_access(server):
    iam = server.iam()
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}))
    iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=policy("Allow", "s3:Get*"))
    iam.attach_role_policy(RoleName="r", PolicyArn=ADMINISTRATOR)
    answer = iam.list_policies_granting_service_access(Arn=role["Role"]["Arn"], ServiceNamespaces=["s3", "ec2"])
    managed = {"PolicyName": "AdministratorAccess", "PolicyType": "MANAGED", "PolicyArn": ADMINISTRATOR}
    inline = {"PolicyName": "inline", "PolicyType": "INLINE", "EntityType": "ROLE", "EntityName": "r"}
    assert answer["PoliciesGrantingServiceAccess"] == [
        {"ServiceNamespace": "s3", "Policies": [inline, managed]}, {"ServiceNamespace": "ec2", "Policies": [managed]}]
    assert answer["IsTruncated"] is False


def test_by_aws_cli(server):
    shell = Shell(server, server.root)
    answer = shell("iam", "simulate-custom-policy",
                   "--policy-input-list", policy("Allow", "s3:*", Condition={"NumericLessThan": {"s3:max-keys": "10"}}),
                   "--action-names", "s3:ListBucket", "s3:GetObject",
                   "--context-entries", "ContextKeyName=s3:max-keys,ContextKeyValues=5,ContextKeyType=numeric")
    assert [result["EvalDecision"] for result in answer["EvaluationResults"]] == ["allowed", "allowed"]
    assert "Invalid Input Action: s3:*" in shell.fails(
        "iam", "simulate-custom-policy", "--policy-input-list", policy("Allow", "*"), "--action-names", "s3:*")
