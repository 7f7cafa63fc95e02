#!/usr/bin/env python3
"""Writes the signing cases next to this file: python3 tests/vectors/sigv4/make_cases.py

An independent reference: it shares nothing with the C++ sources but the published rules, and favours
being read over being fast. The folders it writes are kept in the repository; README.md tells their format.
"""

import base64
import datetime
import hashlib
import hmac
import pathlib
import shutil
import urllib.parse

HERE = pathlib.Path(__file__).parent
ALGORITHM = "AWS4-HMAC-SHA256"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQDexample+token/with=signs=="
NOW = datetime.datetime(2026, 11, 22, 8, 0, 0)
BODY = b"Action=GetCallerIdentity&Version=2011-06-15"
FORM_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
AGENT = "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.1 lang/python#3.11.7 cfg/retry-mode#legacy"
WRONG = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
         "Key and signing method. Consult the service documentation for details.")


# --- the published algorithm -------------------------------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).digest()


def stamp(time):
    return time.strftime("%Y%m%dT%H%M%SZ")


def quote(data):
    return urllib.parse.quote(data, safe="-_.~")


def canonical_path(path):
    kept = []
    for segment in path.split(b"/"):
        if segment in (b"", b"."):
            continue
        if segment == b"..":
            del kept[-1:]
        else:
            kept.append(segment)
    text = "".join("/" + quote(segment) for segment in kept)
    return text + "/" if not kept or path.endswith(b"/") else text


def decode(data):
    return urllib.parse.unquote_to_bytes(data.replace(b"+", b" "))


def parameters(query):
    pairs = []
    for piece in query.split(b"&"):
        if piece:
            name, _, value = piece.partition(b"=")
            pairs.append((decode(name), decode(value)))
    return pairs


def canonical_query(query, presigned):
    pairs = [(quote(name), quote(value)) for name, value in parameters(query)
             if not (presigned and name == b"X-Amz-Signature")]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def unfold(value):
    return b" ".join(line.strip(b" \t") for line in value.split(b"\n"))


def canonical_headers(request, names):
    lines = []
    for name in names:
        values = [b" ".join(unfold(v).replace(b"\t", b" ").split(b" ")) for n, v in request.headers if n.lower() == name]
        values = [b" ".join(word for word in value.split(b" ") if word) for value in values]
        lines.append(name.encode() + b":" + b",".join(values) + b"\n")
    return b"".join(lines)


def canonical_request(request, signed_headers, presigned):
    names = sorted(name.lower() for name in signed_headers.split(";"))
    path, _, query = request.target.partition(b"?")
    head = "\n".join([request.method, canonical_path(path), canonical_query(query, presigned)]) + "\n"
    tail = "\n" + ";".join(names) + "\n" + sha256(request.body)
    return head.encode() + canonical_headers(request, names) + tail.encode()


def string_to_sign(timestamp, scope, canonical):
    return "\n".join([ALGORITHM, timestamp, scope, sha256(canonical)])


def signature(secret, scope, text):
    key = ("AWS4" + secret).encode()
    for step in scope.split("/"):
        key = mac(key, step)
    return mac(key, text).hex()


# --- requests ----------------------------------------------------------------------------------------------------------


class Request:
    def __init__(self, method="POST", target="/", headers=None, body=BODY, host="sts.us-east-1.amazonaws.com"):
        self.method = method
        self.target = target if isinstance(target, bytes) else target.encode()
        self.headers = [("Host", host.encode())] if host is not None else []
        self.headers += [(n, v if isinstance(v, bytes) else v.encode()) for n, v in (headers or [])]
        self.body = body

    def add(self, name, value):
        self.headers.append((name, value if isinstance(value, bytes) else value.encode()))
        return self

    def set(self, name, value):
        value = value if isinstance(value, bytes) else value.encode()
        self.headers = [(n, value if n.lower() == name.lower() else v) for n, v in self.headers]
        return self

    def get(self, name):
        return next(v for n, v in self.headers if n.lower() == name.lower())

    def drop(self, name):
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()]
        return self

    def rename(self, name, new):
        self.headers = [(new if n == name else n, v) for n, v in self.headers]
        return self

    def replace(self, old, new):
        """In the Authorization header."""
        text = self.get("Authorization").decode()
        assert old in text, (old, text)
        return self.set("Authorization", text.replace(old, new))

    def text(self):
        lines = [self.method.encode() + b" " + self.target + b" HTTP/1.1"]
        lines += [n.encode() + b": " + v for n, v in self.headers]
        return b"\n".join(lines) + b"\n\n" + self.body


def post(**arguments):
    """What boto3 sends for GetCallerIdentity, before it is signed."""
    extra = arguments.pop("headers", [])
    return Request(headers=[("Accept-Encoding", "identity"), ("Content-Type", FORM_TYPE), ("User-Agent", AGENT)] + extra,
                   **arguments)


def get(target="/?Action=GetCallerIdentity&Version=2011-06-15", **arguments):
    return Request(method="GET", target=target, body=b"", **arguments)


UNSIGNED = {"accept-encoding", "user-agent", "authorization"}


def signed(request, *, time=NOW, token=None, sign_token=True, region="us-east-1", service="sts", secret=SECRET,
           key_id=KEY_ID, date_header="X-Amz-Date", date_text=None, names=None, scope=None, terminator="aws4_request"):
    """The header form."""
    timestamp = stamp(time)
    if date_header:
        request.add(date_header, date_text or timestamp)
    if token:
        request.add("X-Amz-Security-Token", token)
    scope = scope or f"{timestamp[:8]}/{region}/{service}/{terminator}"
    if names is None:
        skipped = UNSIGNED | (set() if sign_token else {"x-amz-security-token"})
        names = ";".join(sorted({n.lower() for n, _ in request.headers} - skipped))
    canonical = canonical_request(request, names, False)
    proof = signature(secret, scope, string_to_sign(timestamp, scope, canonical))
    return request.add("Authorization", f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={names}, Signature={proof}")


def presigned(request, *, time=NOW, token=None, sign_token=True, region="us-east-1", service="sts", expires="60",
              date_parameter=True, names="host", first=False, lower_hex=False):
    """The query form."""
    timestamp = stamp(time)
    scope = f"{timestamp[:8]}/{region}/{service}/aws4_request"
    credential = quote(f"{KEY_ID}/{scope}")
    if lower_hex:
        credential = credential.replace("%2F", "%2f")
    added = [("X-Amz-Algorithm", ALGORITHM), ("X-Amz-Credential", credential)]
    if date_parameter:
        added.append(("X-Amz-Date", timestamp))
    if expires is not None:
        added.append(("X-Amz-Expires", expires))
    added.append(("X-Amz-SignedHeaders", quote(names)))
    late = []
    if token:
        (added if sign_token else late).append(("X-Amz-Security-Token", quote(token)))
    path, _, query = request.target.partition(b"?")
    ours = "&".join(f"{n}={v}" for n, v in added).encode()
    unsigned = b"&".join(x for x in ([ours, query] if first else [query, ours]) if x)
    request.target = path + b"?" + unsigned
    canonical = canonical_request(request, names, True)
    proof = signature(SECRET, scope, string_to_sign(timestamp, scope, canonical))
    for name, value in late + [("X-Amz-Signature", proof)]:
        request.target += f"&{name}={value}".encode()
    return request


def requery(request, old, new):
    assert old.encode() in request.target, (old, request.target)
    request.target = request.target.replace(old.encode(), new.encode())
    return request


# --- cases -------------------------------------------------------------------------------------------------------------


class Cases:
    def __init__(self):
        self.names = set()

    def write(self, name, request, *, code=None, message=None, stages=True, now=NOW, presigned=False, secret=SECRET,
              scope=None, regions="", services="iam,sts", timestamp=None):
        assert name not in self.names, name
        self.names.add(name)
        folder = HERE / name
        folder.mkdir()
        (folder / "request.txt").write_bytes(request.text())
        context = {"secret_access_key": secret, "now": stamp(now), "services": services, "regions": regions}
        context["outcome"] = code or "accepted"
        (folder / "context.txt").write_text("".join(f"{k}={v}\n" for k, v in context.items()))
        if stages:
            canonical, text = self.stages(request, presigned, timestamp)
            (folder / "canonical-request.txt").write_bytes(canonical)
            (folder / "string-to-sign.txt").write_bytes(text.encode())
            scope = text.split("\n")[2]
            (folder / "signature.txt").write_text(signature(secret, scope, text))
            if code and message is None:
                message = (WRONG.encode() + b"\n\nThe Canonical String for this request should have been\n'" + canonical +
                           b"'\n\nThe String-to-Sign should have been\n'" + text.encode() + b"'\n")
        if code:
            (folder / "error.txt").write_bytes(message if isinstance(message, bytes) else message.encode())

    @staticmethod
    def stages(request, presigned, timestamp):
        """What a server makes of the request as it arrived."""
        headers = {n.lower(): unfold(v).decode() for n, v in request.headers}
        if presigned:
            said = {n.decode(): v.decode() for n, v in parameters(request.target.partition(b"?")[2])
                    if n.startswith(b"X-Amz-")}
            credential, names = said["X-Amz-Credential"], said["X-Amz-SignedHeaders"]
            date = said.get("X-Amz-Date", headers.get("x-amz-date"))
        else:
            pieces = headers["authorization"].split(None, 1)[1].split(",")
            said = dict(piece.strip().split("=", 1) for piece in pieces)
            credential, names = said["Credential"], said["SignedHeaders"]
            date = headers.get("x-amz-date", headers.get("date"))
        canonical = canonical_request(request, names, presigned)
        return canonical, string_to_sign(timestamp or date, credential.split("/", 1)[1], canonical)

    def accept(self, name, request, **arguments):
        self.write("accept-" + name, request, **arguments)

    def wrong(self, name, request, **arguments):
        """Refused because the signature differs."""
        self.write("wrong-" + name, request, code="SignatureDoesNotMatch", **arguments)

    def refuse(self, name, request, code, message, **arguments):
        """Refused before the signature is compared."""
        arguments.setdefault("stages", False)
        self.write("refuse-" + name, request, code=code, message=message, **arguments)


def hashed(request):
    return base64.b64encode(hashlib.sha256(request.get("Authorization").strip()).digest()).decode()


def later(**delta):
    return NOW + datetime.timedelta(**delta)


def accepted_headers(cases):
    cases.accept("post", signed(post()))
    cases.accept("post-empty-body", signed(post(body=b"")))
    cases.accept("post-long-body", signed(post(body=b"PolicyDocument=" + b"%7B%22Version%22%3A%222012-10-17%22%7D" * 200)))
    cases.accept("post-binary-body", signed(post(body=bytes(range(256)))))
    cases.accept("get", signed(get()))
    cases.accept("lower-case-method", signed(Request(method="post")))
    cases.accept("iam", signed(post(host="iam.amazonaws.com"), service="iam"))
    cases.accept("other-region", signed(post(host="sts.eu-central-1.amazonaws.com"), region="eu-central-1"))
    cases.accept("region-of-several", signed(post(), region="eu-west-1"), regions="us-east-1,eu-west-1")
    cases.accept("session-token-signed", signed(post(), token=TOKEN))
    cases.accept("session-token-unsigned", signed(post(), token=TOKEN, sign_token=False))
    cases.accept("host-with-port", signed(post(host="localhost:4566")))
    cases.accept("host-ipv6", signed(post(host="[2001:db8::1]:8443")))
    cases.accept("host-upper-case", signed(post(host="STS.Example.COM")))
    cases.accept("header-names-upper-case", signed(post()).rename("X-Amz-Date", "X-AMZ-DATE").rename("Host", "HOST"))
    cases.accept("header-repeated", signed(post(headers=[("X-Tag", "b"), ("x-tag", "a"), ("X-TAG", "a")])))
    cases.accept("header-folded", signed(post(headers=[("X-Note", b"one\n  two\n\tthree")])))
    cases.accept("header-inner-spaces", signed(post(headers=[("X-Note", '  a   b  "c   d"  ')])))
    cases.accept("header-tabs", signed(post(headers=[("X-Note", "a\tb \t c")])))
    cases.accept("header-empty", signed(post(headers=[("X-Note", ""), ("X-Note", "x"), ("X-Note", "")])))
    cases.accept("header-utf-8", signed(post(headers=[("X-Note", "Schlüssel \u1234")])))
    cases.accept("headers-many", signed(post(headers=[(f"X-Amz-Meta-{i:02}", str(i)) for i in range(40)])))
    cases.accept("content-sha256", signed(post(headers=[("X-Amz-Content-Sha256", sha256(BODY))])))
    cases.accept("content-length-signed", signed(post(headers=[("Content-Length", str(len(BODY)))])))
    cases.accept("unsigned-header-altered", signed(post()).set("User-Agent", "a proxy was here").set("Accept-Encoding", "gzip"))
    cases.accept("unsigned-header-added", signed(post()).add("X-Forwarded-For", "192.0.2.1"))
    cases.accept("host-only-signed", signed(post(), names="host"))
    cases.accept("date-header", signed(post(), date_header="Date"))
    cases.accept("date-header-http", signed(post(), date_header="Date", date_text="Sun, 22 Nov 2026 08:00:00 GMT"),
                 timestamp=stamp(NOW))
    cases.accept("date-header-numeric-zone", signed(post(), date_header="Date", date_text="Sun, 22 Nov 2026 08:00:00 -0000"),
                 timestamp=stamp(NOW))
    cases.accept("date-header-ignored", signed(post(headers=[("Date", "yesterday")])))
    leap = datetime.datetime(2028, 2, 29, 23, 59, 59)
    cases.accept("leap-day", signed(post(), time=leap), now=leap)
    midnight = datetime.datetime(2026, 12, 31, 23, 50, 0)
    cases.accept("over-midnight", signed(post(), time=midnight), now=midnight + datetime.timedelta(minutes=15))
    cases.accept("skew-past-edge", signed(post(), time=later(minutes=-15)))
    cases.accept("skew-future-edge", signed(post(), time=later(minutes=15)))
    cases.accept("no-space-after-comma", signed(post()).replace(", ", ","))
    cases.accept("much-space-after-comma", signed(post()).replace(", ", " ,   ").replace("SHA256 ", "SHA256   "))
    request = signed(post())
    names = request.get("Authorization").decode().split("SignedHeaders=")[1].split(",")[0]
    cases.accept("signed-headers-mixed-case", request.replace(names, "Content-Type;Host;X-Amz-Date"))
    request = signed(post())
    cases.accept("signed-headers-unsorted", request.replace(names, "x-amz-date;host;content-type"))
    request = signed(post())
    parts = request.get("Authorization").decode().split(" ", 1)[1].split(", ")
    cases.accept("parts-in-other-order", request.set("Authorization", ALGORITHM + " " + ", ".join(reversed(parts))))


def accepted_targets(cases):
    for name, query in {
        "utf-8": "Name=ሴ&ü=1",
        "utf-8-encoded": "Name=%E1%88%B4&%C3%BC=1",
        "plus": "Name=a+b",
        "plus-encoded": "Name=a%2Bb",
        "space-encoded": "Name=a%20b",
        "lower-case-escapes": "Arn=arn%3aaws%3aiam%3a%3a123456789012%3auser%2fbob",
        "needless-escapes": "%41ction=%47et%2DUser%7E",
        "stray-percent": "a=100%&b=%zz&c=%4",
        "double-encoded": "a=%252F%2525",
        "no-value": "Action&Version",
        "empty-value": "Action=&Version=",
        "empty-name": "=x&a=b",
        "equals-in-value": "a=b=c==",
        "empty-pairs": "&&a=1&&b=2&",
        "repeated-name": "a=2&a=10&a=1",
        "name-is-prefix": "a-b=1&a=2&a%20=3&aB=4&A=5",
        "reserved": "a=:/?[]@!$'()*,;&b=\"<>\\^`{|}",
        "control-bytes": "a=%00%0a%7f%ff",
        "amz-date-is-not-a-signature": "X-Amz-Date=20200101T000000Z&X-Amz-Expires=5",
    }.items():
        cases.accept("query-" + name, signed(get("/?" + query)))
    cases.accept("query-long", signed(get("/?" + "&".join(f"k{i * 7919 % 1000:03}=v%2F{i}" for i in range(900)))))
    for name, path in {
        "plain": "/a/b",
        "trailing-slash": "/a/b/",
        "double-slash": "//a//b///",
        "only-slashes": "///",
        "dot": "/a/./b/.",
        "dot-dot": "/a/b/../c/..",
        "above-root": "/../../a",
        "to-nothing": "/a/..",
        "dots-encoded": "/a/%2e%2e/%2E/b",
        "dots-more": "/.../..a/a..",
        "slash-encoded": "/a%2Fb",
        "space-encoded": "/a%20b/c+d",
        "utf-8": "/ሴ/ü",
        "reserved": "/a:b;c=d,e@f!$&'()*~_-.",
    }.items():
        cases.accept("path-" + name, signed(post(target=path)))
    cases.accept("path-and-query", signed(post(target="/a/../b?x=1")))


def accepted_presigned(cases):
    def accept(name, request, **arguments):
        cases.accept("presigned-" + name, request, presigned=True, **arguments)

    accept("get", presigned(get()))
    accept("post", presigned(Request()))
    accept("without-own-query", presigned(Request(method="GET", body=b"")))
    accept("signature-parameters-first", presigned(get(), first=True))
    accept("session-token", presigned(get(), token=TOKEN))
    accept("without-expires", presigned(get(), expires=None))
    for expires in ("0", "-5", "soon", "99999999999999999999"):
        accept("expires-" + expires.strip("-"), presigned(get(), expires=expires))
    accept("after-expires", presigned(get(), expires="60"), now=later(minutes=15))
    accept("cluster-header", presigned(get(headers=[("X-K8s-Aws-Id", "my-cluster")]), names="host;x-k8s-aws-id"))
    accept("lower-case-escapes", presigned(get(), lower_hex=True))
    accept("date-in-header", presigned(get(headers=[("X-Amz-Date", stamp(NOW))]), date_parameter=False))
    accept("names-encoded", requery(presigned(get()), "X-Amz-Signature", "X%2DAmz%2dSignature"))
    accept("parameters-shuffled", shuffled(presigned(get(), token=TOKEN)))


def shuffled(request):
    path, _, query = request.target.partition(b"?")
    request.target = path + b"?" + b"&".join(sorted(query.split(b"&"), key=lambda p: hashlib.sha256(p).digest()))
    return request


def wrong_signatures(cases):
    cases.wrong("secret", signed(post(), secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEZ"))
    cases.wrong("key-of-other-day", signed(post(), scope="20261121/us-east-1/sts/aws4_request")
                .replace("20261121/", "20261122/"))
    request = signed(post())
    proof = request.get("Authorization").decode().rsplit("=", 1)[1]
    for name, other in {"upper-case": proof.upper(), "truncated": proof[:63], "one-digit": proof[0], "longer": proof + "0",
                        "zero": "0" * 64, "not-hex": "g" * 64, "last-digit": proof[:63] + ("0" if proof[63] != "0" else "1"),
                        "quoted": '"' + proof + '"', "of-canonical-request": sha256(canonical_request(
                            signed(post()), "content-type;host;x-amz-date", False))}.items():
        cases.wrong("signature-" + name, signed(post()).replace(proof, other))
    request = signed(post())
    request.method = "PUT"
    cases.wrong("method", request)
    request = signed(post())
    request.method = "Post"
    cases.wrong("method-case", request)
    request = signed(post(target="/a/b"))
    request.target = b"/a/c"
    cases.wrong("path", request)
    request = signed(post(target="/a/b"))
    request.target = b"/a/b/"
    cases.wrong("path-slash-added", request)
    request = signed(post(target="/a%2Fb"))
    request.target = b"/a/b"
    cases.wrong("path-decoded", request)
    request = signed(get())
    request.target += b"&DurationSeconds=3600"
    cases.wrong("query-parameter-added", request)
    request = signed(get())
    cases.wrong("query-value", requery(request, "GetCallerIdentity", "GetSessionToken"))
    cases.wrong("query-name", requery(signed(get()), "Version", "version"))
    cases.wrong("query-parameter-removed", requery(signed(get()), "&Version=2011-06-15", ""))
    cases.wrong("query-plus-for-encoded-plus", requery(signed(get("/?a=1%2B1")), "%2B", "+"))
    cases.wrong("query-value-moved", requery(signed(get("/?a=1&b=2")), "a=1&b=2", "a=2&b=1"))
    cases.wrong("query-ampersand-decoded", requery(signed(get("/?a=1%26b=2")), "%26", "&"))
    request = signed(post())
    request.body = BODY.replace(b"GetCallerIdentity", b"GetSessionToken")
    cases.wrong("body", request)
    request = signed(post())
    request.body = BODY + b"\n"
    cases.wrong("body-longer", request)
    request = signed(post())
    request.body = b""
    cases.wrong("body-removed", request)
    request = signed(post(headers=[("X-Amz-Content-Sha256", sha256(BODY))]))
    request.body = BODY + b"&x=y"
    cases.wrong("body-against-signed-hash", request)
    request = post(headers=[("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")])
    request.add("X-Amz-Date", stamp(NOW))
    names = "content-type;host;x-amz-content-sha256;x-amz-date"
    canonical = canonical_request(request, names, False).replace(sha256(BODY).encode(), b"UNSIGNED-PAYLOAD")
    scope = "20261122/us-east-1/sts/aws4_request"
    proof = signature(SECRET, scope, string_to_sign(stamp(NOW), scope, canonical))
    request.add("Authorization", f"{ALGORITHM} Credential={KEY_ID}/{scope}, SignedHeaders={names}, Signature={proof}")
    cases.wrong("unsigned-payload", request)
    for header, value in {"Host": "sts.eu-west-1.amazonaws.com", "Content-Type": "text/plain",
                          "X-Amz-Date": stamp(later(seconds=1)), "X-Amz-Security-Token": TOKEN[:-2] + "A=",
                          "X-Amz-Target": "other"}.items():
        cases.wrong("header-" + header.lower(), signed(post(headers=[("X-Amz-Target", "this")]), token=TOKEN).set(header, value))
    cases.wrong("header-repeated-order", signed(post(headers=[("X-Tag", "b"), ("X-Tag", "a")]))
                .drop("X-Tag").add("X-Tag", "a").add("X-Tag", "b"))
    cases.wrong("header-added-to-signed-name", signed(post(headers=[("X-Tag", "a")])).add("X-Tag", "b"))
    cases.wrong("host-port-removed", signed(post(host="localhost:4566")).set("Host", "localhost"))
    cases.wrong("signed-name-removed", signed(post()).replace("content-type;host", "host"))
    cases.wrong("signed-name-added", signed(post()).replace("content-type;host", "content-type;host;user-agent"))
    cases.wrong("scope-region", signed(post()).replace("us-east-1", "us-east-2"))
    cases.wrong("scope-service", signed(post()).replace("/sts/", "/iam/"))
    request = signed(post())
    cases.wrong("date-and-scope", request.set("X-Amz-Date", "20261122T075959Z"))
    shifted = requery(presigned(get()), "X-Amz-Expires=60", "X-Amz-Expires=61")
    cases.wrong("presigned-expires", shifted, presigned=True)
    cases.wrong("presigned-token", requery(presigned(get(), token=TOKEN), "example", "Example"), presigned=True)
    cases.wrong("presigned-token-not-signed", presigned(get(), token=TOKEN, sign_token=False), presigned=True)
    cases.wrong("presigned-date", requery(presigned(get()), "T080000Z", "T080001Z"), presigned=True)
    cases.wrong("presigned-parameter-added", requery(presigned(get()), "Action=", "Name=x&Action="), presigned=True)
    cases.wrong("presigned-host", presigned(get()).set("Host", "sts.eu-west-1.amazonaws.com"), presigned=True)
    request = presigned(Request())
    request.body += b"&x=y"
    cases.wrong("presigned-body-altered", request, presigned=True)
    request = presigned(get())
    request.method = "HEAD"
    cases.wrong("presigned-method", request, presigned=True)


def refused_claims(cases):
    def refuse(name, request, message, **arguments):
        cases.refuse(name, request, "SignatureDoesNotMatch", message, **arguments)

    unsigned_host = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    refuse("host-not-signed", signed(post(), names="content-type;x-amz-date"), unsigned_host)
    refuse("presigned-host-not-signed", presigned(get(headers=[("X-Note", "a")]), names="x-note"), unsigned_host)
    date = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
    refuse("scope-date", signed(post(), scope="20261121/us-east-1/sts/aws4_request"),
           date + "'20261121' != '20261122', from '20261122T080000Z'.")
    refuse("scope-date-empty", signed(post(), scope="/us-east-1/sts/aws4_request"),
           date + "'' != '20261122', from '20261122T080000Z'.")
    region = "Credential should be scoped to a valid region. "
    refuse("scope-region-empty", signed(post(), region=""), region)
    refuse("scope-region-not-listed", signed(post(), region="eu-west-1"), region, regions="us-east-1,us-west-2")
    refuse("scope-region-case", signed(post(), region="US-EAST-1"), region, regions="us-east-1")
    refuse("scope-service", signed(post(), service="s3"), "Credential should be scoped to correct service: 'sts'. ",
           services="sts")
    refuse("scope-service-case", signed(post(), service="STS"),
           "Credential should be scoped to correct service: 'iam' or 'sts'. ")
    refuse("scope-terminator", signed(post(), terminator="aws5_request"),
           "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ")
    refuse("scope-all", signed(post(), scope="20261121//s3/x"), region +
           "Credential should be scoped to correct service: 'sts'. "
           "Credential should be scoped with a valid terminator: 'aws4_request', not 'x'. " +
           date + "'20261121' != '20261122', from '20261122T080000Z'.", services="sts")
    refuse("expired", signed(post(), time=later(minutes=-15, seconds=-1)),
           "Signature expired: 20261122T074459Z is now earlier than 20261122T074500Z (20261122T080000Z - 15 min.)")
    refuse("not-yet-current", signed(post(), time=later(minutes=15, seconds=1)),
           "Signature not yet current: 20261122T081501Z is still later than 20261122T081500Z (20261122T080000Z + 15 min.)")
    refuse("expired-years-ago", signed(post(), time=datetime.datetime(1999, 12, 31, 23, 59, 59)),
           "Signature expired: 19991231T235959Z is now earlier than 20261122T074500Z (20261122T080000Z - 15 min.)")
    refuse("expired-presigned-with-long-expires", presigned(get(), expires="604800"), now=later(minutes=15, seconds=1),
           message="Signature expired: 20261122T080000Z is now earlier than 20261122T080001Z (20261122T081501Z - 15 min.)")
    refuse("both-forms", signed(presigned(get())),
           "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
    refuse("both-forms-signature-only", signed(get("/?X-Amz-Signature=" + "0" * 64)),
           "Found both 'X-Amz-Signature' as a query-string param and 'Authorization' as HTTP header.")
    refuse("both-forms-foreign-scheme", presigned(get()).add("Authorization", "Bearer abc"),
           "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")


def refused_headers(cases):
    def missing(name, request, message="Request is missing Authentication Token"):
        cases.refuse(name, request, "MissingAuthenticationToken", message)

    def incomplete(name, request, message):
        cases.refuse(name, request, "IncompleteSignature", message)

    missing("nothing", post())
    missing("authorization-empty", post().add("Authorization", ""))
    missing("scheme-bearer", post().add("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."))
    missing("scheme-basic", post().add("Authorization", "Basic dXNlcjpwYXNz"))
    missing("algorithm-lower-case", signed(post()).replace(ALGORITHM, ALGORITHM.lower()))
    missing("algorithm-missing", signed(post()).replace(ALGORITHM + " ", ""))
    unsupported = "Unsupported AWS 'algorithm': '{}' (only AWS4-HMAC-SHA256 for now). "
    incomplete("sigv2", post().add("Authorization", "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg="),
               unsupported.format("AWS"))
    incomplete("sigv3", post().add("Authorization", "AWS3-HTTPS AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"),
               unsupported.format("AWS3-HTTPS"))
    for name, algorithm in {"sigv4a": "AWS4-ECDSA-P256-SHA256", "sha512": "AWS4-HMAC-SHA512", "longer": "AWS4-HMAC-SHA2566",
                            "comma": "AWS4-HMAC-SHA256,", "none": "AWS4-"}.items():
        incomplete("algorithm-" + name, signed(post()).replace(ALGORITHM, algorithm), unsupported.format(algorithm))
    incomplete("authorization-twice", signed(signed(post())).drop("X-Amz-Date").add("X-Amz-Date", stamp(NOW)),
               "`Authorization` is given more than once")
    incomplete("date-twice", signed(post()).add("x-amz-date", stamp(NOW)), "`X-Amz-Date` is given more than once")
    incomplete("token-twice", signed(post(), token=TOKEN).add("X-Amz-Security-Token", TOKEN),
               "`X-Amz-Security-Token` is given more than once")

    needs = "Authorization header requires '{}' parameter. "
    needs_date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
    tail = "(Hashed with SHA-256 and encoded with Base64) Authorization="

    def lacks(name, request, *what):
        incomplete("lacks-" + name, request, "".join(what) + tail + hashed(request))

    def part(request, name):
        text = request.get("Authorization").decode()
        return next(p for p in text.split(" ", 1)[1].split(", ") if p.startswith(name + "="))

    for name in ("Credential", "Signature", "SignedHeaders"):
        request = signed(post())
        text = part(request, name)
        joined = request.get("Authorization").decode()
        parts = [p for p in joined.split(" ", 1)[1].split(", ") if p != text]
        lacks(name.lower(), request.set("Authorization", ALGORITHM + " " + ", ".join(parts)), needs.format(name))
        request = signed(post())
        lacks(name.lower() + "-value", request.replace(part(request, name), name + "="), needs.format(name))
    lacks("everything", post().add("Authorization", ALGORITHM),
          needs.format("Credential"), needs.format("Signature"), needs.format("SignedHeaders"), needs_date)
    lacks("date", signed(post(), names="host").drop("X-Amz-Date"), needs_date)

    no_equals = ("Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with "
                 "Base64): '{}'.")

    def unequal(name, request):
        incomplete("authorization-" + name, request, no_equals.format(hashed(request)))

    unequal("without-equal-sign", signed(post()).replace("Signature=", "Signature"))
    unequal("empty-element", signed(post()).replace(", Signature", ", , Signature"))
    request = signed(post())
    unequal("trailing-comma", request.set("Authorization", request.get("Authorization") + b","))
    unequal("leading-comma", signed(post()).replace(" Credential", " , Credential"))
    request = signed(post())
    incomplete("part-twice", request.set("Authorization", request.get("Authorization") + b", Signature=" + b"0" * 64),
               "`Signature` is given more than once")
    incomplete("part-unknown", signed(post()).replace(", Signature", ", Extra=1, Signature"),
               "`Extra` is not a part of the Authorization header")
    incomplete("part-lower-case", signed(post()).replace(", Signature", ", signature"),
               "`signature` is not a part of the Authorization header")
    five = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{}'"
    for name, credential in {"one": KEY_ID, "four": f"{KEY_ID}/20261122/us-east-1/sts",
                             "six": f"{KEY_ID}/20261122/us-east-1/sts/aws4_request/x",
                             "six-empty": f"{KEY_ID}/20261122/us-east-1/sts/aws4_request/",
                             "many": "/" * 20}.items():
        request = signed(post())
        incomplete("credential-" + name, request.replace(part(request, "Credential"), "Credential=" + credential),
                   five.format(credential))
    request = signed(post())
    incomplete("credential-long", request.replace(KEY_ID, "A" * 600), "the Credential is longer than 512 bytes")
    iso = "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601"
    for name, text in {"extended": "2026-11-22T08:00:00Z", "empty": "", "no-zone": "20261122T080000", "day": "20261122",
                       "no-such-day": "20261131T080000Z", "no-such-hour": "20261122T250000Z", "fraction": "20261122T080000.0Z",
                       "http": "Sun, 22 Nov 2026 08:00:00 GMT", "sign": "+0261122T080000Z"}.items():
        incomplete("date-" + name, signed(post()).set("X-Amz-Date", text), iso.format(text))
    request = signed(post(), date_header="Date").set("Date", "Mon, 22 Nov 2026 08:00:00 GMT")
    incomplete("date-wrong-weekday", request, iso.format("Mon, 22 Nov 2026 08:00:00 GMT"))
    absent = "'{}' is named as a SignedHeader, but it does not exist in the HTTP request."
    incomplete("signed-header-absent", signed(post(headers=[("X-Note", "a")])).drop("X-Note"), absent.format("x-note"))
    incomplete("signed-host-absent", signed(post()).drop("Host"), absent.format("host"))
    incomplete("signed-header-empty-name", signed(post()).replace("content-type;host", "content-type;;host"), absent.format(""))
    incomplete("signed-header-trailing-semicolon", signed(post()).replace(";x-amz-date", ";x-amz-date;"), absent.format(""))
    incomplete("signed-header-twice", signed(post()).replace("content-type;host", "content-type;host;host"),
               "`host` is given more than once")
    incomplete("signed-header-twice-apart", signed(post()).replace("content-type;host;x-amz-date",
                                                                    "content-type;host;Content-Type;x-amz-date"),
               "`content-type` is given more than once")
    incomplete("signed-headers-too-many", signed(post(headers=[(f"X-{i:03}", "") for i in range(70)])),
               "more than 64 signed headers")


def refused_presigned(cases):
    def incomplete(name, request, message):
        cases.refuse("presigned-" + name, request, "IncompleteSignature", message)

    def without(name):
        request = presigned(get())
        path, _, query = request.target.partition(b"?")
        kept = [p for p in query.split(b"&") if not p.startswith(name.encode() + b"=")]
        request.target = path + b"?" + b"&".join(kept)
        return request

    needs = "AWS query-string parameters must include '{}'. "
    tail = "Re-examine the query-string parameters."
    for name in ("Algorithm", "Credential", "Signature", "SignedHeaders", "Date"):
        incomplete("lacks-" + name.lower(), without("X-Amz-" + name), needs.format("X-Amz-" + name) + tail)
    incomplete("lacks-all-but-algorithm", get("/?X-Amz-Algorithm=" + ALGORITHM),
               "".join(needs.format("X-Amz-" + n) for n in ("Credential", "Signature", "SignedHeaders", "Date")) + tail)
    for name, algorithm in {"unknown": "AWS4-HMAC-SHA1", "empty": "", "lower-case": ALGORITHM.lower()}.items():
        cases.refuse("presigned-algorithm-" + name, requery(presigned(get()), "=" + ALGORITHM, "=" + algorithm),
                     "MissingAuthenticationToken", "Missing Authentication Token")
    incomplete("algorithm-sigv4a", requery(presigned(get()), "=" + ALGORITHM, "=AWS4-ECDSA-P256-SHA256"),
               "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ")
    for name in ("Algorithm", "Credential", "Signature", "SignedHeaders", "Date"):
        request = presigned(get())
        path, _, query = request.target.partition(b"?")
        twin = next(p for p in query.split(b"&") if p.startswith(f"X-Amz-{name}=".encode()))
        request.target += b"&" + twin
        incomplete(name.lower() + "-twice", request, f"`X-Amz-{name}` is given more than once")
    request = presigned(get())
    request.target += b"&%58-Amz-Signature=" + b"0" * 64
    incomplete("signature-twice-encoded", request, "`X-Amz-Signature` is given more than once")
    request = presigned(get(), token=TOKEN)
    request.target += b"&X-Amz-Security-Token=x"
    incomplete("token-twice", request, "`X-Amz-Security-Token` is given more than once")
    incomplete("credential-three", requery(presigned(get()), "%2Fsts%2Faws4_request", ""),
               "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
               "'AKIAIOSFODNN7EXAMPLE/20261122/us-east-1'")
    incomplete("date-malformed", requery(presigned(get()), "T080000Z", "T08%2B0000"),
               "Date must be in ISO-8601 'basic format'. Got '20261122T08+0000'. See http://en.wikipedia.org/wiki/ISO_8601")
    incomplete("signed-header-absent", presigned(get(headers=[("X-Note", "a")]), names="host;x-note").drop("X-Note"),
               "'x-note' is named as a SignedHeader, but it does not exist in the HTTP request.")
    cases.refuse("presigned-names-lower-case", requery(presigned(get()), "X-Amz-", "x-amz-"), "MissingAuthenticationToken",
                 "Request is missing Authentication Token")
    cases.refuse("sigv2-query", get("/?Action=ListUsers&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&SignatureVersion=2"
                                    "&SignatureMethod=HmacSHA256&Signature=abc%3D"),
                 "MissingAuthenticationToken", "Request is missing Authentication Token")


def main():
    for folder in HERE.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    cases = Cases()
    accepted_headers(cases)
    accepted_targets(cases)
    accepted_presigned(cases)
    wrong_signatures(cases)
    refused_claims(cases)
    refused_headers(cases)
    refused_presigned(cases)
    print(len(cases.names), "cases")


if __name__ == "__main__":
    main()
