"""A catalogue of AWS managed policies that an administrator names."""

import json

from installation import refused

ONLY = "arn:aws:iam::aws:policy/service-role/OnlyHere"


def write_catalogue(folder, document=None):
    text = json.dumps({"Version": "2012-10-17",
                       "Statement": [{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}]}, indent=2)
    path = folder / "catalogue.json"
    path.write_text(json.dumps([{
        "arn": ONLY, "created": "2020-01-02T03:04:05Z", "updated": "2021-01-02T03:04:05Z", "default": "v2",
        "versions": [{"version": "v2", "created": "2021-01-02T03:04:05Z", "document": document or text}]}]))
    return path


def test_policies_of_the_catalogue_can_be_attached_and_count(installation):
    server = installation.start("--managed-policies", str(write_catalogue(installation.folder)))
    key = server.new_user("bob")
    iam = server.iam()
    policies = iam.list_policies(Scope="AWS")["Policies"]
    assert [policy["Arn"] for policy in policies] == [ONLY]
    assert iam.get_policy(PolicyArn=ONLY)["Policy"]["DefaultVersionId"] == "v2"
    with refused("AccessDenied"):
        server.iam(key).get_user(UserName="bob")
    iam.attach_user_policy(UserName="bob", PolicyArn=ONLY)
    assert server.iam(key).get_user(UserName="bob")["User"]["UserName"] == "bob"

    # By file or environment it is the same setting; without it the built-in set is back, and what is attached from a
    # catalogue that is gone might deny.
    server.restart(CLAVIGER_MANAGED_POLICIES=str(installation.folder / "catalogue.json"))
    server.iam(key).get_user(UserName="bob")
    server.restart()
    assert len(server.iam().list_policies(Scope="AWS")["Policies"]) > 1
    with refused("InternalFailure"):
        server.iam(key).get_user(UserName="bob")


def test_a_broken_catalogue_stops_the_start(installation):
    path = write_catalogue(installation.folder, document="{}")
    assert "line 1: the document is no policy" in installation.start_refused("--managed-policies", str(path))
    assert "cannot be read" in installation.start_refused("--managed-policies", str(path) + "x")
