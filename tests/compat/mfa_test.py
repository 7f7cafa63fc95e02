"""Passwords and MFA devices as clients see them: boto3, and AWS CLI as it is typed."""

import base64
import concurrent.futures
import datetime
import hashlib
import hmac
import json
import pathlib
import re
import struct
import subprocess
import time

import pytest

from aws_cli_test import Shell
from guide_test import Shell as GuideShell
from installation import ROOT_ACCOUNT, Credentials, refused, tool

GOOD, OTHER = "Correct-Horse-1", "Battery-Staple-2"
WRONG_CODE = ("AccessDenied", 403, "MultiFactorAuthentication failed with invalid MFA one time pass code. ")


def code_of(base32, step):
    """What a device of this seed shows in a step: RFC 6238."""
    digest = hmac.new(base64.b32decode(base32), struct.pack(">Q", step), hashlib.sha1).digest()
    number = struct.unpack(">I", digest[digest[-1] & 15:][:4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


class Authenticator:
    """An authenticator app of the test's own."""

    def __init__(self, server, name="bob", credentials=None):
        made = server.iam(credentials).create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
        self.serial = made["SerialNumber"]
        self.base32 = made["Base32StringSeed"].decode()
        self.picture = made["QRCodePNG"]
        server.secrets.add(self.base32)

    def code(self, steps=0, when=None):
        """What it shows, so many half minutes from now."""
        return code_of(self.base32, int(when or time.time()) // 30 + steps)

    def enable(self, server, user_name="bob"):
        """With codes of the past, so that those of now are left."""
        now = time.time()
        server.iam().enable_mfa_device(UserName=user_name, SerialNumber=self.serial,
                                       AuthenticationCode1=self.code(-3, now), AuthenticationCode2=self.code(-2, now))
        return self


def session(server, credentials, device, code):
    made = server.sts(credentials).get_session_token(SerialNumber=device.serial, TokenCode=code)["Credentials"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def test_device_goes_through_its_life(any_server):
    server = any_server
    bob, iam = server.new_user(), server.iam()
    device = Authenticator(server)
    assert device.serial == f"arn:aws:iam::{ROOT_ACCOUNT}:mfa/bob" and len(device.base32) == 64
    assert iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"] == [
        {"SerialNumber": device.serial}]
    wrong = dict(UserName="bob", SerialNumber=device.serial, AuthenticationCode1="000000", AuthenticationCode2="000000")
    with refused("InvalidAuthenticationCode", 403, "Authentication code for device is not valid."):
        iam.enable_mfa_device(**wrong)
    device.enable(server)
    listed, = iam.list_mfa_devices(UserName="bob")["MFADevices"]
    assert (listed["UserName"], listed["SerialNumber"]) == ("bob", device.serial)
    assigned, = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert assigned["User"]["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob" and "EnableDate" in assigned
    with refused("DeleteConflict", 409, "MFA VirtualDevice in use. Must deactivate first."):
        iam.delete_virtual_mfa_device(SerialNumber=device.serial)
    iam.tag_mfa_device(SerialNumber=device.serial, Tags=[{"Key": "kind", "Value": "phone"}])
    assert iam.list_mfa_device_tags(SerialNumber=device.serial)["Tags"] == [{"Key": "kind", "Value": "phone"}]
    iam.deactivate_mfa_device(UserName="bob", SerialNumber=device.serial)
    iam.delete_virtual_mfa_device(SerialNumber=device.serial)
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []


def test_picture_is_read_by_a_scanner(server, tmp_path):
    device = Authenticator(server, "bob+phone")
    picture = tmp_path / "code.png"
    picture.write_bytes(device.picture)
    read = subprocess.run([tool("zbarimg"), "--raw", "--quiet", str(picture)], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == (f"otpauth://totp/Amazon%20Web%20Services:bob%2Bphone@{ROOT_ACCOUNT}"
                                   f"?secret={device.base32}&issuer=Amazon%20Web%20Services")


def test_session_with_a_code_may_call_iam(server):
    bob = server.new_user()
    server.iam().put_user_policy(UserName="bob", PolicyName="mfa", PolicyDocument="""{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:ListUsers","Resource":"*",
         "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}}]}""")
    device = Authenticator(server).enable(server)
    with refused("AccessDenied", 403):
        server.iam(bob).list_users()
    with refused("AccessDenied", 403, "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify "
                                      "your MFA serial number is valid and associated with this user."):
        server.sts().get_session_token(SerialNumber=device.serial, TokenCode=device.code())
    with refused(*WRONG_CODE):
        session(server, bob, device, device.code(100))
    code = device.code()
    with_mfa = session(server, bob, device, code)
    assert [user["UserName"] for user in server.iam(with_mfa).list_users()["Users"]] == ["bob"]
    with refused(*WRONG_CODE):
        session(server, bob, device, code)


def test_codes_and_passwords_outlive_a_restart(server):
    bob = server.new_user()
    server.secrets.update((GOOD, OTHER))
    server.iam().create_login_profile(UserName="bob", Password=GOOD)
    server.iam().update_account_password_policy(AllowUsersToChangePassword=True)
    device = Authenticator(server).enable(server)
    code = device.code()
    session(server, bob, device, code)
    server.restart()
    with refused(*WRONG_CODE):
        session(server, bob, device, code)
    with refused("AccessDenied", 403, "The old password was incorrect."):
        server.iam(bob).change_password(OldPassword=OTHER, NewPassword=GOOD)
    server.iam(bob).change_password(OldPassword=GOOD, NewPassword=OTHER)


def test_root_has_a_device_of_its_own(server):
    device = Authenticator(server, "root-account-mfa-device").enable(server, ROOT_ACCOUNT)
    listed, = server.iam().list_mfa_devices()["MFADevices"]
    assert listed["SerialNumber"] == device.serial and "UserName" not in listed
    with_mfa = session(server, server.root, device, device.code())
    assert server.iam(with_mfa).list_users()["Users"] == []
    owner = server.iam().list_virtual_mfa_devices()["VirtualMFADevices"][0]["User"]
    assert owner["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:root" and "UserName" not in owner


# ---- Devices that the administrator brings in

TOKEN = "GAHT12345678"


def get_device(server, serial, user_name="bob"):
    """GetMFADevice, which is newer than the SDK at hand."""
    with server.connect() as connection:
        return connection.call(server.root, "GetMFADevice", {"SerialNumber": serial, "UserName": user_name})


@pytest.fixture
def token(server, tmp_path_factory):
    """A hardware token whose seed was imported."""
    device = Authenticator.__new__(Authenticator)
    device.serial, device.base32 = TOKEN, base64.b32encode(b"12345678901234567890").decode()
    server.secrets.add(device.base32)
    seeds = tmp_path_factory.mktemp("client") / "seeds.csv"
    seeds.write_text(f"serial number,seed\n{TOKEN},{device.base32}\nGAHT00000060,{'5a' * 20},60\n")
    said = server.run("mfa", "import", str(seeds), "--data", str(server.data)).stdout
    assert said.startswith("2 hardware tokens can be enabled now.")
    return device


def test_hardware_token_goes_through_its_life(server, token):
    bob, iam = server.new_user(), server.iam()
    run = lambda *arguments, **more: server.run("mfa", *arguments, "--data", str(server.data), **more)
    token.enable(server)
    listed, = iam.list_mfa_devices(UserName="bob")["MFADevices"]
    assert (listed["UserName"], listed["SerialNumber"]) == ("bob", TOKEN)
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    got = get_device(server, TOKEN)
    assert (got.status, got.text("SerialNumber"), got.text("UserName")) == (200, TOKEN, "bob")
    assert datetime.datetime.fromisoformat(got.text("EnableDate").replace("Z", "+00:00")) == listed["EnableDate"]
    assert not got.all("entry")
    assert session(server, bob, token, token.code())
    with refused("EntityAlreadyExists", 409, "MFA Device is already in use."):
        token.enable(server, ROOT_ACCOUNT)
    rows = [line.split() for line in run("list").stdout.splitlines()[1:]]
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        ("GAHT00000060", "60", "-", "-"), (TOKEN, "30", "-", ROOT_ACCOUNT)]
    assert f"in use in account {ROOT_ACCOUNT}" in run("remove", TOKEN, check=False).stderr
    iam.deactivate_mfa_device(UserName="bob", SerialNumber=TOKEN)
    with refused("InvalidAuthenticationCode", 403):  # They were used.
        token.enable(server)
    run("remove", TOKEN)
    assert TOKEN not in run("list").stdout
    assert "there is no hardware token" in run("remove", TOKEN, check=False).stderr
    with refused("NoSuchEntity", 404, f"MFA Device with serial number {TOKEN} does not exist."):
        token.enable(server)


def test_hardware_token_is_enabled_by_the_aws_cli(server, token):
    server.new_user()
    root = Shell(server, server.root)
    root("iam", "enable-mfa-device", "--user-name", "bob", "--serial-number", TOKEN, "--authentication-code1",
         token.code(-3), "--authentication-code2", token.code(-2))
    assert root("iam", "list-mfa-devices", "--user-name", "bob")["MFADevices"][0]["SerialNumber"] == TOKEN


def test_bad_files_of_seeds_change_nothing(server, tmp_path):
    seeds = tmp_path / "seeds.csv"
    for text, what in (("GAHT12345678,abc\n", "line 1: a seed is"), (f"{'5a' * 20},GAHT12345678\n", "line 1: a seed"),
                       (f"GAHT12345678,{'5a' * 20}\nx,{'5a' * 20}\n", "line 2: a serial number is")):
        seeds.write_text(text)
        done = server.run("mfa", "import", str(seeds), "--data", str(server.data), check=False)
        assert done.returncode == 1 and what in done.stderr and "5a5a" not in done.stderr
    assert len(server.run("mfa", "list", "--data", str(server.data)).stdout.splitlines()) == 1


def cbor(value):
    """As much of CBOR as a security key writes."""
    def head(kind, number):
        if number < 24:
            return bytes([kind << 5 | number])
        return bytes([kind << 5 | 24, number]) if number < 256 else bytes([kind << 5 | 25]) + struct.pack(">H", number)

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(5, len(value)) + b"".join(cbor(name) + cbor(item) for name, item in value.items())


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def registration(rp_id="console.example", credential=b"credential-1"):
    """What a browser returns when a security key with a new key was registered."""
    from cryptography.hazmat.primitives.asymmetric import ec
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    data = (hashlib.sha256(rp_id.encode()).digest() + b"\x45" + struct.pack(">I", 1) + bytes(16)
            + struct.pack(">H", len(credential)) + credential + cbor(key))
    client = {"type": "webauthn.create", "challenge": url64(b"challenge"), "origin": f"https://{rp_id}"}
    return {"id": url64(credential), "rawId": url64(credential), "type": "public-key", "response": {
        "clientDataJSON": url64(json.dumps(client).encode()), "transports": ["usb"],
        "attestationObject": url64(cbor({"fmt": "none", "attStmt": {}, "authData": data}))}}


def register(server, file, made, *more, **options):
    file.write_text(json.dumps(made))
    return server.run("mfa", "register", ROOT_ACCOUNT, str(file), "--data", str(server.data), *more, **options)


def test_fido_key_goes_through_its_life(server, tmp_path):
    bob, iam = server.new_user(), server.iam()
    said = register(server, tmp_path / "key.json", registration(), "--user", "bob", "--name", "yubikey", "--rp-id",
                    "console.example", "--origin", "https://console.example", "--challenge", url64(b"challenge"),
                    "--certification", "FIDO=L1", "--certification", "FIPS-140-2=L2").stdout
    serial, = re.fullmatch(rf"serial number  (arn:aws:iam::{ROOT_ACCOUNT}:u2f/user/bob/yubikey-[A-Z2-7]{{26}})\n",
                           said).groups()
    listed, = iam.list_mfa_devices(UserName="bob")["MFADevices"]
    assert (listed["UserName"], listed["SerialNumber"]) == ("bob", serial)
    shown = Shell(server, server.root)("iam", "list-mfa-devices", "--user-name", "bob")["MFADevices"]
    assert [device["SerialNumber"] for device in shown] == [serial]
    got = get_device(server, serial)
    assert dict(zip(got.all("key"), got.all("value"))) == {"FIDO": "L1", "FIPS-140-2": "L2"}
    assert iam.get_account_summary()["SummaryMap"]["MFADevicesInUse"] == 1
    iam.generate_credential_report()
    rows = [line.split(",") for line in iam.get_credential_report()["Content"].decode().splitlines()]
    assert next(row for row in rows if row[0] == "bob")[rows[0].index("mfa_active")] == "true"
    with refused("AccessDenied", 403):
        server.sts(bob).get_session_token(SerialNumber=serial, TokenCode="123456")
    server.restart()
    iam = server.iam()
    assert iam.list_mfa_devices(UserName="bob")["MFADevices"][0]["SerialNumber"] == serial
    iam.deactivate_mfa_device(UserName="bob", SerialNumber=serial)
    assert get_device(server, serial).refusal == (
        404, "NoSuchEntity", f"MFA Device with serial number {serial} does not exist.")


def test_fido_key_of_root(server, tmp_path):
    said = register(server, tmp_path / "key.json", registration(), "--root", "--name", "yubikey").stdout
    serial = said.split()[-1]
    assert serial.startswith(f"arn:aws:iam::{ROOT_ACCOUNT}:u2f/root/yubikey-")
    assert server.iam().list_mfa_devices()["MFADevices"][0]["SerialNumber"] == serial
    assert server.iam().get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 1


def test_fido_key_that_is_none_is_refused(server, tmp_path):
    server.new_user()
    for_bob = ("--user", "bob", "--name", "yubikey")
    cut = registration()
    cut["response"]["attestationObject"] = cut["response"]["attestationObject"][:-8]
    for made, more, what in (
            (cut, for_bob, "cannot be read"), ({}, for_bob, "no registration"),
            (registration(), (*for_bob, "--rp-id", "another.example"), "another relying party than another.example"),
            (registration(), (*for_bob, "--origin", "https://another.example"), "registered by https://console.example"),
            (registration(), (*for_bob, "--challenge", "AAAA"), "answers another challenge"),
            (registration(), (*for_bob, "--certification", "FIDO=L9"), "--certification is"),
            (registration(), ("--user", "bob", "--name", "a b"), "a device's name is"),
            (registration(), ("--user", "nobody", "--name", "yubikey"), "nobody cannot be found")):
        done = register(server, tmp_path / "key.json", made, *more, check=False)
        assert done.returncode == 1 and what in done.stderr, (what, done)
    assert server.iam().list_mfa_devices(UserName="bob")["MFADevices"] == []


def test_the_guides_token_and_key_do_what_it_says(server, tmp_path):
    guide = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "mfa.md").read_text(encoding="utf-8")
    (tmp_path / "registration.json").write_text(json.dumps(registration()))
    server.secrets.update(("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "3132333435363738393031323334353637383930"))
    shell = GuideShell(server, tmp_path)

    def run(text):
        block, = (block for block in re.findall(r"^```sh\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL) if text in block)
        return shell("account=$ACCOUNT\n" + block.replace("--data data", f"--data {server.data}"), server.root)

    listed = run("claviger mfa import")
    assert "GAHT00000001" in listed and "GAHT00000002" in listed
    assert '"SerialNumber": "GAHT00000001"' in run("claviger mfa remove GAHT00000001")
    assert f"arn:aws:iam::{ROOT_ACCOUNT}:u2f/user/bob/yubikey-" in run("claviger mfa register")


def test_login_profile_goes_through_its_life(any_server):
    server = any_server
    server.secrets.update((GOOD, OTHER))
    bob, iam = server.new_user(), server.iam()
    with refused("PasswordPolicyViolation", 400, "Password does not conform to the account password policy."):
        iam.create_login_profile(UserName="bob", Password="password")
    made = iam.create_login_profile(UserName="bob", Password=GOOD, PasswordResetRequired=True)["LoginProfile"]
    assert (made["UserName"], made["PasswordResetRequired"]) == ("bob", True)
    with refused("EntityAlreadyExists", 409, "Login Profile for user bob already exists."):
        iam.create_login_profile(UserName="bob", Password=GOOD)
    with refused("InvalidUserType", 400):
        iam.change_password(OldPassword=GOOD, NewPassword=OTHER)
    with refused("AccessDenied", 403):
        server.iam(bob).change_password(OldPassword=GOOD, NewPassword=OTHER)
    iam.update_account_password_policy(AllowUsersToChangePassword=True, PasswordReusePrevention=1, MinimumPasswordLength=8)
    server.iam(bob).change_password(OldPassword=GOOD, NewPassword=OTHER)
    assert iam.get_login_profile(UserName="bob")["LoginProfile"]["PasswordResetRequired"] is False
    with refused("PasswordPolicyViolation", 400):
        iam.update_login_profile(UserName="bob", Password=OTHER)
    with refused("DeleteConflict", 409):
        iam.delete_user(UserName="bob")
    iam.delete_login_profile(UserName="bob")
    with refused("NoSuchEntity", 404, "Login Profile for User bob cannot be found."):
        iam.get_login_profile(UserName="bob")
    assert iam.get_account_password_policy()["PasswordPolicy"]["ExpirePasswords"] is False
    iam.delete_account_password_policy()
    with refused("NoSuchEntity", 404, f"The Password Policy with domain name {ROOT_ACCOUNT} cannot be found."):
        iam.get_account_password_policy()


def test_aws_cli_from_seed_to_session(server, tmp_path_factory):
    root = Shell(server, server.root)
    bob = server.new_user()
    seed = tmp_path_factory.mktemp("client") / "seed"
    made = root("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", "bob", "--bootstrap-method",
                "Base32StringSeed", "--outfile", str(seed))
    serial = made["VirtualMFADevice"]["SerialNumber"]
    device = Authenticator.__new__(Authenticator)
    device.serial, device.base32 = serial, seed.read_text()
    server.secrets.add(seed.read_text())
    root("iam", "enable-mfa-device", "--user-name", "bob", "--serial-number", serial, "--authentication-code1",
         device.code(-3), "--authentication-code2", device.code(-2))
    assert root("iam", "list-mfa-devices", "--user-name", "bob")["MFADevices"][0]["SerialNumber"] == serial
    as_bob = Shell(server, bob)
    made = as_bob("sts", "get-session-token", "--serial-number", serial, "--token-code", device.code())["Credentials"]
    with_mfa = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    said = Shell(server, with_mfa).fails("iam", "list-users")
    assert "AccessDenied" in said and "no identity-based policy allows" in said  # Known to IAM, though not allowed.


def test_hashing_keeps_nobody_waiting(server, measured):
    """While passwords are hashed, other requests of the same loops are answered."""
    iam = server.iam(config={"max_pool_connections": 20})
    for number in range(4):
        iam.create_user(UserName=f"user{number}")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        started = time.perf_counter()
        hashing = [pool.submit(iam.create_login_profile, UserName=f"user{number}", Password=GOOD) for number in range(4)]
        quick = []
        while not all(future.done() for future in hashing):
            begun = time.perf_counter()
            server.sts().get_caller_identity()
            quick.append(time.perf_counter() - begun)
        for future in hashing:
            future.result()
        took = time.perf_counter() - started
    measured(f"4 passwords were hashed in {took * 1000:.0f} ms; of {len(quick)} calls meanwhile the slowest took "
             f"{max(quick) * 1000:.0f} ms")
