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
import signal
import stat
import subprocess
import urllib.request

import pytest

from installation import INVALID_TOKEN, ROOT_ACCOUNT, binary, clean_environment, eventually, refused
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
        command(server, *shlex.split(line.replace("file:", f"file:{keys_folder}/").replace("DIR", str(server.data))))
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


def test_report_from_a_data_folder(server):
    other = re.search(r"account +(\d{12})", server.account("create").stdout)[1]
    bob = server.new_user("bob")
    use(server, bob)
    where = ["--format", "json", "--data", str(server.data)]
    everything = json.loads(server.run("key", "report", *where).stdout)
    assert {(row["account"], row["user"]) for row in everything} == {
        (ROOT_ACCOUNT, "<root_account>"), (ROOT_ACCOUNT, "bob"), (other, "<root_account>")}
    assert json.loads(server.run("key", "report", "--all-accounts", *where).stdout) == everything
    own = json.loads(server.run("key", "report", "--account", ROOT_ACCOUNT, *where).stdout)
    assert own == json.loads(command(server, "report", "--format", "json").stdout)
    server.account("set", ROOT_ACCOUNT, "--key-max-age", "90d")
    own = json.loads(server.run("key", "report", "--account", ROOT_ACCOUNT, *where).stdout)
    assert [(row["age"], row["inactive_from"]) for row in own] == [("fine", None)] * 2 and own[1]["due"] > own[1]["created"]
    for arguments, code, why in [(["--account", "1"], 1, "`1` is not an account id"),
                                 (["--account", "999999999999"], 1, "there is no account 999999999999"),
                                 (["--account", other, "--all-accounts"], 2, "--all-accounts")]:
        done = server.run("key", "report", *arguments, "--data", str(server.data), check=False)
        assert done.returncode == code and why in done.stderr, done
    server.stop()
    assert bob.access_key_id in server.run("key", "report", "--data", str(server.data)).stdout


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


def test_two_runs_at_one_rotation_exclude_one_another(server, keys_folder):
    server.new_user("bob")
    state = server.folder / "state.json"
    arguments = ["--state", str(state), *AT_ONCE, "--grace", "0"]
    fifo = keys_folder / "fifo"
    os.mkfifo(fifo)
    script = f"cat {fifo}"  # Hands over for as long as nobody writes.
    first = subprocess.Popen(
        [binary(), "key", "rotate", "--user", "bob", "--yes", *arguments, "--to", f"command:{script}"],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment(
            AWS_ACCESS_KEY_ID=server.root.access_key_id, AWS_SECRET_ACCESS_KEY=server.root.secret,
            AWS_ENDPOINT_URL=server.url))
    try:
        eventually(lambda: len(statuses(server)) == 2, "the second key is made")
        said = rotate(server, *arguments, "--to", "stdout", code=1)
        assert f"another run is at this rotation: process {first.pid}" in said and str(state) in said
        done = command(server, "rollback", "--user", "bob", "--state", str(state), check=False)
        assert done.returncode == 1 and f"process {first.pid}" in done.stderr, done
        fifo.write_text("")
        assert "done: bob has" in first.communicate(timeout=60)[1]
    finally:
        first.kill()
        first.communicate()
    assert len(statuses(server)) == 1
    assert "say with --to" in rotate(server, *arguments, code=1)  # The lock went with its holder.


SWITCH_OFF = ["--key-max-age", "90d", "--key-max-age-action", "deactivate", "--key-warn-before", "14d"]
DAY = 24 * HOUR


def metric(server, name):
    with urllib.request.urlopen(f"{server.url}/metrics") as answer:
        return int(re.search(rf"^{name} (\d+)$", answer.read().decode(), re.MULTILINE)[1])


def events_of(server, key, clock):
    """The trail's own account of what became of a key."""
    lines = server.run("audit", "tail", "--json", "--since", "3650d", "--data", str(server.data), **clock).stdout.splitlines()
    events = [json.loads(line) for line in lines]
    return [event for event in events if event["eventName"] == "DeactivateAccessKey"
            and event["serviceEventDetails"]["accessKeyId"] == key.access_key_id]


def test_an_account_lays_down_how_old_keys_may_become(installation, shifted_clock):
    server = installation.start()
    bob = server.new_user("bob")
    clients = Clients(server, shifted_clock)
    assert "may be of any age (the installation's default)" in server.account("show", ROOT_ACCOUNT).stdout
    server.account("set", ROOT_ACCOUNT, *SWITCH_OFF)
    assert server.account("show", ROOT_ACCOUNT).stdout == (
        "access keys  may become 90d old, are told of 14d before, and are deactivated then, but not root's "
        "(the account's own)\n")

    clock = clients.later(77 * DAY)
    eventually(lambda: metric(server, "claviger_access_keys_due_soon") == 2, "the keys were looked at")
    told = f"the access key {bob.access_key_id} of bob in account {ROOT_ACCOUNT} becomes too old at"
    assert told in server.messages.read_text()
    assert clients.status(bob) == 200
    rows = csv.DictReader(io.StringIO(server.run(
        "key", "report", "--account", ROOT_ACCOUNT, "--format", "csv", "--data", str(server.data), **clock).stdout))
    assert {row["user"]: (row["age"], row["inactive_from"] != "-") for row in rows} == {
        "<root_account>": ("due soon", False), "bob": ("due soon", True)}

    clock = clients.later(91 * DAY)
    eventually(lambda: clients.status(bob) == 403, "the key is switched off")
    assert clients.status(server.root) == 200
    eventually(lambda: metric(server, "claviger_access_keys_overdue") == 1, "root's key is told of")
    assert metric(server, "claviger_access_keys_deactivated_total") == 1
    [event] = eventually(lambda: events_of(server, bob, clock), "the event is on record")
    assert event["userIdentity"] == {"type": "AWSService", "invokedBy": "iam.amazonaws.com"}
    assert event["eventType"] == "AwsServiceEvent" and event["readOnly"] is False
    details = event["serviceEventDetails"]
    assert (details["userName"], details["ageInDays"], details["maximumAge"]) == ("bob", 91, "90d"), details

    # Active again by hand it has time, and no more than that.
    with server.connect() as connection:
        time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=91)
        assert connection.call(server.root, "UpdateAccessKey", {
            "UserName": "bob", "AccessKeyId": bob.access_key_id, "Status": "Active"}, time=time).status == 200
    clients.later(104 * DAY)
    eventually(lambda: metric(server, "claviger_access_keys_overdue") == 2, "the keys were looked at")
    assert clients.status(bob) == 200
    clients.later(106 * DAY)
    eventually(lambda: clients.status(bob) == 403, "the key is switched off")

    server.account("set", ROOT_ACCOUNT, "--key-max-age", "none")
    clients.later(200 * DAY)
    assert metric(server, "claviger_access_keys_overdue") == 0
    for arguments, code, why in [([], 1, "say what to set"), (["--key-max-age", "old"], 2, "is no span"),
                                 (["--key-max-age-action", "delete"], 2, "--key-max-age-action")]:
        done = server.account("set", ROOT_ACCOUNT, *arguments, check=False)
        assert done.returncode == code and why in done.stderr, done


def test_the_servers_own_rule_holds_for_accounts_without_one(installation, shifted_clock):
    server = installation.start(*SWITCH_OFF)
    bob = server.new_user("bob")
    assert "deactivated then, but not root's (the installation's default)" in server.account("show", ROOT_ACCOUNT).stdout
    server.restart(signal.SIGTERM, *SWITCH_OFF, **shifted_clock(91 * DAY))
    clients = Clients(server, shifted_clock)
    clients._seconds = 91 * DAY
    eventually(lambda: clients.status(bob) == 403, "the key is switched off")
    # Without the flags nothing holds any more.
    server.restart()
    assert "any age" in server.account("show", ROOT_ACCOUNT).stdout


def test_a_server_killed_while_it_switches_keys_off_finishes_later(installation, shifted_clock):
    server = installation.start()
    users = [server.new_user(f"user{number}") for number in range(40)]
    server.account("set", ROOT_ACCOUNT, *SWITCH_OFF)
    clock = shifted_clock(91 * DAY)
    for _ in range(3):
        server.stop()
        server.start(**clock)
        server.kill()
        server.start(**clock)
    clients = Clients(server, shifted_clock)
    clients._seconds = 91 * DAY
    eventually(lambda: all(clients.status(user) == 403 for user in users), "all keys are switched off")
    for user in users:
        assert len(eventually(lambda: events_of(server, user, clock), "the event is on record")) == 1


def test_a_rotation_in_time_is_not_disturbed_by_the_greatest_age(installation, shifted_clock, keys_folder):
    server = installation.start()
    old = server.new_user("bob")
    server.account("set", ROOT_ACCOUNT, *SWITCH_OFF)
    clients = Clients(server, shifted_clock)
    target = keys_folder / "new"
    step = ["--to", f"file:{target}", "--quiet-for", "30m", "--grace", "2h", "--step"]
    clock = clients.later(80 * DAY)
    assert "made AKIA" in rotate(server, *step, **clock)
    new = read_credentials(server, target)
    clients.use(old)
    clients.use(new)
    # Nobody goes on with it, and both are still in use: at its time the old key goes, and the rotation takes that for its own.
    clock = clients.later(91 * DAY)
    eventually(lambda: clients.status(old) == 403, "the old key is switched off")
    assert clients.status(new) == 200
    assert "wait until" in rotate(server, *step, code=3, **clock)
    clock = clients.later(91 * DAY + 3 * HOUR)
    assert "done: bob has " + new.access_key_id in rotate(server, *step, **clock)
    assert clients.status(new) == 200
