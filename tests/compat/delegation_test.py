"""Temporary delegation on the wire: a provider asks, a customer approves, the provider acts; and the guide's examples."""

import datetime
import json
import pathlib
import re
import signal
import stat
import subprocess

import botocore.config
import botocore.session
import pytest

import service_model
from installation import ROOT_ACCOUNT, binary, clean_environment, eventually, refused, tool
from signing import Credentials, utc_now

CUSTOMER = "210987654321"
TOPIC = f"arn:aws:sns:us-east-1:{ROOT_ACCOUNT}:delegation"
TEMPLATE = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "iam:@{verbs}", "Resource": "arn:aws:iam::@{account}:user/*"}]})
ANYTHING = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "delegation.md"


class World:
    """The tests' account is the provider; another account with a user is the customer."""

    def __init__(self, installation):
        self.notices = installation.folder / "notices"
        self.server = installation.start("--delegation-notices", str(self.notices))
        made = installation.account("create", CUSTOMER).stdout
        self.customer = Credentials(*(re.search(rf"{name}\s+(\S+)", made)[1] for name in ("key id", "secret access key")))
        (installation.folder / "template.json").write_text(TEMPLATE)
        self.delegation("template", "add", "users", "--account", ROOT_ACCOUNT, "--policy", "template.json",
                        "--provider-name", "Acme Inc.")
        self._session = botocore.session.Session()
        self.models = service_model.write(installation.folder / "models")
        self._session.set_config_variable("data_path", self.models)
        self.asked = 0

    def delegation(self, *arguments, **options):
        return self.server.run("delegation", *arguments, "--data", str(self.server.data), **options)

    def client(self, service, credentials):
        client = self._session.create_client(
            service, endpoint_url=self.server.url, region_name="us-east-1", aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret, aws_session_token=credentials.token,
            config=botocore.config.Config(retries={"total_max_attempts": 1}, proxies={}))
        client.meta.events.register("after-call", self.server._remember_parsed)
        return client

    def user(self, name, *actions):
        """A user of the customer who may do these."""
        iam = self.client("iam", self.customer)
        iam.create_user(UserName=name)
        if actions:
            iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"}}))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def ask(self, *verbs, **more):
        self.asked += 1
        made = self.client("iam", self.server.root).create_delegation_request(**{
            "Description": "Looks after users", "RequestorWorkflowId": f"order-{self.asked}",
            "NotificationChannel": TOPIC, "SessionDuration": 3600,
            "Permissions": {"PolicyTemplateArn": "arn:aws:iam:::delegation-template/users", "Parameters": [
                {"Name": "verbs", "Values": list(verbs), "Type": "stringList"},
                {"Name": "account", "Values": [CUSTOMER], "Type": "string"}]}, **more})
        return made["DelegationRequestId"]

    def told(self, request):
        """The messages about a request, oldest first."""
        lines = self.delegation("notices", "--account", ROOT_ACCOUNT, "--topic", TOPIC).stdout.splitlines()
        messages = [json.loads(json.loads(line)["Message"]) for line in lines]
        return [message for message in messages if message["RequestId"] == request]

    def trade_in(self, token):
        made = self.client("sts", self.server.root).get_delegated_access_token(TradeInToken=token)
        parts = made["Credentials"]
        return made, Credentials(parts["AccessKeyId"], parts["SecretAccessKey"], parts["SessionToken"])


@pytest.fixture
def world(installation):
    return World(installation)


def test_a_provider_does_what_a_customer_approved_and_nothing_else(world):
    alice, admin = world.user("alice"), world.user("admin", "*")
    request = world.ask("GetUser", "CreateUser", OnlySendByOwner=True, RequestMessage="please",
                        RedirectUrl="https://acme.example/back")
    owner, approver = world.client("iam", alice), world.client("iam", admin)

    seen = owner.get_delegation_request(DelegationRequestId=request)["DelegationRequest"]
    assert seen["State"] == "UNASSIGNED" and seen["RequestorId"] == ROOT_ACCOUNT and seen["RequestorName"] == "Acme Inc."
    assert json.loads(seen["PermissionPolicy"])["Statement"][0]["Action"] == ["iam:GetUser", "iam:CreateUser"]
    owner.associate_delegation_request(DelegationRequestId=request)
    with refused("AccessDenied", 403):
        owner.accept_delegation_request(DelegationRequestId=request)
    owner.update_delegation_request(DelegationRequestId=request, Notes="admin, please")
    checked = approver.get_delegation_request(DelegationRequestId=request, DelegationPermissionCheck=True)
    assert (checked["PermissionCheckStatus"], checked["PermissionCheckResult"]) == ("COMPLETE", "ALLOWED")
    assert checked["DelegationRequest"]["Notes"] == "admin, please"
    arn = f"arn:aws:iam::{CUSTOMER}:delegation-request/{request}"
    summary = approver.get_human_readable_summary(EntityArn=arn, Locale="fr")
    assert (summary["SummaryState"], summary["Locale"]) == ("AVAILABLE", "en")
    assert "`iam:CreateUser`" in summary["SummaryContent"]
    approver.accept_delegation_request(DelegationRequestId=request)
    with refused("AccessDenied", 403):
        approver.send_delegation_token(DelegationRequestId=request)
    owner.send_delegation_token(DelegationRequestId=request)
    listed = owner.list_delegation_requests(OwnerId=f"arn:aws:iam::{CUSTOMER}:user/alice")["DelegationRequests"]
    assert [(one["DelegationRequestId"], one["State"], one["ApproverId"]) for one in listed] == [
        (request, "FINALIZED", f"arn:aws:iam::{CUSTOMER}:user/admin")]

    told = world.told(request)
    assert [message["State"] for message in told] == [
        "ASSIGNED", "PENDING_APPROVAL", "ACCEPTED", "FINALIZED", "FINALIZED"]
    assert [message["Type"] for message in told] == ["StateChange"] * 4 + ["ExchangeToken"]
    assert {message["OwnerAccountId"] for message in told} == {CUSTOMER}
    files = eventually(lambda: len(found := sorted(world.notices.glob("*.json"))) == 5 and found, "files of notices")
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    told_by_file = [json.loads(json.loads(path.read_text())["Message"]) for path in files]
    assert [m for m in told_by_file if m["Type"] == "ExchangeToken"] == [told[-1]]

    answer, provider = world.trade_in(told[-1]["ExchangeToken"])
    assert answer["AssumedPrincipal"] == f"arn:aws:iam::{CUSTOMER}:user/admin" and answer["PackedPolicySize"] > 0
    iam = world.client("iam", provider)
    assert world.client("sts", provider).get_caller_identity()["Arn"] == f"arn:aws:iam::{CUSTOMER}:user/admin"
    iam.create_user(UserName="made-by-acme")
    assert iam.get_user(UserName="made-by-acme")["User"]["UserName"] == "made-by-acme"
    with refused("AccessDenied", 403, re.compile(".* because no session policy allows the iam:ListUsers action")):
        iam.list_users()
    with refused("AccessDenied", 403, "The trade-in token was issued to another account."):
        world.client("sts", admin).get_delegated_access_token(TradeInToken=told[-1]["ExchangeToken"])

    trail = world.client("cloudtrail", world.customer)
    event = eventually(lambda: next((one for one in trail.lookup_events(LookupAttributes=[
        {"AttributeKey": "EventName", "AttributeValue": "CreateUser"}])["Events"]
        if "made-by-acme" in one["CloudTrailEvent"]), None), "the trail has it")
    identity = json.loads(event["CloudTrailEvent"])["userIdentity"]
    assert identity["invokedByDelegate"] == {"accountId": ROOT_ACCOUNT} and identity["userName"] == "admin"

    world.client("iam", world.customer).delete_user_policy(UserName="admin", PolicyName="p")
    with refused("AccessDenied", 403):
        iam.get_user(UserName="made-by-acme")
    for path in world.server.folder.rglob("*"):  # But for the two places that hand it out.
        if path.is_file() and path.parent != world.notices:
            assert told[-1]["ExchangeToken"].encode() not in path.read_bytes(), path


def test_the_root_user_delegates_for_four_hours_at_most(world):
    customer = world.client("iam", world.customer)
    longer = world.ask("GetUser", SessionDuration=14401)
    customer.associate_delegation_request(DelegationRequestId=longer)
    with refused("InvalidInput", 400):
        customer.accept_delegation_request(DelegationRequestId=longer)
    request = world.ask("ListUsers", "CreateUser", OwnerAccountId=CUSTOMER)
    for step in ("associate_delegation_request", "accept_delegation_request", "send_delegation_token"):
        getattr(customer, step)(DelegationRequestId=request)
    answer, provider = world.trade_in(world.told(request)[-1]["ExchangeToken"])
    assert answer["AssumedPrincipal"] == f"arn:aws:iam::{CUSTOMER}:root"
    iam = world.client("iam", provider)
    iam.create_user(UserName="bob")
    with refused("AccessDenied", 403):
        iam.get_user(UserName="bob")


def test_what_was_rejected_stays_so_and_is_told(world):
    alice = world.client("iam", world.user("alice"))
    request = world.ask("GetUser")
    alice.associate_delegation_request(DelegationRequestId=request)
    alice.reject_delegation_request(DelegationRequestId=request, Notes="no, thanks")
    seen = alice.get_delegation_request(DelegationRequestId=request)["DelegationRequest"]
    assert (seen["State"], seen["RejectionReason"]) == ("REJECTED", "no, thanks")
    with refused("InvalidInput", 400):
        alice.update_delegation_request(DelegationRequestId=request)
    assert [message["State"] for message in world.told(request)] == ["ASSIGNED", "REJECTED"]


def test_a_provider_is_told_what_is_wrong_with_its_request(world):
    request = world.ask("GetUser")
    world.asked -= 1
    with refused("EntityAlreadyExists", 409, "Delegation request with RequestorWorkflowId order-1 already exists."):
        world.ask("GetUser")
    world.asked += 1
    with refused("InvalidInput", 400):
        world.ask("CreateRole")
    with refused("InvalidInput", 400):
        world.ask("GetUser", NotificationChannel=TOPIC.replace(ROOT_ACCOUNT, CUSTOMER))
    with refused("AccessDenied", 403, f"Account {CUSTOMER} is not a registered product provider, which "
                                      "CreateDelegationRequest is for."):
        world.client("iam", world.customer).create_delegation_request(
            Description="", RequestorWorkflowId="order-9", NotificationChannel=TOPIC, SessionDuration=3600,
            Permissions={"PolicyTemplateArn": "arn:aws:iam:::delegation-template/users"})
    world.server.restart(signal.SIGTERM, "--delegation-requests-per-account", "1")
    with refused("LimitExceeded", 409, "Cannot exceed quota for DelegationRequestsPerAccount: 1"):
        world.ask("GetUser")
    assert world.client("iam", world.customer).get_delegation_request(DelegationRequestId=request)


def test_time_runs_out_for_requests_and_tokens(world, shifted_clock):
    customer = world.client("iam", world.customer)
    unassigned, request = world.ask("GetUser"), world.ask("GetUser")
    for step in ("associate_delegation_request", "accept_delegation_request", "send_delegation_token"):
        getattr(customer, step)(DelegationRequestId=request)
    token = world.told(request)[-1]["ExchangeToken"]
    world.server.restart(signal.SIGTERM, **shifted_clock(3601))
    with world.server.connect() as connection:
        answer = connection.call(world.server.root, "GetDelegatedAccessToken", {"TradeInToken": token}, service="sts",
                                 time=utc_now() + datetime.timedelta(seconds=3601))
        assert answer.refusal == (400, "ExpiredTradeInTokenException", "The trade-in token has expired.")
    world.server.restart(signal.SIGTERM, **shifted_clock(86500))
    eventually(lambda: [message["State"] for message in world.told(unassigned)] == ["EXPIRED"], "the provider is told")


def test_templates_that_cannot_be_used_are_refused(world):
    def refusal(policy, name="other"):
        (world.server.folder / "other.json").write_text(policy)
        done = world.delegation("template", "add", name, "--account", ROOT_ACCOUNT, "--policy", "other.json", check=False)
        assert done.returncode == 1
        return done.stderr

    assert "the template is not JSON" in refusal("{")
    assert "iam:DeleteRolePermissionsBoundary takes the boundary of a role away" in refusal(ANYTHING.replace('"*"', '"iam:*"', 1))
    assert "Delegation template users already exists." in refusal(TEMPLATE, "users")
    assert "users" in world.delegation("template", "list").stdout
    assert "users" not in world.delegation("template", "list", "--account", CUSTOMER).stdout
    shown = world.delegation("template", "show", "users")
    assert json.loads(shown.stdout) == json.loads(TEMPLATE) and "parameter: verbs\n" in shown.stderr
    world.delegation("template", "remove", "users")
    assert world.delegation("template", "show", "users", check=False).returncode == 1


def test_the_guides_examples_do_what_it_says(world):
    folder = world.server.folder / "guide"
    folder.mkdir()
    world.client("iam", world.customer).create_user(UserName="alice")
    (folder / "config").write_text("")
    (folder / "credentials.toml").write_text("".join(
        f"[{name}]\naws_access_key_id={key.access_key_id}\naws_secret_access_key={key.secret}\n"
        for name, key in (("provider", world.server.root), ("customer", world.customer))))
    environment = clean_environment(
        AWS_PAGER="", AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", AWS_DATA_PATH=world.models,
        AWS_SHARED_CREDENTIALS_FILE=str(folder / "credentials.toml"), AWS_CONFIG_FILE=str(folder / "config"),
        CLAVIGER_DATA=str(world.server.data))
    blocks = [re.sub(r"^  ", "", block, flags=re.MULTILINE) if block.startswith("  ") else block for block in
              re.findall(r"^ *```\n(.*?)^ *```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)]
    variables = {}

    def run(script):
        preface = (f"set -e\naws() {{ {tool('aws')} --endpoint-url {world.server.url} --output json \"$@\"; }}\n"
                   f"claviger() {{ {binary()} \"$@\"; }}\n" + "".join(f"{n}={v}\n" for n, v in variables.items()))
        done = subprocess.run(["bash", "-c", preface + script], capture_output=True, text=True, timeout=120, cwd=folder,
                              env=environment)
        assert done.returncode == 0, (script, done)
        world.server.remember(done.stdout)
        return done.stdout

    who, template, ask, approve, notices, act = blocks
    values = run(who + "echo $PROVIDER $CUSTOMER").split()
    assert values == [ROOT_ACCOUNT, CUSTOMER]
    variables.update(PROVIDER=values[0], CUSTOMER=values[1])
    assert "arn:aws:iam:::delegation-template/user-reader" in run(template)
    variables["REQUEST"] = json.loads(run(ask))["DelegationRequestId"]
    assert '"PermissionCheckResult": "ALLOWED"' in run(approve)
    told = json.loads(json.loads(run(notices).splitlines()[-1])["Message"])
    variables["TOKEN"] = told["ExchangeToken"]
    parts = json.loads(run(act))["Credentials"]
    provider = Credentials(parts["AccessKeyId"], parts["SecretAccessKey"], parts["SessionToken"])
    iam = world.client("iam", provider)
    assert iam.get_user(UserName="alice")["User"]["UserName"] == "alice"
    with refused("AccessDenied", 403):
        iam.tag_user(UserName="alice", Tags=[{"Key": "team", "Value": "red"}])
