"""What model/service_linked_roles.json must keep to."""
import json
import pathlib
import re
import unittest

MODEL = pathlib.Path(__file__).resolve().parents[3] / "model"


class ServiceLinkedRolesTest(unittest.TestCase):
    def setUp(self):
        self.roles = json.loads((MODEL / "service_linked_roles.json").read_text(encoding="utf-8"))

    def test_each_service_and_each_role_is_there_once_and_in_order(self):
        services = [role["service"] for role in self.roles]
        self.assertEqual(services, sorted(set(services)))
        names = [role["role"].lower() for role in self.roles]
        self.assertEqual(len(names), len(set(names)))

    def test_names_are_what_iam_allows(self):
        for role in self.roles:
            with self.subTest(role["service"]):
                self.assertLessEqual(set(role), {"service", "role", "policy", "suffix", "description"})
                self.assertRegex(role["service"], r"^[a-z0-9.-]+\.amazonaws\.com$")
                self.assertRegex(role["role"], r"^AWSServiceRoleFor[\w-]{1,47}$")
                self.assertTrue(re.fullmatch(r"[\w+=,.@-]{1,128}", role["policy"]))
                self.assertIs(role.get("suffix", True), True)


if __name__ == "__main__":
    unittest.main()
