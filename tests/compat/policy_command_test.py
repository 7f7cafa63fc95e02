"""Policies on the command line: the examples of the guide, exit codes, and the reasons of real denials."""

import json
import pathlib
import re
import shlex
import subprocess

import botocore.exceptions
import pytest

from installation import ROOT_ACCOUNT, binary, clean_environment, eventually

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "policies.md"


def run(folder, arguments, text=None):
    return subprocess.run([binary(), *arguments], input=text, capture_output=True, text=True, cwd=folder, timeout=60,
                          env=clean_environment())


def test_the_examples_of_the_guide(tmp_path):
    guide = GUIDE.read_text(encoding="utf-8")
    for name, text in re.findall(r"^`(\S+\.json)`\n\n```json\n(.*?)```$", guide, re.MULTILINE | re.DOTALL):
        (tmp_path / name).write_text(text)
    examples = "".join(re.findall(r"^```console\n(.*?)```$", guide, re.MULTILINE | re.DOTALL))
    commands = re.findall(r"^\$ claviger (.*)\n((?:(?!\$ ).*\n)*)", examples, re.MULTILINE)
    assert len(commands) == examples.count("$ claviger ") >= 5
    for command, expected in commands:
        assert run(tmp_path, shlex.split(command)).stdout == expected, command


POLICY = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})


@pytest.mark.parametrize("arguments,text,code", [
    (["check", "-"], POLICY, 0),
    (["check", "-"], "{", 1),
    (["check"], "", 2),
    (["check", "--kind", "poem", "-"], POLICY, 2),
    (["check", "-"], POLICY.replace("s3:Get*", "*"), 3),
    (["eval", "--policy", "-", "--action", "s3:GetObject"], POLICY, 0),
    (["eval", "--policy", "-", "--action", "s3:PutObject"], POLICY, 3),
    (["eval", "--policy", "-", "--action", "s3:GetObject"], "{", 1),
    (["eval", "--policy", "-"], POLICY, 2),
])
def test_exit_codes(tmp_path, arguments, text, code):
    done = run(tmp_path, ["policy", *arguments], text)
    assert done.returncode == code, done
    assert (done.stderr != "") == (code in (1, 2)), done


def test_completion_knows_the_commands(tmp_path):
    script = run(tmp_path, ["completion", "bash"]).stdout
    for words in ('["policy"]="check eval', '["policy check"]="', '["explain"]="', "--managed-policies"):
        assert words in script


def test_explains_real_denials(installation):
    log = installation.folder / "access.log"
    server = installation.start("--access-log", str(log))
    key = server.new_user("bob")
    server.iam().put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Sid": "Never", "Effect": "Deny", "Action": "iam:Delete*", "Resource": "*"}}))

    def denied(call, **parameters):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            getattr(server.iam(key), call)(**parameters)
        return caught.value.response["ResponseMetadata"]["RequestId"]

    explicit, implicit = denied("delete_user", UserName="eve"), denied("get_user", UserName="eve")
    eventually(lambda: log.exists() and implicit in log.read_text(), "the access log is written")

    def explain(*arguments, **options):
        return server.run("explain", "--data", str(server.data), *arguments, **options)

    text = explain("--access-log", str(log), explicit).stdout
    who = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    assert re.match(rf"denied: {who} \(AIDA\w+\) asked for iam:DeleteUser on {who[:-3]}eve\n"
                    r"because of a statement `Never` with Deny:\n  actions     iam:Delete\*\n", text), text
    assert "\n  aws:username = bob\n" in text
    assert "because no statement of the policies" in explain("--access-log", str(log), implicit).stdout

    # The message itself, and a configuration file that the server uses too.
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    message = next(line["authorization_message"] for line in lines if line["request_id"] == explicit)
    assert json.loads(explain("--json", message).stdout)["explicitDeny"] is True
    settings = installation.folder / "claviger.toml"
    settings.write_text(f"access_log = '{log}'\nlisten = '127.0.0.1:0'\n")
    assert explain("--config", str(settings), explicit).stdout == text

    answered = next(line["request_id"] for line in lines if line["status"] == 200)
    for arguments, why in [
            (["--access-log", str(log), answered], f"has no denied request {answered}"),
            (["--access-log", str(log) + "x", explicit], "cannot be opened"),
            ([explicit], "name the server's access log"),
            ([message[:-2] + "AA"], "this is no message of this installation"),
    ]:
        done = explain(*arguments, check=False)
        assert done.returncode == 1 and why in done.stderr, done
