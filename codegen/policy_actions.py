"""Writes what policies may say about the services: gen/policy_actions.h and .cc, tables of src/aws/policy_action.h.

Usage: codegen/policy_actions.py MODEL_FOLDER OUTPUT_FOLDER

Every action of model/actions/, those without an operation too, with the ARNs that it can be about as patterns; and every
condition key, one that a policy completes (aws:RequestTag/${TagKey}) up to where it does.
"""
import json
import pathlib
import re
import sys

import model

BANNER = "// Made by codegen/policy_actions.py from model/actions/. Do not edit.\n"
HEADER = """#pragma once

#include <span>

#include "aws/policy_action.h"

namespace claviger::gen {

std::span<const PolicyAction> PolicyActions();  // By name, ignoring case.
std::span<const std::string_view> PolicyKeys();  // By name, ignoring case.

}  // namespace claviger::gen
"""


def quote(text):
    return json.dumps(text)


def pattern(template):
    """arn:${Partition}:iam::${Account}:user${Path}${Name} as arn:*:iam::*:user/*."""
    return re.sub(r"\$\{[^}]*\}", "*", template.replace("${Path}", "/")).replace("**", "*")


def services(folder):
    return sorted(model.load(folder / "resource_types.json"))


def actions(folder):
    types = model.load(folder / "resource_types.json")
    for service in services(folder):
        data = model.load(folder / f"{service}.json")
        found = {name: facts["types"] for name, facts in data["actions"].items()}
        for facts in data["operations"].values():
            found.setdefault(facts["action"].partition(":")[2], facts["resource"]["types"])
        for name, kinds in found.items():
            yield f"{service}:{name}", [pattern(types[service][kind]["arn"]) for kind in kinds]


def keys(folder):
    prefixes = ("aws", *services(folder))
    for name in model.load(folder / "condition_keys.json")["keys"]:
        if name.partition(":")[0] in prefixes:
            yield name.partition("${")[0]


def source(folder):
    rows, arrays = [], []
    for index, (name, arns) in enumerate(sorted(actions(folder), key=lambda row: row[0].lower())):
        if arns:
            arrays.append(f"constexpr std::string_view kArns{index}[] = {{{', '.join(map(quote, arns))}}};")
        rows.append(f"    {{.name = {quote(name)}, .arns = {f'kArns{index}' if arns else '{}'}}},")
    names = [f"    {quote(name)}," for name in sorted(set(keys(folder)), key=str.lower)]
    return "\n".join([
        '#include "gen/policy_actions.h"', "", "namespace claviger::gen {", "namespace {", "", *arrays,
        "constexpr PolicyAction kActions[] = {", *rows, "};", "constexpr std::string_view kKeys[] = {", *names, "};", "",
        "}  // namespace", "", "std::span<const PolicyAction> PolicyActions() { return kActions; }",
        "std::span<const std::string_view> PolicyKeys() { return kKeys; }", "", "}  // namespace claviger::gen", ""])


def main(arguments):
    model_folder, output = map(pathlib.Path, arguments)
    output.mkdir(parents=True, exist_ok=True)
    (output / "policy_actions.h").write_text(BANNER + HEADER, encoding="utf-8")
    (output / "policy_actions.cc").write_text(BANNER + source(model_folder / "actions"), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
