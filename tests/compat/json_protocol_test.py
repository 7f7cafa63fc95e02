"""AWS JSON 1.1 as real clients speak it."""

import http.client
import json
import re
import urllib.parse

import botocore.exceptions
import pytest

from installation import ROOT_ACCOUNT, refused


def post(server, body, **headers):
    """(status, headers, parsed body) of an unsigned request."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=10)
    connection.request("POST", "/", body=body, headers={"Content-Type": "application/x-amz-json-1.1", **headers})
    answer = connection.getresponse()
    return answer.status, answer.headers, json.loads(answer.read())


def test_operations_that_are_not_built_say_so(server):
    with refused("NotImplemented", 501):
        server.client("organizations").list_handshakes_for_account()


def test_policies_are_asked_first(server):
    bob = server.new_user("bob")
    user = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    action = "cloudtrail:LookupEvents"
    denial = f"User: {user} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    with refused("AccessDeniedException", 400, denial):
        server.client("cloudtrail", bob).lookup_events()


def test_constraints_are_checked(server):
    with refused("ValidationException", 400, re.compile("1 validation error detected: Value '99' at 'maxResults' .*")):
        server.client("cloudtrail").lookup_events(MaxResults=99)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        server.client("organizations").describe_account(AccountId="12345678901x")
    assert caught.value.response["Error"]["Code"] == "InvalidInputException"
    assert caught.value.response["Reason"] == "INVALID_PATTERN"


def test_unsigned_requests_and_unknown_targets_are_refused(server):
    status, headers, body = post(server, "{}", **{"X-Amz-Target": "AWSOrganizationsV20161128.ListRoots"})
    assert (status, body["__type"]) == (400, "MissingAuthenticationTokenException")
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert len(headers["x-amzn-RequestId"]) == 36
    status, _, body = post(server, "{}", **{"X-Amz-Target": "Coffee.Brew"})
    assert (status, body) == (400, {"__type": "UnknownOperationException"})
