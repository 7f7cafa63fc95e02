"""The server killed in the middle of a stream of changes, many times over: of one kind, and of all kinds that IAM has."""

import collections
import http.client
import json
import random
import signal
import threading

from certificate_test import workshop  # noqa: F401: a fixture.
from installation import ROOT_ACCOUNT, eventually
from provider_test import metadata  # noqa: F401: a fixture.
from random_changes import Changer, observe, of_client, send
from signing import Connection, Credentials

ROUNDS = 30
CLIENTS = 4


class Round:
    """Some clients that create keys until the server is gone."""

    def __init__(self, server, number, enough):
        self.users = [f"round-{number}-{i}" for i in range(CLIENTS)] + [f"round-{number}-shared"]
        self.acknowledged = {}  # Credentials, and the user that they were made for.
        self._server = server
        self._enough = enough
        self._reached = threading.Event()
        self._lock = threading.Lock()

    def run(self):
        with self._server.connect() as connection:
            for user in self.users:
                assert connection.call(self._server.root, "CreateUser", {"UserName": user}).status == 200
        threads = [threading.Thread(target=self._create, args=(user,)) for user in self.users[:CLIENTS]]
        for thread in threads:
            thread.start()
        assert self._reached.wait(60)
        self._server.kill()
        for thread in threads:
            thread.join()

    def _create(self, own):
        with Connection(self._server.url) as connection:
            while True:
                for user in (own, self.users[-1]):  # Alone, and all on one user.
                    try:
                        answer = connection.call(self._server.root, "CreateAccessKey", {"UserName": user})
                    except (OSError, http.client.HTTPException):
                        return
                    assert answer.status == 200, answer
                    made = Credentials(answer.text("AccessKeyId"), answer.text("SecretAccessKey"))
                    with self._lock:
                        self.acknowledged[made] = user
                        if len(self.acknowledged) >= self._enough:
                            self._reached.set()


def listed_keys(connection, root, user):
    keys, marker = [], None
    while True:
        answer = connection.call(root, "ListAccessKeys", {"UserName": user, "MaxItems": "1000",
                                                          **({"Marker": marker} if marker else {})})
        assert answer.status == 200, answer
        keys += answer.all("AccessKeyId")
        if answer.text("IsTruncated") == "false":
            return keys
        marker = answer.text("Marker")


def check(server, round_):
    """Every acknowledged key works, and every key that is there is whole."""
    with server.connect() as connection:
        listed = {user: listed_keys(connection, server.root, user) for user in round_.users}
        for key, user in round_.acknowledged.items():
            assert key.access_key_id in listed[user], f"an acknowledged key of {user} is lost"
            answer = connection.call(key, "GetCallerIdentity")
            assert answer.status == 200 and answer.text("Arn") == f"arn:aws:iam::{ROOT_ACCOUNT}:user/{user}", answer
        known = {key.access_key_id for key in round_.acknowledged}
        unheard = 0
        for user, keys in listed.items():
            assert len(set(keys)) == len(keys)
            for key_id in set(keys) - known:
                # Made, but its maker did not live to hear of it: it must be whole all the same. The key's look-up
                # finds it (an unknown key is no SignatureDoesNotMatch), and so does its account's.
                unheard += 1
                answer = connection.call(Credentials(key_id, "x" * 40), "GetCallerIdentity")
                assert answer.refusal[1] == "SignatureDoesNotMatch", answer
                answer = connection.call(server.root, "GetAccessKeyLastUsed", {"AccessKeyId": key_id})
                assert answer.status == 200 and answer.text("UserName") == user, answer
        return unheard


def check_trail(server, rounds):
    """The event of every acknowledged key is in the audit trail, once."""
    acknowledged = {key.access_key_id for round_ in rounds for key in round_.acknowledged}
    pages = server.client("cloudtrail").get_paginator("lookup_events")

    def events():
        wanted = [{"AttributeKey": "EventName", "AttributeValue": "CreateAccessKey"}]
        return [json.loads(event["CloudTrailEvent"]) for page in pages.paginate(LookupAttributes=wanted)
                for event in page["Events"]]

    def made():
        return collections.Counter(event["responseElements"]["accessKey"]["accessKeyId"] for event in events()
                                   if "errorCode" not in event)

    counted = eventually(lambda: (lambda counted: acknowledged <= counted.keys() and counted)(made()),
                         "the events of all acknowledged keys")
    assert set(counted.values()) == {1}
    ids = [event["eventID"] for event in events()]
    assert len(ids) == len(set(ids))


def test_killed_server_has_kept_every_acknowledged_key_and_no_half_made_one(installation, measured):
    chance = random.Random(20260101)
    server = installation.start("--access-keys-per-user", "1000000")
    rounds, unheard = [], 0
    for number in range(ROUNDS):
        round_ = Round(server, number, enough=chance.randint(1, 80))
        round_.run()
        server.start("--access-keys-per-user", "1000000")
        unheard += check(server, round_)
        rounds.append(round_)
    for round_ in rounds:  # Nor has a later crash undone an earlier round.
        check(server, round_)
    check_trail(server, rounds)
    keys = sum(len(round_.acknowledged) for round_ in rounds)
    measured(f"{ROUNDS} kills: {keys} acknowledged keys found and working, {unheard} more complete and unheard of")
    server.secrets.update(key.secret for round_ in rounds for key in round_.acknowledged)
    assert server.stop(signal.SIGTERM) == 0


# ---- Changes of every kind

CHANGE_ROUNDS = 12


class Changing(threading.Thread):
    """Sends what its Changer proposes until the server is gone."""

    def __init__(self, server, changer, answered):
        super().__init__()
        self.server, self.changer, self.answered = server, changer, answered
        self.pending = None  # Sent, and not answered.
        self.refused = None

    def run(self):
        with Connection(self.server.url) as connection:
            while True:
                self.pending = self.changer.propose()
                try:
                    answer = send(connection, self.server.root, self.pending)
                except (OSError, http.client.HTTPException):
                    return
                if answer.status != 200:
                    self.refused = f"{self.pending}: {answer}"
                    self.answered.release(1_000_000)
                    return
                self.server.remember(answer.body.decode())
                self.changer.acknowledge(self.pending, answer)
                self.answered.release()


def test_killed_server_has_done_each_change_of_any_kind_wholly_or_not_at_all(installation, workshop, metadata, measured):
    def material(name):
        certificate, key = workshop.certificate(name)
        workshop.openssl("rsa", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
        return {"certificate": certificate, "key": key, "ssh": workshop.read(f"{name}.pub"), "metadata": metadata}

    chance = random.Random(20260102)
    server = installation.start()
    changers = [Changer(f"c{number}", random.Random(number), material(f"c{number}")) for number in range(CLIENTS)]
    acknowledged, done_unheard = 0, 0
    for _ in range(CHANGE_ROUNDS):
        answered = threading.Semaphore(0)
        threads = [Changing(server, changer, answered) for changer in changers]
        for thread in threads:
            thread.start()
        enough = chance.randint(20, 160)
        for _ in range(enough):
            assert answered.acquire(timeout=60)
        server.kill()
        for thread in threads:
            thread.join()
        assert not [thread.refused for thread in threads if thread.refused]
        server.start()
        facts = observe(server.iam())
        for thread in threads:
            done_unheard += thread.changer.explain(of_client(facts, thread.changer.name), thread.pending)
        assert facts == set().union(*(changer.facts for changer in changers))
        acknowledged += enough
    assert server.stop(signal.SIGTERM) == 0
    measured(f"{CHANGE_ROUNDS} kills among at least {acknowledged} changes of all kinds: none lost or half done, "
             f"{done_unheard} done and not heard of")
