"""tools/check_actions.py finds every kind of difference between the authorization data and a reference."""
import copy
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
TOOL = ROOT / "tools" / "check_actions.py"

spec = importlib.util.spec_from_file_location("check_actions", TOOL)
check_actions = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_actions)


def agreeing_reference():
    """A reference, as data, that says the same as our files."""
    ours = check_actions.Ours(ROOT / "model" / "actions")
    reference = {"actions": {}, "types": {}, "keys": {}}
    for service, data in ours.services.items():
        reference["types"][service] = {
            name: {"key": name, "arn": facts["arn"], "conditionKeys": facts["keys"]} for name, facts in ours.types[service].items()
        }
        actions = reference["actions"][service] = {}
        for name, entry in data["operations"].items():
            actions[name.lower()] = action(name, entry["level"], ours.types_of(entry), ours.keys_of(entry))
        for name, entry in data["actions"].items():
            actions[name.lower()] = action(name, entry["level"], entry["types"], entry["keys"])
    for key, facts in ours.keys.items():
        reference["keys"][key] = ("ArrayOf" if facts.get("multi") else "") + facts["type"]
    return reference


def action(name, level, types, keys):
    return {"name": name, "accessLevel": level, "resourceTypes": [{"name": kind} for kind in types], "conditionKeys": sorted(keys)}


def write(folder, reference):
    for kind in ("actions", "resourceTypes", "conditionKeys"):
        (folder / "data" / kind).mkdir(parents=True)
    (folder / "dist" / "esm").mkdir(parents=True)
    own = {service: {} for service in check_actions.SERVICES}
    rows = []
    for key, kind in reference["keys"].items():
        if key.startswith("iam:"):
            own["iam"][key.lower()] = {"key": key, "type": kind}
        elif key.startswith("aws:"):
            rows.append(f"{{ key: '{key.replace('${TagKey}', 'tag-key')}',\n category: 'any',\n type: '{kind}' }},")
        else:
            own["sts"][key.lower()] = {"key": key, "type": kind}
    for service in check_actions.SERVICES:
        for kind, facts in (("actions", reference["actions"]), ("resourceTypes", reference["types"]), ("conditionKeys", own)):
            (folder / "data" / kind / f"{service}.json").write_text(json.dumps(facts[service]), encoding="utf-8")
    (folder / "dist/esm/globalConditionKeys.js").write_text("\n".join(rows), encoding="utf-8")


class CheckActionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.agreeing = agreeing_reference()

    def setUp(self):
        self.reference = copy.deepcopy(self.agreeing)

    def run_tool(self):
        with tempfile.TemporaryDirectory() as folder:
            write(pathlib.Path(folder), self.reference)
            return subprocess.run([sys.executable, TOOL, folder], capture_output=True, text=True, check=False)

    def expect_unexplained(self, *parts):
        result = self.run_tool()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        lines = [line for line in result.stdout.splitlines() if line.startswith("UNEXPLAINED")]
        self.assertEqual(len(lines), 1, lines)
        for part in parts:
            self.assertIn(part, lines[0])

    def test_agreement_succeeds(self):
        result = self.run_tool()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn(" 0 unexplained", result.stdout)

    def test_reports_a_new_action(self):
        self.reference["actions"]["iam"]["createmoon"] = action("CreateMoon", "Write", [], [])
        self.expect_unexplained("iam:CreateMoon", "action")

    def test_reports_a_removed_action(self):
        del self.reference["actions"]["iam"]["getuser"]
        self.expect_unexplained("iam:GetUser", "action")

    def test_reports_another_level(self):
        self.reference["actions"]["iam"]["getuser"]["accessLevel"] = "List"
        self.expect_unexplained("iam:GetUser: level", "Read", "List")

    def test_reads_a_level_with_its_general_kind(self):
        self.reference["actions"]["iam"]["taguser"]["accessLevel"] = "Tagging, Write"
        self.assertEqual(self.run_tool().returncode, 0)

    def test_reports_another_resource_type(self):
        self.reference["actions"]["iam"]["addusertogroup"]["resourceTypes"].append({"name": "user"})
        self.expect_unexplained("iam:AddUserToGroup: resource", "user")

    def test_reports_another_condition_key_of_an_action(self):
        self.reference["actions"]["sts"]["assumeroot"]["conditionKeys"].append("sts:ExternalId")
        self.expect_unexplained("sts:AssumeRoot: keys", "sts:ExternalId")

    def test_reports_another_arn(self):
        self.reference["types"]["iam"]["mfa"]["arn"] = "arn:${Partition}:iam::${Account}:device/${Any}"
        self.expect_unexplained("iam resource type mfa: arn", "device/*")

    def test_takes_a_path_and_a_name_for_one_part(self):
        self.reference["types"]["iam"]["user"]["arn"] = "arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"
        self.assertEqual(self.run_tool().returncode, 0)

    def test_reports_another_type_of_a_condition_key(self):
        self.reference["keys"]["sts:DurationSeconds"] = "String"
        self.expect_unexplained("sts:DurationSeconds: type", "Numeric", "String")

    def test_reports_another_number_of_values_of_a_condition_key(self):
        self.reference["keys"]["aws:CalledVia"] = "String"
        self.expect_unexplained("aws:CalledVia: multi")

    def test_reports_a_new_global_condition_key(self):
        self.reference["keys"]["aws:MoonPhase"] = "String"
        self.expect_unexplained("aws:MoonPhase: key")

    def test_prints_the_reason_of_an_explained_difference(self):
        self.reference["actions"]["iam"]["listusers"]["resourceTypes"] = []
        result = self.run_tool()
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"explained +iam:ListUsers: resource: .*\(.+\)")


if __name__ == "__main__":
    unittest.main()
