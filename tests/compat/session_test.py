"""Who a caller is, and temporary credentials, through boto3."""

import datetime

import pytest

from installation import INVALID_TOKEN, ROOT_ACCOUNT, Installation, eventually, refused

ROOT_ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:root"


def test_root_is_told_who_it_is(any_server):
    answer = any_server.sts().get_caller_identity()
    assert (answer["Account"], answer["UserId"], answer["Arn"]) == (ROOT_ACCOUNT, ROOT_ACCOUNT, ROOT_ARN)


def test_user_is_told_who_it_is(any_server):
    bob = any_server.new_user(Path="/staff/")
    answer = any_server.sts(bob).get_caller_identity()
    assert answer["UserId"] == any_server.iam().get_user(UserName="bob")["User"]["UserId"]
    assert (answer["Account"], answer["Arn"]) == (ROOT_ACCOUNT, f"arn:aws:iam::{ROOT_ACCOUNT}:user/staff/bob")


def test_session_speaks_for_its_user_with_sts_and_not_with_iam(any_server):
    server = any_server
    bob = server.new_user()
    session = server.session_of(bob)
    assert session.access_key_id.startswith("ASIA") and len(session.secret) == 40
    mine, parents = server.sts(session).get_caller_identity(), server.sts(bob).get_caller_identity()
    for part in ("UserId", "Account", "Arn"):
        assert mine[part] == parents[part]
    iam = server.iam(session)
    for call in (iam.list_users, iam.get_user, iam.create_access_key):
        with refused(*INVALID_TOKEN):
            call()


def test_session_of_root_may_not_call_iam_either(server):
    session = server.session_of()
    assert server.who(session) == ROOT_ARN
    with refused(*INVALID_TOKEN):
        server.iam(session).list_users()


def test_session_makes_no_further_session(server):
    session = server.session_of(server.new_user())
    with refused("AccessDenied", 403, "Cannot call GetSessionToken with session credentials"):
        server.sts(session).get_session_token()
    with refused("AccessDenied", 403, "Cannot call GetFederationToken with session credentials"):
        server.sts(session).get_federation_token(Name="bob")


@pytest.mark.parametrize("asked, given", [(None, 43200), (900, 900), (129600, 129600)])
def test_session_lasts_as_long_as_asked(server, asked, given):
    bob = server.new_user()
    parameters = {"DurationSeconds": asked} if asked else {}
    made = server.sts(bob).get_session_token(**parameters)["Credentials"]
    left = made["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(seconds=given - 60) < left <= datetime.timedelta(seconds=given)


def test_session_of_root_is_shortened_to_an_hour(server):
    expiration = server.sts().get_session_token(DurationSeconds=129600)["Credentials"]["Expiration"]
    left = expiration - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=59) < left <= datetime.timedelta(hours=1)


@pytest.mark.parametrize("seconds, bound", [(899, "greater than or equal to 900"), (129601, "less than or equal to 129600")])
def test_duration_has_bounds(server, seconds, bound):
    sts = server.sts(config={"parameter_validation": False})
    with refused("ValidationError", 400, f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed "
                                         f"to satisfy constraint: Member must have value {bound}"):
        sts.get_session_token(DurationSeconds=seconds)


def test_wrong_mfa_code_is_refused(server):
    bob = server.new_user()
    serial = f"arn:aws:iam::{ROOT_ACCOUNT}:mfa/bob"
    with refused("AccessDenied", 403):
        server.sts(bob).get_session_token(SerialNumber=serial, TokenCode="123456")
    with refused("AccessDenied", 403):
        server.sts(bob).get_session_token(SerialNumber=serial)


def test_session_outlives_the_key_that_asked_for_it_but_not_its_user(server):
    bob = server.new_user()
    session = server.session_of(bob)
    iam = server.iam()
    iam.update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status="Inactive")
    assert server.who(session)
    iam.delete_access_key(UserName="bob", AccessKeyId=bob.access_key_id)
    assert server.who(session)
    iam.delete_user(UserName="bob")
    with refused(*INVALID_TOKEN):
        server.who(session)
    iam.create_user(UserName="bob")  # Another user, though of the same name.
    with refused(*INVALID_TOKEN):
        server.who(session)


def test_token_belongs_to_its_key(server):
    bob = server.new_user()
    first, second = server.session_of(bob), server.session_of(bob)
    for mixed in (first._replace(token=second.token), bob._replace(token=first.token), first._replace(token=None),
                  first._replace(token=first.token[:-8] + "AAAAAAA="), first._replace(token="made up"),
                  first._replace(token="A" * 20000)):
        with refused(*INVALID_TOKEN):
            server.who(mixed)
    with refused("SignatureDoesNotMatch", 403):
        server.who(first._replace(secret=second.secret))


def test_token_of_another_installation_is_refused(server, tmp_path_factory):
    other = Installation(tmp_path_factory.mktemp("other"))
    other.start()
    try:
        session = other.session_of()
    finally:
        other.finish()
    with refused(*INVALID_TOKEN):
        server.who(session)


def test_session_ends_when_its_time_is_up(installation, shifted_clock):
    """The clock of the server is put forward, while it is down, to both sides of the end."""
    server = installation.start()
    bob = server.new_user()
    session = server.session_of(bob, DurationSeconds=900)
    for seconds, alive in ((600, True), (1000, False)):
        server.stop()
        server.start(**shifted_clock(seconds))
        time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
        with server.connect() as connection:
            answer = connection.call(session, "GetCallerIdentity", time=time)
            if alive:
                assert answer.status == 200, answer
            else:
                assert answer.refusal == (403, "ExpiredToken",
                                          "The security token included in the request is expired")
            assert connection.call(bob, "GetCallerIdentity", time=time).status == 200


def test_uses_within_a_quarter_of_an_hour_count_as_the_first(installation, shifted_clock):
    server = installation.start()
    bob = server.new_user()
    server.who(bob)

    def last_used(connection, **signing):
        answer = connection.call(server.root, "GetAccessKeyLastUsed", {"AccessKeyId": bob.access_key_id}, **signing)
        return answer.all("LastUsedDate")

    with server.connect() as connection:
        first = eventually(lambda: last_used(connection), "the use is known")
    for seconds, counts in ((600, False), (1200, True)):
        server.stop()
        server.start(**shifted_clock(seconds))
        time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
        with server.connect() as connection:
            assert connection.call(bob, "GetCallerIdentity", time=time).status == 200
            if counts:
                eventually(lambda: last_used(connection, time=time) > first, "the later use is known")
            else:
                assert connection.call(server.root, "CreateUser", {"UserName": "alice"}, time=time).status == 200
                assert last_used(connection, time=time) == first
