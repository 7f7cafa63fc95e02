#!/usr/bin/env python3
"""Refreshes model/<service>/<version>/api.json from a botocore-format service description.

Usage: tools/import_model.py SERVICE-2.json[.gz] [PAGINATORS-1.json]

Keeps facts only (names, shapes, constraints, errors, paging); every documentation text is dropped. The paginators file is
looked for beside the description when it is not named. The result is sorted and has one shape or operation a line, so that a
refresh reads as a diff.
"""
import argparse
import gzip
import json
import pathlib

METADATA_KEPT = ("apiVersion", "endpointPrefix", "serviceId", "serviceFullName", "xmlNamespace", "signatureVersion", "targetPrefix")
SHAPE_KEPT = ("type", "required", "min", "max", "pattern", "enum", "sensitive", "exception", "error", "fault", "flattened")
MEMBER_KEPT = ("shape", "locationName", "flattened", "idempotencyToken")


def load(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def pick(source, names):
    return {name: source[name] for name in names if name in source}


def import_shape(shape):
    kept = pick(shape, SHAPE_KEPT)
    for part in ("member", "key", "value"):
        if part in shape:
            kept[part] = pick(shape[part], MEMBER_KEPT)
    if "members" in shape:  # Order matters: it is the order of elements and of validation.
        kept["members"] = {name: pick(member, MEMBER_KEPT) for name, member in shape["members"].items()}
    return kept


def import_operation(operation, paginator):
    kept = {}
    if "input" in operation:
        kept["input"] = operation["input"]["shape"]
    if "output" in operation:
        kept["output"] = operation["output"]["shape"]
        if "resultWrapper" in operation["output"]:  # Not in JSON.
            kept["resultWrapper"] = operation["output"]["resultWrapper"]
    kept["errors"] = [error["shape"] for error in operation.get("errors", [])]
    if operation.get("authtype") == "none":
        kept["unsigned"] = True
    if paginator:
        kept["paginator"] = pick(paginator, ("input_token", "output_token", "limit_key", "more_results", "result_key"))
    return kept


def one_line_each(section):
    rows = [f"  {json.dumps(name)}: {json.dumps(section[name], ensure_ascii=True)}" for name in sorted(section)]
    return "{\n" + ",\n".join(rows) + "\n }"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("description", type=pathlib.Path)
    parser.add_argument("paginators", type=pathlib.Path, nargs="?")
    parser.add_argument("--model", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / "model")
    arguments = parser.parse_args()

    description = load(arguments.description)
    beside = arguments.paginators or arguments.description.parent / "paginators-1.json"
    pagination = load(beside)["pagination"] if beside.exists() else {}
    metadata = pick(description["metadata"], METADATA_KEPT)
    operations = {
        name: import_operation(operation, pagination.get(name)) for name, operation in description["operations"].items()
    }
    shapes = {name: import_shape(shape) for name, shape in description["shapes"].items()}

    folder = arguments.model / metadata["endpointPrefix"] / metadata["apiVersion"]
    folder.mkdir(parents=True, exist_ok=True)
    text = (
        "{\n"
        f' "metadata": {json.dumps(metadata)},\n'
        f' "operations": {one_line_each(operations)},\n'
        f' "shapes": {one_line_each(shapes)}\n'
        "}\n"
    )
    (folder / "api.json").write_text(text, encoding="utf-8")
    print(f"{folder}/api.json: {len(operations)} operations, {len(shapes)} shapes")


if __name__ == "__main__":
    main()
