"""`claviger policy replay`: what a change would have meant for requests that were really made."""

import csv
import io
import json
import pathlib
import re
import shlex

import pytest

from installation import ROOT_ACCOUNT, eventually, refused
from mfa_test import Authenticator, session
from organizations_test import root_of
from signing import Credentials

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "policies.md"
BOB = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"


def policy(effect, actions, resource="*", **condition):
    return {"Version": "2012-10-17", "Statement": {"Sid": "S", "Effect": effect, "Action": actions, "Resource": resource,
                                                   **({"Condition": condition} if condition else {})}}


@pytest.fixture
def replay(server, tmp_path):
    """Replays all that the server has recorded, with a change; returns the report."""
    def run(*changes, code=None, **options):
        file = tmp_path / "change.json"
        file.write_text(json.dumps(changes))
        flags = [flag for name, value in options.items() for flag in (f"--{name}", value)]
        done = server.run("policy", "replay", "--change", str(file), "--format", "json", "--data", str(server.data), *flags,
                          check=False)
        assert done.returncode in (0, 3), done
        report = json.loads(done.stdout)
        assert (done.returncode == 3) == (report["newly_denied"] > 0), done
        return report

    def settled(*changes, requests=None, **options):
        """Once as many requests are on record as are expected."""
        if requests is None:
            return run(*changes, **options)
        return eventually(lambda: (report := run(*changes, **options))["requests"] >= requests and report,
                          "the requests are on record")
    return settled


def test_the_example_of_the_guide(server, tmp_path):
    server.new_user("eve")
    server.iam().attach_user_policy(UserName="eve", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    bob = server.new_user("bob")
    server.iam().put_user_policy(UserName="bob", PolicyName="all", PolicyDocument=json.dumps(policy("Allow", "iam:*")))
    server.iam(bob).list_access_keys()

    text = GUIDE.read_text(encoding="utf-8")
    change = re.search(r"^`change.json`\n\n```\n(.*?)```$", text, re.MULTILINE | re.DOTALL)[1]
    (tmp_path / "change.json").write_text(change)
    command = re.search(r"^claviger (policy replay .*)$", text, re.MULTILINE)[1]
    arguments = shlex.split(command.replace("change.json", str(tmp_path / "change.json")).replace("DIR", str(server.data)))

    def done():
        ran = server.run(*arguments, check=False)
        return ran if "ListAccessKeys" in ran.stdout else None
    ran = eventually(done, "the request is on record")
    assert ran.returncode == 3, ran
    assert re.match(rf"NEWLY +COUNT +PRINCIPAL .*\ndenied +1 +{BOB} +iam:ListAccessKeys +{BOB} .*  denied by identity policies: "
                    r"user_bob_less, statement 1 `NoKeys`\nOf \d+ requests 1 would be newly denied, 0 newly allowed\.\n",
                    ran.stdout), ran
    assert server.iam(bob).list_access_keys()  # Nothing was changed.
    with refused("NoSuchEntity"):
        server.iam().get_user_policy(UserName="bob", PolicyName="less")


def test_newly_allowed_and_denied_by_users_groups_and_boundaries(server, replay):
    bob = server.new_user("bob")
    server.iam().create_group(GroupName="admins")
    server.iam().add_user_to_group(GroupName="admins", UserName="bob")
    server.iam().put_group_policy(GroupName="admins", PolicyName="own", PolicyDocument=json.dumps(policy("Allow", "iam:Get*")))
    server.iam(bob).get_user()
    with refused("AccessDenied", 403):
        server.iam(bob).create_user(UserName="eve", Tags=[{"Key": "team", "Value": "red"}],
                                    PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
    document = policy("Allow", "iam:Create*", StringEquals={
        "aws:RequestTag/team": "red", "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"})
    conditions = document["Statement"]["Condition"]["StringEquals"]
    document["Statement"] = [document["Statement"], {"Effect": "Allow", "Action": "iam:TagUser", "Resource": "*"}]
    put = {"PutUserPolicy": {"UserName": "bob", "PolicyName": "p", "PolicyDocument": document}}
    report = replay(put, requests=2, principal=BOB)
    assert (report["newly_denied"], report["newly_allowed"], report["not_decided"]) == (0, 1, {}), report
    [row] = report["differences"]
    assert row["action"] == "iam:CreateUser" and row["resource"].endswith(":user/eve"), row
    assert row["before"] == "nothing in the identity policies allows it"
    assert row["after"] == "allowed by identity policies: user_bob_p, statement 1 `S`"
    conditions["aws:RequestTag/team"] = "blue"
    assert replay(put, principal=BOB)["newly_allowed"] == 0

    removed = replay({"RemoveUserFromGroup": {"GroupName": "admins", "UserName": "bob"}})
    assert [row["before"] for row in removed["differences"]] == [
        "allowed by identity policies: group_admins_own, statement 1 `S`"]
    narrow = replay({"CreatePolicy": {"PolicyName": "narrow", "PolicyDocument": policy("Allow", "s3:*")}},
                    {"PutUserPermissionsBoundary": {"UserName": "bob", "PermissionsBoundary": "$1.Policy.Arn"}})
    assert [row["after"] for row in narrow["differences"]] == ["nothing in the permissions boundary allows it"]


def test_sessions_and_trust(server, replay):
    bob = server.new_user("bob")
    allow_all = json.dumps(policy("Allow", "*"))
    server.iam().put_user_policy(UserName="bob", PolicyName="all", PolicyDocument=allow_all)
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": BOB},
                                                    "Action": ["sts:AssumeRole", "sts:TagSession"]}}
    role = server.iam().create_role(RoleName="Reader", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    server.iam().put_role_policy(RoleName="Reader", PolicyName="all", PolicyDocument=allow_all)
    made = server.sts(bob).assume_role(RoleArn=role, RoleSessionName="monday", Tags=[{"Key": "team", "Value": "red"}],
                                       Policy=json.dumps(policy("Allow", "iam:List*")))["Credentials"]
    session = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    server.iam(session).list_users()
    with refused("AccessDenied", 403):
        server.iam(session).get_user(UserName="bob")

    def deny(team):
        return {"PutRolePolicy": {"RoleName": "Reader", "PolicyName": "p", "PolicyDocument": policy(
            "Deny", "iam:*", StringEquals={"aws:PrincipalTag/team": team})}}
    report = replay(deny("red"), requests=2, principal=role)
    assert [(row["effect"], row["principal"], row["action"]) for row in report["differences"]] == [
        ("newly_denied", role, "iam:ListUsers")], report
    assert replay(deny("blue"), principal=role)["differences"] == []
    trust["Statement"]["Principal"] = {"Service": "ec2.amazonaws.com"}
    report = replay({"UpdateAssumeRolePolicy": {"RoleName": "Reader", "PolicyDocument": trust}})
    assert [(row["principal"], row["action"], row["after"]) for row in report["differences"]] == [
        (BOB, "sts:AssumeRole", "nothing in the trust policy allows it")], report

    # Under another key the token of the session cannot be opened any more: said, not dropped.
    server.run("sealing-key", "rotate", "sessions", "--end-sessions", "--data", str(server.data))
    report = replay(deny("red"), principal=role)
    assert report["not_decided"] == {"the key that its session was sealed under is gone": 2}, report


def test_codes_of_devices_and_encryption(server, replay):
    bob = server.new_user("bob")
    server.iam().put_user_policy(UserName="bob", PolicyName="all", PolicyDocument=json.dumps(policy("Allow", "*")))
    device = Authenticator(server).enable(server)
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}}
    role = server.iam().create_role(RoleName="Reader", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    server.sts(bob).assume_role(RoleArn=role, RoleSessionName="plain")
    with_code = session(server, bob, device, device.code(-1))
    server.iam(with_code).get_user(UserName="bob")
    server.iam(bob).get_user()
    server.sts(bob).assume_role(RoleArn=role, RoleSessionName="proven", SerialNumber=device.serial, TokenCode=device.code())
    trust["Statement"]["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    [row] = replay({"UpdateAssumeRolePolicy": {"RoleName": "Reader", "PolicyDocument": trust}}, requests=4,
                   principal=BOB)["differences"]
    assert (row["action"], row["count"]) == ("sts:AssumeRole", 1), row

    def denied(**condition):
        return {row["action"]: row["count"] for row in replay({"PutUserPolicy": {
            "UserName": "bob", "PolicyName": "p", "PolicyDocument": policy("Deny", "iam:GetUser", **condition)}})["differences"]}
    assert denied(BoolIfExists={"aws:MultiFactorAuthPresent": "false"}) == {"iam:GetUser": 1}
    assert denied(Bool={"aws:MultiFactorAuthPresent": "true"}) == {"iam:GetUser": 1}
    assert denied(Bool={"aws:SecureTransport": "false"}) == {"iam:GetUser": 2}


def test_policies_of_an_organization(server, tmp_path):
    organizations = server.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    member = organizations.create_account(AccountName="dev", Email="dev@example.com")["CreateAccountStatus"]["AccountId"]
    root = root_of(server, member)
    server.iam(root).create_user(UserName="eve")
    server.iam(root).list_users()
    change = tmp_path / "change.json"
    change.write_text(json.dumps({"Account": ROOT_ACCOUNT, "Changes": [
        {"organizations:EnablePolicyType": {"RootId": organizations.list_roots()["Roots"][0]["Id"],
                                            "PolicyType": "SERVICE_CONTROL_POLICY"}},
        {"organizations:CreatePolicy": {"Name": "p", "Description": "d", "Type": "SERVICE_CONTROL_POLICY",
                                        "Content": policy("Deny", "iam:CreateUser")}},
        {"organizations:AttachPolicy": {"PolicyId": "$2.Policy.PolicySummary.Id", "TargetId": member}}]}))
    arguments = ["policy", "replay", "--change", str(change), "--account", member, "--format", "csv", "--data", str(server.data)]

    def denied():
        done = server.run(*arguments, check=False)
        assert done.returncode in (0, 3), done
        return done if done.returncode == 3 else None
    done = eventually(denied, "the request is on record")
    [row] = csv.DictReader(io.StringIO(done.stdout))
    assert (row["newly"], row["principal"], row["action"]) == ("denied", f"arn:aws:iam::{member}:root", "iam:CreateUser"), row
    assert row["before"] == "the root user needs no policy", row
    assert re.fullmatch(r"denied by service control policies: arn:aws:organizations::\S+, statement 1 `S`", row["after"]), row
    assert "newly denied" in done.stderr


@pytest.mark.parametrize("change,options,code,why", [
    ([{"PutUserPolicy": {"UserName": "nobody", "PolicyName": "p", "PolicyDocument": policy("Deny", "*")}}], [], 1,
     "change 1, PutUserPolicy: NoSuchEntity: The user with name nobody cannot be found."),
    ([{"CreatePolicy": {"PolicyName": "p", "PolicyDocument": {}}}], [], 1, "CreatePolicy: MalformedPolicyDocument: "),
    ([{"GetUser": {}}], [], 1, "`GetUser` changes nothing"),
    ([{"CreateUser": {"UserName": "x"}}], ["--since", "soon"], 1, "`soon` is no time"),
    ([{"CreateUser": {"UserName": "x"}}], ["--account", "1"], 1, "`1` is not an account id"),
    ([{"CreateUser": {"UserName": "x"}, "Account": "999999999999"}], [], 1, "there is no account 999999999999"),
    ([{"CreateUser": {"UserName": "x"}}], ["--format", "xml"], 2, "--format"),
    ([{"CreateUser": {"UserName": "x"}}], [], 0, ""),
])
def test_exit_codes(server, tmp_path, change, options, code, why):
    file = tmp_path / "change.json"
    file.write_text(json.dumps(change))
    done = server.run("policy", "replay", "--change", str(file), "--data", str(server.data), *options, check=False)
    assert done.returncode == code and why in done.stderr, done
