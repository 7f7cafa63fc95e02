#!/usr/bin/env python3
"""Writes cases.json: SAML responses, good ones and attacks, with the answer that each must get.

Usage: make_cases.py > cases.json     (Debian: xmlsec1, openssl)

The keys are new each time; nothing depends on which. Responses are judged at NOW, by a provider with the issuer ISSUER, and
for the role ROLE, which trusts that provider.
"""
import base64
import json
import pathlib
import re
import subprocess
import tempfile

NOW = 1769860800  # 2026-01-31T12:00:00Z
ISSUER = "https://idp.example/metadata"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/corp"
ROLE = "arn:aws:iam::111122223333:role/Staff"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

INVALID = "InvalidIdentityToken"
BAD_SIGNATURE = (INVALID, "Response signature invalid")
UNREADABLE = (INVALID, "Invalid base64 SAMLResponse")
EXPIRED = ("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML")
AUDIENCE = (INVALID, "Response does not contain the required audience.")


def lacks(what):
    return INVALID, f"The SAML response has no valid {what}"


FOLDER = tempfile.TemporaryDirectory()
WORK = pathlib.Path(FOLDER.name)


def run(*command):
    done = subprocess.run(command, cwd=WORK, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout


def new_key(name, *kind):
    run("openssl", "req", "-x509", "-nodes", "-days", "36500", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem", *kind)


for key_name in ("idp", "stranger", "ours"):
    new_key(key_name, "-newkey", "rsa:2048")


def der(name):
    pem = (WORK / f"{name}.pem").read_text()
    return "".join(line for line in pem.splitlines() if not line.startswith("-"))


def signature(element_id, method=RSA_SHA256, digest=SHA256, canonical=EXCLUSIVE, transforms=None, uri=None):
    transforms = transforms or ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", canonical]
    listed = "".join(f'<ds:Transform Algorithm="{one}"/>' for one in transforms)
    uri = f"#{element_id}" if uri is None else uri
    return (f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{canonical}"/>'
            f'<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="{uri}"><ds:Transforms>{listed}</ds:Transforms>'
            f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>'
            "<ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>")


def attribute(name, *values):
    listed = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
    return f'<saml:Attribute Name="{name}">{listed}</saml:Attribute>'


STANDARD = {ATTRIBUTES + "Role": [f"{ROLE},{PROVIDER}"], ATTRIBUTES + "RoleSessionName": ["dana@corp.example"]}


def assertion(sign=True, identifier="_a1", issuer=ISSUER, subject="dana", issued="2026-01-31T11:59:30Z", not_before="2026-01-31T11:55:00Z",
              ends="2026-01-31T12:05:00Z", confirmed="2026-01-31T12:05:00Z", recipient="https://signin.aws.amazon.com/saml",
              audience="urn:amazon:webservices", method="bearer", attributes=None, name_format="persistent", session_ends=None,
              template=None, extra="", confirmations=1, conditions=None, authn=True):
    attributes = {**STANDARD, **(attributes or {})}
    listed = "".join(attribute(name, *values) for name, values in attributes.items() if values is not None)
    confirmation = (f'<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:{method}"><saml:SubjectConfirmationData'
                    f'{f" NotOnOrAfter={chr(34)}{confirmed}{chr(34)}" if confirmed else ""} Recipient="{recipient}"/></saml:SubjectConfirmation>')
    restriction = f"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>" if audience else ""
    made_conditions = conditions if conditions is not None else (
        f'<saml:Conditions NotBefore="{not_before}" NotOnOrAfter="{ends}">{restriction}</saml:Conditions>')
    session = f' SessionNotOnOrAfter="{session_ends}"' if session_ends else ""
    signed = (template if template is not None else signature(identifier)) if sign else ""
    named = "" if subject is None else f'<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:{name_format}">{subject}</saml:NameID>'
    return (f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{identifier}" Version="2.0" IssueInstant="{issued}">'
            f"<saml:Issuer>{issuer}</saml:Issuer>{signed}<saml:Subject>{named}{confirmation * confirmations}</saml:Subject>{made_conditions}"
            + (f'<saml:AuthnStatement AuthnInstant="{issued}"{session}><saml:AuthnContext><saml:AuthnContextClassRef>urn:x</saml:AuthnContextClassRef>'
               "</saml:AuthnContext></saml:AuthnStatement>" if authn else "")
            + f"<saml:AttributeStatement>{listed}</saml:AttributeStatement>{extra}</saml:Assertion>")


def response(content, sign=False, status="Success", issuer=ISSUER, front="", identifier="_r1", template=None):
    signed = (template or signature(identifier)) if sign else ""
    return (f'{front}<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="{identifier}" Version="2.0" '
            f'IssueInstant="2026-01-31T11:59:30Z"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</saml:Issuer>{signed}'
            f'<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></samlp:Status>{content}</samlp:Response>')


def signed(xml, element="Assertion", key="idp"):
    (WORK / "in.xml").write_text(xml)
    space = "urn:oasis:names:tc:SAML:2.0:" + ("assertion" if element == "Assertion" else "protocol")
    return run("xmlsec1", "--sign", "--privkey-pem", f"{key}.key,{key}.pem", "--id-attr:ID", f"{space}:{element}",
               "--node-xpath", f"//*[local-name()='{element}']/*[local-name()='Signature']", "in.xml").split("?>", 1)[1].strip()


CASES = []


def case(name, xml, answer=None, **more):
    code, message = answer or ("", "")
    encoded = base64.b64encode(xml if isinstance(xml, bytes) else xml.encode()).decode()
    CASES.append({"name": name, "response": encoded, "code": code, "message": message, **more})


def of(name, answer=None, **options):
    case(name, signed(response(assertion(**options))), answer)


GOOD = signed(response(assertion()))
(ONLY_ASSERTION,) = re.findall(r"<saml:Assertion .*</saml:Assertion>", GOOD, re.S)
EVIL = assertion(sign=False, identifier="_evil", subject="root")


def encrypted(plain, certificate="ours"):
    """What XML Encryption makes of an assertion, for the holder of the certificate's key."""
    (WORK / "plain.xml").write_text(plain)
    (WORK / "session.xml").write_text(
        '<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">'
        '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        '<xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue/>'
        "</xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>")
    made = run("xmlsec1", "--encrypt", "--pubkey-cert-pem", f"{certificate}.pem", "--session-key", "aes-256", "--xml-data", "plain.xml", "session.xml")
    return (f'<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{made.split("?>", 1)[1].strip()}</saml:EncryptedAssertion>')


def accepted():
    case("good, the assertion signed", GOOD)
    case("good, the response signed", signed(response(assertion(sign=False), sign=True), "Response"))
    both = signed(response(ONLY_ASSERTION, sign=True), "Response")
    case("good, both signed", both)
    of("good with a regional recipient", recipient="https://eu-west-1.signin.aws.amazon.com/saml")
    of("good with the sign-in address as audience", audience="https://signin.aws.amazon.com/saml")
    of("good with the pair the other way round", attributes={ATTRIBUTES + "Role": [f"{PROVIDER}, {ROLE}"]})
    of("good with several roles", attributes={ATTRIBUTES + "Role": ["arn:aws:iam::111122223333:role/Other," + PROVIDER, f"{ROLE},{PROVIDER}"]})
    of("good of five minutes ago", issued="2026-01-31T11:55:00Z")
    of("good with a clock ahead", issued="2026-01-31T12:00:59Z", not_before="2026-01-31T12:00:59Z")
    for size in ("384", "512"):
        template = signature("_a1", method=f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{size}")
        of(f"good with SHA-{size}", template=template)
    case("good, encrypted", response(encrypted(ONLY_ASSERTION)))
    case("good, encrypted, the response signed", signed(response(encrypted(assertion(sign=False)), sign=True), "Response"))


def forged():
    case("not signed", response(assertion(sign=False)), BAD_SIGNATURE)
    case("signed by a stranger", signed(response(assertion()), key="stranger"), BAD_SIGNATURE)
    case("subject changed", GOOD.replace(">dana<", ">root<"), BAD_SIGNATURE)
    case("role changed", GOOD.replace("role/Staff", "role/Admin"), BAD_SIGNATURE)
    case("end changed", GOOD.replace('NotOnOrAfter="2026-01-31T12:05:00Z"', 'NotOnOrAfter="2036-01-31T12:05:00Z"'), BAD_SIGNATURE)
    case("attribute added", GOOD.replace("</saml:AttributeStatement>", attribute(ATTRIBUTES + "SourceIdentity", "root") + "</saml:AttributeStatement>"), BAD_SIGNATURE)
    case("signature value changed", re.sub(r"(<ds:SignatureValue>\s*)(.)", lambda m: m[1] + ("A" if m[2] != "A" else "B"), GOOD), BAD_SIGNATURE)
    case("signature value empty", re.sub(r"<ds:SignatureValue>.*</ds:SignatureValue>", "<ds:SignatureValue/>", GOOD, flags=re.S), BAD_SIGNATURE)
    case("signature removed", re.sub(r"<ds:Signature .*</ds:Signature>", "", GOOD, flags=re.S), BAD_SIGNATURE)
    case("two signatures", re.sub(r"(<ds:Signature .*</ds:Signature>)", r"\1\1", GOOD, flags=re.S), BAD_SIGNATURE)
    case("signature within a signature", GOOD.replace("<ds:KeyInfo>", "<ds:Object/><ds:KeyInfo>"), BAD_SIGNATURE)
    case("shared secret", GOOD.replace(RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), BAD_SIGNATURE)
    old = signature("_a1", method="http://www.w3.org/2000/09/xmldsig#rsa-sha1", digest="http://www.w3.org/2000/09/xmldsig#sha1")
    of("signed with SHA-1", BAD_SIGNATURE, template=old)
    of("signed over the whole document", BAD_SIGNATURE, template=signature("_a1", uri=""))
    filtered = signature("_a1").replace('<ds:Transform Algorithm="' + EXCLUSIVE + '"/>', '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">'
                                        "<ds:XPath>not(ancestor-or-self::*[local-name()='Subject'])</ds:XPath></ds:Transform>" + f'<ds:Transform Algorithm="{EXCLUSIVE}"/>')
    of("signed but for the subject", BAD_SIGNATURE, template=filtered)
    of("of an unknown issuer", (INVALID, "Issuer not present in specified provider"), issuer="https://evil.example")
    case("sent by another issuer", signed(response(assertion(), issuer="https://evil.example")), lacks("issuer"))


def wrapped():
    """Signature wrapping: the signed assertion is somewhere, another one stands where it is read."""
    empty = response("")
    case("another assertion in front", GOOD.replace("<saml:Assertion ", EVIL + "<saml:Assertion ", 1), lacks("assertion"))
    case("another assertion behind", GOOD.replace("</samlp:Response>", EVIL + "</samlp:Response>"), lacks("assertion"))
    (moved,) = re.findall(r"<ds:Signature .*</ds:Signature>", ONLY_ASSERTION, re.S)
    inside = EVIL.replace("</saml:Issuer>", "</saml:Issuer>" + moved.replace("<ds:KeyInfo>", f"<ds:Object>{ONLY_ASSERTION.replace(moved, '')}</ds:Object><ds:KeyInfo>"))
    case("the signed one in the signature of another", empty.replace("</samlp:Response>", inside + "</samlp:Response>"), BAD_SIGNATURE)
    extended = empty.replace("<samlp:Status>", f"<samlp:Extensions>{ONLY_ASSERTION}</samlp:Extensions><samlp:Status>").replace("</samlp:Response>", EVIL + "</samlp:Response>")
    case("the signed one in an extension", extended, BAD_SIGNATURE)
    with_signature = EVIL.replace("</saml:Issuer>", "</saml:Issuer>" + moved)
    bare = ONLY_ASSERTION.replace(moved, "")
    case("the signature moved to another", empty.replace("<samlp:Status>", f"<samlp:Extensions>{bare}</samlp:Extensions><samlp:Status>")
         .replace("</samlp:Response>", with_signature + "</samlp:Response>"), BAD_SIGNATURE)
    same = EVIL.replace('ID="_evil"', 'ID="_a1"')
    case("another one of the same ID", empty.replace("<samlp:Status>", f"<samlp:Extensions>{ONLY_ASSERTION}</samlp:Extensions><samlp:Status>")
         .replace("</samlp:Response>", same + "</samlp:Response>"), UNREADABLE)
    case("the signed one within another", empty.replace("</samlp:Response>", EVIL.replace("</saml:Assertion>", f"<saml:Advice>{ONLY_ASSERTION}</saml:Advice></saml:Assertion>") + "</samlp:Response>"), BAD_SIGNATURE)
    case("a response within a response", empty.replace("</samlp:Response>", GOOD.replace('ID="_r1"', 'ID="_r2"') + "</samlp:Response>"), lacks("assertion"))
    case("an assertion without a response", ONLY_ASSERTION, UNREADABLE)
    other_space = GOOD.replace("</samlp:Response>", EVIL.replace("urn:oasis:names:tc:SAML:2.0:assertion", "urn:other") + "</samlp:Response>")
    case("good beside an assertion of another namespace", other_space)


def split_texts():
    """Text that some readers cut: the signature stays good, because comments are not part of what it covers."""
    case("comment in the subject", GOOD.replace(">dana<", ">da<!-- -->na<"), UNREADABLE)
    long = signed(response(assertion(subject="root.evil.example")))
    case("comment that cuts the subject", long.replace(">root.evil", ">root<!-- -->.evil"), UNREADABLE)
    case("instruction in the subject", GOOD.replace(">dana<", ">da<?x y?>na<"), UNREADABLE)
    case("comment in an attribute", GOOD.replace("dana@corp", "dana<!---->@corp"), UNREADABLE)
    case("element in the subject", signed(response(assertion(subject="<b>dana</b>"))), lacks("NameID"))


def hostile_xml():
    doctype = '<!DOCTYPE r [<!ENTITY e "root">]>'
    case("document type", doctype + GOOD, UNREADABLE)
    case("entity", (doctype + GOOD).replace(">dana<", ">&e;<"), UNREADABLE)
    case("entity of a file", '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + GOOD.replace(">dana<", ">&e;<"), UNREADABLE)
    laughs = "<!DOCTYPE r [<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10)) + "]>"
    case("entities without end", laughs + GOOD.replace(">dana<", ">&a9;<"), UNREADABLE)
    case("entity that nobody defined", GOOD.replace(">dana<", ">&e;<"), UNREADABLE)
    case("deep", response("<x>" * 70 + "</x>" * 70), UNREADABLE)
    case("cut off", GOOD[:-20], UNREADABLE)
    case("no XML", "SAML", UNREADABLE)
    case("no bytes of UTF-8", GOOD.encode().replace(b"dana<", b"da\xff\xfena<"), UNREADABLE)
    case("a byte of zero", GOOD.encode().replace(b"dana<", b"da\x00na<"), UNREADABLE)
    case("another root", GOOD.replace("samlp:Response", "samlp:Request"), UNREADABLE)
    case("another version", GOOD.replace('ID="_r1" Version="2.0"', 'ID="_r1" Version="1.1"'), UNREADABLE)
    CASES.append({"name": "no base64", "response": "!!!!", "code": UNREADABLE[0], "message": UNREADABLE[1]})


def wrong_content():
    case("no success", signed(response(assertion(), status="Requester")), lacks("status"))
    case("no assertion", response(""), lacks("assertion"))
    of("issued six minutes ago", EXPIRED, issued="2026-01-31T11:54:00Z")
    of("issued two minutes from now", lacks("time of issuance"), issued="2026-01-31T12:02:00Z")
    of("issued at no time", lacks("time of issuance"), issued="now")
    of("conditions over", EXPIRED, ends="2026-01-31T12:00:00Z")
    of("conditions to come", EXPIRED, not_before="2026-01-31T12:02:00Z")
    of("conditions at no time", EXPIRED, not_before="soon")
    of("confirmation over", EXPIRED, confirmed="2026-01-31T12:00:00Z")
    of("confirmation without an end", lacks("subject confirmation"), confirmed="")
    of("confirmed otherwise", lacks("subject confirmation"), method="sender-vouches")
    of("confirmed twice", lacks("subject confirmation"), confirmations=2)
    of("not confirmed", lacks("subject confirmation"), confirmations=0)
    of("nobody", lacks("NameID"), subject=None)
    of("an empty name", lacks("NameID"), subject=" ")
    for recipient in ("https://other.example/saml", "http://signin.aws.amazon.com/saml", "https://signin.aws.amazon.com.evil.example/saml",
                      "https://evil.example/.signin.aws.amazon.com/saml", "https://evilsignin.aws.amazon.com/saml", ""):
        of(f"recipient {recipient or 'empty'}", lacks("recipient"), recipient=recipient)
    of("for another audience", AUDIENCE, audience="https://other.example")
    of("for any audience", AUDIENCE, audience="")
    of("without conditions", AUDIENCE, conditions="")
    two = ('<saml:Conditions><saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>'
           "<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction></saml:Conditions>")
    of("for two audiences at once", AUDIENCE, conditions=two)
    for name, pair in (("another role", f"arn:aws:iam::111122223333:role/Other,{PROVIDER}"), ("another provider", f"{ROLE},arn:aws:iam::111122223333:saml-provider/other"),
                       ("the role alone", ROLE), ("wildcards", f"arn:aws:iam::111122223333:role/*,{PROVIDER}"), ("three", f"{ROLE},{PROVIDER},x")):
        of(f"role: {name}", DENIED, attributes={ATTRIBUTES + "Role": [pair]})
    of("no role", DENIED, attributes={ATTRIBUTES + "Role": None})
    named = (INVALID, "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    of("no session name", (INVALID, "RoleSessionName is required in AuthnResponse"), attributes={ATTRIBUTES + "RoleSessionName": None})
    for value in ("a", "a b", "x" * 65, "dana/../root", "dana:root"):
        of(f"session name {value[:12]!r}", named, attributes={ATTRIBUTES + "RoleSessionName": [value]})
    of("two session names", named, attributes={ATTRIBUTES + "RoleSessionName": ["dana", "root"]})
    duration = (INVALID, "SessionDuration in AuthnResponse must be an integer between 900 and 43200")
    for value in ("899", "43201", "an hour", "1e3", ""):
        of(f"session of {value or 'empty'} seconds", duration, attributes={ATTRIBUTES + "SessionDuration": [value]})
    identity = (INVALID, 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
    of("source identity of AWS", identity, attributes={ATTRIBUTES + "SourceIdentity": ["aws:dana"]})
    of("tag without a value", (INVALID, "PrincipalTag in AuthnResponse is invalid: team"), attributes={ATTRIBUTES + "PrincipalTag:team": []})
    of("tags that the role does not allow", ("AccessDenied", "Not authorized to perform sts:TagSession"), attributes={ATTRIBUTES + "PrincipalTag:team": ["blue"]})
    of("session that is over", EXPIRED, session_ends="2026-01-31T12:00:00Z")


def wrong_encryption():
    unsigned_inside = response(encrypted(assertion(sign=False)))
    case("encrypted by anybody", unsigned_inside, BAD_SIGNATURE)
    case("encrypted for somebody else", response(encrypted(ONLY_ASSERTION, "stranger")), lacks("encrypted assertion"))
    good = response(encrypted(ONLY_ASSERTION))
    changed = re.sub(r"(<xenc:CipherValue>\s*)(.)", lambda m: m[1] + ("A" if m[2] != "A" else "B"), good)
    case("encrypted key changed", changed, lacks("encrypted assertion"))
    case("encrypted beside a plain one", good.replace("</samlp:Response>", EVIL + "</samlp:Response>"), lacks("assertion"))
    case("encrypted comment", response(encrypted(ONLY_ASSERTION.replace(">dana<", ">da<!-- -->na<"))), lacks("encrypted assertion"))


accepted()
forged()
wrapped()
split_texts()
hostile_xml()
wrong_content()
wrong_encryption()
print(json.dumps({"now": NOW, "issuer": ISSUER, "provider": PROVIDER, "role": ROLE, "certificate": der("idp"), "private_key": (WORK / "ours.key").read_text(),
                  "cases": CASES}, indent=1))
