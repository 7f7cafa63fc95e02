"""The authorization data in model/actions/ is complete, refers only to what exists, and is well-formed."""
import json
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15", "organizations": "2016-11-28", "cloudtrail": "2013-11-01"}
OPERATION_COUNT = {"iam": 176, "sts": 11, "organizations": 63, "cloudtrail": 60}

LEVELS = {"List", "Read", "Write", "Tagging", "Permissions management"}
CHECKS = {"identity+trust", "trust", "none"}
FORMS = {"bare", "no-colon", "no-tail", "unsigned", "this-action"}
ABSENT = {"caller", "all"}
# How the resource is found -> the fields it needs and the fields it may have.
BY = {
    "all": (set(), set()),
    "name": ({"member"}, {"absent"}),
    "arn": ({"member"}, set()),
    "id": ({"member"}, set()),
    "new": ({"member"}, {"path"}),
    "renamed": ({"member", "path"}, set()),
    "prefix": (set(), {"member"}),
    "any": (set(), set()),
    "url": ({"member"}, set()),
    "owner": ({"member"}, set()),
    "caller": (set(), set()),
    "service-linked": ({"member", "suffix"}, set()),
    "task": ({"member"}, set()),
    "account": ({"member"}, set()),
    "organization": (set(), {"member", "path"}),
    "name-or-arn": ({"member"}, {"absent"}),
}
OPERATION_FIELDS = ["action", "level", "check", "resource", "message", "form", "foreign_form"]
OPERATION_FIELDS += ["keys", "key_sets", "also", "instead"]
ALSO_FIELDS = ["action", "when", "resource", "message", "keys", "key_sets"]
INSTEAD_FIELDS = ["when", "resource", "message"]
NOTES = ["inferred", "irregular"]
ORIGINS = {"request", "resource", "credential", "caller", "assertion", "token", "constant", "never"}
KEY_TYPES = {"String", "ARN", "Bool", "Date", "Numeric", "IPAddress"}
KEY_FROM = {"request", "principal", "session", "network", "resource", "action", "assertion", "token"}
MESSAGE_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
ARN_TEMPLATE = re.compile(r"arn:\$\{Partition\}:(iam:|sts:|organizations:|cloudtrail:\$\{Region\}):(\$\{Account\}|aws):[a-zA-Z0-9-]+(\$\{\w+\}|[a-zA-Z0-9/:-])*")
ARN_PLACEHOLDERS = {"Partition", "Region", "Account", "Path", "Name", "RoleName", "Service", "Version"}
ARN_PLACEHOLDERS |= {"Organization", "PolicyType", "HandshakeType", "TransferType", "TransferDirection"}
TAG_LISTS = {"Tags", "TagsList"}  # Members of requests.


def load(path):
    def unique(pairs):
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), f"{path}: a name is there twice: {names}"
        return dict(pairs)

    return json.loads((ROOT / path).read_text(encoding="utf-8"), object_pairs_hook=unique)


MODELS = {service: load(f"model/{service}/{version}/api.json") for service, version in VERSIONS.items()}
ACTIONS = {service: load(f"model/actions/{service}.json") for service in VERSIONS}
KEYS = load("model/actions/condition_keys.json")["keys"]
TYPES = load("model/actions/resource_types.json")
KEY_SETS = {name for facts in KEYS.values() for name in facts.get("sets", ())}


def members(service, operation):
    model = MODELS[service]
    return model["shapes"].get(model["operations"][operation].get("input"), {}).get("members", {})


def path_exists(service, operation, path):
    """Whether a path such as `Tags[].Key` leads through the shapes of the operation's input."""
    shapes = MODELS[service]["shapes"]
    inside = members(service, operation)
    for step in path.split("."):
        name = step.removesuffix("[]")
        if name not in inside:
            return False
        shape = shapes[inside[name]["shape"]]
        if step.endswith("[]"):
            if shape["type"] != "list":
                return False
            shape = shapes[shape["member"]["shape"]]
        inside = shape.get("members", {})
    return True


class ActionsTest(unittest.TestCase):
    def entries(self):
        """Every operation, additional action and replacement: (service, operation, what it is, entry)."""
        for service, data in ACTIONS.items():
            for operation, entry in data["operations"].items():
                yield service, operation, "operation", entry
                for also in entry.get("also", ()):
                    yield service, operation, "also", also
                if "instead" in entry:
                    yield service, operation, "instead", entry["instead"]

    def test_every_operation_of_the_model_is_present_and_no_other(self):
        for service, version in VERSIONS.items():
            with self.subTest(service):
                self.assertEqual(ACTIONS[service]["service"], service)
                self.assertEqual(ACTIONS[service]["version"], version)
                self.assertEqual(list(ACTIONS[service]["operations"]), sorted(MODELS[service]["operations"]))
                self.assertEqual(len(ACTIONS[service]["operations"]), OPERATION_COUNT[service])

    def test_each_operation_and_action_has_its_own_line(self):
        for service, data in ACTIONS.items():
            lines = (ROOT / f"model/actions/{service}.json").read_text(encoding="utf-8").splitlines()
            for section in ("operations", "actions"):
                for name, entry in data[section].items():
                    self.assertIn(f"  {json.dumps(name)}: {json.dumps(entry)}", {line.rstrip(",") for line in lines})

    def test_entries_have_the_documented_fields_in_their_order(self):
        fields = {"operation": OPERATION_FIELDS, "also": ALSO_FIELDS, "instead": INSTEAD_FIELDS}
        needed = {
            "operation": {"action", "level", "resource", "message"},
            "also": {"action"},
            "instead": {"when", "resource", "message"},
        }
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                order = fields[kind] + NOTES
                self.assertEqual(list(entry), sorted(entry, key=order.index))
                self.assertLessEqual(needed[kind], set(entry))
                self.assertTrue(all(name in order for name in entry.get("inferred", ())))
                self.assertTrue(all(name in order and text for name, text in entry.get("irregular", {}).items()))

    def test_closed_words_are_known(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                if kind == "operation":
                    self.assertIn(entry["level"], LEVELS)
                    self.assertIn(entry.get("check", "none"), CHECKS)
                    self.assertIn(entry.get("form", "no-tail"), FORMS)
                    self.assertIn(entry.get("foreign_form", "no-tail"), FORMS)

    def test_an_operation_is_checked_against_the_action_of_its_name(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                if kind == "operation":
                    self.assertEqual(entry["action"], f"{service}:{operation}")

    def test_additional_actions_exist(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                if kind == "also":
                    service, name = entry["action"].split(":")
                    self.assertTrue(name in ACTIONS[service]["operations"] or name in ACTIONS[service]["actions"])

    def test_only_operations_outside_the_usual_check_have_a_check(self):
        found = {entry["action"]: entry["check"] for _, _, _, entry in self.entries() if "check" in entry}
        self.assertEqual(
            found,
            {
                "sts:AssumeRole": "identity+trust",
                "sts:AssumeRoleWithSAML": "trust",
                "sts:AssumeRoleWithWebIdentity": "trust",
                "sts:GetCallerIdentity": "none",
                "sts:GetSessionToken": "none",
            },
        )

    def test_unsigned_operations_are_checked_by_trust_alone(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                if kind == "operation":
                    unsigned = MODELS[service]["operations"][operation].get("unsigned", False)
                    self.assertEqual(unsigned, entry.get("check") == "trust")

    def test_resources_are_found_by_members_of_the_input(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                if "resource" not in entry:
                    continue
                resource = entry["resource"]
                needed, allowed = BY[resource["by"]]
                given = set(resource) - {"types", "by"}
                self.assertLessEqual(needed, given)
                self.assertLessEqual(given, needed | allowed)
                self.assertIn(resource.get("absent", "caller"), ABSENT)
                for field in ("member", "path", "suffix"):
                    if field in resource:
                        self.assertIn(resource[field], members(service, operation))

    def test_resource_types_are_declared_and_fit_the_way_they_are_found(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                if "resource" not in entry:
                    continue
                resource = entry["resource"]
                self.assertEqual(resource["types"] == [], resource["by"] == "all")
                for name in resource["types"]:
                    self.assertIn(name, TYPES[service])
                if resource["by"] not in ("arn", "organization"):
                    self.assertLessEqual(len(resource["types"]), 1)
                if "path" in resource and resource["by"] != "organization" or resource["by"] == "prefix":
                    self.assertIn("${Path}", TYPES[service][resource["types"][0]]["arn"])

    def test_optional_names_say_what_stands_for_them(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                if entry.get("resource", {}).get("by") in ("name", "name-or-arn") and kind == "operation":
                    model = MODELS[service]
                    required = model["shapes"][model["operations"][operation]["input"]].get("required", [])
                    self.assertEqual(entry["resource"]["member"] in required, "absent" not in entry["resource"])

    def test_messages_name_members_of_the_input_or_the_resource(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                message = entry.get("message")
                if message is None:
                    continue
                self.assertNotIn("${}", message)
                for name in MESSAGE_PLACEHOLDER.findall(message):
                    implied = name == "UserName" and entry["resource"]["by"] == "caller"
                    self.assertTrue(name == "resource.arn" or implied or name in members(service, operation), name)
                self.assertNotRegex(MESSAGE_PLACEHOLDER.sub("", message), r"[${}]")

    def test_conditions_of_entries_name_members_of_the_input(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                for given in entry.get("when", ()):
                    origin, _, name = given.partition(":")
                    self.assertIn(origin, {"request", "caller", "assertion", "token"})
                    if origin == "request":
                        self.assertIn(name, members(service, operation))

    def test_condition_keys_are_declared_and_have_a_source(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                self.assertLessEqual(set(entry.get("key_sets", ())), KEY_SETS)
                self.assertLessEqual(set(entry.get("key_sets", {}).values()), ORIGINS)
                self.assertEqual(list(entry.get("keys", ())), sorted(entry.get("keys", ())))
                for key, sources in entry.get("keys", {}).items():
                    self.assertIn(key, KEYS)
                    for source in sources.split("|"):
                        origin, _, value = source.partition(":")
                        self.assertIn(origin, ORIGINS)
                        self.assertEqual(origin == "never", value == "")
                        if origin == "request":
                            self.assertTrue(path_exists(service, operation, value), value)

    def test_lists_feed_multivalued_keys_and_no_other(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                for key, sources in entry.get("keys", {}).items():
                    if "${" not in key and sources != "never":
                        self.assertEqual("[]" in sources, KEYS[key].get("multi", False), key)

    def test_tags_and_boundaries_of_the_input_feed_their_keys(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                if kind != "operation":
                    continue
                inside = members(service, operation)
                keys = entry.get("keys", {})
                tags = inside.keys() & (TAG_LISTS | {"TagKeys"}) or entry.get("check") == "trust"
                self.assertEqual(bool(tags), "aws:TagKeys" in keys)
                boundary = keys.get("iam:PermissionsBoundary") == "request:PermissionsBoundary"
                self.assertEqual(boundary, "PermissionsBoundary" in inside)

    def test_tags_at_creation_ask_for_the_tagging_action_of_the_type(self):
        for service, operation, kind, entry in self.entries():
            with self.subTest(f"{service}:{operation}", kind=kind):
                tags = TAG_LISTS & members(service, operation).keys()
                if kind == "operation" and tags and entry["level"] != "Tagging":
                    tagging = [also for also in entry["also"] if also["action"].split(":")[1].startswith(("Tag", "AddTags"))]
                    self.assertEqual(len(tagging), 1)
                    self.assertIn(f"request:{tags.pop()}", tagging[0]["when"])
                    if service == "iam":
                        name = tagging[0]["action"].removeprefix("iam:")
                        self.assertEqual(ACTIONS["iam"]["operations"][name]["resource"]["types"], entry["resource"]["types"])

    def test_actions_without_an_operation_refer_to_what_is_declared(self):
        for service, data in ACTIONS.items():
            self.assertFalse(set(data["actions"]) & set(data["operations"]))
            self.assertEqual(list(data["actions"]), sorted(data["actions"]))
            for name, entry in data["actions"].items():
                with self.subTest(f"{service}:{name}"):
                    self.assertEqual(list(entry), ["level", "types", "keys"])
                    self.assertIn(entry["level"], LEVELS)
                    self.assertLessEqual(set(entry["types"]), set(TYPES[service]))
                    self.assertLessEqual(set(entry["keys"]), set(KEYS))


class ConditionKeysTest(unittest.TestCase):
    def test_facts_are_known_words(self):
        for key, facts in KEYS.items():
            with self.subTest(key):
                self.assertRegex(key, r"^[^:]+:[^:]+$")
                self.assertIn(facts["type"], KEY_TYPES)
                self.assertIn(facts["from"], KEY_FROM)
                self.assertIs(facts.get("multi", True), True)
                self.assertEqual("sets" in facts, facts["from"] in {"assertion", "token"})
                everywhere = facts["from"] in {"request", "principal", "session", "network"} or key.startswith("aws:")
                self.assertEqual("present" in facts, everywhere)

    def test_names_differ_in_more_than_letter_case(self):
        self.assertEqual(len({key.lower() for key in KEYS}), len(KEYS))

    def test_every_key_of_the_services_is_used(self):
        used = set()
        for data in ACTIONS.values():
            for entry in list(data["operations"].values()) + list(data["actions"].values()):
                used.update(entry.get("keys", ()))
        for types in TYPES.values():
            for facts in types.values():
                used.update(facts["keys"])
        self.assertEqual({key for key in KEYS if key.startswith(("iam:", "sts:", "organizations:"))} - used, set())


class ResourceTypesTest(unittest.TestCase):
    def test_templates_are_well_formed(self):
        for service, types in TYPES.items():
            for name, facts in types.items():
                with self.subTest(service, type=name):
                    self.assertRegex(facts["arn"], f"^{ARN_TEMPLATE.pattern}$")
                    self.assertLessEqual(set(MESSAGE_PLACEHOLDER.findall(facts["arn"])), ARN_PLACEHOLDERS)
                    self.assertLessEqual(set(facts["keys"]), set(KEYS))

    def test_types_that_can_be_tagged_have_a_tag_key(self):
        for entry in ACTIONS["iam"]["operations"].values():
            if entry["level"] == "Tagging":
                self.assertIn("aws:ResourceTag/${TagKey}", TYPES["iam"][entry["resource"]["types"][0]]["keys"])
        for name in ("group", "sms-mfa"):
            self.assertEqual(TYPES["iam"][name]["keys"], [])


if __name__ == "__main__":
    unittest.main()
