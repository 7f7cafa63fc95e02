#!/usr/bin/env python3
"""Writes cases.json: web identity tokens, good ones and attacks, with the answer that each must get.

Usage: make_cases.py > cases.json     (Debian: python3-cryptography)

The keys are new each time; nothing depends on which. Tokens are judged at NOW, in an account that has a provider for
ISSUER with the clients sts.amazonaws.com and my-client, and a role that trusts MAIN alone.
"""
import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

NOW = 1769860800
ISSUER = "https://issuer.example/tenant"
MAIN = "repo:acme/app:ref:refs/heads/main"
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {"ES256": ("P-256", ec.SECP256R1(), 32), "ES384": ("P-384", ec.SECP384R1(), 48), "ES512": ("P-521", ec.SECP521R1(), 66)}

INVALID = "InvalidIdentityToken"
NOT_VALIDATED = (INVALID, "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity "
                 "documentation for requirements.")
NO_JWT = (INVALID, "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def encode(value):
    return b64(value if isinstance(value, bytes) else json.dumps(value).encode())


def raw_signature(key, algorithm, message):
    if algorithm == "EdDSA":
        return key.sign(message)
    digest = HASHES[algorithm[2:]]
    if algorithm.startswith("RS"):
        return key.sign(message, padding.PKCS1v15(), digest)
    if algorithm.startswith("PS"):
        return key.sign(message, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    size = (key.curve.key_size + 7) // 8
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def token(key, header, claims):
    message = f"{encode(header)}.{encode(claims)}"
    return f"{message}.{b64(raw_signature(key, header['alg'], message.encode()))}"


def jwk(key, kid, **more):
    public = key.public_key()
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = public.public_numbers()
        return {"kty": "RSA", "kid": kid, "n": number(numbers.n), "e": number(numbers.e), **more}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": b64(raw), **more}
    numbers, size = public.public_numbers(), (key.curve.key_size + 7) // 8
    curve = next(name for name, known, _ in CURVES.values() if known.name == key.curve.name)
    return {"kty": "EC", "crv": curve, "kid": kid, "x": number(numbers.x, size), "y": number(numbers.y, size), **more}


def new_rsa(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


R1, R2, STRANGER, ENC, ONLY512, SHORT = new_rsa(), new_rsa(), new_rsa(), new_rsa(), new_rsa(), new_rsa(1024)
EC = {name: ec.generate_private_key(curve) for name, (_, curve, _) in CURVES.items()}
ED = ed25519.Ed25519PrivateKey.generate()
KEYS = {"keys": [jwk(R1, "r1", use="sig"), jwk(R2, "r2", key_ops=["verify"]), jwk(ENC, "enc", use="enc"),
                 jwk(ONLY512, "only512", alg="RS512"), jwk(SHORT, "short"), jwk(ED, "ed"),
                 *(jwk(key, name.lower()) for name, key in EC.items()),
                 {"kty": "oct", "kid": "shared", "k": b64(b"shared secret of thirty-two bytes")}, {"kty": "unheard of", "kid": "r1"}]}

CLAIMS = {"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": MAIN, "iat": NOW - 10, "exp": NOW + 300}
HEADER = {"alg": "RS256", "kid": "r1", "typ": "JWT"}
GOOD = token(R1, HEADER, CLAIMS)
CASES = []


def case(name, text, answer=None):
    code, message = answer or ("", "")
    CASES.append({"name": name, "token": text, "code": code, "message": message})


def claims(name, answer=None, remove=(), **changed):
    made = {**CLAIMS, **changed}
    case(name, token(R1, HEADER, {key: value for key, value in made.items() if key not in remove}), answer)


def header(name, answer=NOT_VALIDATED, key=R1, **changed):
    case(name, token(key, {**HEADER, **changed}, CLAIMS), answer)


def unsigned(name, made_header, signature=b"", answer=NOT_VALIDATED):
    case(name, f"{encode(made_header)}.{encode(CLAIMS)}.{b64(signature)}", answer)


def missing(claim):
    return INVALID, f"Missing a required claim: {claim}."


def no_provider(issuer):
    return INVALID, f"No OpenIDConnect provider found in your account for {issuer}"


def expired(at):
    return "ExpiredTokenException", f"Token expired: current date/time {NOW} must be before the expiration date/time {at}"


def accepted():
    for algorithm in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
        case(f"good {algorithm}", token(R1, {"alg": algorithm, "kid": "r1"}, CLAIMS))
    for algorithm, key in EC.items():
        case(f"good {algorithm}", token(key, {"alg": algorithm, "kid": algorithm.lower()}, CLAIMS))
    case("good EdDSA", token(ED, {"alg": "EdDSA", "kid": "ed"}, CLAIMS))
    case("good by another key of the set", token(R2, {"alg": "RS256", "kid": "r2"}, CLAIMS))
    case("good by a key for one algorithm", token(ONLY512, {"alg": "RS512", "kid": "only512"}, CLAIMS))
    claims("good with one audience in a list", aud=["sts.amazonaws.com"])
    claims("good with an authorized party", azp="my-client", aud=["a", "b"])
    claims("good within the leeway", exp=NOW - 299, iat=NOW - 900)
    claims("good with a clock ahead", iat=NOW + 299, nbf=NOW + 299, exp=NOW + 900)


def forged_signatures():
    for spelling in ("none", "None", "NONE", "nOnE", ""):
        unsigned(f"algorithm {spelling or 'empty'}", {"alg": spelling, "kid": "r1"})
    unsigned("no signature", HEADER)
    message = f"{encode({**HEADER, 'alg': 'HS256'})}.{encode(CLAIMS)}"
    pem = R1.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    modulus = R1.public_key().public_numbers().n.to_bytes(256, "big")
    for name, secret in (("the public key", pem), ("the modulus", modulus), ("nothing", b""), ("the shared key", b"shared secret of thirty-two bytes")):
        case(f"HS256 with {name} as the secret", f"{message}.{b64(hmac.new(secret, message.encode(), hashlib.sha256).digest())}", NOT_VALIDATED)
    signed, signature = GOOD.rsplit(".", 1)
    raw = base64.urlsafe_b64decode(signature + "==")
    case("signature with one bit changed", f"{signed}.{b64(raw[:-1] + bytes([raw[-1] ^ 1]))}", NOT_VALIDATED)
    case("signature cut", f"{signed}.{b64(raw[:-1])}", NOT_VALIDATED)
    case("signature with a byte more", f"{signed}.{b64(raw + bytes(1))}", NOT_VALIDATED)
    case("signature behind a zero", f"{signed}.{b64(bytes(1) + raw)}", NOT_VALIDATED)
    case("signature of zeros", f"{signed}.{b64(bytes(256))}", NOT_VALIDATED)
    case("signature of one", f"{signed}.{b64(bytes(255) + bytes([1]))}", NOT_VALIDATED)
    first, _, last = GOOD.split(".")
    case("another subject under the same signature", f"{first}.{encode({**CLAIMS, 'sub': 'repo:evil/app'})}.{last}", NOT_VALIDATED)
    case("a later end under the same signature", f"{first}.{encode({**CLAIMS, 'exp': NOW + 9999})}.{last}", NOT_VALIDATED)
    case("another key id under the same signature", f"{encode({**HEADER, 'kid': 'r2'})}.{GOOD.split('.', 1)[1]}", NOT_VALIDATED)
    header("signed by a stranger", key=STRANGER)
    header("signed by a stranger, with its key", key=STRANGER, jwk=jwk(STRANGER, "r1"))
    header("signed by a stranger, with the place of its keys", key=STRANGER, jku="https://evil.example/jwks")
    header("signed by a stranger, with its certificate", key=STRANGER, x5c=[b64(b"certificate")], x5t=b64(b"hash"))
    header("signed by a stranger, with the place of its certificate", key=STRANGER, x5u="https://evil.example/x5u")
    pss = f"{encode({**HEADER, 'alg': 'PS256'})}.{encode(CLAIMS)}"
    case("PSS said, PKCS1 done", f"{pss}.{b64(raw_signature(R1, 'RS256', pss.encode()))}", NOT_VALIDATED)
    es = f"{encode({'alg': 'ES256', 'kid': 'es256'})}.{encode(CLAIMS)}"
    case("ES256 with r and s zero", f"{es}.{b64(bytes(64))}", NOT_VALIDATED)
    case("ES256 with r and s one", f"{es}.{b64((bytes(31) + bytes([1])) * 2)}", NOT_VALIDATED)
    case("ES256 in DER", f"{es}.{b64(EC['ES256'].sign(es.encode(), ec.ECDSA(hashes.SHA256())))}", NOT_VALIDATED)
    case("ES256 with a byte more", f"{es}.{b64(raw_signature(EC['ES256'], 'ES256', es.encode()) + bytes(1))}", NOT_VALIDATED)
    es384 = f"{encode({'alg': 'ES256', 'kid': 'es384'})}.{encode(CLAIMS)}"
    case("ES256 with a key of another curve", f"{es384}.{b64(raw_signature(EC['ES384'], 'ES256', es384.encode()))}", NOT_VALIDATED)
    rs = f"{encode({'alg': 'RS256', 'kid': 'es256'})}.{encode(CLAIMS)}"
    case("RS256 with the id of a key on a curve", f"{rs}.{b64(raw_signature(R1, 'RS256', rs.encode()))}", NOT_VALIDATED)
    header("key for encryption", key=ENC, kid="enc")
    header("key for another algorithm", key=ONLY512, kid="only512")
    header("key too short", key=SHORT, kid="short")
    header("key id that nobody has", kid="r9")
    header("key id with a path", kid="../../../../dev/null")
    header("key id of a shared key", kid="shared")
    header("key id that is a number", kid=1)
    header("key id that is null", kid=None)
    case("no key id, and several keys", token(R1, {"alg": "RS256"}, CLAIMS), NOT_VALIDATED)
    header("extension that must be understood", crit=["exp"])
    header("payload that is not encoded", crit=["b64"], b64=False)


def wrong_claims():
    for claim in ("iss", "aud", "sub", "exp", "iat"):
        claims(f"no {claim}", missing(claim), remove=[claim])
    claims("expired", expired(NOW - 300), exp=NOW - 300, iat=NOW - 900)
    claims("expired long ago", expired(1), exp=1, iat=0)
    claims("not valid yet", NOT_VALIDATED, nbf=NOW + 301)
    claims("issued in the future", NOT_VALIDATED, iat=NOW + 301)
    for name, value in (("a text", str(NOW + 300)), ("a fraction", NOW + 300.5), ("negative", -1), ("null", None), ("true", True), ("a list", [NOW + 300])):
        claims(f"exp is {name}", NOT_VALIDATED, exp=value)
    huge = json.dumps(CLAIMS).replace(str(NOW + 300), "1e400").encode()
    case("exp beyond all numbers", token(R1, HEADER, huge), NOT_VALIDATED)
    large = json.dumps(CLAIMS).replace(str(NOW + 300), "9" * 30).encode()
    case("exp beyond 64 bits", token(R1, HEADER, large), NOT_VALIDATED)
    audience = (INVALID, "Incorrect token audience")
    claims("for somebody else", audience, aud="https://other.example")
    claims("for one in other letters", audience, aud="STS.amazonaws.com")
    claims("asked for by somebody else", audience, azp="another-client")
    several = (INVALID, "Token audience contains more than one audience while authorized party is not present")
    claims("for several", several, aud=["sts.amazonaws.com", "https://other.example"])
    claims("for nobody", NOT_VALIDATED, aud=[])
    claims("for a number", NOT_VALIDATED, aud=[1])
    claims("for an object", NOT_VALIDATED, aud={"sts.amazonaws.com": 1})
    claims("for an empty text", NOT_VALIDATED, aud="")
    claims("party is a list", NOT_VALIDATED, azp=["my-client"])
    for issuer in ("https://other.example", ISSUER + "/", "https://ISSUER.example/tenant", "http://issuer.example/tenant", "issuer.example/tenant",
                   "https://issuer.example", "https://issuer.example:443/tenant", "https://issuer.example@evil.example/tenant",
                   "https://issuer.example/tenant#x", "https://issuer.example/tenant/../tenant", "https://127.0.0.1/", "file:///etc/passwd"):
        claims(f"issuer {issuer}", no_provider(issuer), iss=issuer)
    claims("issuer is null", NOT_VALIDATED, iss=None)
    claims("issuer is a list", NOT_VALIDATED, iss=[ISSUER])
    claims("subject is a number", NOT_VALIDATED, sub=1)
    claims("subject is empty", NOT_VALIDATED, sub="")
    claims("subject of 256 bytes", NOT_VALIDATED, sub="s" * 256)
    for subject in ("repo:evil/app:ref:refs/heads/main", "*", "${aws:userid}", MAIN.upper(), MAIN + " ", MAIN + "\u0000"):
        claims(f"subject {subject!r}", DENIED, sub=subject)
    twice = json.dumps(CLAIMS)[:-1] + f', "sub": "{MAIN}"}}'
    case("subject twice", token(R1, HEADER, twice.replace(MAIN, "repo:evil/app", 1).encode()), NO_JWT)


def wrong_session_claims():
    def tags(name, answer, value):
        claims(name, answer, **{"https://aws.amazon.com/tags": value})

    bad_tags = (INVALID, "The tags in the web identity token are invalid.")
    bad_keys = (INVALID, "The transitive tag keys in the web identity token are invalid.")
    tags("tags are a text", bad_tags, "team")
    tags("tags are a list", bad_tags, {"principal_tags": ["team"]})
    tags("tag with two values", bad_tags, {"principal_tags": {"team": ["a", "b"]}})
    tags("tag without a value", bad_tags, {"principal_tags": {"team": []}})
    tags("tag with a number", bad_tags, {"principal_tags": {"team": [1]}})
    tags("tag with a long value", bad_tags, {"principal_tags": {"team": ["v" * 257]}})
    tags("tag with a long key", bad_tags, {"principal_tags": {"k" * 129: ["v"]}})
    tags("tag with a line end", bad_tags, {"principal_tags": {"team": ["a\nb"]}})
    tags("too many tags", bad_tags, {"principal_tags": {f"k{i}": ["v"] for i in range(51)}})
    tags("transitive keys are a text", bad_keys, {"principal_tags": {}, "transitive_tag_keys": "team"})
    claims("transitive keys are numbers", bad_keys, **{"https://aws.amazon.com/tags/transitive_tag_keys": [1]})
    claims("flat tag with an object", bad_tags, **{"https://aws.amazon.com/tags/principal_tags/team": {"a": "b"}})
    identity = (INVALID, 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
    for value in ("a", "aws:dana", "x" * 65, "a b", 7):
        claims(f"source identity {str(value)[:9]!r}", identity, **{"https://aws.amazon.com/source_identity": value})
    # What the role does not allow on top of being assumed.
    tags("tags that the role does not allow", ("AccessDenied", "Not authorized to perform sts:TagSession"), {"principal_tags": {"team": ["a"]}})
    claims("source identity that the role does not allow", ("AccessDenied", "Not authorized to perform sts:SetSourceIdentity"),
           **{"https://aws.amazon.com/source_identity": "dana"})


def no_tokens():
    first, second, third = GOOD.split(".")
    twice = encode(b'{"alg":"RS256","alg":"none"}')
    for name, text in (
            ("opaque", "ya29.a0AfH6SMBopaque-access-token"), ("two parts", f"{first}.{second}"), ("five parts, as encrypted ones have", ".".join([first] * 5)),
            ("four parts", GOOD + ".x"), ("a dot at the end", GOOD + "."), ("only dots", "....."), ("no header", f".{second}.{third}"), ("no claims", f"{first}..{third}"),
            ("padding", f"{first}=.{second}.{third}"), ("other base64", f"{first}.{second}.{third[:-2]}+/"), ("a space in front", " " + GOOD), ("a line end behind", GOOD + "\n"),
            ("header is a list", f"{encode([])}.{second}.{third}"), ("header is no JSON", f"{encode(b'alg=RS256')}.{second}.{third}"),
            ("algorithm twice", f"{twice}.{second}.{third}"), ("no algorithm", f"{encode({'kid': 'r1'})}.{second}.{third}"),
            ("algorithm is a list", f"{encode({'alg': ['RS256']})}.{second}.{third}"), ("claims are a list", token(R1, HEADER, [])), ("claims are a text", token(R1, HEADER, "x")),
            ("claims are no JSON", token(R1, HEADER, b"{")), ("claims are not UTF-8", token(R1, HEADER, b'{"iss":"\xff"}')),
            ("claims within each other", token(R1, HEADER, b'{"a":' * 40 + b"1" + b"}" * 40)), ("claims with more behind", token(R1, HEADER, json.dumps(CLAIMS).encode() + b"{}")),
            ("as JSON, not compact", json.dumps({"payload": second, "signatures": [{"protected": first, "signature": third}]}))):
        case(f"no token: {name}", text, NO_JWT)


accepted()
forged_signatures()
wrong_claims()
wrong_session_claims()
no_tokens()
print(json.dumps({"now": NOW, "issuer": ISSUER, "subject": MAIN, "keys": json.dumps(KEYS), "cases": CASES}, indent=1))
