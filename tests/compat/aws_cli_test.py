"""The rotation by AWS CLI v2, as it is typed."""

import json
import subprocess

import pytest

from installation import ROOT_ACCOUNT, clean_environment, tool


class Shell:
    def __init__(self, server, credentials):
        self._server = server
        self._environment = clean_environment(
            HOME=str(server.folder), AWS_ACCESS_KEY_ID=credentials.access_key_id, AWS_PAGER="",
            AWS_SECRET_ACCESS_KEY=credentials.secret, AWS_DEFAULT_REGION="us-east-1",
            AWS_EC2_METADATA_DISABLED="true", **({"AWS_SESSION_TOKEN": credentials.token} if credentials.token else {}))

    def run(self, *arguments):
        done = subprocess.run([tool("aws"), "--endpoint-url", self._server.url, "--output", "json", *arguments],
                              capture_output=True, text=True, timeout=120, env=self._environment)
        self._server.remember(done.stdout)
        return done

    def __call__(self, *arguments):
        """Runs a command that has to succeed, and returns its answer."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    def fails(self, *arguments):
        """Runs a command that has to be refused, and returns the last line of what it says why."""
        done = self.run(*arguments)
        assert done.returncode == 254, done
        return done.stderr.strip()


@pytest.fixture
def root(server):
    return Shell(server, server.root)


def test_whole_rotation(server, root):
    user = root("iam", "create-user", "--user-name", "bob", "--path", "/staff/")["User"]
    assert user["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:user/staff/bob"

    def new_key():
        key = root("iam", "create-access-key", "--user-name", "bob")["AccessKey"]
        return server.root._replace(access_key_id=key["AccessKeyId"], secret=key["SecretAccessKey"])

    old = new_key()
    as_old = Shell(server, old)
    assert as_old("sts", "get-caller-identity") == {"UserId": user["UserId"], "Account": ROOT_ACCOUNT, "Arn": user["Arn"]}
    new = new_key()
    assert root.fails("iam", "create-access-key", "--user-name", "bob") == (
        "An error occurred (LimitExceeded) when calling the CreateAccessKey operation: "
        "Cannot exceed quota for AccessKeysPerUser: 2")

    change = ("iam", "update-access-key", "--user-name", "bob", "--access-key-id", old.access_key_id, "--status")
    assert root(*change, "Inactive") is None
    assert as_old.fails("sts", "get-caller-identity") == (
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: "
        "The security token included in the request is invalid.")
    used = root("iam", "get-access-key-last-used", "--access-key-id", old.access_key_id)
    assert used["UserName"] == "bob" and used["AccessKeyLastUsed"]["ServiceName"] == "sts"
    assert root("sts", "get-access-key-info", "--access-key-id", old.access_key_id) == {"Account": ROOT_ACCOUNT}
    root(*change, "Active")
    assert as_old("sts", "get-caller-identity")["Arn"] == user["Arn"]

    root("iam", "delete-access-key", "--user-name", "bob", "--access-key-id", old.access_key_id)
    assert "(InvalidClientTokenId)" in as_old.fails("sts", "get-caller-identity")
    keys = root("iam", "list-access-keys", "--user-name", "bob")["AccessKeyMetadata"]
    assert [(key["AccessKeyId"], key["Status"]) for key in keys] == [(new.access_key_id, "Active")]
    assert Shell(server, new)("sts", "get-caller-identity")["Arn"] == user["Arn"]


def test_users_are_listed_by_pages_and_the_cli_puts_them_together(server, root):
    iam = server.iam()
    names = [f"user-{i}" for i in range(7)]
    for name in names:
        iam.create_user(UserName=name)
    assert root("iam", "list-users", "--page-size", "2", "--query", "Users[].UserName") == names
    first = root("iam", "list-users", "--max-items", "3")
    assert [user["UserName"] for user in first["Users"]] == names[:3]
    rest = root("iam", "list-users", "--starting-token", first["NextToken"])
    assert [user["UserName"] for user in rest["Users"]] == names[3:]
    raw = root("iam", "list-users", "--max-items", "3", "--no-paginate")
    assert len(raw["Users"]) == 3 and raw["IsTruncated"] is True and raw["Marker"]


def test_session_speaks_for_its_user(server, root):
    bob = server.new_user()
    made = Shell(server, bob)("sts", "get-session-token", "--duration-seconds", "900")["Credentials"]
    session = server.root._replace(access_key_id=made["AccessKeyId"], secret=made["SecretAccessKey"],
                                   token=made["SessionToken"])
    shell = Shell(server, session)
    assert shell("sts", "get-caller-identity")["Arn"].endswith(":user/bob")
    assert "(InvalidClientTokenId)" in shell.fails("iam", "list-users")


def test_waiting_for_a_user_ends_when_there_is_one(server, root):
    server.iam().create_user(UserName="bob")
    assert root("iam", "wait", "user-exists", "--user-name", "bob") is None
