#!/usr/bin/env python3
"""Tests of codegen/naming.py and codegen/patterns.py."""
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent.parent / "codegen"))

import naming  # noqa: E402
import patterns  # noqa: E402


class Snake(unittest.TestCase):
    def test_splits_words_and_keeps_acronyms_whole(self):
        for name, expected in {
            "UserName": "user_name",
            "MFADevices": "mfa_devices",
            "SSHPublicKeyId": "ssh_public_key_id",
            "OpenIDConnectProviderArn": "open_id_connect_provider_arn",
            "ClientIDList": "client_id_list",
            "QRCodePNG": "qr_code_png",
            "Base32StringSeed": "base32_string_seed",
            "arn": "arn",
            "Default": "default_",
        }.items():
            self.assertEqual(naming.snake(name), expected)


class Constant(unittest.TestCase):
    def test_makes_one_style_of_all(self):
        for value, expected in {
            "Active": "kActive",
            "IN_PROGRESS": "kInProgress",
            "aws-managed": "kAwsManaged",
            "text/csv": "kTextCsv",
            "explicitDeny": "kExplicitDeny",
            "AWSManagedPolicy": "kAWSManagedPolicy",
        }.items():
            self.assertEqual(naming.constant(value), expected)


class WireOrder(unittest.TestCase):
    """Each list is in the order in which the live service was recorded writing or naming it."""

    def assert_recorded(self, members, recorded):
        order = naming.wire_order(members.split())
        self.assertEqual([name for name in order if name in recorded.split()], recorded.split())

    def test_orders_answers_as_recorded(self):
        self.assert_recorded(
            "Path UserName UserId Arn CreateDate PasswordLastUsed PermissionsBoundary Tags",
            "Path PasswordLastUsed Arn UserName UserId CreateDate",
        )
        self.assert_recorded(
            "PolicyName PolicyId Arn Path DefaultVersionId AttachmentCount PermissionsBoundaryUsageCount IsAttachable "
            "Description CreateDate UpdateDate Tags",
            "PermissionsBoundaryUsageCount Path UpdateDate DefaultVersionId PolicyId IsAttachable PolicyName Description "
            "AttachmentCount Arn CreateDate",
        )
        self.assert_recorded("Path GroupName GroupId Arn CreateDate", "Path GroupName GroupId Arn CreateDate")
        self.assert_recorded("Document VersionId IsDefaultVersion CreateDate", "VersionId IsDefaultVersion Document CreateDate")
        self.assert_recorded("UserName PolicyName PolicyDocument", "PolicyDocument PolicyName UserName")
        self.assert_recorded("GroupName PolicyName PolicyDocument", "PolicyDocument GroupName PolicyName")
        self.assert_recorded("PolicyName PolicyArn", "PolicyArn PolicyName")
        self.assert_recorded("Users IsTruncated Marker", "IsTruncated Users")
        self.assert_recorded("MFADevices IsTruncated Marker", "IsTruncated MFADevices")
        self.assert_recorded("UserId Account Arn", "Arn UserId Account")

    def test_orders_messages_as_recorded(self):
        self.assert_recorded(
            "MinimumPasswordLength RequireSymbols RequireNumbers RequireUppercaseCharacters RequireLowercaseCharacters "
            "AllowUsersToChangePassword MaxPasswordAge PasswordReusePrevention HardExpiry",
            "MinimumPasswordLength PasswordReusePrevention MaxPasswordAge",
        )
        self.assert_recorded("Url ClientIDList ThumbprintList Tags", "ClientIDList ThumbprintList Url")


class ToRe2(unittest.TestCase):
    def test_writes_unicode_escapes_as_code_points(self):
        self.assertEqual(patterns.to_re2(r"[\u0020-\u00FF]+"), (r"[\x{0020}-\x{00FF}]+", ""))
        self.assertEqual(patterns.to_re2(r"[\u10000-\u10FFFF]"), (r"[\x{10000}-\x{10FFFF}]", ""))

    def test_turns_the_lookahead_into_forbidden_text(self):
        java = r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"
        re2, forbidden = patterns.to_re2(java)
        self.assertEqual((re2, forbidden), (r"^[a-z0-9]([a-z0-9]|-){1,61}[a-z0-9]$", "--"))
        for text in ("a-b", "a--b", "ab", "abc", "-ab", "a-b-", "a-b-c", "a---b", "a" * 63, "a" * 64):
            agreed = bool(re.fullmatch(re2, text)) and forbidden not in text
            self.assertEqual(agreed, bool(re.fullmatch(java, text)), text)


if __name__ == "__main__":
    unittest.main()
