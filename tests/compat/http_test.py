"""Other ways to speak HTTP than the SDKs', all of them allowed."""

import http.client
import os
import re
import socket
import subprocess

import pytest

from installation import ROOT_ACCOUNT, clean_environment, tool
from signing import STS_VERSION, signed_headers

ROOT_ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:root"
IDENTITY = f"Action=GetCallerIdentity&Version={STS_VERSION}"


def curl(server, *arguments):
    done = subprocess.run([tool("curl"), "--silent", "--show-error", "--user",
                           f"{server.root.access_key_id}:{server.root.secret}", "--aws-sigv4", "aws:amz:us-east-1:sts",
                           *arguments], capture_output=True, text=True, timeout=60, env=clean_environment())
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl_signs_and_is_answered(server):
    assert ROOT_ARN in curl(server, "--data", IDENTITY, server.url + "/")
    answer = curl(server, "--data", IDENTITY, "--header", "Accept: application/json", server.url + "/")
    assert f'"Arn":"{ROOT_ARN}"' in answer


def test_curl_waits_for_the_word_to_go_on(server):
    """Bodies over a megabyte are announced with `Expect: 100-continue`."""
    body = server.folder / "body.pem"
    body.write_text(IDENTITY + "&Padding=" + "x" * 2_000_000)
    told = curl(server, "--include", "--expect100-timeout", "50", "--data", f"@{body}", server.url + "/")
    assert told.startswith("HTTP/1.1 100") and ROOT_ARN in told


def raw_head(server, method, target, headers, version="1.1"):
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def address(server):
    host, port = server.url[len("http://"):].rsplit(":", 1)
    return host.strip("[]"), int(port)


def test_old_http_is_answered_and_closed(server):
    body = IDENTITY.encode()
    headers = {**signed_headers(server.root, server.url[len("http://"):], body=body, service="sts"),
               "content-length": str(len(body))}
    with socket.create_connection(address(server), timeout=30) as connection:
        connection.sendall(raw_head(server, "POST", "/", headers, version="1.0") + body)
        answer = b""
        while more := connection.recv(65536):
            answer += more
    assert answer.startswith(b"HTTP/1.") and b" 200 " in answer.split(b"\r\n")[0] and ROOT_ARN.encode() in answer


def test_body_may_come_byte_by_byte(server):
    body = IDENTITY.encode()
    headers = {**signed_headers(server.root, server.url[len("http://"):], body=body, service="sts"),
               "content-length": str(len(body)), "connection": "close"}
    with socket.create_connection(address(server), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in raw_head(server, "POST", "/", headers) + body:
            connection.sendall(bytes([byte]))
        answer = b""
        while more := connection.recv(65536):
            answer += more
    assert ROOT_ARN.encode() in answer


def test_head_is_answered_without_a_body_and_the_connection_goes_on(server):
    with server.connect() as connection:
        for path in ("/", "/healthz", "/metrics", "/elsewhere"):
            answer = connection.send("HEAD", path)
            assert not answer.body and answer.status in (200, 302, 404)
            port = connection.local_port
        assert connection.call(server.root, "GetCallerIdentity").text("Arn") == ROOT_ARN
        assert connection.local_port == port


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"])
def test_other_methods_do_nothing(server, method):
    body = b"Action=CreateUser&Version=2010-05-08&UserName=bob"
    with server.connect() as connection:
        headers = signed_headers(server.root, connection.host, method=method, body=body)
        answer = connection.send(method, "/", body=body, headers=headers)
        assert answer.status in (404, 501), answer
        assert connection.call(server.root, "ListUsers").all("UserName") == []


def test_a_name_instead_of_an_address_will_do(server):
    """What is signed is the Host that was sent, whatever it says."""
    body = IDENTITY.encode()
    with server.connect() as connection:
        for host in ("sts.amazonaws.com", "iam.example.com:8443", "[::1]:80"):
            headers = signed_headers(server.root, host, body=body, service="sts")
            assert connection.send(body=body, headers=headers).text("Arn") == ROOT_ARN


def test_ipv6_is_listened_on(installation):
    if not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("this machine has no IPv6")
    installation.listen = "[::1]:0"
    server = installation.start()
    assert re.fullmatch(r"http://\[::1\]:\d+", server.url)
    assert server.who(server.root) == ROOT_ARN
    with server.connect() as connection:
        assert connection.call(server.root, "GetCallerIdentity").status == 200


def test_several_addresses_are_listened_on(installation):
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    taken.close()
    server = installation.start("--listen", f"127.0.0.1:{port}")
    assert server.who(server.root) == ROOT_ARN
    assert server.sts(url=f"http://127.0.0.1:{port}").get_caller_identity()["Arn"] == ROOT_ARN


def test_server_goes_on_when_nobody_reads_its_output_any_more(installation):
    """As under `claviger serve | head -1`."""
    environment = clean_environment(**installation.environment)
    process = subprocess.Popen(installation.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.PIPE, env=environment)
    try:
        installation.url = re.search(r"listens on (\S+) ", process.stdout.readline())[1]
        process.stdout.close()
        with installation.connect() as connection:
            for _ in range(300):  # For longer than the log is kept back.
                assert connection.call(installation.root, "GetCallerIdentity").status == 200
        process.terminate()
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.stderr.close()


def test_many_connections_are_served_at_once(server):
    connections = [http.client.HTTPConnection(*address(server), timeout=30) for _ in range(300)]
    for connection in connections:
        connection.request("GET", "/healthz")
    assert {connection.getresponse().status for connection in connections} == {200}
    for connection in connections:
        connection.close()
