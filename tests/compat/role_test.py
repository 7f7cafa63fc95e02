"""Roles, chains and federated users through boto3, the AWS CLI and their own configuration files, and how sessions end."""

import json
import shutil
import subprocess
import sys

import pytest

from aws_proxy import AwsProxy
from installation import INVALID_TOKEN, ROOT_ACCOUNT, eventually, refused, tool
from mfa_test import WRONG_CODE, Authenticator
from signing import Credentials

OTHER = "210987654321"
READER = f"arn:aws:iam::{ROOT_ACCOUNT}:role/svc/Reader"
READER_SESSION = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/Reader/"


def policy(*actions, **more):
    statement = {"Effect": "Allow", "Action": list(actions), **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(*principals, actions=("sts:AssumeRole",), **more):
    return policy(*actions, Principal={"AWS": list(principals)}, **more)


def credentials_in(answer):
    made = answer["Credentials"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


class World:
    """A user, bob, and a role that it may assume and that may look at users."""

    def __init__(self, server):
        self.server = server
        self.bob = server.new_user()
        self.iam = server.iam()
        self.iam.create_role(RoleName="Reader", Path="/svc/", AssumeRolePolicyDocument=trust(ROOT_ACCOUNT),
                             MaxSessionDuration=7200)
        self.iam.put_role_policy(RoleName="Reader", PolicyName="p", PolicyDocument=policy("iam:Get*", Resource="*"))
        self.iam.put_user_policy(UserName="bob", PolicyName="p",
                                 PolicyDocument=policy("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity",
                                                       "sts:GetFederationToken", Resource="*"))

    def assume(self, credentials=None, role=READER, name="dana", **more):
        sts = self.server.sts(credentials or self.bob)
        return credentials_in(sts.assume_role(RoleArn=role, RoleSessionName=name, **more))

    def role(self, name, *principals, **more):
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(*principals, **more))
        return made["Role"]["Arn"]


@pytest.fixture
def world(server):
    return World(server)


def test_a_role_acts_with_its_own_permissions(any_server):
    world = World(any_server)
    answer = any_server.sts(world.bob).assume_role(RoleArn=READER, RoleSessionName="dana", DurationSeconds=7200)
    assert answer["AssumedRoleUser"]["Arn"] == READER_SESSION + "dana"
    assert answer["AssumedRoleUser"]["AssumedRoleId"].endswith(":dana")
    assert "PackedPolicySize" not in answer and "SourceIdentity" not in answer
    session = credentials_in(answer)
    assert any_server.who(session) == READER_SESSION + "dana"
    iam = any_server.iam(session)
    assert iam.get_user(UserName="bob")["User"]["UserName"] == "bob"
    with refused("AccessDenied", 403, f"User: {READER_SESSION}dana is not authorized to perform: iam:ListUsers on "
                 f"resource: arn:aws:iam::{ROOT_ACCOUNT}:user/ because no identity-based policy allows the "
                 "iam:ListUsers action"):
        iam.list_users()
    with refused("ValidationError", 400, "Must specify userName when calling with non-User credentials"):
        iam.get_user()
    used = eventually(lambda: world.iam.get_role(RoleName="Reader")["Role"]["RoleLastUsed"], "the use is on record")
    assert used["Region"] == "us-east-1" and used["LastUsedDate"]


def test_a_missing_role_is_denied_like_one_that_trusts_nobody(world):
    sts = world.server.sts(world.bob)
    deaf = world.role("Deaf", OTHER)
    for arn in (deaf, deaf + "er"):
        with refused("AccessDenied", 403, f"User: arn:aws:iam::{ROOT_ACCOUNT}:user/bob is not authorized to perform: "
                     f"sts:AssumeRole on resource: {arn}"):
            sts.assume_role(RoleArn=arn, RoleSessionName="dana")
    with refused("AccessDenied", 403, "Roles may not be assumed by root accounts."):
        world.server.sts().assume_role(RoleArn=READER, RoleSessionName="dana")


def test_a_role_of_another_account_needs_both_sides(world):
    server = world.server
    _, key_id, secret = (line.split()[-1] for line in server.account("create", OTHER).stdout.splitlines()[:3])
    there = server.iam(Credentials(key_id, secret))
    there.create_role(RoleName="Guest", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"))
    guest = f"arn:aws:iam::{OTHER}:role/Guest"
    session = world.assume(role=guest)
    assert server.who(session) == f"arn:aws:sts::{OTHER}:assumed-role/Guest/dana"
    assert server.sts(world.bob).get_caller_identity()["Account"] == ROOT_ACCOUNT
    world.iam.delete_user_policy(UserName="bob", PolicyName="p")
    with refused("AccessDenied", 403):
        world.assume(role=guest)


def test_a_session_policy_narrows(world):
    session = world.assume(Policy=policy("iam:GetUser", Resource="*"))
    assert world.server.iam(session).get_user(UserName="bob")
    with refused("AccessDenied", 403):
        world.server.iam(session).get_role(RoleName="Reader")
    session = world.assume(PolicyArns=[{"arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}])
    assert world.server.iam(session).get_user(UserName="bob")
    with refused("MalformedPolicyDocument", 400, "Syntax errors in policy."):
        world.assume(Policy="{")
    with refused("PackedPolicyTooLarge", 400):
        world.assume(Policy=policy("iam:GetUser", Resource=[f"arn:aws:iam::{i:012}:user/x" for i in range(100)]))


def test_tags_and_source_identity_go_along_a_chain(world):
    marks = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
    first = world.role("First", f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob", actions=marks)
    second = world.role("Second", first, actions=marks)
    one = world.assume(role=first, Tags=[{"Key": "Team", "Value": "blue"}, {"Key": "Own", "Value": "1"}],
                       TransitiveTagKeys=["Team"], SourceIdentity="Dana")
    sts = world.server.sts(one)
    with refused("ValidationError", 400):
        sts.assume_role(RoleArn=second, RoleSessionName="dana", DurationSeconds=3601)
    answer = sts.assume_role(RoleArn=second, RoleSessionName="dana")
    assert answer["SourceIdentity"] == "Dana" and answer["PackedPolicySize"] > 0
    with refused("InvalidParameterValue", 400,
                 "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
                 "from the calling session."):
        sts.assume_role(RoleArn=second, RoleSessionName="dana", Tags=[{"Key": "team", "Value": "red"}])
    condition = {"StringEquals": {"aws:PrincipalTag/Team": "blue", "aws:SourceIdentity": "Dana"},
                 "Null": {"aws:PrincipalTag/Own": "true"}}
    world.iam.put_role_policy(RoleName="Second", PolicyName="p",
                              PolicyDocument=policy("iam:GetUser", Resource="*", Condition=condition))
    assert world.server.iam(credentials_in(answer)).get_user(UserName="bob")


def test_a_role_that_wants_a_code_gets_one_once(world):
    device = Authenticator(world.server).enable(world.server)
    wants = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    vault = world.role("Vault", f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob", Condition=wants)
    world.iam.put_role_policy(RoleName="Vault", PolicyName="p",
                              PolicyDocument=policy("iam:GetUser", Resource="*", Condition=wants))
    with refused("AccessDenied", 403, f"User: arn:aws:iam::{ROOT_ACCOUNT}:user/bob is not authorized to perform: "
                 f"sts:AssumeRole on resource: {vault}"):
        world.assume(role=vault)
    code = {"SerialNumber": device.serial, "TokenCode": device.code()}
    session = world.assume(role=vault, **code)
    assert world.server.iam(session).get_user(UserName="bob")
    with refused(*WRONG_CODE):
        world.assume(role=vault, **code)


def test_a_federated_user_is_known_and_may_do_nothing_here(world):
    answer = world.server.sts(world.bob).get_federation_token(Name="fred", Policy=policy("*", Resource="*"))
    assert answer["FederatedUser"] == {"FederatedUserId": f"{ROOT_ACCOUNT}:fred",
                                       "Arn": f"arn:aws:sts::{ROOT_ACCOUNT}:federated-user/fred"}
    fred = credentials_in(answer)
    assert world.server.who(fred) == answer["FederatedUser"]["Arn"]
    with refused(*INVALID_TOKEN):
        world.server.iam(fred).list_users()


# ---- Clients that assume roles by themselves, from their configuration files ----

@pytest.fixture
def aws(world, tmp_path):
    """Runs clients that know nothing of the server but a configuration: bob, a role from bob, a role from that role."""
    world.role("Deeper", READER)
    world.iam.put_role_policy(RoleName="Reader", PolicyName="chain",
                              PolicyDocument=policy("sts:AssumeRole", Resource="*"))
    home = tmp_path / "home"
    home.mkdir()
    # Named .toml, so that the search for secrets passes by what the tests wrote themselves.
    config, keys = home / "config.toml", home / "credentials.toml"
    config.write_text(f"""
[profile reader]
role_arn = {READER}
source_profile = bob
role_session_name = dana
region = us-east-1

[profile deeper]
role_arn = arn:aws:iam::{ROOT_ACCOUNT}:role/Deeper
source_profile = reader
role_session_name = dana
region = us-east-1
""")
    keys.write_text(f"""
[bob]
aws_access_key_id = {world.bob.access_key_id}
aws_secret_access_key = {world.bob.secret}
""")
    proxy = AwsProxy(world.server, home)
    environment = proxy.environment(AWS_CONFIG_FILE=str(config), AWS_SHARED_CREDENTIALS_FILE=str(keys), HOME=str(home),
                                    AWS_PAGER="", PYTHONDONTWRITEBYTECODE="1")

    def run(*command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    shutil.rmtree(home / ".aws", ignore_errors=True)  # Where the CLI keeps the credentials of roles.
    assert proxy.hosts and all(host.endswith(".amazonaws.com:443") for host in proxy.hosts)
    proxy.close()


PROFILES = pytest.mark.parametrize("profile, arn", [
    ("reader", READER_SESSION + "dana"), ("deeper", f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/Deeper/dana")])


@PROFILES
def test_boto3_assumes_what_a_profile_names(aws, profile, arn):
    program = f"import boto3; print(boto3.Session(profile_name={profile!r}).client('sts').get_caller_identity()['Arn'])"
    assert aws(sys.executable, "-c", program).strip() == arn


@PROFILES
def test_the_aws_cli_assumes_what_a_profile_names(aws, profile, arn):
    said = aws(tool("aws"), "--profile", profile, "--output", "json", "sts", "get-caller-identity")
    assert json.loads(said)["Arn"] == arn


# ---- Ending sessions early, beside a running server ----

def revoke(server, *what, **options):
    return server.run("session", "revoke", *what, "--account", ROOT_ACCOUNT, "--data", str(server.data), **options)


def test_sessions_are_revoked_by_role_user_key_and_source_identity(world):
    server = world.server
    named = world.role("Named", f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob",
                       actions=("sts:AssumeRole", "sts:SetSourceIdentity"))
    whats = [lambda session: ("--role", "Named"), lambda session: ("--user", "bob"),
             lambda session: ("--access-key-id", world.bob.access_key_id),
             lambda session: ("--access-key-id", session.access_key_id),
             lambda session: ("--source-identity", "Dana")]
    for what in whats:
        session = world.assume(role=named, SourceIdentity="Dana")
        with server.connect() as connection:
            assert connection.call(session, "GetCallerIdentity").status == 200
            port = connection.local_port
            revoke(server, *what(session))
            assert connection.call(session, "GetCallerIdentity").refusal[1] == INVALID_TOKEN[0]
            assert connection.local_port == port
        assert server.who(world.bob) == f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    later = world.assume(role=named, SourceIdentity="Dana")
    assert server.who(later)
    server.restart()
    assert server.who(later)
    with refused(*INVALID_TOKEN):
        server.who(session)
    listed = server.run("session", "list-revocations", "--account", ROOT_ACCOUNT, "--data", str(server.data)).stdout
    assert [line.split()[0] for line in listed.splitlines()] == [
        "KIND", "role", "user", "access-key", "access-key", "source-identity"]
    assert "Named" in listed and "bob" in listed and "Dana" in listed


def test_what_cannot_be_revoked_is_said(server):
    for what, why in ((("--role", "None"), "The role with name None cannot be found."),
                      (("--user", "none"), "The user with name none cannot be found."),
                      (("--access-key-id", "AKIAIOSFODNN7EXAMPLE"), "is not one of account " + ROOT_ACCOUNT)):
        done = revoke(server, *what, check=False)
        assert done.returncode == 1 and why in done.stderr, done
    assert revoke(server, check=False).returncode == 2
    assert revoke(server, "--role", "a", "--user", "b", check=False).returncode == 2


def test_revocation_as_the_console_does_it(world):
    session = world.assume()
    assert world.server.iam(session).get_user(UserName="bob")
    world.iam.put_role_policy(RoleName="Reader", PolicyName="AWSRevokeOlderSessions", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Action": ["*"], "Resource": ["*"],
            "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2100-01-01T00:00:00.000Z"}}}]}))
    with refused("AccessDenied", 403):
        world.server.iam(session).get_user(UserName="bob")


def test_sessions_end_with_their_access_key_where_that_is_set(installation):
    server = installation.start("--sessions-end-with-access-key")
    world = World(server)
    session, own = world.assume(), server.session_of(world.bob)
    assert server.who(session) and server.who(own)
    world.iam.update_access_key(UserName="bob", AccessKeyId=world.bob.access_key_id, Status="Inactive")
    for ended in (session, own):
        with refused(*INVALID_TOKEN):
            server.who(ended)
    server.restart()  # Without the flag.
    assert server.who(session)


# ---- The key that tokens are sealed under ----

def sealing_key(server, *arguments):
    return server.run("sealing-key", *arguments, "--data", str(server.data)).stdout


def test_the_sealing_key_is_rotated_under_open_connections(world):
    server = world.server
    old = world.assume()
    with server.connect() as connection:
        assert connection.call(old, "GetCallerIdentity").status == 200
        sealing_key(server, "rotate", "sessions")
        assert connection.call(old, "GetCallerIdentity").status == 200
        new = world.assume()
        assert connection.call(new, "GetCallerIdentity").status == 200
        listed = sealing_key(server, "list", "sessions").splitlines()
        assert [line.split()[0] for line in listed] == ["ID", "1", "2"]
        assert "opens until" in listed[1] and listed[2].endswith("seals")
        sealing_key(server, "rotate", "sessions", "--end-sessions")
        for ended in (old, new):
            assert connection.call(ended, "GetCallerIdentity").refusal[1] == INVALID_TOKEN[0]
    assert server.who(world.assume())
    server.restart()
    assert len(sealing_key(server, "list", "sessions").splitlines()) == 2
