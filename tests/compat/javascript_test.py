"""The rotation, and roles, by the AWS SDK for JavaScript v3."""

import fcntl
import json
import pathlib
import subprocess

import pytest

from installation import INHERITED_ENVIRONMENT, ROOT_ACCOUNT, clean_environment, tool

FOLDER = pathlib.Path(__file__).with_name("js")


@pytest.fixture(scope="session")
def javascript():
    """Installs what js/package-lock.json names, once, whichever test process comes first."""
    with open(FOLDER / "package-lock.json", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = FOLDER / "node_modules" / ".package-lock.json"  # Written last by npm.
        wanted = FOLDER / "package-lock.json"
        if not done.exists() or done.stat().st_mtime < wanted.stat().st_mtime:
            # With the settings of whoever runs this: where packages come from is theirs to say.
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FOLDER, check=True,
                           stdout=subprocess.DEVNULL, env=INHERITED_ENVIRONMENT)
    return FOLDER


def run_script(script, server, credentials=None, **environment):
    """Runs it to its good end, and returns what it told; without credentials it has to find some."""
    given = {"AWS_ACCESS_KEY_ID": credentials.access_key_id, "AWS_SECRET_ACCESS_KEY": credentials.secret,
             "AWS_EC2_METADATA_DISABLED": "true"} if credentials else {}
    done = subprocess.run([tool("node"), str(script)], capture_output=True, text=True, timeout=120,
                          env=clean_environment(ENDPOINT=server.url, AWS_REGION="us-east-1", **given, **environment))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    server.secrets.update(told.pop("secrets"))
    server.tokens.update(told.pop("tokens"))
    return told


def test_whole_rotation(server, javascript):
    told = run_script(javascript / "rotation.mjs", server, server.root)
    assert told == {"arn": f"arn:aws:iam::{ROOT_ACCOUNT}:user/staff/bob", "account": ROOT_ACCOUNT, "users": 5}
    assert server.iam().list_access_keys(UserName="bob")["AccessKeyMetadata"][0]["Status"] == "Active"


def test_roles_and_chains(server, javascript):
    bob = server.new_user()

    def role(name, principal):
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal},
                                                         "Action": "sts:AssumeRole"}]}
        return server.iam().create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]

    first = role("First", f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob")
    second = role("Second", first)
    told = run_script(javascript / "roles.mjs", server, bob, FIRST=first, SECOND=second)
    sessions = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role"
    assert told == {"first": f"{sessions}/First/one", "second": f"{sessions}/Second/two", "asked": 1}
