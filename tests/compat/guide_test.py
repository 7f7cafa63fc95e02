"""The examples of docs/guide/temporary-credentials.md, in order, as they stand there."""

import json
import pathlib
import re
import subprocess

from installation import INVALID_TOKEN, ROOT_ACCOUNT, binary, clean_environment, refused, tool
from signing import Credentials

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "temporary-credentials.md"


def blocks():
    found = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block for language, block in found if not language]


def block_with(text):
    found = [block for block in blocks() if text in block]
    assert len(found) == 1, (text, found)
    return found[0]


class Shell:
    """Bash in one folder, in which `aws` is what the guide says."""

    def __init__(self, server, folder):
        self._server, self._folder = server, folder

    def __call__(self, script, credentials, status=0):
        environment = clean_environment(
            AWS_ACCESS_KEY_ID=credentials.access_key_id, AWS_SECRET_ACCESS_KEY=credentials.secret, AWS_PAGER="",
            AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", HOME=str(self._folder),
            **({"AWS_SESSION_TOKEN": credentials.token} if credentials.token else {}))
        preface = (f"set -e\naws() {{ {tool('aws')} --endpoint-url {self._server.url} --output json \"$@\"; }}\n"
                   f"claviger() {{ {binary()} \"$@\"; }}\nACCOUNT={ROOT_ACCOUNT}\n")
        done = subprocess.run(["bash", "-c", preface + script], capture_output=True, text=True, timeout=120,
                              cwd=self._folder, env=environment)
        self._server.remember(done.stdout)
        assert done.returncode == status, (script, done)
        return done.stdout

    def assume(self, script, credentials):
        made = json.loads(self(script, credentials))["Credentials"]
        return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def test_the_guides_examples_do_what_it_says(server, tmp_path):
    folder = tmp_path / "guide"
    folder.mkdir()
    shell = Shell(server, folder)

    said = shell(block_with("create-role"), server.root)
    key_id, secret = (re.search(rf'"{name}": "([^"]+)"', said)[1] for name in ("AccessKeyId", "SecretAccessKey"))
    bob = Credentials(key_id, secret)

    plain = shell.assume(next(block for block in blocks() if block.startswith("aws sts assume-role")), bob)
    look = block_with("aws iam list-users").splitlines()
    assert f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/Reader/monday" in shell(look[0], plain)
    assert '"UserName": "bob"' in shell(look[1], plain)
    shell(look[2], plain, status=254)

    narrowed = shell.assume(block_with("--policy-arns"), bob)
    assert server.iam(narrowed).list_users()["Users"]
    with refused("AccessDenied", 403):  # The role may; neither session policy lets it.
        server.iam(narrowed).get_user(UserName="bob")

    marked = shell.assume(block_with("--source-identity dana\n"), bob)
    commands = block_with("list-revocations").replace("KEY", bob.access_key_id).replace("DIR", str(server.data))
    listed = shell(re.sub(r"\bACCOUNT\b", ROOT_ACCOUNT, commands), server.root)
    assert "source-identity" in listed and "Reader" in listed
    for ended in (plain, narrowed, marked):
        with refused(*INVALID_TOKEN):
            server.who(ended)

    denied = folder / "deny.json"
    denied.write_text(block_with("aws:TokenIssueTime").replace("2026-01-31", "2100-01-31"))
    server.iam().put_role_policy(RoleName="Reader", PolicyName="deny", PolicyDocument=denied.read_text())
    assume = next(block for block in blocks() if block.startswith("aws sts assume-role"))
    again = shell.assume(assume, bob)
    with refused("AccessDenied", 403):
        server.iam(again).list_users()

    assert "seals" in shell(block_with("sealing-key").replace("DIR", str(server.data)), server.root)
    assert server.who(again)
