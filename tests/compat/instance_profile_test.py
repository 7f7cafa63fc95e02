"""Instance profiles through boto3."""

import json
import re

from installation import ROOT_ACCOUNT, refused

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
IN_USE = ("DeleteConflict", 409, "Cannot delete entity, must remove roles from instance profile first.")


def allow(iam, user, *statements):
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement} for statement in statements]}
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps(document))


def test_profile_holds_one_role(any_server):
    iam = any_server.iam()
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=TRUST, Description="reads")["Role"]
    made = iam.create_instance_profile(InstanceProfileName="web", Path="/front/")["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:instance-profile/front/web"
    assert re.fullmatch("AIPA[A-Z2-7]{17}", made["InstanceProfileId"])
    assert made["Roles"] == [] and "Tags" not in made

    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="reader")
    with refused("LimitExceeded", 409, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"):
        iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="reader")
    got = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    assert got == {**made, "Roles": [role], "Tags": []}
    assert role["AssumeRolePolicyDocument"] == json.loads(TRUST)
    listed = iam.list_instance_profiles_for_role(RoleName="reader")
    assert listed["InstanceProfiles"] == [{**made, "Roles": [role]}] and listed["IsTruncated"] is False

    with refused(*IN_USE):
        iam.delete_instance_profile(InstanceProfileName="web")
    with refused(*IN_USE):
        iam.delete_role(RoleName="reader")
    iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="reader")
    with refused("NoSuchEntity", 404, "Role reader in Instance Profile web cannot be found."):
        iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="reader")
    iam.delete_instance_profile(InstanceProfileName="web")
    iam.delete_role(RoleName="reader")
    with refused("NoSuchEntity", 404, "Instance Profile web cannot be found."):
        iam.get_instance_profile(InstanceProfileName="web")


def test_waiter_and_paginator(server):
    iam = server.iam()
    for number in range(5):
        iam.create_instance_profile(InstanceProfileName=f"web{number}", Path="/front/")
    iam.create_instance_profile(InstanceProfileName="other")
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="web0", WaiterConfig={"MaxAttempts": 1})
    pages = iam.get_paginator("list_instance_profiles").paginate(PathPrefix="/front", PaginationConfig={"PageSize": 2})
    assert [p["InstanceProfileName"] for page in pages for p in page["InstanceProfiles"]] == [
        f"web{number}" for number in range(5)]
    with refused("EntityAlreadyExists", 409, "Instance Profile WEB0 already exists."):
        iam.create_instance_profile(InstanceProfileName="WEB0")


def test_tags(server):
    iam = server.iam()
    tags = [{"Key": "b", "Value": "1"}, {"Key": "B", "Value": ""}]
    assert iam.create_instance_profile(InstanceProfileName="web", Tags=tags)["InstanceProfile"]["Tags"] == tags
    iam.tag_instance_profile(InstanceProfileName="web", Tags=[{"Key": "b", "Value": "2"}])
    assert iam.list_instance_profile_tags(InstanceProfileName="web")["Tags"] == [
        {"Key": "B", "Value": ""}, {"Key": "b", "Value": "2"}]
    iam.untag_instance_profile(InstanceProfileName="web", TagKeys=["B"])
    assert iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]["Tags"] == [{"Key": "b", "Value": "2"}]


def test_adding_a_role_is_passing_it(server):
    iam = server.iam()
    bob = server.new_user("bob")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="web")
    profile, role = (f"arn:aws:iam::{ROOT_ACCOUNT}:{name}" for name in ("instance-profile/web", "role/reader"))
    allow(iam, "bob", {"Action": "iam:AddRoleToInstanceProfile", "Resource": profile})
    with refused("AccessDenied", 403, re.compile(f".* is not authorized to perform: iam:PassRole on resource: {role} .*")):
        server.iam(bob).add_role_to_instance_profile(InstanceProfileName="web", RoleName="reader")
    allow(iam, "bob", {"Action": "iam:AddRoleToInstanceProfile", "Resource": profile},
          {"Action": "iam:PassRole", "Resource": role,
           "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}})
    server.iam(bob).add_role_to_instance_profile(InstanceProfileName="web", RoleName="reader")


def test_profiles_survive_a_restart(server):
    iam = server.iam()
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="reader")
    before = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    server.restart()
    assert server.iam().get_instance_profile(InstanceProfileName="web")["InstanceProfile"] == before
