#!/usr/bin/env python3
"""Tests of codegen/api_types.py: what it writes for a tiny invented model, byte for byte, and what it refuses.

Run with --write after a wanted change to renew the golden files, and review the difference.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
CODEGEN = HERE.parent.parent.parent / "codegen"
GOLDEN = HERE / "golden"
FILES = ("types.h", "operations.h", "tables.cc")


def generate(model, output):
    command = [sys.executable, str(CODEGEN / "api_types.py"), str(model), "tiny", str(output)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class ApiTypes(unittest.TestCase):
    def test_writes_the_golden_files(self):
        with tempfile.TemporaryDirectory() as output:
            run = generate(HERE / "model", output)
            self.assertEqual(run.returncode, 0, run.stderr)
            for name in FILES:
                written = (pathlib.Path(output) / "tiny" / name).read_text(encoding="utf-8")
                self.assertEqual(written, (GOLDEN / "tiny" / name).read_text(encoding="utf-8"), name)

    def refusal(self, change_api=lambda api: None, change_overlay=lambda overlay: None, change_actions=lambda operations: None):
        """What the generator says to the tiny model once it has been changed."""
        api = json.loads((HERE / "model" / "tiny" / "2020-01-01" / "api.json").read_text(encoding="utf-8"))
        overlay = json.loads((HERE / "model" / "overlay" / "tiny.json").read_text(encoding="utf-8"))
        actions = json.loads((HERE / "model" / "actions" / "tiny.json").read_text(encoding="utf-8"))
        change_api(api)
        change_overlay(overlay)
        change_actions(actions["operations"])
        with tempfile.TemporaryDirectory() as folder:
            model = pathlib.Path(folder) / "model"
            (model / "tiny" / "2020-01-01").mkdir(parents=True)
            (model / "overlay").mkdir()
            (model / "tiny" / "2020-01-01" / "api.json").write_text(json.dumps(api), encoding="utf-8")
            (model / "overlay" / "tiny.json").write_text(json.dumps(overlay), encoding="utf-8")
            shutil.copytree(HERE / "model" / "actions", model / "actions")
            (model / "actions" / "tiny.json").write_text(json.dumps(actions), encoding="utf-8")
            run = generate(model, pathlib.Path(folder) / "out")
        self.assertNotEqual(run.returncode, 0)
        return run.stderr

    def test_refuses_a_structure_that_contains_itself(self):
        def change(api):
            api["shapes"]["Node"]["members"]["Twin"] = {"shape": "Node"}

        self.assertIn("Node -> Node is recursive", self.refusal(change))

    def test_refuses_a_map_in_a_request(self):
        def change(api):
            api["shapes"]["TreeInput"]["members"]["Counts"] = {"shape": "countMap"}

        self.assertIn("countMap is a map in a request", self.refusal(change))

    def test_refuses_a_pattern_it_cannot_translate(self):
        def change(api):
            api["shapes"]["nameType"]["pattern"] = "(?<=a)b"

        self.assertIn("no translation to RE2 is known", self.refusal(change))

    def test_refuses_a_member_with_a_wire_name_of_its_own(self):
        def change(api):
            api["shapes"]["Node"]["members"]["Name"]["locationName"] = "name"

        self.assertIn("Node.Name has a name or form of its own", self.refusal(change))

    def test_refuses_an_overlay_that_corrects_nothing(self):
        def change(overlay):
            overlay["requestChecks"][0]["members"].append("Nowhere")

        self.assertIn("no request has ['Nowhere']", self.refusal(change_overlay=change))

    def test_refuses_an_overlay_with_unknown_enum_values(self):
        def change(overlay):
            overlay["requestEnums"]["kindType"]["values"].append("Moss")

        self.assertIn("kindType has no values ['Moss']", self.refusal(change_overlay=change))

    def test_refuses_an_operation_without_an_action(self):
        self.assertIn("GrowTree: it is missing", self.refusal(change_actions=lambda operations: operations.pop("GrowTree")))

    def test_refuses_a_condition_key_from_a_member_that_is_not_there(self):
        def change(operations):
            operations["GrowTree"]["keys"]["tiny:Name"] = "request:Root.Bark"

        self.assertIn("GrowTree: Node has no member Bark", self.refusal(change_actions=change))

    def test_refuses_an_element_of_what_is_no_list(self):
        def change(operations):
            operations["GrowTree"]["keys"]["tiny:Name"] = "request:Height[]"

        self.assertIn("GrowTree: Height[] is no list", self.refusal(change_actions=change))

    def test_refuses_an_additional_action_that_is_not_there(self):
        def change(operations):
            operations["GrowTree"]["also"][0]["action"] = "tiny:FellTree"

        self.assertIn("there is no action tiny:FellTree", self.refusal(change_actions=change))

    def test_refuses_a_resource_type_that_is_not_there(self):
        def change(operations):
            operations["GrowTree"]["resource"]["types"] = ["moss"]

        self.assertIn("there is no resource type moss", self.refusal(change_actions=change))

    def test_refuses_an_unknown_way_to_a_resource_or_a_value(self):
        def find_by_smell(operations):
            operations["GrowTree"]["resource"]["by"] = "smell"

        def take_from_the_moon(operations):
            operations["GrowTree"]["keys"]["tiny:Name"] = "moon:Name"

        self.assertIn("no way smell to find a resource", self.refusal(change_actions=find_by_smell))
        self.assertIn("there is no origin moon", self.refusal(change_actions=take_from_the_moon))


def write_golden():
    run = generate(HERE / "model", GOLDEN)
    sys.exit(run.stderr or 0)


if __name__ == "__main__":
    if "--write" in sys.argv:
        write_golden()
    unittest.main()
