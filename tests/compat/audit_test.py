"""The audit trail as its users have it: LookupEvents, trails, log files with digests, and the command line."""

import base64
import gzip
import json
import pathlib
import re
import subprocess
import time

import pytest

from installation import ROOT_ACCOUNT, PATIENCE_SECONDS, binary, clean_environment, eventually, refused, tool


def cloudtrail(server, credentials=None):
    return server.client("cloudtrail", credentials)


def lookup(server, key=None, value=None, credentials=None, **more):
    """All events with this attribute, newest first."""
    attributes = [{"AttributeKey": key, "AttributeValue": value}] if key else []
    pages = cloudtrail(server, credentials).get_paginator("lookup_events").paginate(LookupAttributes=attributes, **more)
    return [event for page in pages for event in page["Events"]]


def found(server, key, value, count=1):
    """The same, once there are as many as expected."""
    return eventually(lambda: (lambda events: len(events) >= count and events)(lookup(server, key, value)),
                      f"events with {key} {value}")


def record(event):
    return json.loads(event["CloudTrailEvent"])


def test_what_a_user_did_can_be_looked_up(any_server):
    key = any_server.new_user("bob", Path="/ops/")
    with refused("AccessDenied"):
        any_server.iam(key).create_user(UserName="eve")
    any_server.who(key)

    made = record(found(any_server, "EventName", "CreateUser", 2)[-1])
    assert made["userIdentity"] == {"type": "Root", "principalId": ROOT_ACCOUNT, "accountId": ROOT_ACCOUNT,
                                    "arn": f"arn:aws:iam::{ROOT_ACCOUNT}:root",
                                    "accessKeyId": any_server.root.access_key_id}
    assert made["requestParameters"] == {"userName": "bob", "path": "/ops/"}
    assert made["responseElements"]["user"]["arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:user/ops/bob"
    assert re.fullmatch(r"\w{3} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M", made["responseElements"]["user"]["createDate"])
    assert made["readOnly"] is False and made["eventSource"] == "iam.amazonaws.com"
    assert "tlsDetails" not in made and "errorCode" not in made

    denied, who = (record(found(any_server, "AccessKeyId", key.access_key_id, 2)[i]) for i in (1, 0))
    assert who["eventName"] == "GetCallerIdentity" and who["responseElements"] is None
    assert denied["errorCode"] == "AccessDenied" and denied["requestParameters"] is None
    assert denied["errorMessage"].startswith(f"User: arn:aws:iam::{ROOT_ACCOUNT}:user/ops/bob is not authorized")
    assert denied["userIdentity"]["userName"] == "bob"

    created = found(any_server, "ResourceName", key.access_key_id)[0]
    assert created["EventName"] == "CreateAccessKey" and created["ReadOnly"] == "false"
    assert created["Username"] == "root"
    assert {"ResourceType": "AWS::IAM::User", "ResourceName": "bob"} in created["Resources"]
    assert "secretAccessKey" not in created["CloudTrailEvent"]


def test_sts_and_its_records_have_the_same_second_id(server):
    answer = server.sts().get_caller_identity()["ResponseMetadata"]
    sent = answer["HTTPHeaders"]["x-amz-sts-extended-request-id"]
    assert re.fullmatch(r"1:us-east-1:S:\d{13}:R:[A-Za-z0-9]{8}", base64.b64decode(sent).decode())
    told = record(found(server, "EventName", "GetCallerIdentity")[0])
    assert told["requestID"] == answer["RequestId"]
    assert told["additionalEventData"] == {"ExtendedRequestId": sent}
    with refused("AccessDenied"):
        server.sts().assume_role(RoleArn=f"arn:aws:iam::{ROOT_ACCOUNT}:role/none", RoleSessionName="x2")
    assert "additionalEventData" in record(found(server, "EventName", "AssumeRole")[0])
    assert "x-amz-sts-extended-request-id" not in server.iam().list_users()["ResponseMetadata"]["HTTPHeaders"]


def test_root_goes_by_the_alias_of_its_account(server):
    server.iam().create_account_alias(AccountAlias="our-alias")
    server.who(server.root)
    assert record(found(server, "EventName", "GetCallerIdentity")[0])["userIdentity"]["userName"] == "our-alias"
    server.iam().delete_account_alias(AccountAlias="our-alias")
    server.who(server.root)
    assert "userName" not in record(found(server, "EventName", "GetCallerIdentity", 2)[0])["userIdentity"]


def test_each_attribute_finds_and_time_bounds(server):
    server.iam().create_group(GroupName="g")
    event = found(server, "EventName", "CreateGroup")[0]
    for key, value in {"EventId": event["EventId"], "ReadOnly": "false", "Username": "root",
                       "ResourceType": "AWS::IAM::Group", "ResourceName": "g", "EventSource": "iam.amazonaws.com",
                       "AccessKeyId": server.root.access_key_id}.items():
        assert event["EventId"] in [one["EventId"] for one in lookup(server, key, value)], key
    at = event["EventTime"].timestamp()
    assert lookup(server, "EventName", "CreateGroup", StartTime=at, EndTime=at)
    assert not lookup(server, "EventName", "CreateGroup", StartTime=at + 1)
    assert not lookup(server, "EventName", "CreateGroup", EndTime=at - 1)
    assert not lookup(server, "EventName", "createGroup")


def test_pages_hold_fifty_and_join_without_gaps(server):
    for i in range(120):
        server.sts().get_caller_identity()
    found(server, "EventName", "GetCallerIdentity", 120)
    client = cloudtrail(server)
    wanted = [{"AttributeKey": "EventName", "AttributeValue": "GetCallerIdentity"}]
    page = client.lookup_events(LookupAttributes=wanted)
    assert len(page["Events"]) == 50
    with refused("InvalidNextTokenException"):
        client.lookup_events(NextToken=page["NextToken"])  # Of another query.
    ids = [event["EventId"] for event in lookup(server, "EventName", "GetCallerIdentity", PaginationConfig={"PageSize": 7})]
    assert len(ids) == len(set(ids)) == 120
    times = [event["EventTime"] for event in lookup(server, "EventName", "GetCallerIdentity")]
    assert times == sorted(times, reverse=True)


def test_lookups_are_refused_in_cloudtrails_words(server):
    client = cloudtrail(server)
    two = [{"AttributeKey": "EventName", "AttributeValue": "x"}, {"AttributeKey": "Username", "AttributeValue": "y"}]
    with refused("InvalidLookupAttributesException", 400):
        client.lookup_events(LookupAttributes=two)
    with refused("InvalidTimeRangeException", 400):
        client.lookup_events(StartTime=2_000_000_000, EndTime=1_000_000_000)
    with refused("InvalidNextTokenException", 400):
        client.lookup_events(NextToken="x")
    key = server.new_user("bob")
    with refused("AccessDeniedException", 400):
        cloudtrail(server, key).lookup_events()


def test_nothing_is_logged_of_rejected_signatures(server):
    key = server.new_user("bob")
    with refused("SignatureDoesNotMatch"):
        server.sts(key._replace(secret="x" * 40)).get_caller_identity()
    with refused("InvalidClientTokenId"):
        server.sts(key._replace(access_key_id="AKIA" + "A" * 16)).get_caller_identity()
    server.who(key)
    assert len(found(server, "AccessKeyId", key.access_key_id)) == 1


def test_accounts_see_their_own_events_only(installation):
    server = installation.start()
    other = server.account("create", "210987654321").stdout
    key_id, secret = (re.search(rf"{name}\s+(\S+)", other)[1] for name in ("access key id", "secret access key"))
    stranger = server.root._replace(access_key_id=key_id, secret=secret)
    server.iam().create_user(UserName="bob")
    server.iam(stranger).create_user(UserName="eve")
    found(server, "EventName", "CreateUser")
    eventually(lambda: lookup(server, "EventName", "CreateUser", stranger), "the other account's event")
    assert [record(event)["requestParameters"]["userName"] for event in
            lookup(server, "EventName", "CreateUser", stranger)] == ["eve"]


def test_a_role_assumed_across_accounts_is_told_to_both(installation):
    server = installation.start()
    other = server.account("create", "210987654321").stdout
    key_id, secret = (re.search(rf"{name}\s+(\S+)", other)[1] for name in ("access key id", "secret access key"))
    stranger = server.root._replace(access_key_id=key_id, secret=secret)
    bob = server.new_user("bob")
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
    server.iam().put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps(allow))
    user_id = server.iam().get_user(UserName="bob")["User"]["UserId"]
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                     "Principal": {"AWS": f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"}}]}
    role = server.iam(stranger).create_role(RoleName="Reader", Path="/audit/",
                                            AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    made = server.sts(bob).assume_role(RoleArn=role["Arn"], RoleSessionName="dana-1")["Credentials"]
    session = bob._replace(access_key_id=made["AccessKeyId"], secret=made["SecretAccessKey"], token=made["SessionToken"])
    server.who(session)

    ours = record(found(server, "ResourceName", session.access_key_id)[0])
    theirs = record(eventually(lambda: lookup(server, "ResourceName", session.access_key_id, stranger), "their event")[0])
    assert ours["userIdentity"]["userName"] == "bob" and ours["recipientAccountId"] == ROOT_ACCOUNT
    assert theirs["userIdentity"] == {"type": "AWSAccount", "principalId": user_id, "accountId": ROOT_ACCOUNT}
    assert theirs["recipientAccountId"] == "210987654321"
    assert ours["sharedEventID"] == theirs["sharedEventID"] and ours["eventID"] != theirs["eventID"]
    assert ours["resources"] == [{"accountId": "210987654321", "type": "AWS::IAM::Role", "ARN": role["Arn"]}]
    assert ours["responseElements"]["credentials"]["accessKeyId"] == session.access_key_id
    assert "secretAccessKey" not in ours["responseElements"]["credentials"]

    used = record(eventually(lambda: lookup(server, "AccessKeyId", session.access_key_id, stranger), "its use")[0])
    issuer = used["userIdentity"].pop("sessionContext")["sessionIssuer"]
    assert used["userIdentity"] == {"type": "AssumedRole", "principalId": f"{role['RoleId']}:dana-1",
                                    "arn": "arn:aws:sts::210987654321:assumed-role/Reader/dana-1",
                                    "accountId": "210987654321", "accessKeyId": session.access_key_id}
    assert issuer == {"type": "Role", "principalId": role["RoleId"], "arn": role["Arn"], "accountId": "210987654321",
                      "userName": "Reader"}

    told = server.run("audit", "who", session.access_key_id, "--data", str(server.data)).stdout
    assert f"asked by    arn:aws:iam::{ROOT_ACCOUNT}:user/bob" in told and f"key         {bob.access_key_id}" in told
    assert "for         arn:aws:sts::210987654321:assumed-role/Reader/dana-1" in told
    generated = server.run("policy", "generate", "--principal", f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob",
                           "--data", str(server.data)).stdout
    assert json.loads(generated)["Statement"] == [{"Effect": "Allow", "Action": ["sts:AssumeRole"],
                                                   "Resource": [role["Arn"]]}]


def test_events_survive_a_restart(server):
    server.iam().create_user(UserName="bob")
    server.restart()
    assert record(found(server, "EventName", "CreateUser")[0])["requestParameters"] == {"userName": "bob"}


def test_the_aws_cli_looks_events_up(server):
    server.iam().create_user(UserName="bob")
    found(server, "EventName", "CreateUser")
    done = subprocess.run(
        [tool("aws"), "--endpoint-url", server.url, "--region", "us-east-1", "cloudtrail", "lookup-events",
         "--lookup-attributes", "AttributeKey=EventName,AttributeValue=CreateUser", "--query", "Events[].Username",
         "--output", "text"], capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        env=clean_environment(AWS_ACCESS_KEY_ID=server.root.access_key_id, AWS_SECRET_ACCESS_KEY=server.root.secret))
    assert done.stdout == "root\n", done.stderr


def test_reads_and_denials_can_be_left_out(installation):
    server = installation.start("--audit-read-only", "0", "--audit-denied", "0")
    key = server.new_user("bob")
    server.who(key)
    with refused("AccessDenied"):
        server.iam(key).create_user(UserName="eve")
    server.iam().delete_access_key(UserName="bob", AccessKeyId=key.access_key_id)
    found(server, "EventName", "DeleteAccessKey")
    assert not lookup(server, "AccessKeyId", key.access_key_id)


# ---- Delivery


@pytest.fixture
def delivering(installation):
    folder = installation.folder / "trail"
    (folder / "my-bucket").mkdir(parents=True)
    server = installation.start("--audit-delivery", str(folder), "--audit-delivery-seconds", "1",
                                "--audit-digest-seconds", "2")
    server.trail_folder = folder
    return server


def log_files(folder):
    return sorted(pathlib.Path(folder).glob("**/CloudTrail/**/*.json.gz"))


def delivered(folder):
    return [one for file in log_files(folder) for one in json.loads(gzip.decompress(file.read_bytes()))["Records"]]


def digests(folder):
    return sorted(pathlib.Path(folder).glob("**/CloudTrail-Digest/**/*.json.gz"))


def test_log_files_are_delivered_and_proven(delivering):
    server, folder = delivering, delivering.trail_folder / "AWSLogs"
    for i in range(3):
        server.iam().create_user(UserName=f"user-{i}")
        eventually(lambda: len(digests(folder)) > i, "a digest")
    names = eventually(lambda: (lambda names: len(names) == 3 and names)(
        [one["requestParameters"]["userName"] for one in delivered(folder) if one["eventName"] == "CreateUser"]),
        "all events in log files")
    assert sorted(names) == ["user-0", "user-1", "user-2"]  # Names of files of one minute have no order.
    assert server.stop() == 0
    verify = lambda: server.run("audit", "verify", str(server.trail_folder), "--data", str(server.data), check=False)
    assert verify().returncode == 0, verify().stdout
    victim = next(file for file in log_files(folder) if b"user-0" in gzip.decompress(file.read_bytes()))
    victim.write_bytes(gzip.compress(gzip.decompress(victim.read_bytes()).replace(b"user-0", b"user-9")))
    done = verify()
    assert done.returncode == 1 and done.stdout.startswith(str(victim.relative_to(server.trail_folder))), done.stdout


def test_awss_own_validator_accepts_the_digests(delivering):
    from awscli.customizations.cloudtrail.validation import Sha256RSADigestValidator
    import base64
    server, folder = delivering, delivering.trail_folder
    server.iam().create_user(UserName="bob")
    eventually(lambda: len(digests(folder / "AWSLogs")) > 1, "two digests")
    keys = {key["Fingerprint"]: key["Value"] for key in cloudtrail(server).list_public_keys()["PublicKeyList"]}
    for file in digests(folder / "AWSLogs")[:2]:
        inflated = gzip.decompress(file.read_bytes())
        digest = json.loads(inflated)
        digest["_signature"] = pathlib.Path(f"{file}.signature").read_text()
        key = base64.b64encode(keys[digest["digestPublicKeyFingerprint"]])
        Sha256RSADigestValidator().validate(digest["digestS3Bucket"], digest["digestS3Object"], key, digest, inflated)


def test_a_trail_is_made_delivered_stopped_and_deleted(delivering):
    server, client = delivering, cloudtrail(delivering)
    with refused("S3BucketDoesNotExistException", 400, "S3 bucket no-bucket does not exist!"):
        client.create_trail(Name="mine", S3BucketName="no-bucket")
    made = client.create_trail(Name="mine", S3BucketName="my-bucket", S3KeyPrefix="a/b", EnableLogFileValidation=True,
                               TagsList=[{"Key": "team", "Value": "blue"}])
    arn = made["TrailARN"]
    assert arn == f"arn:aws:cloudtrail:us-east-1:{ROOT_ACCOUNT}:trail/mine"
    with refused("TrailAlreadyExistsException"):
        client.create_trail(Name="mine", S3BucketName="my-bucket")
    assert client.get_trail_status(Name="mine")["IsLogging"] is False
    client.start_logging(Name=arn)
    server.iam().create_user(UserName="bob")
    bucket = server.trail_folder / "my-bucket"
    eventually(lambda: [one for one in delivered(bucket / "a/b") if one["eventName"] == "CreateUser"], "the event")
    eventually(lambda: digests(bucket), "a digest")
    status = eventually(lambda: (lambda now: "LatestDigestDeliveryTime" in now and now)(
        client.get_trail_status(Name="mine")), "the digest's time")
    assert status["IsLogging"] is True and "LatestDeliveryTime" in status
    assert client.describe_trails()["trailList"][0]["LogFileValidationEnabled"] is True
    assert [one["Name"] for one in client.get_paginator("list_trails").paginate().build_full_result()["Trails"]] == ["mine"]
    client.add_tags(ResourceId=arn, TagsList=[{"Key": "stage", "Value": "test"}])
    client.remove_tags(ResourceId=arn, TagsList=[{"Key": "team"}])
    assert client.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"] == [{"Key": "stage", "Value": "test"}]
    client.put_event_selectors(TrailName="mine", EventSelectors=[{"ReadWriteType": "WriteOnly"}])
    assert client.get_event_selectors(TrailName="mine")["EventSelectors"][0]["ReadWriteType"] == "WriteOnly"
    client.update_trail(Name="mine", S3KeyPrefix="c")
    assert client.get_trail(Name="mine")["Trail"]["S3KeyPrefix"] == "c"
    client.stop_logging(Name="mine")
    assert client.get_trail_status(Name="mine")["IsLogging"] is False
    client.delete_trail(Name="mine")
    with refused("TrailNotFoundException", 400, f"Unknown trail: mine for the user: {ROOT_ACCOUNT}"):
        client.get_trail(Name="mine")


# ---- The command line


def test_the_command_line_tells_of_events_keys_and_policies(server):
    key = server.new_user("bob")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]}
    server.iam().put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps(policy))
    session = server.session_of(key)
    server.iam(key).list_access_keys()
    server.iam(key).get_user(UserName="bob")
    server.who(session)
    found(server, "AccessKeyId", session.access_key_id)
    found(server, "EventName", "GetUser")

    audit = lambda *arguments: server.run("audit", *arguments, "--data", str(server.data)).stdout
    lines = audit("tail", "--event", "CreateAccessKey").splitlines()
    assert len(lines) == 1 and " iam:CreateAccessKey " in lines[0] and key.access_key_id in lines[0]
    assert json.loads(audit("tail", "--user", "bob", "--json", "-n", "1"))["eventName"] == "GetCallerIdentity"
    assert audit("tail", "--errors") == ""

    told = audit("who", session.access_key_id)
    assert f"by sts:GetSessionToken" in told and f"key         {key.access_key_id}" in told
    assert f"asked by    arn:aws:iam::{ROOT_ACCOUNT}:user/bob" in told and "1 sts:GetCallerIdentity" in told
    assert "by iam:CreateAccessKey\nfor         user bob" in told

    arn = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    generated = json.loads(server.run("policy", "generate", "--principal", arn, "--since", "1h",
                                      "--data", str(server.data)).stdout)
    assert generated["Statement"] == [{"Effect": "Allow", "Action": ["iam:GetUser", "iam:ListAccessKeys",
                                                                     "sts:GetSessionToken"], "Resource": ["*"]}] or \
        {"Effect": "Allow", "Action": ["iam:GetUser", "iam:ListAccessKeys"], "Resource": [arn]} in generated["Statement"]


def test_tail_follows(server):
    process = subprocess.Popen([binary(), "audit", "tail", "--follow", "--changes", "--data", str(server.data)],
                               stdout=subprocess.PIPE, text=True, env=clean_environment())
    try:
        time.sleep(0.3)
        server.iam().create_user(UserName="bob")
        assert " iam:CreateUser " in process.stdout.readline()
    finally:
        process.kill()
        process.wait()
