"""What a stop, a crash and a start leave: everything that was acknowledged, and nothing else."""

import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import threading

import pytest

from installation import INVALID_TOKEN, ROOT_ACCOUNT, clean_environment, eventually, refused
from signing import IAM_VERSION, Connection, signed_headers

STOPS = pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["terminated", "killed"])


@STOPS
def test_everything_is_there_after_a_restart(server, how):
    iam = server.iam()
    bob = server.new_user("bob", Path="/staff/", Tags=[{"Key": "team", "Value": "night"}])
    carol = server.new_user("carol")
    iam.update_access_key(UserName="carol", AccessKeyId=carol.access_key_id, Status="Inactive")
    iam.create_user(UserName="gone")
    iam.delete_user(UserName="gone")
    session = server.session_of(bob)
    marker = iam.list_users(MaxItems=1)["Marker"]

    def use():
        return iam.get_access_key_last_used(AccessKeyId=bob.access_key_id)["AccessKeyLastUsed"]

    eventually(lambda: "LastUsedDate" in use(), "the use is known")
    before = (iam.list_users()["Users"], iam.get_user(UserName="bob")["User"], use(),
              [iam.list_access_keys(UserName=name)["AccessKeyMetadata"] for name in ("bob", "carol")])

    for _ in range(2):
        server.restart(how)
        iam = server.iam()
        assert (iam.list_users()["Users"], iam.get_user(UserName="bob")["User"], use(),
                [iam.list_access_keys(UserName=name)["AccessKeyMetadata"] for name in ("bob", "carol")]) == before
        for credentials in (bob, session):
            assert server.who(credentials) == f"arn:aws:iam::{ROOT_ACCOUNT}:user/staff/bob"
        with refused(*INVALID_TOKEN):
            server.who(carol)
        assert [user["UserName"] for user in iam.list_users(Marker=marker)["Users"]] == ["carol"]

    iam.update_access_key(UserName="carol", AccessKeyId=carol.access_key_id, Status="Active")
    assert server.who(carol)


def test_memory_keeps_nothing(installation):
    installation.memory = True
    server = installation.start()
    bob = server.new_user()
    server.restart()
    assert server.iam().list_users()["Users"] == []
    with refused(*INVALID_TOKEN):
        server.who(bob)
    assert not server.data.exists()


def test_stop_is_graceful_and_says_so_by_its_exit_code(server):
    with server.connect() as idle:
        idle.call(server.root, "GetCallerIdentity")
        assert server.stop(signal.SIGTERM) == 0
    server.start()
    assert server.stop(signal.SIGINT) == 0


def test_request_in_flight_is_answered_before_the_stop(server):
    host, port = server.url[len("http://"):].split(":")
    body = f"Action=CreateUser&Version={IAM_VERSION}&UserName=late".encode()
    headers = {**signed_headers(server.root, f"{host}:{port}", body=body), "content-length": str(len(body))}
    head = b"POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head + body[:10])
        with server.connect() as other:  # Once it is answered, the half request has been seen too.
            for _ in range(10):
                other.call(server.root, "GetCallerIdentity")
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: not _connects(host, int(port)), "the server takes no new connections")
        connection.sendall(body[10:])
        answer = b""
        while more := connection.recv(65536):
            answer += more
    assert answer.startswith(b"HTTP/1.1 200 ") and b"<UserName>late</UserName>" in answer
    assert b"connection: close" in answer.lower()
    assert server.process.wait(timeout=30) == 0
    server.start()
    assert server.iam().get_user(UserName="late")


def _connects(host, port):
    try:
        socket.create_connection((host, port), timeout=5).close()
        return True
    except OSError:
        return False


def test_graceful_stop_under_load_acknowledges_all_that_it_did(server):
    acknowledged, lock, enough = set(), threading.Lock(), threading.Event()

    def create(prefix):
        with Connection(server.url) as connection:
            for number in range(100_000):
                name = f"{prefix}-{number}"
                try:
                    answer = connection.call(server.root, "CreateUser", {"UserName": name})
                except (OSError, http.client.HTTPException):
                    return
                assert answer.status == 200, answer
                with lock:
                    acknowledged.add(name)
                    if len(acknowledged) >= 50:
                        enough.set()

    threads = [threading.Thread(target=create, args=(f"t{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    assert server.stop(signal.SIGTERM) == 0
    for thread in threads:
        thread.join()
    server.start()
    users = server.iam().get_paginator("list_users").paginate().build_full_result()["Users"]
    assert {user["UserName"] for user in users} == acknowledged


# ---- The master key and the folder ----

def test_files_are_for_their_owner_only(server):
    server.iam().create_user(UserName="bob")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in server.data.iterdir()}
    assert modes["master.key"] == 0o600
    assert all(mode & 0o077 == 0 for mode in modes.values()), modes
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_nothing_is_written_outside_the_data_folder(server):
    server.new_user()
    server.stop()
    logs = {server.output, server.messages}
    assert {path for path in server.folder.iterdir() if path not in logs} == {server.data}


def test_another_master_key_is_refused(server):
    bob = server.new_user()
    server.stop()
    master_key = server.data / "master.key"
    right = master_key.read_text()
    master_key.write_text("ab" * 32 + "\n")
    why = server.start_refused()
    assert "master key" in why, why
    master_key.write_text("not a key\n")
    why = server.start_refused()
    assert "master key" in why and "64 hex digits" in why, why
    master_key.write_text(right)
    server.start()
    assert server.who(bob)


def test_lost_master_key_is_not_replaced_by_a_new_one(server):
    """A new key could not open what the lost one sealed: better to say so than to start without the secrets."""
    server.new_user()
    server.stop()
    (server.data / "master.key").rename(server.folder / "kept.key")
    assert "put it back" in server.start_refused()
    assert not (server.data / "master.key").exists()
    (server.folder / "kept.key").replace(server.data / "master.key")
    server.start()


@pytest.mark.parametrize("source", ["environment", "file", "command"])
def test_master_key_may_come_from_elsewhere(installation, source):
    key = os.urandom(32).hex()
    elsewhere = installation.folder / "elsewhere.pem"
    elsewhere.write_text(key)
    where = {"environment": ([], {"CLAVIGER_MASTER_KEY": key}),
             "file": (["--master-key-file", str(elsewhere)], {}),
             "command": (["--master-key-command", f"cat {elsewhere}"], {})}
    flags, environment = where[source]
    server = installation.start(*flags, **environment)
    server.secrets.add(key)
    bob = server.new_user()
    assert not (server.data / "master.key").exists()
    server.stop()
    server.start(*flags, **environment)
    assert server.who(bob)


def test_second_server_on_the_folder_is_refused(server):
    bob = server.new_user()
    why = server.start_refused()
    assert "another server is running on the data folder" in why, why
    assert server.who(bob)
    server.kill()
    server.start()  # A killed server leaves no lock behind.
    assert server.who(bob)


def test_of_servers_that_start_at_once_on_a_new_folder_one_serves(installation):
    for number in range(5):
        installation.data = installation.folder / f"data-{number}"
        started = [subprocess.Popen(installation.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                    stderr=subprocess.DEVNULL, env=clean_environment(**installation.environment))
                   for _ in range(3)]
        urls = [re.search(r"listens on (\S+) ", server.stdout.readline()) for server in started]
        serving = [server for server, url in zip(started, urls) if url]
        assert len(serving) == 1
        installation.url = next(url for url in urls if url)[1]
        assert installation.who(installation.root)
        serving[0].terminate()
        assert sorted(server.wait(timeout=30) for server in started) == [0, 1, 1]
        for server in started:
            server.stdout.close()


def test_damaged_store_is_refused(server):
    server.new_user()
    server.stop()
    store = server.data / "data.mdb"
    whole = store.read_bytes()
    store.write_bytes(b"\0" * 100 + whole[100:])
    assert server.start_refused().startswith("claviger: ")
    store.write_bytes(whole)
    server.start()


def test_start_on_an_empty_store_is_measured(installation, measured):
    server = installation.start()
    first = server.start_seconds
    server.stop()
    again = []
    for _ in range(5):
        server.start()
        again.append(server.start_seconds)
        server.stop()
    measured(f"start to listening: first {first * 1000:.0f} ms, again {min(again) * 1000:.0f} ms at best")
