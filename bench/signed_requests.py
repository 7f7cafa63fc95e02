"""Signs Query requests with Signature Version 4, and writes them as a script for wrk. Standard library only."""
import datetime
import hashlib
import hmac
import urllib.parse

VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}
REGION = "us-east-1"


def hmac_sha256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signing_key(secret, date, service):
    key = ("AWS4" + secret).encode()
    for part in (date, REGION, service, "aws4_request"):
        key = hmac_sha256(key, part)
    return key


class Signer:
    """Signs for one access key; requests are good for fifteen minutes from `time`."""

    def __init__(self, host, access_key_id, secret_access_key, session_token=None, time=None):
        self.host, self.access_key_id, self.session_token = host, access_key_id, session_token
        now = time or datetime.datetime.now(datetime.timezone.utc)
        self.stamp = now.strftime("%Y%m%dT%H%M%SZ")
        self.keys = {service: signing_key(secret_access_key, self.stamp[:8], service) for service in VERSIONS}

    def request(self, service, action, **parameters):
        """The headers and body of a POST, as an SDK sends it."""
        body = urllib.parse.urlencode({"Action": action, "Version": VERSIONS[service], **parameters})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Host": self.host,
            "X-Amz-Date": self.stamp,
        }
        if self.session_token:
            headers["X-Amz-Security-Token"] = self.session_token
        names = ";".join(sorted(name.lower() for name in headers))
        lines = "".join(f"{name.lower()}:{headers[name]}\n" for name in sorted(headers, key=str.lower))
        digest = hashlib.sha256(body.encode()).hexdigest()
        canonical = f"POST\n/\n\n{lines}\n{names}\n{digest}"
        scope = f"{self.stamp[:8]}/{REGION}/{service}/aws4_request"
        to_sign = f"AWS4-HMAC-SHA256\n{self.stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac_sha256(self.keys[service], to_sign).hex()
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        headers["User-Agent"] = "Boto3/1.26.27 Python/3.11.2 Linux/6.1.0 Botocore/1.29.27"
        headers["Accept-Encoding"] = "identity"
        return headers, body


def raw(headers, body):
    """The request as bytes on the wire."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST / HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n{body}"


def wrk_script(requests):
    """A wrk script that sends each request in turn, and over again; it counts answers that are not 200."""
    texts = ",\n".join("  [==[" + request.replace("\r\n", "\\r\\n") + "]==]" for request in requests)
    return f"""local texts = {{
{texts}
}}
for i = 1, #texts do texts[i] = texts[i]:gsub("\\\\r\\\\n", "\\r\\n") end
local at = 0
function request()
  at = at % #texts + 1
  return texts[at]
end
"""
