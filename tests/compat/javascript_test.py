"""The rotation by the AWS SDK for JavaScript v3."""

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


def test_whole_rotation(server, javascript):
    done = subprocess.run([tool("node"), str(javascript / "rotation.mjs")], capture_output=True, text=True, timeout=120,
                          env=clean_environment(ENDPOINT=server.url, AWS_ACCESS_KEY_ID=server.root.access_key_id,
                                                AWS_SECRET_ACCESS_KEY=server.root.secret, AWS_REGION="us-east-1",
                                                AWS_EC2_METADATA_DISABLED="true"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    server.secrets.update(told.pop("secrets"))
    assert told == {"arn": f"arn:aws:iam::{ROOT_ACCOUNT}:user/staff/bob", "account": ROOT_ACCOUNT, "users": 5}
    assert server.iam().list_access_keys(UserName="bob")["AccessKeyMetadata"][0]["Status"] == "Active"
