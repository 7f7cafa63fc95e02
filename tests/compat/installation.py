"""A real server under test: the program, its data folder, and clients that talk to it."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import botocore.config
import botocore.exceptions
import botocore.session

import seen
from signing import Connection, Credentials

ROOT_ACCOUNT = "123456789012"
PATH = "/usr/bin:/bin"  # Debian's own programs, whatever else is installed.
PATIENCE_SECONDS = 30.0  # For things that take milliseconds, on a machine that may be busy.

INHERITED_ENVIRONMENT = dict(os.environ)  # Before conftest.py takes the settings of other servers out of it.

# Loaded once: reading the service descriptions takes longer than any call.
_session = botocore.session.Session()


def tool(name):
    """One of Debian's programs; CLAVIGER_COMPAT_AWS and the like name another."""
    found = os.environ.get(f"CLAVIGER_COMPAT_{name.upper()}") or shutil.which(name, path=PATH)
    assert found, f"{name} is not installed"
    return found


def binary():
    folder = pathlib.Path(__file__).resolve().parents[2]
    return os.environ.get("CLAVIGER_BINARY") or str(folder / "build" / "release" / "claviger")


def clean_environment(**more):
    """What a program is started with: nothing of the AWS or Claviger settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("TMPDIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS") if name in os.environ}
    return {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "NO_PROXY": "*", **kept, **more}


def eventually(condition, what, seconds=PATIENCE_SECONDS):
    """Polls until `condition` returns something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.01)


def make_certificate(folder, name, stands_for="IP:127.0.0.1"):
    certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    subprocess.run([tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={stands_for}", "-keyout", key, "-out",
                    certificate], check=True, capture_output=True, env=clean_environment())
    return certificate, key


@contextlib.contextmanager
def refused(code, status=None, message=None):
    """Expects a boto3 call to be refused in exactly these words; `message` may be a compiled pattern."""
    try:
        yield
    except botocore.exceptions.ClientError as error:
        answer = error.response
        assert answer["Error"]["Code"] == code, answer
        if status is not None:
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == status, answer
        if isinstance(message, re.Pattern):
            assert message.fullmatch(answer["Error"]["Message"]), answer
        elif message is not None:
            assert answer["Error"]["Message"] == message, answer
        return
    raise AssertionError(f"expected {code}, but the call was answered")


class Installation:
    """A data folder and the server that is started on it, again and again if need be.

    Everything that a server prints goes to files, which Finish() searches for every secret that was handed out.
    """

    def __init__(self, folder, memory=False):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.memory = memory
        self.root = Credentials("AKIAROOTROOTROOTROOT", "root/secret+of+the+tests/0123456789abcde")
        self.flags = ["--account-id", ROOT_ACCOUNT, "--root-access-key-id", self.root.access_key_id]
        self.environment = {"CLAVIGER_ROOT_SECRET_ACCESS_KEY": self.root.secret}
        self.secrets = {self.root.secret}
        self.tokens = set()
        self.listen = "127.0.0.1:0"
        self.process = None
        self.url = None
        self.start_seconds = None
        self._starts = 0

    # ---- The process ----

    def command(self, *more):
        where = ["--memory"] if self.memory else ["--data", str(self.data)]
        return [binary(), "serve", *where, "--listen", self.listen, "--threads", "2", *self.flags, *more]

    def start(self, *more, **environment):
        assert self.process is None or self.process.poll() is not None, "already running"
        self._starts += 1
        with open(self.output, "wb") as out, open(self.messages, "wb") as err:
            started = time.perf_counter()
            self.process = subprocess.Popen(self.command(*more), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            cwd=self.folder, env=clean_environment(**self.environment, **environment))
        self.url = eventually(self._printed_url, "the server says where it listens")
        self.start_seconds = time.perf_counter() - started
        return self

    def start_refused(self, *more, **environment):
        """Starts a server that has to give up at once; returns what it said why."""
        done = subprocess.run(self.command(*more), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              cwd=self.folder, timeout=PATIENCE_SECONDS,
                              env=clean_environment(**{**self.environment, **environment}))
        assert done.returncode != 0, done.stdout
        return done.stderr

    @property
    def output(self):
        return self.folder / f"{self._starts}.out"

    @property
    def messages(self):
        return self.folder / f"{self._starts}.err"

    def printed(self):
        return self.output.read_text(errors="replace")

    def _printed_url(self):
        assert self.process.poll() is None, "the server ended: " + self.messages.read_text()
        found = re.search(r"listens on (\S+) .*\n", self.printed())
        return found and found[1]

    def stop(self, how=signal.SIGTERM):
        """Ends the server, and returns its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def kill(self):
        return self.stop(signal.SIGKILL)

    def restart(self, how=signal.SIGTERM, *more, **environment):
        self.stop(how)
        return self.start(*more, **environment)

    def finish(self):
        """Ends the server if it still runs, and proves that nothing it wrote holds a secret."""
        if self.process is not None and self.process.poll() is None:
            code = self.stop()
            assert code == 0, (code, self.messages.read_text())
        seen.note(self.folder / f"{number}.out" for number in range(1, self._starts + 1))
        written = [path for path in self.folder.rglob("*") if path.is_file() and not path.is_socket()]
        for path in written:
            if path.suffix in (".toml", ".pem"):  # What the tests themselves wrote.
                continue
            content = path.read_bytes()
            for secret in self.secrets:
                assert secret.encode() not in content, f"a secret is in {path.name}"
            if "audit" in path.relative_to(self.folder).parts or path.suffix == ".gz":
                continue  # Events of issued credentials show the token, as AWS's do.
            if path.name in ("data.mdb", "log.0", "log.1"):
                continue  # Such an event waits here until it is in the trail.
            for token in self.tokens:
                assert token.encode() not in content, f"a session token is in {path.name}"

    def run(self, *arguments, check=True, **environment):
        """Runs one of the program's other commands."""
        done = subprocess.run([binary(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              cwd=self.folder, timeout=PATIENCE_SECONDS, env=clean_environment(**environment))
        assert not check or done.returncode == 0, done.stderr
        self.remember(done.stdout)
        return done

    def account(self, *arguments, **options):
        return self.run("account", *arguments, "--data", str(self.data), **options)

    # ---- Its clients ----

    def remember(self, text):
        """Notes the secrets in a printed answer."""
        self.secrets.update(re.findall(r'(?:SecretAccessKey|secret access key)[">:\s]+([A-Za-z0-9+/=]{20,})', text))
        self.tokens.update(re.findall(r'SessionToken[">:\s]+([A-Za-z0-9+/=]{20,})', text))

    def connect(self):
        return Connection(self.url)

    def client(self, service, credentials=None, **options):
        credentials = credentials or self.root
        settings = {"retries": {"total_max_attempts": 1}, "connect_timeout": 20, "read_timeout": 30,
                    "proxies": {}, **options.pop("config", {})}
        session = options.pop("session", _session)
        client = session.create_client(service, endpoint_url=options.pop("url", self.url), region_name="us-east-1",
                                        aws_access_key_id=credentials.access_key_id,
                                        aws_secret_access_key=credentials.secret, aws_session_token=credentials.token,
                                        config=botocore.config.Config(**settings), **options)
        client.meta.events.register("after-call", self._remember_parsed)
        return client

    def _remember_parsed(self, parsed, **unused):
        for name in ("AccessKey", "Credentials"):
            made = parsed.get(name, {})
            self.secrets.update(made[part] for part in ("SecretAccessKey",) if part in made)
            self.tokens.update(made[part] for part in ("SessionToken",) if part in made)

    def iam(self, credentials=None, **options):
        return self.client("iam", credentials, **options)

    def sts(self, credentials=None, **options):
        return self.client("sts", credentials, **options)

    def who(self, credentials):
        """The ARN that these credentials speak for."""
        return self.sts(credentials).get_caller_identity()["Arn"]

    def new_key(self, user_name=None, credentials=None):
        """Makes an access key; for the caller's own user where none is named."""
        named = {"UserName": user_name} if user_name else {}
        key = self.iam(credentials).create_access_key(**named)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def new_user(self, name="bob", **more):
        """A user with one access key."""
        self.iam().create_user(UserName=name, **more)
        return self.new_key(name)

    def session_of(self, credentials=None, **parameters):
        made = self.sts(credentials).get_session_token(**parameters)["Credentials"]
        return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


INVALID_TOKEN = ("InvalidClientTokenId", 403, "The security token included in the request is invalid.")
