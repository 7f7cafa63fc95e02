"""Reads model/: the published description of each service with the overlay's corrections applied."""
import json
import pathlib


def api_files(model):
    return sorted(pathlib.Path(model).glob("*/*/api.json"))


def load(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def wire_code(shape_name, shape):
    """The code on the wire: the model's, or the shape's own name where the model gives none."""
    return shape.get("error", {}).get("code", shape_name)


def error_codes(model):
    """Maps every error code any service can answer to its HTTP status."""
    codes = dict(load(pathlib.Path(model) / "overlay" / "errors.json")["errors"])
    for path in api_files(model):
        for name, shape in load(path)["shapes"].items():
            if not shape.get("exception"):
                continue
            code = wire_code(name, shape)
            is_ours = shape.get("fault", False) or not shape.get("error", {}).get("senderFault", True)
            default_status = 500 if is_ours else 400
            status = shape.get("error", {}).get("httpStatusCode", default_status)
            if codes.setdefault(code, status) != status:
                raise SystemExit(f"{path}: error {code} has status {status} here and {codes[code]} elsewhere")
    return codes


def json_error_codes(model):
    """Maps the common error codes to what services that speak JSON call them."""
    return load(pathlib.Path(model) / "overlay" / "errors.json")["json"]


def exception_names(model):
    """Maps error codes to the name that their exception has in the model, where it has another."""
    names = {}
    for path in api_files(model):
        for name, shape in load(path)["shapes"].items():
            if shape.get("exception") and wire_code(name, shape) != name:
                names.setdefault(wire_code(name, shape), name)
    return names


def load_service(model, service):
    """The description of one service with its overlay applied.

    Beside the sections of api.json the result has "name" (of the service) and "overlay". Operations refer to their shapes as
    the model names them; see overlay/<service>.json for what the corrections are and what they rest on.
    """
    paths = sorted(pathlib.Path(model).glob(f"{service}/*/api.json"))
    if len(paths) != 1:
        raise SystemExit(f"{model}/{service}: expected one version, found {len(paths)}")
    api = load(paths[0])
    api["name"] = service
    api["overlay"] = overlay = load(pathlib.Path(model) / "overlay" / f"{service}.json")
    shapes = api["shapes"]

    for name, correction in overlay["requestEnums"].items():
        unknown = set(correction["values"]) - set(shapes[name]["enum"])
        if unknown:
            raise SystemExit(f"overlay of {service}: {name} has no values {sorted(unknown)}")
        shapes[name]["requestEnum"] = correction["values"]
    for name in overlay["elementNotNull"]["shapes"]:
        shapes[name]["elementNotNull"] = True
    for path in overlay["optional"]["members"]:
        name, member = path.split(".")
        shapes[name]["required"].remove(member)
    for path in overlay["milliseconds"]["members"]:
        name, member = path.split(".")
        shapes[name]["members"][member]["milliseconds"] = True
    return api
