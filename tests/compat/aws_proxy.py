"""An HTTPS proxy at whose other end AWS itself seems to be: every host that a client asks it for is the server under test.

For clients that call AWS's own endpoints whatever they are told, such as the AWS CLI when a profile names a role.
"""

import socket
import ssl
import threading

from installation import clean_environment, make_certificate


class AwsProxy:
    def __init__(self, server, folder):
        self._port = int(server.url.rsplit(":", 1)[1])
        self._certificate, key = make_certificate(
            folder, "aws", "DNS:*.amazonaws.com,DNS:*.us-east-1.amazonaws.com")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self._certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.hosts = []  # That were asked for.
        threading.Thread(target=self._accept, daemon=True).start()

    def environment(self, **more):
        """For a client that has nothing but this and its own configuration."""
        proxy = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        return clean_environment(**{"HTTPS_PROXY": proxy, "NO_PROXY": "", "AWS_CA_BUNDLE": str(self._certificate),
                                    "AWS_EC2_METADATA_DISABLED": "true", **more})

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += client.recv(4096)
        self.hosts.append(asked.split()[1].decode())
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with self._context.wrap_socket(client, server_side=True) as inside, \
                socket.create_connection(("127.0.0.1", self._port)) as server:
            backwards = threading.Thread(target=self._copy, args=(server, inside), daemon=True)
            backwards.start()
            self._copy(inside, server)
            backwards.join()

    @staticmethod
    def _copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # Either side has hung up.
