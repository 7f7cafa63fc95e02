"""Service-linked roles through boto3."""

import json
import re

from installation import ROOT_ACCOUNT, refused

SCALING = "AWSServiceRoleForAutoScaling"
PROTECTED = ("UnmodifiableEntity", 400, f"Cannot perform the operation on the protected role '{SCALING}' - this role is"
             " only modifiable by AWS")


def test_role_is_made_and_deleted(any_server):
    iam = any_server.iam()
    role = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")["Role"]
    assert role["Arn"] == (f"arn:aws:iam::{ROOT_ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/{SCALING}")
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["autoscaling.amazonaws.com"]}
    assert [p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=SCALING)["AttachedPolicies"]] == [
        "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy"]
    assert iam.get_role(RoleName=SCALING)["Role"]["MaxSessionDuration"] == 3600

    task = iam.delete_service_linked_role(RoleName=SCALING)["DeletionTaskId"]
    assert re.fullmatch(f"task/aws-service-role/autoscaling.amazonaws.com/{SCALING}/[0-9a-f-]{{36}}", task)
    status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    assert status["Status"] == "SUCCEEDED" and "Reason" not in status
    with refused("NoSuchEntity", 404, f"The role with name {SCALING} cannot be found."):
        iam.get_role(RoleName=SCALING)


def test_what_cannot_be_made(server):
    iam = server.iam()
    with refused("InvalidInput", 400, "Cannot find Service Linked Role template for nobody.amazonaws.com"):
        iam.create_service_linked_role(AWSServiceName="nobody.amazonaws.com")
    with refused("InvalidInput", 400, "Custom suffix is not allowed for ecs.amazonaws.com"):
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com", CustomSuffix="blue")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="blue")
    with refused("InvalidInput", 400, f"Service role name {SCALING}_blue has been taken in this account, please try a"
                 " different suffix."):
        iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="blue")
    with refused("InvalidInput", 400, "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"):
        iam.create_role(RoleName="r", Path="/aws-service-role/x/", AssumeRolePolicyDocument="{}")


def test_nobody_changes_it(server):
    iam = server.iam()
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    for change in (lambda: iam.attach_role_policy(RoleName=SCALING, PolicyArn=policy),
                   lambda: iam.put_role_permissions_boundary(RoleName=SCALING, PermissionsBoundary=policy),
                   lambda: iam.update_role(RoleName=SCALING, MaxSessionDuration=7200),
                   lambda: iam.delete_role(RoleName=SCALING)):
        with refused(*PROTECTED):
            change()
    iam.update_role_description(RoleName=SCALING, Description="ours")
    assert iam.get_role(RoleName=SCALING)["Role"]["Description"] == "ours"


def test_policies_name_role_and_service(server):
    iam = server.iam()
    bob = server.new_user("bob")
    arn = f"arn:aws:iam::{ROOT_ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": arn,
            "Condition": {"StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}}}}))
    with refused("AccessDenied", 403, re.compile(r".*AWSServiceRoleForRDS.*")):
        server.iam(bob).create_service_linked_role(AWSServiceName="rds.amazonaws.com")
    assert server.iam(bob).create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]["Arn"] == arn
