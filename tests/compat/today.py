"""boto3 and the AWS CLI as they are today: Debian's, which are some years old, told of the operations in model/.

Both are made of descriptions of the services. The ones below `model/` are newer; here they get back the form that botocore reads.
"""

import functools
import json
import pathlib

import botocore.loaders
import botocore.session

MODEL = pathlib.Path(__file__).resolve().parents[2] / "model"
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


def operation(name, facts):
    described = {"name": name, "http": {"method": "POST", "requestUri": "/"}, "errors": [{"shape": error} for error in facts["errors"]]}
    if "input" in facts:
        described["input"] = {"shape": facts["input"]}
    if "output" in facts:
        described["output"] = {"shape": facts["output"], "resultWrapper": facts["resultWrapper"]}
    if facts.get("unsigned"):
        described["authtype"] = "none"
    return described


def description(service):
    api = json.loads((MODEL / service / VERSIONS[service] / "api.json").read_text(encoding="utf-8"))
    return {"version": "2.0", "metadata": {**api["metadata"], "protocol": "query"}, "shapes": api["shapes"],
            "operations": {name: operation(name, facts) for name, facts in api["operations"].items()}}


def write_descriptions(folder):
    """Leaves them where botocore looks, which $AWS_DATA_PATH tells the AWS CLI."""
    for service, version in VERSIONS.items():
        path = folder / service / version / "service-2.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(description(service)), encoding="utf-8")
    return folder


@functools.cache
def session(folder):
    made = botocore.session.Session()
    made.register_component("data_loader", botocore.loaders.Loader(extra_search_paths=[str(folder)]))
    return made
