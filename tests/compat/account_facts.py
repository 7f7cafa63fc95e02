"""What an account holds, as a set of facts: tuples of texts. The first says what kind of fact it is, the second of whom.

An entity is "user/NAME" and so on in every fact about it; what there is once in an account is of "account". Everything is
read through the API, counters included; but for the notices for product providers, which the program prints.
"""

import json
from typing import NamedTuple

from installation import ROOT_ACCOUNT

ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:"
PROVIDER = "210987654321"  # The account that asks for delegations.
WORKFLOW = "order-"  # And the name of the request is what it asks for one by.
ACCOUNT = "account"
OWNERS = ("user", "group", "role")  # Of policies.
SCALING = "AWSServiceRoleForAutoScaling_"


class Kind(NamedTuple):
    """How operations speak of a kind of entity."""

    noun: str  # As in TagPolicy.
    member: str  # That names one.
    has_path: bool = False  # Whether its name is behind a path of its client.
    tagged: bool = True


KINDS = {
    "user": Kind("User", "UserName"),
    "group": Kind("Group", "GroupName", tagged=False),
    "role": Kind("Role", "RoleName"),
    "service-role": Kind("ServiceLinkedRole", "RoleName", tagged=False),
    "policy": Kind("Policy", "PolicyArn", has_path=True),
    "profile": Kind("InstanceProfile", "InstanceProfileName"),
    "mfa": Kind("MFADevice", "SerialNumber", has_path=True),
    "server-certificate": Kind("ServerCertificate", "ServerCertificateName"),
    "saml-provider": Kind("SAMLProvider", "SAMLProviderArn"),
    "oidc-provider": Kind("OpenIDConnectProvider", "OpenIDConnectProviderArn"),
}

# Facts about a user that a list of an operation has: kind, operation, list, elements.
LISTED = (
    ("AccessKey", "ListAccessKeys", "AccessKeyId", "Status"),
    ("SSHPublicKey", "ListSSHPublicKeys", "SSHPublicKeyId", "Status"),
    ("SigningCertificate", "ListSigningCertificates", "CertificateId", "Status"),
    ("ServiceSpecificCredential", "ListServiceSpecificCredentials", "ServiceSpecificCredentialId", "Status"),
)
# What GetDelegationRequest shows only of some: kind, element.
DELEGATED = (("owner", "OwnerId"), ("approver", "ApproverId"), ("notes", "Notes"), ("rejection", "RejectionReason"))
COUNTED = {"Users": ("user",), "Groups": ("group",), "Roles": ("role", "service-role"), "Policies": ("policy",),
           "PolicyVersionsInUse": ("version",), "InstanceProfiles": ("profile",), "MFADevices": ("mfa",),
           "ServerCertificates": ("server-certificate",), "Providers": ("saml-provider", "oidc-provider")}
PASSWORD_POLICY = ("MinimumPasswordLength", "RequireSymbols", "AllowUsersToChangePassword")


def name_of(entity):
    return entity.partition("/")[2]


def named(entity):
    """The member that names the entity in a request."""
    kind, _, name = entity.partition("/")
    if kind not in KINDS:
        return {}
    member = KINDS[kind].member
    if member in ("SerialNumber", "PolicyArn") or member.endswith("ProviderArn"):
        client = f"{name.partition('-')[0]}/" if KINDS[kind].has_path else ""
        return {member: f"{ARN}{kind}/{client}{name}"}
    return {member: SCALING + name if kind == "service-role" else name}


def of_client(facts, client):
    """Those about entities of the client, whose names begin with its own; the first has what there is once."""
    return {fact for fact in facts
            if f"/{client}-" in fact[1] or fact[1] == ACCOUNT and client == "c0"}


def notices(server):
    """What the product provider is told, no two of them the same."""
    printed = server.run("delegation", "notices", "--account", PROVIDER, "--data", str(server.data)).stdout
    envelopes = [json.loads(line) for line in printed.splitlines()]
    messages = [json.loads(envelope["Message"]) for envelope in envelopes]
    assert len({envelope["MessageId"] for envelope in envelopes}) == len(envelopes)
    assert {message["OwnerAccountId"] for message in messages} <= {ROOT_ACCOUNT}
    server.secrets.update(message["ExchangeToken"] for message in messages if message["Type"] == "ExchangeToken")
    told = [("notice", message["RequestorWorkflowId"].replace(WORKFLOW, "delegation-request/"), message["RequestId"],
             message["Type"], message["State"]) for message in messages]
    assert len(set(told)) == len(told), sorted(told)
    return set(told)


class Reader:
    def __init__(self, server, connection, requests):
        self._server, self._iam, self._connection, self._root = server, server.iam(), connection, server.root
        self._requests = requests

    def facts(self):
        facts = set(self._details())
        for page in (self._roles, self._profiles, self._devices, self._certificates, self._providers, self._account,
                     self._delegations):
            facts.update(page())
        for entity in sorted(fact[1] for fact in facts if fact[0] == "user"):
            facts.update(self._user(entity))
        for kind, entity in sorted(fact[:2] for fact in facts if fact[0] in KINDS):
            if kind not in OWNERS and KINDS[kind].tagged:  # The details have told those of users and roles.
                told = self._call(f"List{KINDS[kind].noun}Tags", named(entity))
                facts.update(("tag", entity, *pair) for pair in zip(told.all("Key"), told.all("Value")))
        self._check_counters(facts)
        return facts

    def _call(self, action, parameters=None, absent=None):
        """The answer; None when it is refused with the code `absent`."""
        answer = self._connection.call(self._root, action, parameters, service="iam")
        if absent and answer.status == 404 and answer.refusal[1] == absent:
            return None
        assert answer.status == 200, (action, parameters, answer)
        return answer

    def _pages(self, operation, key, **values):
        return [item for page in self._iam.get_paginator(operation).paginate(**values) for item in page[key]]

    # ---- Principals and policies

    def _details(self):
        details = {"Policies": [], **{f"{kind.capitalize()}DetailList": [] for kind in OWNERS}}
        for page in self._iam.get_paginator("get_account_authorization_details").paginate():
            for key, found in details.items():
                found.extend(page[key])
        for kind in OWNERS:
            for shown in details[f"{kind.capitalize()}DetailList"]:
                if not shown.get("RoleName", "").startswith(SCALING):
                    yield from self._principal(kind, shown)
        for shown in details["Policies"]:
            if shown["Arn"].startswith(ARN):
                yield from self._policy(shown)

    @staticmethod
    def _principal(kind, shown):
        entity = f"{kind}/{shown[kind.capitalize() + 'Name']}"
        yield (kind, entity, shown["Path"])
        for policy in shown.get("AttachedManagedPolicies", []):
            yield ("attached", entity, f"policy/{policy['PolicyName']}")
        for policy in shown.get(f"{kind.capitalize()}PolicyList", []):
            yield ("inline", entity, policy["PolicyName"], json.dumps(policy["PolicyDocument"]))
        for pair in shown.get("Tags", []):
            yield ("tag", entity, pair["Key"], pair["Value"])
        for group in shown.get("GroupList", []):
            yield ("member", entity, f"group/{group}")
        if "PermissionsBoundary" in shown:
            yield ("boundary", entity, "policy/" + shown["PermissionsBoundary"]["PermissionsBoundaryArn"].rpartition("/")[2])

    @staticmethod
    def _policy(shown):
        entity = f"policy/{shown['PolicyName']}"
        yield ("policy", entity)
        yield ("default", entity, shown["DefaultVersionId"])
        yield ("uses", entity, str(shown["AttachmentCount"]), str(shown["PermissionsBoundaryUsageCount"]))
        for one in shown["PolicyVersionList"]:
            yield ("version", entity, one["VersionId"], json.dumps(one["Document"]))

    def _roles(self):
        for shown in self._pages("list_roles", "Roles"):
            linked = shown["RoleName"].startswith(SCALING)
            entity = f"service-role/{shown['RoleName'][len(SCALING):]}" if linked else f"role/{shown['RoleName']}"
            yield ("description", entity, shown.get("Description", ""))
            if linked:
                yield ("service-role", entity)
            else:
                yield ("trust", entity, json.dumps(shown["AssumeRolePolicyDocument"]))
                yield ("longest", entity, str(shown["MaxSessionDuration"]))

    def _user(self, entity):
        for kind, action, *elements in LISTED:
            told = self._call(action, named(entity))
            yield from ((kind, entity, *values) for values in zip(*map(told.all, elements)))
        told = self._call("GetLoginProfile", named(entity), absent="NoSuchEntity")
        if told:
            yield ("login", entity, told.text("PasswordResetRequired"))

    # ---- The others

    def _profiles(self):
        for shown in self._pages("list_instance_profiles", "InstanceProfiles"):
            held = "".join(f"role/{one['RoleName']}" for one in shown["Roles"])
            yield ("profile", f"profile/{shown['InstanceProfileName']}", held)

    def _devices(self):
        for shown in self._pages("list_virtual_mfa_devices", "VirtualMFADevices"):
            holder = f"user/{shown['User']['UserName']}" if "User" in shown else ""
            yield ("mfa", f"mfa/{shown['SerialNumber'].rpartition('/')[2]}", holder)

    def _certificates(self):
        for shown in self._pages("list_server_certificates", "ServerCertificateMetadataList"):
            yield ("server-certificate", f"server-certificate/{shown['ServerCertificateName']}", shown["Path"])

    def _providers(self):
        for shown in self._iam.list_saml_providers()["SAMLProviderList"]:
            entity = shown["Arn"][len(ARN):]
            yield ("saml-provider", entity)
            yield ("metadata", entity, self._iam.get_saml_provider(SAMLProviderArn=shown["Arn"])["SAMLMetadataDocument"])
        for shown in self._iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
            entity = shown["Arn"][len(ARN):]
            yield ("oidc-provider", entity)
            got = self._iam.get_open_id_connect_provider(OpenIDConnectProviderArn=shown["Arn"])
            yield from (("client", entity, client) for client in got["ClientIDList"])
            yield from (("thumbprint", entity, one) for one in got["ThumbprintList"])

    def _account(self):
        yield (ACCOUNT, ACCOUNT)
        yield from (("alias", ACCOUNT, name) for name in self._iam.list_account_aliases()["AccountAliases"])
        policy = self._call("GetAccountPasswordPolicy", absent="NoSuchEntity")
        if policy:
            yield from ((member, ACCOUNT, policy.text(member)) for member in PASSWORD_POLICY)
        version = self._iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"]
        yield ("tokens", ACCOUNT, f"v{version}Token")
        if self._call("GetOutboundWebIdentityFederationInfo", absent="FeatureDisabled"):
            yield ("feature", ACCOUNT, "OutboundWebIdentityFederation")
        for feature in self._call("ListOrganizationsFeatures").all("member"):
            yield ("feature", ACCOUNT, "Organizations" + feature)

    def _delegations(self):
        owned = set()
        for request in self._requests:
            got = self._call("GetDelegationRequest", {"DelegationRequestId": request})
            entity, state = f"delegation-request/{got.text('Description')}", got.text("State")
            yield ("delegation-request", entity, request, state)
            yield ("delegated", entity, json.dumps(json.loads(got.text("PermissionPolicy"))))
            yield from ((kind, entity, text) for kind, element in DELEGATED for text in got.all(element))
            owned.update((request, state, owner) for owner in got.all("OwnerId"))
        assert set(self._listed_delegations()) == owned
        yield from notices(self._server)

    def _listed_delegations(self):
        more = {}
        while True:
            told = self._call("ListDelegationRequests", more)
            yield from zip(*map(told.all, ("DelegationRequestId", "State", "OwnerId")))
            if told.text("isTruncated") == "false":
                return
            more = {"Marker": told.text("Marker")}

    # ---- What is counted

    def _check_counters(self, facts):
        """Takes out what policies say of their uses: whoever makes changes knows nothing of it."""
        uses = {fact for fact in facts if fact[0] == "uses"}
        for _, entity, attached, bounding in uses:
            counted = [sum(fact[0] == kind and fact[2] == entity for fact in facts) for kind in ("attached", "boundary")]
            assert counted == [int(attached), int(bounding)], (entity, counted, attached, bounding)
        facts -= uses
        summary = self._iam.get_account_summary()["SummaryMap"]
        told = {name: summary[name] for name in COUNTED}
        assert told == {name: sum(fact[0] in kinds for fact in facts) for name, kinds in COUNTED.items()}
        assert summary["MFADevicesInUse"] == sum(fact[0] == "mfa" and fact[2] != "" for fact in facts)


def observe(server, requests=()):
    """All facts of the account, read anew. Nothing lists delegation requests that nobody owns: these are the ids of all."""
    with server.connect() as connection:
        return Reader(server, connection, requests).facts()
