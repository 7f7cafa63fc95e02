"""Changes that race each other: whatever the order, the outcome is one that some order would have had."""

import concurrent.futures
import contextlib
import itertools

import pytest

from signing import Connection

ROUNDS = 40


@pytest.fixture
def race(any_server):
    """Sends calls at the same moment on connections of their own; returns their answers in the order given."""
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(8))
        connections = [stack.enter_context(Connection(any_server.url)) for _ in range(8)]

        def run(*calls):
            return list(pool.map(lambda connection, call: connection.call(any_server.root, *call), connections, calls))

        run.server = any_server
        yield run


def outcome(answer):
    return "done" if answer.status == 200 else answer.refusal[1]


def test_key_is_not_made_for_a_user_that_goes(race):
    seen = set()
    for number in range(ROUNDS):
        name = f"user-{number}"
        race(("CreateUser", {"UserName": name}))
        calls = [("CreateAccessKey", {"UserName": name}), ("DeleteUser", {"UserName": name})]
        answers = race(*(calls if number % 2 else reversed(calls)))
        made, deleted = map(outcome, answers if number % 2 else reversed(answers))
        seen.add((made, deleted))
        with Connection(race.server.url) as connection:
            there = connection.call(race.server.root, "ListAccessKeys", {"UserName": name})
            assert there.status == (404 if deleted == "done" else 200)
            assert there.status == 404 or len(there.all("AccessKeyId")) == 1
    assert seen <= {("done", "DeleteConflict"), ("NoSuchEntity", "done")}


def test_name_is_given_once(race):
    for number in range(ROUNDS):
        names = [f"Name-{number}", f"name-{number}", f"NAME-{number}"]
        race(("CreateUser", {"UserName": f"other-{number}"}))
        answers = race(*(("CreateUser", {"UserName": name}) for name in names),
                       ("UpdateUser", {"UserName": f"other-{number}", "NewUserName": names[0]}))
        assert sorted(map(outcome, answers)) == ["EntityAlreadyExists"] * 3 + ["done"]
    users = race.server.iam().get_paginator("list_users").paginate().build_full_result()["Users"]
    assert len({user["UserName"].lower() for user in users}) == len(users)


def test_key_is_deleted_once(race):
    for number in range(ROUNDS):
        name = f"user-{number}"
        race(("CreateUser", {"UserName": name}))
        key_id = race(("CreateAccessKey", {"UserName": name}))[0].text("AccessKeyId")
        named = {"UserName": name, "AccessKeyId": key_id}
        answers = race(("DeleteAccessKey", named), ("UpdateAccessKey", {**named, "Status": "Inactive"}),
                       ("DeleteAccessKey", named), ("UpdateAccessKey", {**named, "Status": "Active"}))
        outcomes = list(map(outcome, answers))
        assert sorted(outcomes[0::2]) == ["NoSuchEntity", "done"]
        assert set(outcomes) <= {"done", "NoSuchEntity"}
        assert outcome(race(("DeleteUser", {"UserName": name}))[0]) == "done"


def test_quota_of_users_holds_however_many_come_at_once(installation):
    server = installation.start("--users-per-account", "10")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        def create(number):
            with Connection(server.url) as connection:
                return outcome(connection.call(server.root, "CreateUser", {"UserName": f"user-{number}"}))
        outcomes = list(pool.map(create, range(40)))
    assert outcomes.count("done") == 10 and outcomes.count("LimitExceeded") == 30
    assert len(server.iam().list_users()["Users"]) == 10


def test_switch_is_seen_by_requests_sent_after_its_answer(race):
    """On many connections at once, over all event loops: no answer is older than the last acknowledged switch."""
    bob = race.server.new_user()
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(8))
        connections = [stack.enter_context(Connection(race.server.url)) for _ in range(8)]
        for status in itertools.islice(itertools.cycle(["Inactive", "Active"]), ROUNDS):
            change = {"UserName": "bob", "AccessKeyId": bob.access_key_id, "Status": status}
            assert outcome(race(("UpdateAccessKey", change))[0]) == "done"
            answers = set(pool.map(lambda one: outcome(one.call(bob, "GetCallerIdentity")), connections))
            assert answers == {"done" if status == "Active" else "InvalidClientTokenId"}
