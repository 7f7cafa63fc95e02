"""The server killed in the middle of a stream of changes, many times over: of one kind, and of all kinds that IAM has.

What happens is drawn from a seed, which CLAVIGER_COMPAT_SEED may name; a failure prints it.
"""

import base64
import collections
import http.client
import itertools
import json
import os
import random
import re
import signal
import subprocess
import threading

import pytest

from account_facts import PROVIDER, notices, observe, of_client
from administration_test import printed_key
from certificate_test import workshop  # noqa: F401: a fixture.
from installation import ROOT_ACCOUNT, binary, eventually
from provider_test import metadata  # noqa: F401: a fixture.
from random_changes import TEMPLATE, Changer, send
from signing import Connection, Credentials

ROUNDS = 30
CLIENTS = 4


@pytest.fixture
def seed():
    number = int(os.environ.get("CLAVIGER_COMPAT_SEED", "20260101"))
    print(f"CLAVIGER_COMPAT_SEED={number}")
    return number


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


def events_of_changes(server, attribute, value, credentials=None):
    """What the audit trail tells of changes that were made; that of root's account, or of whose credentials these are."""
    pages = server.client("cloudtrail", credentials).get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": attribute, "AttributeValue": value}])
    events = [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]
    return [event for event in events if not event["readOnly"] and "errorCode" not in event]


def check_trail(server, rounds):
    """The event of every acknowledged key is in the audit trail, once."""
    acknowledged = {key.access_key_id for round_ in rounds for key in round_.acknowledged}

    def events():
        return events_of_changes(server, "EventName", "CreateAccessKey")

    def made():
        return collections.Counter(event["responseElements"]["accessKey"]["accessKeyId"] for event in events())

    counted = eventually(lambda: (lambda counted: acknowledged <= counted.keys() and counted)(made()),
                         "the events of all acknowledged keys")
    assert set(counted.values()) == {1}
    ids = [event["eventID"] for event in events()]
    assert len(ids) == len(set(ids))


def test_killed_server_has_kept_every_acknowledged_key_and_no_half_made_one(installation, seed, measured):
    chance = random.Random(seed)
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

CHANGE_ROUNDS = 16
READS = re.compile("Get|List|Simulate|Generate")
LEFT_OUT = {}  # Implemented operations that change something, and why there are no random changes by them.


def changing_operations():
    """Those that this program implements of IAM and that do not only read, as their names have it; but for those left out."""
    listed = subprocess.run([binary(), "operations", "--implemented"], capture_output=True, text=True, check=True).stdout
    names = {name for service, _, name in (line.partition(":") for line in listed.split()) if service == "iam"}
    changing = {name for name in names if not READS.match(name)}
    assert LEFT_OUT.keys() <= changing
    return changing - LEFT_OUT.keys()


class Imagined:
    """The answer of a server that there is not."""

    numbers = itertools.count()

    def text(self, element):
        return base64.b64encode(b"A" * 64).decode() if element == "Base32StringSeed" else f"{element}-{next(self.numbers)}"


def test_every_operation_that_changes_something_is_among_the_random_changes():
    proposed = set()
    changer = Changer("c0", random.Random(1), collections.defaultdict(str), {("account", "account")})
    for _ in range(2000):
        change = changer.propose()
        proposed.add(change.action)
        changer.acknowledge(change, Imagined())
    missing = changing_operations() - proposed
    assert not missing, f"add {sorted(missing)} to random_changes.py, or to LEFT_OUT with the reason"
    assert proposed == changing_operations()


class Changing(threading.Thread):
    """Sends what its Changer proposes until the server is gone."""

    def __init__(self, server, changer, answered):
        super().__init__()
        self.server, self.changer, self.answered = server, changer, answered
        self.pending = None  # Sent, and not answered.
        self.acknowledged = {}  # Ids of requests, and in whose account they did what.
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
                self._acknowledge(answer)
                self.answered.release()

    def _acknowledge(self, answer):
        self.server.remember(answer.body.decode())
        self.changer.acknowledge(self.pending, answer)
        self.acknowledged[answer.text("RequestId")] = (self.pending.account, self.pending.action)

    def settle(self):
        """Asks for a delegation again if it is not known whether there is one, and returns the ids of all that there are.

        One that nobody owns is in no list; but there are no two for one workflow. That which was made before is found by the
        trail.
        """
        requests = {fact[2] for fact in self.changer.facts if fact[0] == "delegation-request"}
        if self.pending.action != "CreateDelegationRequest":
            return requests
        workflow, provider = self.pending.values["RequestorWorkflowId"], self.pending.caller
        with self.server.connect() as connection:
            answer = send(connection, self.server.root, self.pending)
        if answer.status == 200:
            self._acknowledge(answer)
            self.pending = None
            return requests | {answer.text("DelegationRequestId")}
        assert answer.refusal == (409, "EntityAlreadyExists",
                                  f"Delegation request with RequestorWorkflowId {workflow} already exists."), answer
        events = eventually(lambda: [
            event for event in events_of_changes(self.server, "EventName", self.pending.action, provider)
            if event["requestParameters"]["requestorWorkflowId"] == workflow], "the event of a request for a delegation")
        return requests | {event["responseElements"]["delegationRequestId"] for event in events}


class Ledger:
    """What the audit trail must tell in the end."""

    def __init__(self, accounts):
        self.accounts = accounts  # Credentials for the trail of each.
        self.acknowledged = {}
        self.unheard = collections.Counter()  # Done, and the answer lost.
        self.doubtful = collections.Counter()  # Not answered, and the account looks the same either way.

    def take(self, thread, observed):
        self.acknowledged.update(thread.acknowledged)
        pending = thread.pending
        silent = pending and pending.added <= thread.changer.facts and not pending.removed
        if thread.changer.explain(observed, pending):
            self.unheard[pending.account, pending.action] += 1
        elif silent:
            self.doubtful[pending.account, pending.action] += 1

    def check(self, server):
        """Every change that was made has one event, and no other has any."""
        events = eventually(lambda: self._complete(self._events(server)), "the events of all acknowledged changes")
        told = collections.Counter(event["requestID"] for _, event in events)
        assert set(told.values()) == {1} and len({event["eventID"] for _, event in events}) == len(events)
        done = {event["requestID"]: (account, event["eventName"]) for account, event in events}
        assert {request: done[request] for request in self.acknowledged} == self.acknowledged
        others = collections.Counter(what for request, what in done.items() if request not in self.acknowledged)
        assert self.unheard <= others <= self.unheard + self.doubtful, (self.unheard, others, self.doubtful)

    def _events(self, server):
        return [(account, event) for account, credentials in self.accounts.items()
                for event in events_of_changes(server, "EventSource", "iam.amazonaws.com", credentials)]

    def _complete(self, events):
        return self.acknowledged.keys() <= {event["requestID"] for _, event in events} and events


def make_provider(server):
    """Makes the account that asks for delegations, on a stopped store; returns what its root user signs with."""
    _, provider = printed_key(server.account("create", PROVIDER))
    (server.folder / "template.json").write_text(TEMPLATE)
    server.run("delegation", "template", "add", "getter", "--account", PROVIDER, "--policy", "template.json", "--data",
               str(server.data))
    return provider


def test_killed_server_has_done_each_change_of_any_kind_wholly_or_not_at_all(
        installation, workshop, metadata, seed, measured):  # noqa: F811
    def material(name):
        certificate, key = workshop.certificate(name)
        workshop.openssl("rsa", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
        return {"certificate": certificate, "key": key, "ssh": workshop.read(f"{name}.pub"), "metadata": metadata,
                "service": "codecommit.amazonaws.com", "provider": provider}

    chance = random.Random(seed)
    server = installation.start()
    server.client("organizations").create_organization(FeatureSet="ALL")
    server.client("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    assert server.stop() == 0
    provider = make_provider(server)
    server.start()
    before = observe(server)
    changers = [Changer(name, random.Random(f"{seed} {name}"), material(name), of_client(before, name))
                for name in (f"c{number}" for number in range(CLIENTS))]
    others = before - set().union(*(changer.facts for changer in changers))
    ledger, missing = Ledger({ROOT_ACCOUNT: server.root, PROVIDER: provider}), changing_operations()
    for number in itertools.count():
        if number >= CHANGE_ROUNDS and not missing:
            break
        assert number < 3 * CHANGE_ROUNDS, f"never acknowledged: {missing}"
        answered = threading.Semaphore(0)
        threads = [Changing(server, changer, answered) for changer in changers]
        for thread in threads:
            thread.start()
        for _ in range(chance.randint(20, 200)):
            assert answered.acquire(timeout=60)
        server.kill()
        for thread in threads:
            thread.join()
        assert not [thread.refused for thread in threads if thread.refused]
        server.start()
        facts = observe(server, set().union(*(thread.settle() for thread in threads)))
        for thread in threads:
            ledger.take(thread, of_client(facts, thread.changer.name))
        assert facts == others.union(*(changer.facts for changer in changers))
        missing -= {action for _, action in ledger.acknowledged.values()}
    ledger.check(server)
    assert server.stop(signal.SIGTERM) == 0
    told = {fact for changer in changers for fact in changer.facts if fact[0] == "notice"}
    assert notices(server) == told
    measured(f"{number} kills among {len(ledger.acknowledged)} changes by {len(changing_operations())} operations: none lost "
             f"or half done, {sum(ledger.unheard.values())} done and not heard of; each has one event in the audit "
             f"trail, and {len(told)} notices of delegations are there once")
