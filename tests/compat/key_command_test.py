"""Access keys on the command line: the report, and rotations in which nobody is locked out."""

import configparser
import csv
import datetime
import io
import json
import os
import pathlib
import re
import shlex
import stat

import pytest

from installation import INVALID_TOKEN, ROOT_ACCOUNT, eventually, refused
from signing import Credentials

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "access-keys.md"
HOUR = 3600


def command(server, *arguments, credentials=None, check=True, **environment):
    """`claviger key` with somebody's credentials; root's by default."""
    credentials = credentials or server.root
    return server.run("key", *arguments, check=check, **{
        "AWS_ACCESS_KEY_ID": credentials.access_key_id, "AWS_SECRET_ACCESS_KEY": credentials.secret,
        "AWS_ENDPOINT_URL": server.url, "XDG_STATE_HOME": str(server.folder / "state"), **environment})


def rotate(server, *arguments, code=0, user="bob", **options):
    done = command(server, "rotate", "--user", user, "--yes", *arguments, check=False, **options)
    assert done.returncode == code, done
    return done.stderr


def read_credentials(server, path):
    file = configparser.ConfigParser()
    assert file.read(path)
    secret = file["default"]["aws_secret_access_key"]
    return Credentials(file["default"]["aws_access_key_id"], secret)


def statuses(server, user="bob"):
    listed = server.iam().list_access_keys(UserName=user)["AccessKeyMetadata"]
    return {key["AccessKeyId"]: key["Status"] for key in listed}


def use(server, key):
    """Calls with a key, waits until that is on record, and returns when it was."""
    server.who(key)
    return eventually(lambda: server.iam().get_access_key_last_used(AccessKeyId=key.access_key_id)["AccessKeyLastUsed"]
                      .get("LastUsedDate"), "the use is on record")


@pytest.fixture
def keys_folder(tmp_path_factory):
    """Where keys are handed over to: not the server's folder, which is searched for secrets."""
    return tmp_path_factory.mktemp("keys")


def test_the_examples_of_the_guide(server, keys_folder):
    server.new_user("bob")
    server.new_user("carol")
    examples = "".join(re.findall(r"^```console\n(.*?)```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    commands = re.findall(r"^\$ claviger key (.*)$", examples, re.MULTILINE)
    assert len(commands) == examples.count("$ claviger ") >= 5
    for line in commands:
        command(server, *shlex.split(line.replace("file:", f"file:{keys_folder}/")))
    assert list(statuses(server)) == [read_credentials(server, keys_folder / "bob.credentials").access_key_id]
    assert len(statuses(server, "carol")) == 2


def test_report(server):
    bob, _ = server.new_user("bob"), server.iam().create_user(UserName="idle")
    used = use(server, bob)
    server.iam().update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status="Inactive")

    rows = json.loads(command(server, "report", "--format", "json").stdout)
    assert [row["user"] for row in rows] == ["<root_account>", "bob"]
    assert rows[1] == {"account": ROOT_ACCOUNT, "user": "bob", "access_key_id": bob.access_key_id, "status": "Inactive",
                       "created": rows[1]["created"], "age_days": 0, "last_used": used.strftime("%Y-%m-%dT%H:%M:%SZ"),
                       "last_used_service": "sts"}
    table = list(csv.DictReader(io.StringIO(command(server, "report", "--format", "csv").stdout)))
    assert [row["access_key_id"] for row in table] == [server.root.access_key_id, bob.access_key_id]
    assert bob.access_key_id in command(server, "report").stdout
    assert command(server, "report", "--older-than", "1", "--format", "csv").stdout.count("\n") == 1


def test_report_tells_what_is_old_by_its_exit_code(installation, shifted_clock):
    server = installation.start()
    server.new_user("bob")
    later = shifted_clock(91 * 24 * HOUR)
    server.restart(**later)
    done = command(server, "report", "--older-than", "90", check=False, **later)
    assert done.returncode == 3 and done.stdout.count(" 91 ") == 2, done


def test_report_is_refused_as_any_call_is(server):
    bob = server.new_user("bob")
    done = command(server, "report", credentials=bob, check=False)
    assert done.returncode == 1 and "AccessDenied: User: arn:aws:iam::" in done.stderr, done
    done = command(server, "report", check=False, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert done.returncode == 1 and "http://127.0.0.1:9: Could" in done.stderr, done


class Clients:
    """Calls a server whose clock is put forward, as clients with the same clock do."""

    def __init__(self, server, shifted_clock):
        self._server, self._shifted_clock, self._seconds = server, shifted_clock, 0

    def later(self, seconds):
        """Restarts the server at a later time; returns the environment of commands at that time."""
        self._seconds = seconds
        environment = self._shifted_clock(seconds)
        self._server.restart(**environment)
        return environment

    def _call(self, key, action, **parameters):
        time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self._seconds)
        with self._server.connect() as connection:
            return connection.call(key, action, parameters, time=time)

    def status(self, key):
        return self._call(key, "GetCallerIdentity").status

    def use(self, key, since=""):
        """Calls with a key, waits until that is on record, and returns when it was."""
        assert self.status(key) == 200

        def recorded():
            found = self._call(self._server.root, "GetAccessKeyLastUsed", AccessKeyId=key.access_key_id).all("LastUsedDate")
            return found[0] if found and found[0] > since else None
        return eventually(recorded, "the use is on record")

    def statuses(self):
        answer = self._call(self._server.root, "ListAccessKeys", UserName="bob")
        return dict(zip(answer.all("AccessKeyId"), answer.all("Status")))


def test_a_client_keeps_working_through_every_step(installation, shifted_clock, keys_folder):
    server = installation.start()
    old = server.new_user("bob")
    clients = Clients(server, shifted_clock)
    target = keys_folder / "new"
    step = ["--to", f"file:{target}", "--quiet-for", "30m", "--grace", "2h", "--step"]

    assert "made AKIA" in rotate(server, *step)
    assert stat.S_IMODE(os.stat(target).st_mode) == 0o600
    new = read_credentials(server, target)
    first = clients.use(old)

    assert "nobody has used the new key" in rotate(server, *step, code=3)
    clients.use(new)
    assert f"was last seen at {first}" in rotate(server, *step, code=3)

    # An hour later the old key is still in use, so nothing happens to it.
    clock = clients.later(HOUR)
    assert f"was last seen at {clients.use(old, since=first)}" in rotate(server, *step, code=3, **clock)
    assert clients.status(old) == 200
    # Half an hour of quiet may be a quarter only, for all that is on record.
    clock = clients.later(HOUR + 32 * 60)
    rotate(server, *step, code=3, **clock)
    assert clients.statuses() == {old.access_key_id: "Active", new.access_key_id: "Active"}
    clock = clients.later(HOUR + 46 * 60)
    assert "deactivate" in rotate(server, *step, **clock)
    assert clients.statuses() == {old.access_key_id: "Inactive", new.access_key_id: "Active"}
    assert (clients.status(old), clients.status(new)) == (403, 200)

    assert "wait until" in rotate(server, *step, code=3, **clock)
    clock = clients.later(5 * HOUR)
    assert "done: bob has " + new.access_key_id in rotate(server, *step, **clock)
    assert clients.statuses() == {new.access_key_id: "Active"}
    assert (clients.status(old), clients.status(new)) == (403, 200)
    assert not list((server.folder / "state").rglob("*.json"))


AT_ONCE = ["--quiet-for", "0", "--even-unused"]


def test_commands_get_the_secret_on_their_standard_input(server, keys_folder):
    old = server.new_user("bob")
    script = f'cat > {keys_folder}/secret; echo "$CLAVIGER_USER_NAME $CLAVIGER_ACCESS_KEY_ID" > {keys_folder}/id'
    said = rotate(server, "--to", f"command:{script}", *AT_ONCE, "--grace", "0")
    user, key_id = (keys_folder / "id").read_text().split()
    secret = (keys_folder / "secret").read_text().strip()
    assert user == "bob" and secret not in said
    assert server.who(Credentials(key_id, secret))
    assert statuses(server) == {key_id: "Active"} and old.access_key_id != key_id


def test_a_key_that_does_not_arrive_is_deleted_again(server):
    old = server.new_user("bob")
    for to in ("command:exit 7", "file:/nonexistent/folder/file"):
        assert "is deleted again" in rotate(server, "--to", to, *AT_ONCE, code=1)
        assert statuses(server) == {old.access_key_id: "Active"}
    assert "say with --to" in rotate(server, code=1)


def test_a_rotation_that_was_killed_is_taken_up(server, keys_folder):
    old = server.new_user("bob")
    state = server.folder / "state.json"
    # Made, but not handed over any more.
    lost = server.new_key("bob")
    state.write_text(json.dumps({"version": 1, "old": old.access_key_id, "new": lost.access_key_id}))
    said = rotate(server, "--state", str(state), "--to", f"file:{keys_folder}/new", *AT_ONCE, "--grace", "0")
    assert f"delete {lost.access_key_id}: the secret" in said
    assert statuses(server) == {read_credentials(server, keys_folder / "new").access_key_id: "Active"}
    assert not state.exists()


def test_it_asks_people_where_it_does_not_know(server):
    old = server.new_user("bob")
    new = server.new_key("bob")
    assert "--retire" in rotate(server, code=4)
    assert statuses(server) == {old.access_key_id: "Active", new.access_key_id: "Active"}
    adopt = ["--retire", old.access_key_id, *AT_ONCE, "--step"]
    rotate(server, *adopt)
    rotate(server, *adopt, code=3)
    assert statuses(server) == {old.access_key_id: "Inactive", new.access_key_id: "Active"}
    rotate(server, *adopt, "--grace", "0")
    assert statuses(server) == {new.access_key_id: "Active"}
    assert "NoSuchEntity" in rotate(server, user="nobody", code=1)
    done = command(server, "rotate", "--user", "bob", "--to", "stdout", check=False)
    assert done.returncode == 1 and "--yes" in done.stderr, done
    for wrong in (["--to", "ftp:x"], ["--quiet-for", "soon"], []):
        assert command(server, "rotate", *wrong, check=False).returncode == 2


def test_it_does_not_retire_the_key_it_signs_with(server):
    bob = server.new_user("bob")
    server.iam().attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert "very key" in rotate(server, "--to", "stdout", *AT_ONCE, code=4, credentials=bob)
    assert statuses(server) == {bob.access_key_id: "Active"}


def test_rolls_back_when_the_old_key_is_still_called(installation):
    log = installation.folder / "access.log"
    server = installation.start("--access-log", str(log))
    old = server.new_user("bob")
    to = ["--to", "stdout", *AT_ONCE, "--access-log", str(log), "--step"]
    made = command(server, "rotate", "--user", "bob", "--yes", *to)
    new = json.loads(made.stdout)
    server.secrets.add(new["SecretAccessKey"])
    rotate(server, *to)
    rotate(server, *to, code=3)
    with refused(*INVALID_TOKEN):
        server.who(old)
    eventually(lambda: "InvalidClientTokenId" in log.read_text(), "the access log is written")
    assert "rolled back: the access log" in rotate(server, *to, code=4)
    assert server.who(old)

    rotate(server, *to)  # Deactivates again, and what was called before counts no more.
    with refused(*INVALID_TOKEN):
        server.who(old)
    command(server, "rollback", "--user", "bob")
    assert server.who(old) and set(statuses(server).values()) == {"Active"}
