"""Users through boto3."""

import base64
import datetime
import re

import pytest

from installation import INVALID_TOKEN, ROOT_ACCOUNT, refused

ROOT_ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:root"
INVALID_MARKER = ("ValidationError", 400, "Invalid Marker.")


def no_such_user(name):
    return "NoSuchEntity", 404, f"The user with name {name} cannot be found."


def exists(name):
    return "EntityAlreadyExists", 409, f"User with name {name} already exists."


def test_created_user_is_described_and_found_again(any_server):
    iam = any_server.iam()
    made = iam.create_user(UserName="bob", Path="/staff/night/")["User"]
    assert made["Path"] == "/staff/night/" and made["UserName"] == "bob"
    assert re.fullmatch("AIDA[A-Z2-7]{17}", made["UserId"])
    assert made["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:user/staff/night/bob"
    assert abs(datetime.datetime.now(datetime.timezone.utc) - made["CreateDate"]) < datetime.timedelta(minutes=5)
    assert made["CreateDate"].microsecond == 0
    assert "Tags" not in made and "PermissionsBoundary" not in made
    assert iam.get_user(UserName="bob")["User"] == made
    assert iam.list_users()["Users"] == [made]


def test_path_is_a_slash_unless_given(server):
    assert server.iam().create_user(UserName="bob")["User"]["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    assert server.iam().get_user(UserName="bob")["User"]["Path"] == "/"


def test_tags_are_returned_by_create_and_get_but_not_by_list(server):
    iam = server.iam()
    tags = [{"Key": "team", "Value": "night shift"}, {"Key": "länder", "Value": ""}]
    assert iam.create_user(UserName="bob", Tags=tags)["User"]["Tags"] == tags
    assert iam.get_user(UserName="bob")["User"]["Tags"] == tags
    assert "Tags" not in iam.list_users()["Users"][0]


def test_tag_keys_are_unique_whatever_their_case(server):
    with refused("InvalidInput", 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive."):
        server.iam().create_user(UserName="bob", Tags=[{"Key": "Team", "Value": "a"}, {"Key": "team", "Value": "b"}])
    with refused(*no_such_user("bob")):
        server.iam().get_user(UserName="bob")


def test_names_are_unique_whatever_their_case(any_server):
    iam = any_server.iam()
    iam.create_user(UserName="Bob")
    for name in ("Bob", "bob", "BOB"):
        with refused(*exists(name)):
            iam.create_user(UserName=name, Path="/elsewhere/")
    assert iam.get_user(UserName="bOb")["User"]["UserName"] == "Bob"
    assert len(iam.list_users()["Users"]) == 1


def test_unknown_boundary_is_refused(server):
    boundary = f"arn:aws:iam::{ROOT_ACCOUNT}:policy/none"
    with refused("NoSuchEntity", 404, f"Scope ARN: {boundary} does not exist or is not attachable."):
        server.iam().create_user(UserName="bob", PermissionsBoundary=boundary)


def test_unknown_users_are_told_by_name(server):
    iam = server.iam()
    for call in (iam.get_user, iam.delete_user, iam.update_user):
        with refused(*no_such_user("nobody")):
            call(UserName="nobody")


def test_root_is_described_by_get_user_without_a_name(server):
    root = server.iam().get_user()["User"]
    assert root["UserId"] == ROOT_ACCOUNT and root["Arn"] == ROOT_ARN
    assert "UserName" not in root and "Path" not in root


def test_deleted_user_is_gone_and_the_name_is_free(server):
    iam = server.iam()
    first = iam.create_user(UserName="bob")["User"]["UserId"]
    iam.delete_user(UserName="bob")
    with refused(*no_such_user("bob")):
        iam.get_user(UserName="bob")
    with refused(*no_such_user("bob")):
        iam.delete_user(UserName="bob")
    assert iam.create_user(UserName="bob")["User"]["UserId"] != first


def test_user_with_access_keys_is_not_deleted(server):
    bob = server.new_user()
    iam = server.iam()
    with refused("DeleteConflict", 409, "Cannot delete entity, must delete access keys first."):
        iam.delete_user(UserName="bob")
    assert server.who(bob)
    iam.update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status="Inactive")
    with refused("DeleteConflict", 409, "Cannot delete entity, must delete access keys first."):
        iam.delete_user(UserName="bob")
    iam.delete_access_key(UserName="bob", AccessKeyId=bob.access_key_id)
    iam.delete_user(UserName="bob")


def test_rename_keeps_the_id_the_keys_and_the_sessions(any_server):
    server = any_server
    bob = server.new_user("bob", Path="/staff/")
    session = server.session_of(bob)
    iam = server.iam()
    before = iam.get_user(UserName="bob")["User"]
    iam.update_user(UserName="bob", NewUserName="robert", NewPath="/board/")
    after = iam.get_user(UserName="robert")["User"]
    assert after == {**before, "UserName": "robert", "Path": "/board/",
                     "Arn": f"arn:aws:iam::{ROOT_ACCOUNT}:user/board/robert"}
    with refused(*no_such_user("bob")):
        iam.get_user(UserName="bob")
    keys = iam.list_access_keys(UserName="robert")["AccessKeyMetadata"]
    assert [(key["UserName"], key["AccessKeyId"]) for key in keys] == [("robert", bob.access_key_id)]
    for credentials in (bob, session):
        identity = server.sts(credentials).get_caller_identity()
        assert (identity["UserId"], identity["Arn"]) == (before["UserId"], after["Arn"])


def test_rename_to_a_taken_name_is_refused(server):
    iam = server.iam()
    iam.create_user(UserName="alice")
    iam.create_user(UserName="bob")
    for name in ("alice", "ALICE"):
        with refused(*exists(name)):
            iam.update_user(UserName="bob", NewUserName=name)
    assert {user["UserName"] for user in iam.list_users()["Users"]} == {"alice", "bob"}


def test_rename_in_case_alone_is_allowed(server):
    iam = server.iam()
    iam.create_user(UserName="bob")
    iam.update_user(UserName="bob", NewUserName="Bob")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["Bob"]


def test_path_prefix_chooses_users(server):
    iam = server.iam()
    for name, path in (("a", "/"), ("b", "/staff/"), ("c", "/staff/night/"), ("d", "/staffroom/")):
        iam.create_user(UserName=name, Path=path)

    def names(prefix):
        return [user["UserName"] for user in iam.list_users(PathPrefix=prefix)["Users"]]

    assert names("/") == ["a", "b", "c", "d"]
    assert names("/staff/") == ["b", "c"]
    assert names("/staff") == ["b", "c", "d"]
    assert names("/nowhere/") == []


def test_users_are_listed_page_by_page(any_server):
    iam = any_server.iam()
    names = [f"user-{i:02}" for i in range(25)]
    for name in names:
        iam.create_user(UserName=name, Path="/even/" if int(name[-2:]) % 2 == 0 else "/odd/")
    paginator = iam.get_paginator("list_users")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 10}))
    assert [len(page["Users"]) for page in pages] == [10, 10, 5]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert ["Marker" in page for page in pages] == [True, True, False]
    assert [user["UserName"] for page in pages for user in page["Users"]] == names
    odd = paginator.paginate(PathPrefix="/odd/", PaginationConfig={"PageSize": 5}).build_full_result()["Users"]
    assert [user["UserName"] for user in odd] == names[1::2]
    # A page that the last user fills is the last one.
    assert not iam.list_users(MaxItems=25)["IsTruncated"]


def test_pages_go_on_behind_users_that_come_and_go(server):
    iam = server.iam()
    for name in "abcdef":
        iam.create_user(UserName=name)
    marker = iam.list_users(MaxItems=3)["Marker"]
    iam.delete_user(UserName="c")
    iam.create_user(UserName="bb")
    iam.create_user(UserName="dd")
    assert [user["UserName"] for user in iam.list_users(Marker=marker)["Users"]] == ["d", "dd", "e", "f"]


def test_forged_and_foreign_markers_are_refused(server):
    iam = server.iam()
    for name in ("a", "b"):
        iam.create_user(UserName=name)
    marker = iam.list_users(MaxItems=1)["Marker"]
    raw = bytearray(base64.b64decode(marker))
    raw[len(raw) // 2] ^= 1
    for forged in ("b", "AAAA", base64.b64encode(raw).decode(), marker[:-4], "ÿ not base64"):
        with refused(*INVALID_MARKER):
            iam.list_users(Marker=forged)
    iam.create_user(UserName="bob")
    with refused(*INVALID_MARKER):  # Made by another operation.
        iam.list_access_keys(UserName="bob", Marker=marker)


@pytest.mark.parametrize("parameters, message", [
    ({"UserName": "no spaces"}, "The specified value for userName is invalid. It must contain only alphanumeric "
                                "characters and/or the following: +=,.@_-"),
    ({"UserName": "bob", "Path": "staff"}, "The specified value for path is invalid. It must begin and end with / and "
                                           "contain only alphanumeric characters and/or / characters."),
    ({"UserName": "x" * 65}, "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member "
                             "must have length less than or equal to 64"),
    ({}, "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null"),
])
def test_names_and_paths_are_checked(server, parameters, message):
    iam = server.iam(config={"parameter_validation": False})
    with refused("ValidationError", 400, message):
        iam.create_user(**parameters)
    assert iam.list_users()["Users"] == []


def test_several_faults_are_told_in_one_message(server):
    iam = server.iam(config={"parameter_validation": False})
    with refused("ValidationError", 400, re.compile("2 validation errors detected: Value at .*; Value at .*")):
        iam.create_user(UserName="x" * 65, Path="/" + "x" * 600 + "/")


def test_max_items_has_bounds(server):
    iam = server.iam(config={"parameter_validation": False})
    for items, bound in ((0, "greater than or equal to 1"), (1001, "less than or equal to 1000")):
        with refused("ValidationError", 400, "1 validation error detected: Value at 'maxItems' failed to satisfy "
                                             f"constraint: Member must have value {bound}"):
            iam.list_users(MaxItems=items)


def test_waiters_see_users(server):
    iam = server.iam()
    iam.create_user(UserName="bob")
    iam.get_waiter("user_exists").wait(UserName="bob", WaiterConfig={"Delay": 1, "MaxAttempts": 1})


def test_names_may_hold_every_allowed_character(server):
    iam = server.iam()
    name = "a+b=c,d.e@f_g-H"
    iam.create_user(UserName=name)
    key = server.new_key(name)
    assert server.who(key) == f"arn:aws:iam::{ROOT_ACCOUNT}:user/{name}"
    assert iam.list_access_keys(UserName=name)["AccessKeyMetadata"][0]["UserName"] == name


def test_quota_of_users(installation):
    iam = installation.start("--users-per-account", "2").iam()
    iam.create_user(UserName="a")
    iam.create_user(UserName="b")
    with refused("LimitExceeded", 409, "Cannot exceed quota for UsersPerAccount: 2"):
        iam.create_user(UserName="c")
    iam.delete_user(UserName="a")
    iam.create_user(UserName="c")


DENIED_CALLS = [
    ("iam", "CreateUser", {"UserName": "eve"}),
    ("iam", "GetUser", {"UserName": "bob"}),
    ("iam", "GetUser", {}),
    ("iam", "ListUsers", {}),
    ("iam", "UpdateUser", {"UserName": "bob", "NewUserName": "rob"}),
    ("iam", "DeleteUser", {"UserName": "bob"}),
    ("iam", "CreateAccessKey", {}),
    ("iam", "CreateAccessKey", {"UserName": "bob"}),
    ("iam", "ListAccessKeys", {}),
    ("iam", "UpdateAccessKey", {"AccessKeyId": "AKIAUNKNOWNUNKNOWN12", "Status": "Active"}),
    ("iam", "DeleteAccessKey", {"AccessKeyId": "AKIAUNKNOWNUNKNOWN12"}),
    ("sts", "GetAccessKeyInfo", {"AccessKeyId": "AKIAUNKNOWNUNKNOWN12"}),
    ("iam", "ListRoles", {}),
]


@pytest.mark.parametrize("service, action, parameters", DENIED_CALLS)
def test_user_without_a_policy_is_denied(server, service, action, parameters):
    bob = server.new_user()
    with server.connect() as connection:
        answer = connection.call(bob, action, parameters, service=service)
    assert answer.refusal[:2] == (403, "AccessDenied")
    assert re.fullmatch(re.escape(f"User: arn:aws:iam::{ROOT_ACCOUNT}:user/bob is not authorized to perform: "
                                  f"{service}:{action}") + "( on resource: [^ ]+( [^ ]+)?)?"
                        + f" because no identity-based policy allows the {service}:{action} action", answer.refusal[2])
    assert len(server.iam().list_users()["Users"]) == 1


def test_user_without_a_policy_may_ask_who_it_is_and_for_a_session(server):
    bob = server.new_user()
    arn = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    assert server.who(bob) == arn
    session = server.session_of(bob)
    assert server.who(session) == arn
    with refused(*INVALID_TOKEN):
        server.iam(session).list_users()
