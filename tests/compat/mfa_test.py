"""Passwords and MFA devices as clients see them: boto3, and AWS CLI as it is typed."""

import base64
import concurrent.futures
import hashlib
import hmac
import struct
import subprocess
import time

from aws_cli_test import Shell
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
