"""Debian's Ansible keeps users, groups, roles, policies and access keys in a server as it would in AWS."""

import json
import pathlib
import re
import subprocess

from installation import clean_environment, tool

PLAYBOOKS = pathlib.Path(__file__).with_name("ansible")


def play(server, folder, name, **variables):
    """Runs a playbook; returns how many tasks changed something."""
    environment = clean_environment(
        HOME=str(folder), ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_NOCOLOR="1", ANSIBLE_RETRY_FILES_ENABLED="false",
        AWS_URL=server.url, AWS_REGION="us-east-1", AWS_ACCESS_KEY_ID=server.root.access_key_id,
        AWS_SECRET_ACCESS_KEY=server.root.secret, AWS_EC2_METADATA_DISABLED="true")
    done = subprocess.run(
        [tool("ansible-playbook"), "-i", "localhost,", "-e", "ansible_python_interpreter=/usr/bin/python3", "-e",
         json.dumps(variables), str(PLAYBOOKS / name)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder, env=environment, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    recap = re.search(r"ok=(\d+) +changed=(\d+) +unreachable=0 +failed=0", done.stdout)
    assert recap, done.stdout
    return int(recap[2])


def test_playbook_makes_finds_changes_and_deletes_an_account(server, tmp_path_factory):
    folder, iam = tmp_path_factory.mktemp("ansible"), server.iam()
    assert play(server, folder, "account.yml") == 5
    assert play(server, folder, "account.yml") == 0

    assert [user["UserName"] for user in iam.get_group(GroupName="ansible-staff")["Users"]] == ["ansible-bob"]
    attached = iam.list_attached_user_policies(UserName="ansible-bob")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["ansible-managed"]
    assert iam.get_instance_profile(InstanceProfileName="ansible-job")["InstanceProfile"]["Roles"]

    assert play(server, folder, "account.yml", allowed="s3:PutObject", members=[]) == 4  # Not the user.
    assert iam.get_group(GroupName="ansible-staff")["Users"] == []
    policy = iam.list_policies(Scope="Local")["Policies"][0]
    document = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert document["Document"]["Statement"][0]["Action"] == "s3:PutObject"
    assert iam.get_role(RoleName="ansible-job")["Role"]["Description"] == "does s3:PutObject"

    assert play(server, folder, "account.yml", state="absent") == 5
    assert not iam.list_users()["Users"] and not iam.list_groups()["Groups"] and not iam.list_roles()["Roles"]
    assert not iam.list_policies(Scope="Local")["Policies"] and not iam.list_instance_profiles()["InstanceProfiles"]


def test_playbook_keeps_access_keys(server, tmp_path_factory):
    assert play(server, tmp_path_factory.mktemp("ansible"), "access_key.yml") == 5
    assert not server.iam().list_users()["Users"]
