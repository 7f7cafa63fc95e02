#!/usr/bin/env python3
"""Tests of codegen/policy_actions.py."""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "codegen"))

import policy_actions  # noqa: E402


class PolicyActions(unittest.TestCase):
    def test_templates_become_patterns(self):
        for template, pattern in (
            ("arn:${Partition}:iam::${Account}:user${Path}${Name}", "arn:*:iam::*:user/*"),
            ("arn:${Partition}:iam::aws:role-template/${Service}/${Name}:${Version}", "arn:*:iam::aws:role-template/*/*:*"),
            ("arn:${Partition}:sts::${Account}:self", "arn:*:sts::*:self"),
        ):
            self.assertEqual(policy_actions.pattern(template), pattern)

    def test_holds_actions_with_and_without_an_operation(self):
        found = dict(policy_actions.actions(ROOT / "model" / "actions"))
        self.assertEqual(found["iam:CreateUser"], ["arn:*:iam::*:user/*"])
        self.assertEqual(found["iam:PassRole"], ["arn:*:iam::*:role/*"])
        self.assertEqual(found["iam:GetAccountSummary"], [])
        self.assertIn("sts:TagSession", found)

    def test_writes_keys_up_to_what_a_policy_completes(self):
        keys = set(policy_actions.keys(ROOT / "model" / "actions"))
        self.assertIn("aws:RequestTag/", keys)
        self.assertIn("iam:PassedToService", keys)

    def test_is_reproducible(self):
        with tempfile.TemporaryDirectory() as folder:
            texts = []
            for _ in range(2):
                policy_actions.main([str(ROOT / "model"), folder])
                texts.append((pathlib.Path(folder) / "policy_actions.cc").read_text(encoding="utf-8"))
            self.assertEqual(*texts)


if __name__ == "__main__":
    unittest.main()
