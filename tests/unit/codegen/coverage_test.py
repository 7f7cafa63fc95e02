#!/usr/bin/env python3
"""Tests of codegen/coverage.py."""
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent


def run(implemented):
    command = [sys.executable, str(ROOT / "codegen" / "coverage.py"), str(ROOT / "model"), "-"]
    return subprocess.run(command, input=implemented, capture_output=True, text=True, check=False)


class Coverage(unittest.TestCase):
    def test_counts_and_marks_what_is_implemented(self):
        page = run("CreateUser\n\nsts:AssumeRole\n").stdout
        self.assertIn("| CreateUser | implemented |", page)
        self.assertIn("| AssumeRole | implemented |", page)
        self.assertIn("| DeleteUser | missing |", page)
        self.assertRegex(page, r"\| IAM \| [0-9-]+ \| 1 of \d+ \|")
        self.assertRegex(page, r"\| STS \| [0-9-]+ \| 1 of \d+ \|")

    def test_is_reproducible(self):
        self.assertEqual(run("GetUser\nCreateUser\n").stdout, run("CreateUser\nGetUser\n").stdout)

    def test_refuses_an_operation_that_no_model_has(self):
        refused = run("CreateNothing\n")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("CreateNothing", refused.stderr)


if __name__ == "__main__":
    unittest.main()
