"""A Signature Version 4 signer and HTTP client of the tests' own.

For what stock clients never do: requests signed at another time, changed after signing, sent over one connection that
is known to stay open, or sent by the thousand.
"""

import datetime
import hashlib
import hmac
import http.client
import json
import ssl
import urllib.parse
import xml.etree.ElementTree
from typing import NamedTuple, Optional

IAM_VERSION = "2010-05-08"
STS_VERSION = "2011-06-15"


class Credentials(NamedTuple):
    access_key_id: str
    secret: str
    token: Optional[str] = None


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc)


def encode(text):
    return urllib.parse.quote(text, safe="-_.~")


def canonical_query(pairs):
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(pairs))


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret, scope, time_text, canonical_request):
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    digest = hashlib.sha256(canonical_request.encode()).hexdigest()
    return _hmac(key, f"AWS4-HMAC-SHA256\n{time_text}\n{scope}\n{digest}").hex()


def signed_headers(credentials, host, method="POST", query=(), body=b"", service="iam", region="us-east-1", time=None,
                   headers=None, terminator="aws4_request"):
    """The headers that make a request to `/` a signed one."""
    time_text = (time or utc_now()).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{time_text[:8]}/{region}/{service}/{terminator}"
    sent = {"host": host, "x-amz-date": time_text, **{name.lower(): value for name, value in (headers or {}).items()}}
    if credentials.token:
        sent["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(sent))
    lines = "".join(f"{name}:{sent[name]}\n" for name in sorted(sent))
    request = "\n".join([method, "/", canonical_query(query), lines, names, hashlib.sha256(body).hexdigest()])
    sent["authorization"] = (f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, SignedHeaders={names}, "
                             f"Signature={signature(credentials.secret, scope, time_text, request)}")
    return sent


class Answer:
    """An answer, with the parts of its document that tests ask for."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def __repr__(self):
        return f"{self.status} {self.body.decode(errors='replace')}"

    @property
    def xml(self):
        return xml.etree.ElementTree.fromstring(self.body)

    @property
    def json(self):
        return json.loads(self.body)

    def all(self, name):
        """The texts of every element of this name, wherever it is."""
        return [element.text or "" for element in self.xml.iter() if element.tag.rpartition("}")[2] == name]

    def text(self, name):
        found = self.all(name)
        assert found, f"no {name} in {self!r}"
        return found[0]

    @property
    def refusal(self):
        """(status, code, message), to compare at once."""
        return self.status, self.text("Code"), self.text("Message")


class Connection:
    """One connection to the server, kept open from request to request."""

    def __init__(self, url, timeout=20, cafile=None):
        parts = urllib.parse.urlsplit(url)
        self.host = parts.netloc
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=cafile)
            self._http = http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=context)
        else:
            self._http = http.client.HTTPConnection(parts.netloc, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        self._http.close()

    @property
    def local_port(self):
        """Tells connections apart: it changes when the client had to connect anew."""
        return self._http.sock and self._http.sock.getsockname()[1]

    def send(self, method="POST", target="/", body=b"", headers=None):
        self._http.request(method, target, body=body, headers=headers or {})
        return Answer(self._http.getresponse())

    def call(self, credentials, action, parameters=None, *, service=None, version=None, headers=None, tamper=None,
             **signing):
        """Posts a signed call; `tamper` may change the body after it was signed."""
        if service is None:
            service = "sts" if action in STS_ACTIONS else "iam"
        version = version or (STS_VERSION if service == "sts" else IAM_VERSION)
        pairs = [("Action", action), ("Version", version), *(parameters or {}).items()]
        body = urllib.parse.urlencode(pairs).encode()
        sent = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", **(headers or {})}
        sent = signed_headers(credentials, self.host, body=body, service=service, headers=sent, **signing)
        return self.send(body=tamper(body) if tamper else body, headers=sent)


STS_ACTIONS = {"GetCallerIdentity", "GetSessionToken", "GetAccessKeyInfo", "AssumeRole"}
