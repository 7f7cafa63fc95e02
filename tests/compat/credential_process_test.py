"""Unmodified SDKs fetch credentials by `claviger credential-process`, as the guide says."""

import datetime
import json
import pathlib
import re
import subprocess

import botocore.session
import pytest

from installation import ROOT_ACCOUNT, binary, clean_environment, tool

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "temporary-credentials.md"
ROLE = f"arn:aws:iam::{ROOT_ACCOUNT}:role/Reader"


@pytest.fixture
def profiles(server, tmp_path_factory):
    """The variables that name files with the guide's profiles; bob, who may assume the role, is its source."""
    folder = tmp_path_factory.mktemp("profiles")
    bob = server.new_user("bob")
    user = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    server.iam().create_role(RoleName="Reader", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"AWS": user}, "Action": "sts:AssumeRole"}}))
    config = re.search(r"^```ini\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]
    for name, value in (("= claviger", f"= {binary()}"), ("ROLE_ARN", ROLE), ("ENDPOINT_URL", server.url)):
        assert name in config
        config = config.replace(name, value)
    (folder / "config").write_text(config)
    (folder / "credentials").write_text(
        f"[source]\naws_access_key_id = {bob.access_key_id}\naws_secret_access_key = {bob.secret}\n")
    return {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")}


def test_boto3_fetches_credentials(server, profiles, monkeypatch):
    for name, value in profiles.items():
        monkeypatch.setenv(name, value)
    session = botocore.session.Session(profile="reader")
    client = session.create_client("sts", region_name="us-east-1", endpoint_url=server.url)
    assert client.get_caller_identity()["Arn"] == f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/Reader/laptop"


def test_the_aws_cli_fetches_credentials(server, profiles):
    done = subprocess.run(
        [tool("aws"), "sts", "get-caller-identity", "--profile", "reader", "--endpoint-url", server.url, "--region",
         "us-east-1", "--output", "json"],
        capture_output=True, text=True, timeout=60, env=clean_environment(AWS_EC2_METADATA_DISABLED="true", **profiles))
    assert done.returncode == 0, done
    assert json.loads(done.stdout)["Arn"].endswith("assumed-role/Reader/laptop")


def test_what_is_printed(server, profiles):
    printed = server.run("credential-process", "--profile", "source", "--duration", "900", **profiles).stdout
    credentials = json.loads(printed)
    assert list(credentials) == ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
    assert credentials["Version"] == 1
    left = datetime.datetime.fromisoformat(credentials["Expiration"].replace("Z", "+00:00")) - datetime.datetime.now(
        datetime.timezone.utc)
    assert datetime.timedelta() < left <= datetime.timedelta(seconds=900)
    refused = server.run("credential-process", "--profile", "source", "--role-arn", ROLE + "x", check=False, **profiles)
    assert refused.returncode == 1 and "AccessDenied: User: " in refused.stderr and not refused.stdout, refused
    nobody = server.run("credential-process", "--profile", "nobody", check=False, **profiles)
    assert nobody.returncode == 1 and "there are no credentials" in nobody.stderr, nobody
