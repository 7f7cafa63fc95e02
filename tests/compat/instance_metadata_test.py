"""Unmodified SDKs take a role's credentials from `claviger agent --imds` as they do on an instance of EC2."""

import http.client
import json
import platform
import subprocess
import urllib.parse

import botocore.session
import botocore.utils
import pytest

from credential_process_test import ROLE, profiles, running_agent  # noqa: F401: a fixture.
from guide_test import block_with
from installation import ROOT_ACCOUNT, binary, clean_environment, tool
from javascript_test import javascript, run_script  # noqa: F401: a fixture.

ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
CREDENTIALS = "/latest/meta-data/iam/security-credentials/"
SESSION = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/Reader/agent"


class Instance:
    """Asks an agent by hand."""

    def __init__(self, agent):
        self.address = urllib.parse.urlsplit(agent[ENDPOINT]).netloc
        self.token = self.begin(60)[1]

    def ask(self, method, path, **headers):
        connection = http.client.HTTPConnection(self.address, timeout=30)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        told = answer.status, answer.read().decode()
        connection.close()
        return told

    def begin(self, seconds, **headers):
        return self.ask("PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds=str(seconds), **headers)

    def get(self, path, method="GET"):
        return self.ask(method, path, X_aws_ec2_metadata_token=self.token)


@pytest.fixture
def agent(server, profiles, monkeypatch):  # noqa: F811
    """The variable by which SDKs find a running agent; set here too."""
    with running_agent(profiles, "--imds") as variables:
        monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
        monkeypatch.setenv(ENDPOINT, variables[ENDPOINT])
        yield variables


def test_boto3_takes_credentials_and_region(server, agent):
    client = botocore.session.Session().create_client("sts", region_name="us-east-1", endpoint_url=server.url)
    assert client.get_caller_identity()["Arn"] == SESSION
    fetcher = botocore.utils.InstanceMetadataRegionFetcher(config={"ec2_metadata_service_endpoint": agent[ENDPOINT]})
    assert fetcher.retrieve_region() == "us-east-1"


def test_the_aws_cli_takes_credentials(server, agent):
    done = subprocess.run(
        [tool("aws"), "sts", "get-caller-identity", "--endpoint-url", server.url, "--region", "us-east-1", "--output", "json"],
        capture_output=True, text=True, timeout=60, env=clean_environment(**agent))
    assert done.returncode == 0 and json.loads(done.stdout)["Arn"] == SESSION, done


def test_the_javascript_sdk_takes_credentials(server, agent, javascript):  # noqa: F811
    assert run_script(javascript / "metadata.mjs", server, **agent) == {"arn": SESSION}


def test_the_guides_commands(server, profiles, tmp_path):  # noqa: F811
    """As they stand there, but for the port."""
    with running_agent(profiles, "--imds") as variables:  # To have a port that is free.
        port = str(urllib.parse.urlsplit(variables[ENDPOINT]).port)
    start, use = (block_with(text).replace("9911", port) for text in ("--imds", "METADATA_SERVICE_ENDPOINT"))
    command = start.replace("claviger", binary(), 1).replace("ROLE_ARN", ROLE).removesuffix(" &\n")
    with subprocess.Popen(["bash", "-c", "exec " + command], stdout=subprocess.PIPE, cwd=tmp_path,
                          env=clean_environment(**profiles)) as process:
        try:
            assert process.stdout.readline() in use.encode().splitlines(keepends=True)
            aws = f"aws() {{ {tool('aws')} --endpoint-url {server.url} --region us-east-1 \"$@\"; }}\n"
            done = subprocess.run(["bash", "-ec", aws + use], capture_output=True, text=True, timeout=60, cwd=tmp_path,
                                  env=clean_environment())
            lines = done.stdout.splitlines()
            assert done.returncode == 0, done
            assert lines[0].strip('"') == f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/Reader/claviger" and lines[1] == "Reader"
        finally:
            process.terminate()


def test_only_sessions_are_told_anything(server, agent):
    instance = Instance(agent)
    assert instance.begin(21601)[0] == instance.begin("x")[0] == instance.ask("PUT", "/latest/api/token")[0] == 400
    assert instance.begin(60, X_Forwarded_For="192.0.2.1")[0] == instance.begin(60, Host="example.com")[0] == 403
    for headers in ({}, {"X_aws_ec2_metadata_token": "x"}, {"X_aws_ec2_metadata_token": instance.token + "x"}):
        status, body = instance.ask("GET", CREDENTIALS + "Reader", **headers)
        assert status == 401 and "401 - Unauthorized" in body
    assert instance.get(CREDENTIALS) == (200, "Reader")
    status, first = instance.get(CREDENTIALS + "Reader")
    told = json.loads(first)
    server.secrets.add(told["SecretAccessKey"])
    assert status == 200
    assert list(told) == ["Code", "LastUpdated", "Type", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"]
    assert instance.get(CREDENTIALS + "Reader", "HEAD") == (200, "")
    assert instance.get("/" + CREDENTIALS) == (200, "Reader")  # An SDK that puts "/latest" behind the address's slash.
    assert instance.get("/latest/meta-data/ami-id")[0] == instance.get("/credentials")[0] == 404
    document = json.loads(instance.get("/latest/dynamic/instance-identity/document")[1])
    assert document == {"accountId": ROOT_ACCOUNT, "region": "us-east-1", "version": "2017-09-30",
                        "architecture": platform.machine().replace("aarch64", "arm64")}
    server.stop()
    assert instance.get(CREDENTIALS + "Reader") == (200, first)
    server.start()


def test_the_instance_profile_is_the_roles(server, agent):
    iam, instance = server.iam(), Instance(agent)
    path = "/latest/meta-data/iam/info"
    made = iam.create_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="Reader")
    assert instance.get(path)[0] == 404  # Bob may not know.
    iam.put_user_policy(UserName="bob", PolicyName="look", PolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "iam:ListInstanceProfilesForRole", "Resource": "*"}}))
    status, told = instance.get(path)
    assert status == 200
    assert json.loads(told).items() >= {"Code": "Success", "InstanceProfileArn": made["Arn"],
                                        "InstanceProfileId": made["InstanceProfileId"]}.items()


def test_who_may_not_assume_the_role_is_told_so(server, profiles):  # noqa: F811
    with running_agent(profiles, "--imds", "--duration", "4000") as variables:
        told = json.loads(Instance(variables).get(CREDENTIALS + "Reader")[1])
        assert told["Code"] == "ValidationError" and "MaxSessionDuration" in told["Message"], told
    server.iam().update_assume_role_policy(RoleName="Reader", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}))
    with running_agent(profiles, "--imds") as variables:
        told = json.loads(Instance(variables).get(CREDENTIALS + "Reader")[1])
        assert told["Code"] == "AssumeRoleUnauthorizedAccess" and "not authorized to perform: sts:AssumeRole" in told["Message"]


def test_both_protocols_on_one_listener(server, profiles, tmp_path):  # noqa: F811
    with running_agent(profiles, "--token-file", str(tmp_path / "token"), "--imds") as variables:
        token = (tmp_path / "token").read_text()
        instance = Instance(variables)
        status, told = instance.ask("GET", "/credentials", Authorization=token)
        assert variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == variables[ENDPOINT] + "credentials"
        same = json.loads(instance.get(CREDENTIALS + "Reader")[1])
        assert status == 200 and json.loads(told).items() <= same.items()
        assert instance.ask("GET", "/credentials")[0] == 403
        assert instance.ask("GET", CREDENTIALS, Authorization=token)[0] == 401


def test_there_are_new_credentials_well_before_the_old_ones_end(server, profiles, shifted_clock):  # noqa: F811
    def asked_twice(**environment):
        with running_agent({**profiles, **environment}, "--imds", "--duration", "900") as variables:
            instance = Instance(variables)
            return [json.loads(instance.get(CREDENTIALS + "Reader")[1])["AccessKeyId"] for _ in range(2)]

    fresh, later = asked_twice(**shifted_clock(440)), asked_twice(**shifted_clock(460))
    assert fresh[0] == fresh[1] and later[0] != later[1]  # Seven and a half minutes of fifteen are left then.


def test_an_instance_has_a_role_and_an_agent_a_protocol(server, profiles):  # noqa: F811
    done = server.run("agent", "--profile", "source", "--imds", check=False, **profiles)
    assert done.returncode == 1 and "--role-arn must name" in done.stderr, done
    done = server.run("agent", "--profile", "source", "--role-arn", ROLE, check=False, **profiles)
    assert done.returncode == 1 and "--token-file, --imds or both" in done.stderr, done
