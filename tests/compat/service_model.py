"""The descriptions in model/ in the form that AWS's clients read them, for operations that are younger than Debian's clients.

botocore and the AWS CLI take a service's description from a folder of one's own before their own one.
"""

import json
import pathlib

MODEL = pathlib.Path(__file__).resolve().parents[2] / "model"
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


def operation(name, facts):
    described = {"name": name, "http": {"method": "POST", "requestUri": "/"},
                 "errors": [{"shape": error} for error in facts.get("errors", ())]}
    if "input" in facts:
        described["input"] = {"shape": facts["input"]}
    if "output" in facts:
        described["output"] = {"shape": facts["output"], "resultWrapper": facts["resultWrapper"]}
    return described


def write(folder):
    """Writes the descriptions into a folder for botocore's `data_path`, AWS_DATA_PATH of the CLI; returns it as text."""
    for service, version in VERSIONS.items():
        facts = json.loads((MODEL / service / version / "api.json").read_text(encoding="utf-8"))
        described = {"version": "2.0", "metadata": {**facts["metadata"], "protocol": "query"}, "shapes": facts["shapes"],
                     "operations": {name: operation(name, one) for name, one in facts["operations"].items()}}
        place = pathlib.Path(folder) / service / version
        place.mkdir(parents=True)
        (place / "service-2.json").write_text(json.dumps(described), encoding="utf-8")
    return str(folder)
