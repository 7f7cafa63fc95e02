"""The administrator's side: accounts and root keys by command, settings by flag, environment and file."""

import collections
import re
import shutil
import signal
import subprocess

import pytest

from installation import INVALID_TOKEN, ROOT_ACCOUNT, Installation, binary, clean_environment, eventually, refused, tool
from signing import Credentials

OTHER = "210987654321"


def printed_key(done):
    """The credentials that a command printed, once."""
    account, key_id, secret = re.fullmatch(r"account +(\d{12})\naccess key id +(\S+)\nsecret access key +(\S+)\n"
                                           r"The secret access key is shown this once\.\n", done.stdout).groups()
    return account, Credentials(key_id, secret)


# ---- Accounts and root keys, beside a running server ----

def test_account_made_beside_a_running_server_works_at_once(server):
    account, root = printed_key(server.account("create", OTHER))
    assert account == OTHER
    assert server.who(root) == f"arn:aws:iam::{OTHER}:root"
    listed = server.account("list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["ACCOUNT", ROOT_ACCOUNT, OTHER]
    server.restart()
    assert server.who(root) == f"arn:aws:iam::{OTHER}:root"


def test_account_number_is_made_up_unless_given(server):
    account, root = printed_key(server.account("create"))
    assert re.fullmatch("[1-9][0-9]{11}", account)
    assert server.sts(root).get_caller_identity()["Account"] == account


def test_account_is_made_once(server):
    server.account("create", OTHER)
    again = server.account("create", OTHER, check=False)
    assert again.returncode == 1 and OTHER in again.stderr and not again.stdout
    for wrong in ("12", "x" * 12, "1" * 13):
        assert server.account("create", wrong, check=False).returncode == 1


def test_root_keys_change_under_open_connections(server):
    _, second = printed_key(server.account("root-key", "create", ROOT_ACCOUNT))
    with server.connect() as connection:
        assert connection.call(second, "GetCallerIdentity").status == 200
        port = connection.local_port
        for command, alive in (("deactivate", False), ("activate", True), ("deactivate", False), ("delete", False)):
            server.account("root-key", command, ROOT_ACCOUNT, second.access_key_id)
            answer = connection.call(second, "GetCallerIdentity")
            assert answer.status == 200 if alive else answer.refusal[1] == INVALID_TOKEN[0], (command, answer)
        assert connection.local_port == port
        assert connection.call(server.root, "GetCallerIdentity").status == 200


def test_third_root_key_is_refused(server):
    server.account("root-key", "create", ROOT_ACCOUNT)
    third = server.account("root-key", "create", ROOT_ACCOUNT, check=False)
    assert third.returncode == 1 and "AccessKeysPerUser: 2" in third.stderr


def test_root_keys_are_listed_with_status_and_last_use(server):
    _, second = printed_key(server.account("root-key", "create", ROOT_ACCOUNT))
    server.account("root-key", "deactivate", ROOT_ACCOUNT, second.access_key_id)
    server.who(server.root)

    def rows():
        lines = server.account("root-key", "list", ROOT_ACCOUNT).stdout.splitlines()[1:]
        return {line.split()[0]: line.split()[1:] for line in lines}

    eventually(lambda: rows()[server.root.access_key_id][2] != "never", "the use is known")
    assert rows()[server.root.access_key_id][0] == "Active"
    assert rows()[second.access_key_id][0::2] == ["Inactive", "never"]


def test_root_keys_of_unknown_accounts_and_unknown_keys_are_told(server):
    done = server.account("root-key", "list", OTHER, check=False)
    assert done.returncode == 1 and f"there is no account {OTHER}" in done.stderr
    done = server.account("root-key", "delete", ROOT_ACCOUNT, "AKIAUNKNOWNUNKNOWN12", check=False)
    assert done.returncode == 1 and "AKIAUNKNOWNUNKNOWN12 cannot be found" in done.stderr
    bob = server.new_user()  # A user's key is no root key.
    done = server.account("root-key", "delete", ROOT_ACCOUNT, bob.access_key_id, check=False)
    assert done.returncode == 1 and server.who(bob)


def test_commands_work_on_a_stopped_server(server):
    server.stop()
    _, root = printed_key(server.account("create", OTHER))
    _, second = printed_key(server.account("root-key", "create", OTHER))
    server.account("root-key", "deactivate", OTHER, root.access_key_id)
    server.start()
    with refused(*INVALID_TOKEN):
        server.who(root)
    assert server.who(second) == f"arn:aws:iam::{OTHER}:root"


def test_lost_root_keys_are_replaced_on_a_stopped_server(server):
    """The way back in for who has lost every root key."""
    server.iam().delete_access_key(AccessKeyId=server.root.access_key_id)
    server.stop()
    server.flags, environment = [], server.environment
    server.environment = {}
    _, root = printed_key(server.account("root-key", "create", ROOT_ACCOUNT))
    server.start()
    assert server.who(root)
    server.environment = environment


def test_backup_beside_a_running_server_has_every_answered_change(server):
    bob = server.new_user()
    copy = server.folder / "copy"
    server.run("backup", str(copy), "--data", str(server.data))
    carol = server.new_user("carol")
    again = server.run("backup", str(copy), "--data", str(server.data), check=False)
    assert again.returncode == 1 and "File exists" in again.stderr
    server.stop()
    shutil.copy(server.data / "master.key", copy)
    server.data = copy
    server.start()
    assert server.who(bob)
    with refused(*INVALID_TOKEN):
        server.who(carol)


def test_commands_need_a_folder(installation):
    done = installation.account("list", check=False)
    assert done.returncode == 1 and "there is no store in" in done.stderr
    assert not installation.data.exists()
    installation.data.mkdir()
    assert installation.account("create", OTHER, check=False).returncode == 1
    assert list(installation.data.iterdir()) == []


def test_accounts_are_worlds_of_their_own(server):
    _, other = printed_key(server.account("create", OTHER))
    bob = server.new_user("bob")
    iam = server.iam(other)
    assert iam.list_users()["Users"] == []
    with refused("NoSuchEntity", 404):
        iam.get_user(UserName="bob")
    with refused("NoSuchEntity", 404):
        iam.list_access_keys(UserName="bob")
    with refused("NoSuchEntity", 404):
        iam.delete_user(UserName="bob")
    iam.create_user(UserName="bob")  # A name of its own.
    for call in (iam.delete_access_key, lambda **key: iam.update_access_key(**key, Status="Inactive")):
        with refused("NoSuchEntity", 404, f"The Access Key with id {bob.access_key_id} cannot be found."):
            call(UserName="bob", AccessKeyId=bob.access_key_id)
        with refused("NoSuchEntity", 404):
            call(AccessKeyId=server.root.access_key_id)
    with refused("AccessDenied", 403,
                 f"User: arn:aws:iam::{OTHER}:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: "
                 f"access key {bob.access_key_id}"):
        iam.get_access_key_last_used(AccessKeyId=bob.access_key_id)
    marker = _two_users_marker(server.iam())
    with refused("ValidationError", 400, "Invalid Marker."):
        iam.list_users(Marker=marker)
    assert server.sts(other).get_access_key_info(AccessKeyId=bob.access_key_id)["Account"] == ROOT_ACCOUNT
    assert server.who(bob) == f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"


def _two_users_marker(iam):
    iam.create_user(UserName="carol")
    return iam.list_users(MaxItems=1)["Marker"]


# ---- First start ----

def test_first_start_prints_a_key_that_works_and_later_ones_none(installation):
    installation.flags, installation.environment = [], {}
    server = installation.start()
    shown = dict(re.findall(r"export (\w+)=(\S+)", server.printed()))
    assert shown["AWS_ENDPOINT_URL"] == server.url and shown["AWS_DEFAULT_REGION"] == "us-east-1"
    root = Credentials(shown["AWS_ACCESS_KEY_ID"], shown["AWS_SECRET_ACCESS_KEY"])
    assert server.who(root).endswith(":root")
    assert server.sts(root).get_access_key_info(AccessKeyId=root.access_key_id)["Account"] in server.printed()
    server.secrets.clear()  # This one is shown, as it must be.
    server.restart()
    assert "AWS_SECRET_ACCESS_KEY" not in server.printed()
    assert server.who(root)


def test_given_secret_is_never_printed(server):
    assert server.root.secret not in server.printed() + server.messages.read_text()


# ---- Settings ----

def write_config(installation, text):
    path = installation.folder / "claviger.toml"
    path.write_text(text)
    return str(path)


ACCOUNTS = """
[[accounts]]
id = "111111111111"
root_access_key_id = "AKIAFIRSTFIRSTFIRST1"
root_secret_access_key = "first/first/first"

[[accounts]]
id = "222222222222"
root_access_key_id = "AKIASECONDSECONDSEC2"
root_secret_access_key = "second/second/second"
"""


@pytest.mark.parametrize("memory", [False, True], ids=["disk", "memory"])
def test_file_may_list_several_accounts(installation, memory):
    installation.memory = memory
    installation.flags, installation.environment = [], {}
    server = installation.start("--config", write_config(installation, ACCOUNTS))
    first = Credentials("AKIAFIRSTFIRSTFIRST1", "first/first/first")
    second = Credentials("AKIASECONDSECONDSEC2", "second/second/second")
    server.secrets.update((first.secret, second.secret))
    assert "AWS_SECRET_ACCESS_KEY" not in server.printed()
    assert server.who(first) == "arn:aws:iam::111111111111:root"
    assert server.who(second) == "arn:aws:iam::222222222222:root"
    server.iam(first).create_user(UserName="bob")
    assert server.iam(second).list_users()["Users"] == []
    server.restart(signal.SIGTERM, "--config", write_config(installation, ACCOUNTS))
    assert len(server.iam(first).list_users()["Users"]) == (0 if memory else 1)
    assert server.who(second)


def test_flag_comes_before_environment_before_file(installation):
    config = write_config(installation, "users_per_account = 1\naccess_log = 'file.log'\nlisten = ['127.0.0.1:0']\n")

    def users_allowed(server):
        made = 0
        try:
            for made in range(10):
                server.iam().create_user(UserName=f"user-{made}")
        except server.iam().exceptions.LimitExceededException:
            pass
        return made

    installation.memory = True
    assert users_allowed(installation.start("--config", config)) == 1
    installation.stop()
    assert users_allowed(installation.start("--config", config, CLAVIGER_USERS_PER_ACCOUNT="2")) == 2
    installation.stop()
    server = installation.start("--config", config, "--users-per-account", "3", CLAVIGER_USERS_PER_ACCOUNT="2")
    assert users_allowed(server) == 3
    installation.stop()
    assert users_allowed(installation.start(CLAVIGER_CONFIG=config)) == 1  # The file itself may be named so too.


def test_everything_may_be_said_by_the_environment(installation):
    installation.flags = []
    done = subprocess.Popen([binary(), "serve"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                            cwd=installation.folder, env=clean_environment(
                                CLAVIGER_MEMORY="true", CLAVIGER_LISTEN="127.0.0.1:0", CLAVIGER_THREADS="1",
                                CLAVIGER_ACCOUNT_ID=ROOT_ACCOUNT, CLAVIGER_ACCESS_LOG="off",
                                CLAVIGER_ROOT_ACCESS_KEY_ID=installation.root.access_key_id,
                                CLAVIGER_ROOT_SECRET_ACCESS_KEY=installation.root.secret))
    try:
        url = re.search(r"listens on (\S+) ", done.stdout.readline())[1]
        assert installation.sts(url=url).get_caller_identity()["Account"] == ROOT_ACCOUNT
        done.terminate()
        assert done.stdout.read() == ""  # No access log, and no key shown that was given.
        assert done.wait(timeout=30) == 0
    finally:
        done.kill()
        done.stdout.close()


@pytest.mark.parametrize("text, complaint", [
    ("colour = 'red'", "there is no setting `colour`"),
    ("[access_log]\nx = 1", "`access_log` must be"),
    ("users_per_account = 'many'", "users-per-account"),
    ("listen = ", "claviger.toml"),
    ("[[accounts]]\nroot_access_key_id = 'x'", "an account needs its `id`"),
    ("[[accounts]]\nid = '111111111111'\ncolour = 'red'", "an account has no setting `colour`"),
    ("[[accounts]]\nid = '11'", "the account id `11` is not twelve digits"),
    ("[[accounts]]\nid = '111111111111'\nroot_access_key_id = 'AKIAFIRSTFIRSTFIRST1'", "together, or neither"),
])
def test_faulty_file_is_refused(installation, text, complaint):
    installation.flags, installation.environment = [], {}
    why = installation.start_refused("--config", write_config(installation, text))
    assert complaint in why, why


def test_missing_file_is_refused(installation):
    assert "missing.toml" in installation.start_refused("--config", "missing.toml")


@pytest.mark.parametrize("flags", [["--colour", "red"], ["--threads", "many"], ["--log-level", "loud"],
                                   ["--listen", "nonsense"], ["--listen", "127.0.0.1:99999"],
                                   ["--tls-cert", "cert.pem"], ["--root-access-key-id", "short"]])
def test_faulty_flags_are_refused(installation, flags):
    assert installation.start_refused(*flags)


def test_taken_port_is_told(server, tmp_path_factory):
    other = Installation(tmp_path_factory.mktemp("other"))
    other.listen = server.url[len("http://"):]
    assert other.listen in other.start_refused()


def test_same_root_key_with_another_secret_is_refused(server):
    server.stop()
    why = server.start_refused(CLAVIGER_ROOT_SECRET_ACCESS_KEY="another secret for the same key id")
    assert server.root.access_key_id in why and "another secret" in why
    server.start()


# ---- The command line itself ----

def test_version_and_help(installation):
    assert re.fullmatch(r"claviger \d+\.\d+\.\d+\S*\n", installation.run("--version").stdout)
    text = installation.run("--help").stdout
    assert all(word in text for word in ("serve", "account", "completion", "operations"))
    text = installation.run("serve", "--help").stdout
    for flag in ("--data", "--listen", "--memory", "--config", "--tls-cert", "--tls-key", "--admin-listen",
                 "--account-id", "--root-access-key-id", "--root-secret-access-key", "CLAVIGER_LISTEN"):
        assert flag in text, flag
    text = installation.run("account", "root-key", "--help").stdout
    assert all(word in text for word in ("create", "list", "deactivate", "activate", "delete"))


@pytest.mark.parametrize("arguments", [[], ["fly"], ["account"], ["account", "root-key", "deactivate"],
                                       ["completion", "tcsh"]])
def test_wrong_arguments_end_with_code_2(installation, arguments):
    done = installation.run(*arguments, check=False)
    assert done.returncode == 2 and done.stderr


def test_bash_completion_completes(installation):
    script = installation.run("completion", "bash").stdout
    bash = tool("bash")
    assert subprocess.run([bash, "-n"], input=script, text=True).returncode == 0

    def complete(*words):
        ask = f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; _claviger; " \
              "echo \"${COMPREPLY[@]}\""
        done = subprocess.run([bash, "-c", script + ask], capture_output=True, text=True, env=clean_environment())
        assert done.returncode == 0 and not done.stderr, done.stderr
        return done.stdout.split()

    assert {"serve", "account", "completion", "operations"} <= set(complete("claviger", ""))
    assert complete("claviger", "ser") == ["serve"]
    assert {"create", "list", "root-key"} <= set(complete("claviger", "account", ""))
    assert complete("claviger", "account", "root-key", "dea") == ["deactivate"]
    assert complete("claviger", "serve", "--tls-c") == ["--tls-cert"]
    assert complete("claviger", "serve", "--mem") == ["--memory"]
    assert complete("claviger", "--vers") == ["--version"]


def test_completion_scripts_of_other_shells_name_every_command(installation):
    for shell in ("zsh", "fish"):
        script = installation.run("completion", shell).stdout
        assert all(word in script for word in ("serve", "account", "root-key", "deactivate", "tls-cert")), shell


def test_operations_are_listed(installation):
    every = installation.run("operations").stdout.splitlines()
    of = collections.Counter(name.split(":")[0] for name in every)
    assert of == {"iam": 176, "sts": 11, "organizations": 63, "cloudtrail": 60}
    done = installation.run("operations", "--implemented").stdout.splitlines()
    assert {"iam:CreateAccessKey", "iam:UpdateAccessKey", "sts:GetAccessKeyInfo"} <= set(done) <= set(every)


def test_help_names_the_environment_of_every_setting(installation):
    text = installation.run("serve", "--help").stdout
    for flag in re.findall(r"^ +--([a-z-]+)", text, re.MULTILINE):
        if flag != "help":
            assert "CLAVIGER_" + flag.upper().replace("-", "_") in text, flag


def test_faulty_commands_leave_nothing_behind(installation):
    assert installation.run("serve", "--memory", "--", "more", check=False).returncode == 2
    assert installation.run("account", "list", check=False).returncode == 1
    assert list(installation.folder.iterdir()) == []
