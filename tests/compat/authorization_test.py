"""Every operation that the program implements asks for exactly the actions of model/actions/, and for nothing else.

The table is made of the program's own list of operations and the model, so an operation that is added is tested from
then on. A user without permissions is refused in AWS's words; one who has exactly the actions of the operation is let
through, whatever the operation then makes of parameters that name nothing.
"""

import base64
import json
import pathlib
import re
import subprocess

import botocore.exceptions
import pytest

import installation as installations
from installation import ROOT_ACCOUNT, binary

MODEL = pathlib.Path(__file__).resolve().parents[2] / "model"
API = {path.parts[-3]: json.loads(path.read_text()) for path in MODEL.glob("*/*/api.json")}
ACTIONS = {service: json.loads((MODEL / "actions" / f"{service}.json").read_text()) for service in API}

USER = "caller"
NOBODY = "nobody"  # Whom the operations are about; there is no such user, group or role.
TRUST = json.dumps({"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Principal": {"AWS": ROOT_ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"]}})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})

# What a member is given by its name; where nothing is said, whatever its constraints allow.
BY_NAME = {
    "ActionNames": ["s3:GetObject"],
    "Arn": f"arn:aws:iam::{ROOT_ACCOUNT}:user/{NOBODY}",
    "AssumeRolePolicyDocument": TRUST,
    "AuthenticationCode1": "123456",
    "AuthenticationCode2": "654321",
    "AWSServiceName": "ecs.amazonaws.com",
    "Days": 30,
    "EntityPath": "o-abcdefghij/r-abcd",
    "InstanceProfileName": NOBODY,
    "OpenIDConnectProviderArn": f"arn:aws:iam::{ROOT_ACCOUNT}:oidc-provider/example.com",
    "Path": "/", "NewPath": "/", "PathPrefix": "/",
    "Permissions": {"PolicyTemplateArn": "arn:aws:iam:::delegation-template/absent"},
    "PermissionsBoundary": f"arn:aws:iam::{ROOT_ACCOUNT}:policy/{NOBODY}",
    "PolicyArn": f"arn:aws:iam::{ROOT_ACCOUNT}:policy/{NOBODY}",
    "PolicyDocument": POLICY,
    "PolicyInputList": [POLICY],
    "PolicySourceArn": f"arn:aws:iam::{ROOT_ACCOUNT}:user/{NOBODY}",
    "PrincipalArn": f"arn:aws:iam::{ROOT_ACCOUNT}:saml-provider/p",
    "ProvidedContexts": [{"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "assertion"}],
    "RoleArn": f"arn:aws:iam::{ROOT_ACCOUNT}:role/target",
    "RoleSessionName": "session",
    "SAMLProviderArn": f"arn:aws:iam::{ROOT_ACCOUNT}:saml-provider/p",
    "SigningAlgorithm": "RS256",
    "SerialNumber": f"arn:aws:iam::{ROOT_ACCOUNT}:mfa/device",
    "Tags": [{"Key": "team", "Value": "red"}],
    "TagKeys": ["team"],
    "TargetPrincipal": ROOT_ACCOUNT,
    "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    "Url": "https://127.0.0.1", "URL": "https://example.com",  # The first is not asked for its thumbprint.
    "VersionId": "v1",
}
# Candidates for a text whose name says nothing: the first that fits its constraints.
TEXTS = ("nobody", "123456", "AKIAIOSFODNN7EXAMPLE", ROOT_ACCOUNT, f"arn:aws:iam::{ROOT_ACCOUNT}:role/nobody",
         "0123456789012345678901234567890123456789", "00000000-0000-0000-0000-000000000000", "https://example.com", "v1",
         "a@example.com", "r-abcd", "ou-abcd-12345678", "p-12345678", "car-12345678", "x" * 64, "x" * 1200)


def text_for(shape):
    if "enum" in shape:
        return shape["enum"][0]
    for text in TEXTS:
        if not shape.get("min", 0) <= len(text) <= shape.get("max", 1 << 20):
            continue
        try:
            if "pattern" in shape and not re.fullmatch(shape["pattern"], text):
                continue
        except re.error:  # Java's syntax.
            pass
        return text
    raise AssertionError(f"no text for {shape}: add one to TEXTS, or the member to BY_NAME")


def value_for(shapes, name, shape_name):
    if name in BY_NAME:
        return BY_NAME[name]
    shape = shapes[shape_name]
    kind = shape["type"]
    if kind == "string":
        return text_for(shape)
    if kind in ("integer", "long"):
        return max(shape.get("min", 1), min(1000, shape.get("max", 1000)))
    if kind == "boolean":
        return False
    if kind == "blob":
        return b"x" * max(1, shape.get("min", 1))
    if kind == "timestamp":
        return 0
    if kind == "list":
        return [value_for(shapes, "", shape["member"]["shape"])] * max(1, shape.get("min", 1))
    if kind == "map":
        return {"key": value_for(shapes, "", shape["value"]["shape"])}
    assert kind == "structure", shape
    return structure_for(shapes, shape, ())


def structure_for(shapes, shape, more):
    members = shape.get("members", {})
    wanted = [name for name in members if name in shape.get("required", ()) or name in more]
    return {name: value_for(shapes, name, members[name]["shape"]) for name in wanted}


def requested(origins):
    """The request members that make an additional action necessary; None when something else does."""
    members = {origin.partition(":")[2].partition("[")[0].partition(".")[0]
               for origin in origins if origin.startswith("request:")}
    return members if members or not origins else None


def parameters(service, operation, key_id):
    """Members that are required, that name whom it is about, or that bring additional actions along."""
    shapes, facts = API[service]["shapes"], ACTIONS[service]["operations"][operation]
    more = {"UserName"} if operation != "GetAccessKeyLastUsed" else set()
    for also in facts.get("also", ()):
        more |= requested(also.get("when", [])) or set()
    name = API[service]["operations"][operation].get("input")
    made = structure_for(shapes, shapes[name], more) if name else {}
    if "AccessKeyId" in made and facts["resource"]["by"] == "owner":
        made["AccessKeyId"] = key_id
    return made


def flattened(prefix, value):
    """A value as the pairs of a Query form."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flattened(f"{prefix}.{name}" if prefix else name, inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value, 1):
            yield from flattened(f"{prefix}.member.{position}", inner)
    elif isinstance(value, bytes):
        yield prefix, base64.b64encode(value).decode()
    else:
        yield prefix, str(value).lower() if isinstance(value, bool) else str(value)


def implemented():
    listed = subprocess.run([binary(), "operations", "--implemented"], capture_output=True, text=True, check=True)
    return [tuple(line.split(":")) for line in listed.stdout.split()]


def needed(service, operation):
    """The actions that the parameters above make necessary, in the order in which they are checked."""
    facts = ACTIONS[service]["operations"][operation]
    also = [entry for entry in facts.get("also", ()) if requested(entry.get("when", [])) is not None]
    return [facts, *({**{field: facts[field] for field in ("form", "check") if field in facts}, **entry} for entry in also)]


def denial(facts):
    """AWS's words for a caller whom no identity policy allows the action."""
    action = re.escape(facts["action"])
    who = f"User: arn:aws:iam::{ROOT_ACCOUNT}:user/{USER} is not authorized to perform"
    if facts.get("form") == "this-action":
        return re.compile(f"{who} this action on resource: .+")
    colon = "" if facts.get("form") == "no-colon" else ":"
    tail = "" if facts.get("form") in ("no-tail", "bare") else f" because no identity-based policy allows the {action} action"
    return re.compile(f"{who}{colon} {action}( on resource: .+)?{tail}")


class World:
    """A server with a user whose one policy is exchanged for each attempt."""

    def __init__(self, server):
        self.server = server
        self.root = server.iam()
        self.key = server.new_user(USER)
        self.root.create_role(RoleName="target", AssumeRolePolicyDocument=TRUST)

    def allow(self, actions):
        if not actions:
            for name in self.root.list_user_policies(UserName=USER)["PolicyNames"]:
                self.root.delete_user_policy(UserName=USER, PolicyName=name)
            return
        self.root.put_user_policy(UserName=USER, PolicyName="exact", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}}))

    def call(self, service, operation):
        """The error's code and message; two empty texts for success."""
        made = parameters(service, operation, self.key.access_key_id)
        if "targetPrefix" not in API[service]["metadata"]:  # Query; the SDK at hand may not know all of them.
            with self.server.connect() as connection:
                answer = connection.call(self.key, operation, dict(flattened("", made)), service=service)
            return ("", "") if answer.status == 200 else (answer.text("Code"), "".join(answer.all("Message")))
        client = self.server.client(service, self.key, config={"parameter_validation": False})
        try:
            client._make_api_call(operation, made)
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        return "", ""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = installations.Installation(tmp_path_factory.mktemp("authorization"), memory=True)
    made.start()
    yield World(made)
    made.finish()


@pytest.mark.parametrize("service,operation", implemented(), ids=str)
def test_asks_for_exactly_its_actions(world, service, operation):
    check = ACTIONS[service]["operations"][operation].get("check")
    if check == "trust":  # Unsigned: whom it lets in, the role's trust policy alone tells.
        return
    facts = needed(service, operation)
    if check == "none":
        world.allow([])
        code, message = world.call(service, operation)
        assert "not authorized" not in message, (code, message)
        return
    names = [entry["action"] for entry in facts]
    for missing in facts:
        others = [name for name in names if name != missing["action"]]
        world.allow(others)
        code, message = world.call(service, operation)
        # Also when the parameters themselves are refused: then a member needs a value in BY_NAME.
        assert code in ("AccessDenied", "AccessDeniedException"), f"without {missing['action']}: {code} {message}"
        assert denial(missing).fullmatch(message), f"without {missing['action']}: {message}"
    world.allow(names)
    code, message = world.call(service, operation)
    assert "not authorized to perform" not in message, f"with {names}: {code} {message}"
