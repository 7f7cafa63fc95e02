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
            default_status = 400 if shape.get("error", {}).get("senderFault", True) else 500
            status = shape.get("error", {}).get("httpStatusCode", default_status)
            if codes.setdefault(code, status) != status:
                raise SystemExit(f"{path}: error {code} has status {status} here and {codes[code]} elsewhere")
    return codes
