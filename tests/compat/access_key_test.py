"""Access keys through boto3: the rotation, whose keys they are, and that a key that is off is off at once."""

import concurrent.futures
import datetime

import pytest

from installation import INVALID_TOKEN, ROOT_ACCOUNT, eventually, refused
from signing import Credentials

THIRD_KEY = ("LimitExceeded", 409, "Cannot exceed quota for AccessKeysPerUser: 2")
NON_USER = ("ValidationError", 400, "Must specify userName when calling with non-User credentials")


def no_such_key(key_id):
    return "NoSuchEntity", 404, f"The Access Key with id {key_id} cannot be found."


def no_such_user(name):
    return "NoSuchEntity", 404, f"The user with name {name} cannot be found."


def test_whole_rotation(any_server):
    server = any_server
    iam = server.iam()
    user = iam.create_user(UserName="bob", Path="/staff/")["User"]
    old = server.new_key("bob")
    assert server.who(old) == f"arn:aws:iam::{ROOT_ACCOUNT}:user/staff/bob" == user["Arn"]

    new = server.new_key("bob")
    with refused(*THIRD_KEY):
        iam.create_access_key(UserName="bob")
    assert server.who(new) == user["Arn"]

    last = eventually(lambda: _last_used(iam, old), "the use of the old key is known")
    assert last["ServiceName"] == "sts" and last["Region"] == "us-east-1"
    assert abs(datetime.datetime.now(datetime.timezone.utc) - last["LastUsedDate"]) < datetime.timedelta(minutes=5)

    iam.update_access_key(UserName="bob", AccessKeyId=old.access_key_id, Status="Inactive")
    with refused(*INVALID_TOKEN):
        server.who(old)
    assert _statuses(iam, "bob") == {old.access_key_id: "Inactive", new.access_key_id: "Active"}
    with refused(*THIRD_KEY):  # An inactive key keeps its place.
        iam.create_access_key(UserName="bob")

    iam.update_access_key(UserName="bob", AccessKeyId=old.access_key_id, Status="Active")
    assert server.who(old) == user["Arn"]

    iam.update_access_key(UserName="bob", AccessKeyId=old.access_key_id, Status="Inactive")
    iam.delete_access_key(UserName="bob", AccessKeyId=old.access_key_id)
    with refused(*INVALID_TOKEN):
        server.who(old)
    assert _statuses(iam, "bob") == {new.access_key_id: "Active"}
    assert server.who(new) == user["Arn"]


def _last_used(iam, key):
    answer = iam.get_access_key_last_used(AccessKeyId=key.access_key_id)
    assert answer["UserName"] == "bob"
    return answer["AccessKeyLastUsed"] if "LastUsedDate" in answer["AccessKeyLastUsed"] else None


def _statuses(iam, user):
    keys = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    assert all(key["UserName"] == user for key in keys)
    return {key["AccessKeyId"]: key["Status"] for key in keys}


def test_created_key_is_described_in_full(server):
    server.iam().create_user(UserName="bob")
    answer = server.iam().create_access_key(UserName="bob")
    key = answer["AccessKey"]
    assert set(key) == {"UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"}
    assert key["UserName"] == "bob" and key["Status"] == "Active"
    assert len(key["AccessKeyId"]) == 20 and key["AccessKeyId"].startswith("AKIA")
    assert len(key["SecretAccessKey"]) == 40
    assert key["CreateDate"].microsecond == 0
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"] == answer["ResponseMetadata"]["RequestId"]


def test_switched_off_key_is_refused_by_the_next_request_on_every_open_connection(any_server):
    server = any_server
    bob = server.new_user()
    connections = [server.connect() for _ in range(8)]
    ports = []
    for connection in connections:
        assert connection.call(bob, "GetCallerIdentity").status == 200
        ports.append(connection.local_port)

    with server.connect() as administrator:
        for status in ("Inactive", "Active") * 5:
            change = {"UserName": "bob", "AccessKeyId": bob.access_key_id, "Status": status}
            assert administrator.call(server.root, "UpdateAccessKey", change).status == 200
            for connection in connections:
                answer = connection.call(bob, "GetCallerIdentity")
                if status == "Active":
                    assert answer.status == 200, answer
                else:
                    assert (answer.refusal[1], answer.status, answer.refusal[2]) == INVALID_TOKEN
    assert [connection.local_port for connection in connections] == ports
    for connection in connections:
        connection.close()


def test_switched_off_key_is_refused_by_a_client_that_goes_on_using_it(server):
    bob = server.new_user()
    client = server.sts(bob)
    client.get_caller_identity()
    server.iam().update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status="Inactive")
    with refused(*INVALID_TOKEN):
        client.get_caller_identity()
    server.iam().delete_access_key(UserName="bob", AccessKeyId=bob.access_key_id)
    with refused(*INVALID_TOKEN):
        client.get_caller_identity()


def test_never_used_key_has_no_last_use(server):
    server.iam().create_user(UserName="bob")
    key = server.new_key("bob")
    used = server.iam().get_access_key_last_used(AccessKeyId=key.access_key_id)
    assert used["UserName"] == "bob"
    assert used["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}


def test_last_use_names_the_service_and_region_of_the_first_use(server):
    bob = server.new_user()
    with server.connect() as connection:
        connection.call(bob, "ListUsers", region="eu-central-1")
        connection.call(bob, "GetCallerIdentity")

    def last_used():
        used = server.iam().get_access_key_last_used(AccessKeyId=bob.access_key_id)["AccessKeyLastUsed"]
        return used if "LastUsedDate" in used else None

    used = eventually(last_used, "the use is known")
    assert (used["ServiceName"], used["Region"]) == ("iam", "eu-central-1")


def test_refused_signatures_are_no_use(server):
    bob = server.new_user()
    with refused("SignatureDoesNotMatch", 403):
        server.who(bob._replace(secret="x" * 40))
    server.who(server.root)
    used = server.iam().get_access_key_last_used(AccessKeyId=bob.access_key_id)
    assert used["AccessKeyLastUsed"]["ServiceName"] == "N/A"


def test_last_use_of_a_foreign_or_unknown_key_is_access_denied(server):
    with refused("AccessDenied", 403,
                 f"User: arn:aws:iam::{ROOT_ACCOUNT}:root is not authorized to perform iam:GetAccessKeyLastUsed on "
                 "resource: access key AKIAUNKNOWNUNKNOWN12"):
        server.iam().get_access_key_last_used(AccessKeyId="AKIAUNKNOWNUNKNOWN12")


def test_the_signing_key_implies_its_own_root_keys(server):
    iam = server.iam()
    assert [key["AccessKeyId"] for key in iam.list_access_keys()["AccessKeyMetadata"]] == [server.root.access_key_id]
    second = server.new_key()
    assert server.who(second) == f"arn:aws:iam::{ROOT_ACCOUNT}:root"
    with refused(*THIRD_KEY):
        iam.create_access_key()

    iam.update_access_key(AccessKeyId=second.access_key_id, Status="Inactive")
    with refused(*INVALID_TOKEN):
        server.who(second)
    iam.update_access_key(AccessKeyId=second.access_key_id, Status="Active")
    server.iam(second).delete_access_key(AccessKeyId=second.access_key_id)  # A key may delete itself.
    with refused(*INVALID_TOKEN):
        server.who(second)


def test_root_keys_are_not_a_users(server):
    server.iam().create_user(UserName="bob")
    with refused(*no_such_key(server.root.access_key_id)):
        server.iam().delete_access_key(UserName="bob", AccessKeyId=server.root.access_key_id)
    key = server.new_key("bob")
    with refused(*no_such_key(key.access_key_id)):
        server.iam().delete_access_key(AccessKeyId=key.access_key_id)


def test_temporary_credentials_imply_no_user(server):
    """They are refused before it comes to that: without MFA no session may call IAM at all."""
    session = server.session_of()
    with refused(*INVALID_TOKEN):
        server.iam(session).create_access_key()
    with refused(*INVALID_TOKEN):
        server.iam(session).list_access_keys(UserName="bob")


def test_keys_of_an_unknown_user_are_told_by_name(server):
    iam = server.iam()
    for call in (iam.create_access_key, iam.list_access_keys):
        with refused(*no_such_user("nobody")):
            call(UserName="nobody")
    with refused(*no_such_user("nobody")):
        iam.update_access_key(UserName="nobody", AccessKeyId=server.root.access_key_id, Status="Active")
    with refused(*no_such_user("nobody")):
        iam.delete_access_key(UserName="nobody", AccessKeyId=server.root.access_key_id)


def test_key_of_another_user_is_not_found(server):
    alice, bob = server.new_user("alice"), server.new_user("bob")
    iam = server.iam()
    with refused(*no_such_key(alice.access_key_id)):
        iam.update_access_key(UserName="bob", AccessKeyId=alice.access_key_id, Status="Inactive")
    with refused(*no_such_key(alice.access_key_id)):
        iam.delete_access_key(UserName="bob", AccessKeyId=alice.access_key_id)
    with refused(*no_such_key("AKIAUNKNOWNUNKNOWN12")):
        iam.delete_access_key(UserName="bob", AccessKeyId="AKIAUNKNOWNUNKNOWN12")
    assert server.who(alice) and server.who(bob)


def test_deleting_a_key_twice_finds_it_gone(server):
    bob = server.new_user()
    server.iam().delete_access_key(UserName="bob", AccessKeyId=bob.access_key_id)
    with refused(*no_such_key(bob.access_key_id)):
        server.iam().delete_access_key(UserName="bob", AccessKeyId=bob.access_key_id)


def test_no_key_is_made_expired(server):
    bob = server.new_user()
    with refused("InvalidInput", 400, "Operation does not support status Expired"):
        server.iam().update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status="Expired")
    assert server.who(bob)


@pytest.mark.parametrize("status", ["Off", "active"])
def test_status_is_one_of_the_enumeration(server, status):
    bob = server.new_user()
    message = ("1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum "
               "value set")
    with refused("ValidationError", 400, message):
        server.iam().update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status=status)
    assert server.who(bob)


def test_setting_the_present_status_again_is_no_error(server):
    bob = server.new_user()
    for status in ("Active", "Inactive", "Inactive"):
        server.iam().update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status=status)


def test_keys_are_listed_page_by_page(server):
    iam = server.iam()
    first = server.new_user()
    second = server.new_key("bob")
    pages = list(iam.get_paginator("list_access_keys").paginate(UserName="bob", PaginationConfig={"PageSize": 1}))
    assert [len(page["AccessKeyMetadata"]) for page in pages] == [1, 1]
    assert pages[0]["IsTruncated"] and not pages[1]["IsTruncated"] and "Marker" not in pages[1]
    listed = {key["AccessKeyId"] for page in pages for key in page["AccessKeyMetadata"]}
    assert listed == {first.access_key_id, second.access_key_id}
    assert iam.list_access_keys(UserName="bob", Marker=pages[0]["Marker"])["AccessKeyMetadata"][0]["UserName"] == "bob"


def test_concurrent_creations_do_not_exceed_the_quota(any_server):
    server = any_server
    server.iam().create_user(UserName="bob")

    def create(_):
        with server.connect() as connection:
            answer = connection.call(server.root, "CreateAccessKey", {"UserName": "bob"})
            server.remember(answer.body.decode())
            return answer.status if answer.status == 200 else (answer.refusal[1], answer.status, answer.refusal[2])

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(create, range(24)))
    assert outcomes.count(200) == 2
    assert outcomes.count(THIRD_KEY) == 22
    assert len(server.iam().list_access_keys(UserName="bob")["AccessKeyMetadata"]) == 2


def test_ids_of_keys_carry_their_account(server):
    from_user, from_session = server.new_user(), server.session_of()
    for credentials in (from_user, from_session):
        assert server.sts().get_access_key_info(AccessKeyId=credentials.access_key_id)["Account"] == ROOT_ACCOUNT


def test_key_info_does_not_depend_on_the_keys_state(server):
    iam, sts = server.iam(), server.sts()
    bob = server.new_user()

    def account():
        return sts.get_access_key_info(AccessKeyId=bob.access_key_id)["Account"]

    assert account() == ROOT_ACCOUNT
    iam.update_access_key(UserName="bob", AccessKeyId=bob.access_key_id, Status="Inactive")
    assert account() == ROOT_ACCOUNT
    iam.delete_access_key(UserName="bob", AccessKeyId=bob.access_key_id)
    assert account() == ROOT_ACCOUNT


def test_key_info_reads_the_account_of_foreign_and_made_up_ids(server):
    sts = server.sts()
    # As AWS itself answers for this id of an account that is not hosted here.
    assert sts.get_access_key_info(AccessKeyId="ASIAQNZGKIQY56JQ7WML")["Account"] == "029608264753"
    bob = server.new_user()
    made_up = bob.access_key_id[:-7] + "2222222"  # The account lies before them.
    assert sts.get_access_key_info(AccessKeyId=made_up)["Account"] == ROOT_ACCOUNT
    # The administrator's own choice of an id says nothing by itself.
    assert sts.get_access_key_info(AccessKeyId=server.root.access_key_id)["Account"] == ROOT_ACCOUNT


@pytest.mark.parametrize("key_id", ["AKIAIOSFODNN7EXAMPLE", "AIDAQNZGKIQY56JQ7WML", "0000000000000000", "AKIA111111111111"])
def test_key_info_of_an_id_without_an_account_is_refused(server, key_id):
    with refused("ValidationError", 400):
        server.sts().get_access_key_info(AccessKeyId=key_id)


@pytest.mark.parametrize("key_id, constraint", [
    ("AKIA", "Member must have length greater than or equal to 16"),
    ("A" * 129, "Member must have length less than or equal to 128"),
    ("AKIA-/../-AKIA-AKIA", r"Member must satisfy regular expression pattern: [\w]*"),
])
def test_key_info_checks_the_form_of_an_id(server, key_id, constraint):
    sts = server.sts(config={"parameter_validation": False})
    with refused("ValidationError", 400, f"1 validation error detected: Value '{key_id}' at 'accessKeyId' failed to "
                                         f"satisfy constraint: {constraint}"):
        sts.get_access_key_info(AccessKeyId=key_id)


def test_unknown_key_cannot_sign(server):
    with refused(*INVALID_TOKEN):
        server.who(Credentials("AKIAUNKNOWNUNKNOWN12", "x" * 40))
