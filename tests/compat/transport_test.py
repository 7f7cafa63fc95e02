"""TLS, health, metrics and the access log."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import urllib.request

import botocore.exceptions
import pytest

from installation import ROOT_ACCOUNT, clean_environment, eventually, make_certificate, refused, tool
from signing import Connection


@pytest.fixture
def tls_server(installation):
    certificate, key = make_certificate(installation.folder, "server")
    installation.certificate = certificate
    return installation.start("--tls-cert", str(certificate), "--tls-key", str(key))


def test_boto3_rotates_a_key_over_tls(tls_server):
    server = tls_server
    assert server.url.startswith("https://")
    iam = server.iam(verify=str(server.certificate))
    iam.create_user(UserName="bob")
    key = iam.create_access_key(UserName="bob")["AccessKey"]
    bob = server.root._replace(access_key_id=key["AccessKeyId"], secret=key["SecretAccessKey"])
    sts = server.sts(bob, verify=str(server.certificate))
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    iam.update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status="Inactive")
    with refused("InvalidClientTokenId", 403):
        sts.get_caller_identity()


def test_the_audit_trail_tells_how_a_connection_was_secured(tls_server):
    verify = str(tls_server.certificate)
    tls_server.sts(verify=verify).get_caller_identity()
    lookup = tls_server.client("cloudtrail", verify=verify).lookup_events
    wanted = [{"AttributeKey": "EventName", "AttributeValue": "GetCallerIdentity"}]
    events = eventually(lambda: lookup(LookupAttributes=wanted)["Events"], "the event")
    details = json.loads(events[0]["CloudTrailEvent"])["tlsDetails"]
    assert details["tlsVersion"] == "TLSv1.3" and details["cipherSuite"].startswith("TLS_"), details
    assert details["clientProvidedHostHeader"] == tls_server.url.partition("//")[2]


def test_certificate_that_nobody_vouches_for_is_noticed(tls_server):
    with pytest.raises(botocore.exceptions.SSLError):
        tls_server.sts().get_caller_identity()


def test_plain_requests_to_a_tls_port_are_not_answered(tls_server):
    with Connection(tls_server.url.replace("https", "http")) as connection:
        with pytest.raises((OSError, http.client.HTTPException)):
            connection.call(tls_server.root, "GetCallerIdentity")
    assert tls_server.sts(verify=str(tls_server.certificate)).get_caller_identity()


def test_certificate_is_read_again_on_a_signal(tls_server):
    new, new_key = make_certificate(tls_server.folder, "renewed")
    held = Connection(tls_server.url, cafile=str(tls_server.certificate))
    assert held.call(tls_server.root, "GetCallerIdentity").status == 200
    old_certificate = tls_server.folder / "old.pem"
    shutil.copy(tls_server.certificate, old_certificate)
    shutil.copy(new, tls_server.certificate)
    shutil.copy(new_key, tls_server.folder / "server-key.pem")
    tls_server.process.send_signal(signal.SIGHUP)

    def renewed():
        try:
            with Connection(tls_server.url, cafile=str(new)) as connection:
                return connection.call(tls_server.root, "GetCallerIdentity").status == 200
        except OSError:
            return False

    eventually(renewed, "the new certificate is shown")
    assert held.call(tls_server.root, "GetCallerIdentity").status == 200  # Open connections stay.
    held.close()


@pytest.mark.parametrize("fault", ["missing", "garbage", "mismatch"])
def test_faulty_certificate_is_refused(installation, fault):
    certificate, key = make_certificate(installation.folder, "server")
    if fault == "missing":
        certificate = installation.folder / "none.pem"
    elif fault == "garbage":
        certificate.write_text("garbage")
    else:
        _, key = make_certificate(installation.folder, "another")
    assert installation.start_refused("--tls-cert", str(certificate), "--tls-key", str(key)).startswith("claviger: ")


# ---- Health and metrics ----

def get(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as answer:
        return answer.status, answer.headers["Content-Type"], answer.read().decode()


def counted(url, *labels):
    lines = [line for line in get(url + "/metrics")[2].splitlines() if line.startswith("claviger_requests_total")]
    return sum(int(line.split()[-1]) for line in lines if all(label in line for label in labels))


def test_health_is_told_unsigned(server):
    assert get(server.url + "/healthz") == (200, "text/plain; charset=utf-8", "ok\n")
    assert get(server.url + "/readyz")[0::2] == (200, "ready\n")


def test_requests_are_counted_by_operation_and_outcome(server):
    iam = server.iam()
    for _ in range(3):
        iam.list_users()
    with refused("NoSuchEntity"):
        iam.get_user(UserName="nobody")
    assert counted(server.url, 'operation="ListUsers"', 'outcome="success"', 'service="iam"') == 3
    assert counted(server.url, 'operation="GetUser"', 'outcome="client_error"') == 1
    text = get(server.url + "/metrics")[2]
    total = int(re.search(r"claviger_request_duration_seconds_count (\d+)", text)[1])
    assert total == counted(server.url) == 4
    buckets = [int(value) for value in re.findall(r"_bucket\{le=\"[^\"]+\"\} (\d+)", text)]
    assert buckets == sorted(buckets) and buckets[-1] == total


def test_metrics_are_as_prometheus_reads_them(server):
    server.who(server.root)
    status, content_type, text = get(server.url + "/metrics")
    assert status == 200 and content_type.startswith("text/plain; version=0.0.4")
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\})? [0-9.e+-]+", line)


def test_admin_listener_alone_tells_health_and_metrics(installation):
    server = installation.start("--admin-listen", "127.0.0.1:0")
    admin = eventually(lambda: re.search(r"Health and metrics are at (\S+)\n", server.printed()), "printed")[1]
    assert admin != server.url
    server.who(server.root)
    assert get(admin + "/healthz")[2] == "ok\n" and get(admin + "/readyz")[2] == "ready\n"
    assert counted(admin, 'operation="GetCallerIdentity"') == 1
    with Connection(admin) as connection:
        assert connection.send("GET", "/").status == 404
        assert connection.call(server.root, "GetCallerIdentity").status == 404
    with server.connect() as connection:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert connection.send("GET", path).status == 404


# ---- The access log ----

def lines_of(path, operation=None):
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if operation in (None, line.get("operation"))]


def test_access_log_tells_every_request(server):
    bob = server.new_user()
    with server.connect() as connection:
        good = connection.call(bob, "GetCallerIdentity", headers={"user-agent": "the tests' \"own\""})
        bad = connection.call(bob, "ListUsers")
        nobody = connection.send(body=b"Action=ListUsers&Version=2010-05-08")
    eventually(lambda: len(lines_of(server.output)) >= 5, "the log is written")
    by_id = {line["request_id"]: line for line in lines_of(server.output)}
    assert len(by_id) == len(lines_of(server.output)) == 5

    line = by_id[good.headers["x-amzn-RequestId"]]
    arn = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    assert {name: line[name] for name in ("service", "operation", "principal", "access_key_id", "status", "source_ip",
                                          "user_agent")} == {
        "service": "sts", "operation": "GetCallerIdentity", "principal": arn, "access_key_id": bob.access_key_id,
        "status": 200, "source_ip": "127.0.0.1", "user_agent": "the tests' \"own\""}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert line["micros"] >= 0 and "error" not in line

    line = by_id[bad.headers["x-amzn-RequestId"]]
    assert (line["status"], line["error"], line["principal"]) == (403, "AccessDenied", arn)
    line = by_id[nobody.headers["x-amzn-RequestId"]]
    assert (line["status"], line["error"]) == (403, "MissingAuthenticationToken") and "principal" not in line


def test_access_log_may_be_a_file_or_off(installation):
    log = installation.folder / "access.log"
    server = installation.start("--access-log", str(log))
    server.who(server.root)
    eventually(lambda: lines_of(log, "GetCallerIdentity"), "the log is written")
    server.restart(signal.SIGTERM, "--access-log", str(log))
    server.who(server.root)
    eventually(lambda: len(lines_of(log, "GetCallerIdentity")) == 2, "the file is appended to")
    assert lines_of(server.output) == []
    server.restart(signal.SIGTERM, "--access-log", "off")
    server.who(server.root)
    server.stop()
    assert lines_of(server.output) == [] and len(lines_of(log, "GetCallerIdentity")) == 2


def test_access_log_is_opened_again_after_it_was_moved_away(installation):
    log, moved = installation.folder / "access.log", installation.folder / "access.log.1"
    server = installation.start("--access-log", str(log))
    server.who(server.root)
    eventually(lambda: lines_of(log, "GetCallerIdentity"), "the log is written")
    log.rename(moved)
    server.process.send_signal(signal.SIGHUP)
    eventually(log.exists, "the file is made anew")
    server.who(server.root)
    eventually(lambda: lines_of(log, "GetCallerIdentity"), "the new file is written")
    assert len(lines_of(moved, "GetCallerIdentity")) == 1


def test_a_log_that_nobody_reads_keeps_no_request_waiting(installation):
    log = installation.folder / "access.fifo"
    os.mkfifo(log)
    reader = os.open(log, os.O_RDONLY | os.O_NONBLOCK)  # Until it is read from, the pipe takes 64 KiB.
    server = installation.start("--access-log", str(log))
    agent = {"user-agent": "x" * 200}
    with server.connect() as connection:
        for _ in range(1000):
            assert connection.call(server.root, "GetCallerIdentity", headers=agent).status == 200
        metrics = connection.send("GET", "/metrics").body.decode()
    assert "\nclaviger_access_log_dropped_total 0\n" in metrics  # They wait in memory.
    os.set_blocking(reader, True)
    with os.fdopen(reader) as lines:
        ids = {json.loads(lines.readline())["request_id"] for _ in range(1000)}
    assert len(ids) == 1000
    server.stop()


def test_last_requests_are_logged_before_the_stop(server):
    with server.connect() as connection:
        ids = [connection.call(server.root, "GetCallerIdentity").headers["x-amzn-RequestId"] for _ in range(100)]
    server.stop()
    assert [line["request_id"] for line in lines_of(server.output)] == ids


def test_clients_cannot_forge_lines_of_the_log(server):
    forged = '"}\n{"request_id":"forged"}'
    with server.connect() as connection:
        connection.call(server.root, "CreateUser", {"UserName": forged})
        connection.call(server.root._replace(access_key_id='"},{"x":"y'), forged)
        connection.call(server.root, "GetCallerIdentity", headers={"user-agent": "x" * 5000 + '"}'})
    eventually(lambda: len(lines_of(server.output)) == 3, "the log is written")
    assert all(len(line) < 2000 for line in server.output.read_text().splitlines())
    assert not [line for line in lines_of(server.output) if line["request_id"] == "forged"]


def test_no_secret_reaches_a_log_at_the_most_talkative_level(installation):
    """Every test searches what its server wrote for the secrets handed out; this one gives it most to write."""
    server = installation.start("--log-level", "debug")
    bob = server.new_user()
    session = server.session_of(bob)
    server.who(session)
    with refused("SignatureDoesNotMatch"):
        server.who(bob._replace(secret=bob.secret[::-1]))
    server.account("root-key", "create", ROOT_ACCOUNT)
    server.stop()
    assert {bob.secret, session.secret, server.root.secret} <= server.secrets and server.tokens == {session.token}
    assert len(server.secrets) == 4
    server.finish()
    server.start()
