"""Unmodified SDKs fetch credentials by `claviger credential-process` and from `claviger agent`, as the guide says."""

import contextlib
import datetime
import json
import pathlib
import re
import signal
import stat
import subprocess
import urllib.error
import urllib.request

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


@contextlib.contextmanager
def running_agent(environment, *options):
    """An agent for the role; the variables that it prints, by which SDKs find it."""
    command = [binary(), "agent", "--profile", "source", "--role-arn", ROLE, "--session-name", "agent", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean_environment(**environment)) as process:
        try:
            said = [process.stdout.readline() for option in options if option in ("--token-file", "--imds")]
            yield dict(line.strip().removeprefix("export ").split("=") for line in said)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0


@pytest.fixture
def agent(server, profiles, tmp_path_factory):
    """The variables by which SDKs find a running agent for the role."""
    token = tmp_path_factory.mktemp("agent") / "token"
    with running_agent(profiles, "--token-file", str(token)) as variables:
        assert stat.S_IMODE(token.stat().st_mode) == 0o600
        yield {**variables, "AWS_CONTAINER_AUTHORIZATION_TOKEN": token.read_text()}


ADDRESS = "AWS_CONTAINER_CREDENTIALS_FULL_URI"


def test_sdks_take_credentials_from_the_agent(server, agent, monkeypatch):
    for name, value in agent.items():
        monkeypatch.setenv(name, value)
    client = botocore.session.Session().create_client("sts", region_name="us-east-1", endpoint_url=server.url)
    role = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/Reader/agent"
    assert client.get_caller_identity()["Arn"] == role
    done = subprocess.run(
        [tool("aws"), "sts", "get-caller-identity", "--endpoint-url", server.url, "--region", "us-east-1", "--output", "json"],
        capture_output=True, text=True, timeout=60, env=clean_environment(AWS_EC2_METADATA_DISABLED="true", **agent))
    assert done.returncode == 0 and json.loads(done.stdout)["Arn"] == role, done


def ask_agent(agent, token, path="", method="GET"):
    request = urllib.request.Request(agent[ADDRESS] + path, method=method, headers={"Authorization": token} if token else {})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_agent_serves_who_shows_the_token(server, agent):
    token = agent["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    for wrong in (None, "x", token + "x", token[:-1]):
        assert ask_agent(agent, wrong) == (403, {"code": "AccessDenied",
                                                 "message": "the Authorization header is not the agent's token"})
    assert ask_agent(agent, token, "/other")[0] == 404
    assert ask_agent(agent, token, method="PUT")[0] == 405
    status, first = ask_agent(agent, token)
    assert status == 200 and set(first) == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert ask_agent(agent, token) == (200, first)  # Kept as long as they are fresh.
    server.stop()
    assert ask_agent(agent, token) == (200, first)
    server.start()


def test_the_agent_listens_on_loopback_only(server, profiles, tmp_path):
    done = server.run("agent", "--profile", "source", "--listen", "0.0.0.0:0", "--token-file", str(tmp_path / "t"),
                      check=False, **profiles)
    assert done.returncode == 1 and "this machine only" in done.stderr, done
