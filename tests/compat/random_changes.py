"""A client that changes an account at random and knows what it must hold after each answer.

A change takes some facts (account_facts.py) away and adds others, all or none. What the server names itself is NEW in a
change until it has answered. To make an operation take part, add it to a table or function of this page: CHANGES has
them all, and crash_test.py misses those that are implemented and not proposed.
"""

import base64
import collections
import json
import time
from typing import NamedTuple, Optional

from account_facts import ACCOUNT, ARN, KINDS, OWNERS, PASSWORD_POLICY, PROVIDER, WORKFLOW, name_of, named
from constraints import form
from installation import ROOT_ACCOUNT
from mfa_test import code_of
from signing import Credentials

NEW = "?"
MOST = 3  # Entities of a kind that one client has.
TAGS = [{"Key": "k", "Value": "1"}, {"Key": "l", "Value": "2"}]


def document(number):
    """Any of them lets a user change its own password and, as a boundary, take delegation requests on."""
    return json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": [f"s3:Get{number}", "iam:ChangePassword", "iam:AssociateDelegationRequest"],
        "Resource": "*"}})


def trust(number):
    return json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": f"s{number}.amazonaws.com"}, "Action": "sts:AssumeRole"}})


class Change(NamedTuple):
    action: str
    values: dict
    added: set = frozenset()
    removed: set = frozenset()
    named_by: str = ""  # The element of the answer that says what NEW is.
    caller: Optional[Credentials] = None  # Instead of root.
    account: str = ROOT_ACCOUNT  # Of the caller, whose audit trail tells of it.
    password: tuple = ()  # The user that it is of, and what it is from then on.
    toward: str = ""  # The operation that it makes possible.


class Changer:
    """Proposes changes that must succeed, and keeps the facts. Everything of it bears its name."""

    def __init__(self, name, chance, material, facts=()):
        self.name, self.chance, self.material = name, chance, material
        self.facts = set(facts)
        # What cannot be read, as far as it is known: seeds and last steps of devices, keys by their ids, passwords of users.
        self.seeds, self.steps, self.keys, self.passwords = {}, collections.Counter(), {}, {}
        self._made = 0
        self._proposed = collections.Counter()

    # ---- What is asked

    def propose(self):
        """Of some that are possible the one that there was least of, so that each comes soon."""
        possible = []
        while len(possible) < 12:
            change = self.chance.choice(CHANGES)(self)
            if change:
                possible.append(change)
        chosen = min(possible, key=lambda change: self._proposed[change.toward or change.action])
        self._proposed[chosen.action] += 1
        if chosen.password:
            self.passwords.pop(chosen.password[0], None)  # Nobody knows until there is an answer.
        return chosen

    def acknowledge(self, change, answer):
        new = answer.text(change.named_by) if change.named_by else None
        self.apply(change, new)
        if change.action == "CreateVirtualMFADevice":
            entity = next(fact[1] for fact in change.added if fact[0] == "mfa")
            self.seeds[entity] = base64.b64decode(answer.text("Base32StringSeed")).decode()
        if change.action == "CreateAccessKey":
            self.keys[new] = Credentials(new, answer.text("SecretAccessKey"))
        self.passwords.update([change.password] if change.password else [])

    def apply(self, change, new=None):
        self.facts -= change.removed
        self.facts |= {tuple(new if part == NEW else part for part in fact) for fact in change.added}

    def explain(self, observed, pending):
        """Takes up what the server turned out to hold: all facts, and of the change not answered all or nothing."""
        if observed == self.facts:
            return False
        added, removed = observed - self.facts, self.facts - observed
        assert pending, f"{self.name}: lost {removed}, appeared {added}"
        new = next((part for have in added for want in pending.added if len(have) == len(want)
                    for part, wanted in zip(have, want) if wanted == NEW), None)
        before = set(self.facts)
        self.apply(pending, new)
        assert observed == self.facts, (f"{self.name}: half of {pending.action} {pending.values}: "
                                        f"gone {before - observed}, appeared {observed - before}")
        return True

    # ---- Helpers of the proposals

    def fresh(self, kind):
        self._made += 1
        return f"{kind}/{self.name}-{self._made}"

    def any(self, *kinds):
        """The fact of an entity of one of these kinds."""
        kind = self.chance.choice(kinds)
        found = sorted(fact for fact in self.facts if fact[0] == kind)
        return self.chance.choice(found) if found else None

    def owner(self, *kinds):
        fact = self.any(*(kinds or OWNERS))
        return fact and fact[1]

    def about(self, entity, *kinds):
        """All facts that the entity is in, or its own facts of these kinds."""
        return {fact for fact in self.facts if entity in fact and (not kinds or fact[0] in kinds and fact[1] == entity)}

    def key_of(self, user):
        """An active key of the user whose secret is known."""
        return next((self.keys[fact[2]] for fact in sorted(self.about(user, "AccessKey"))
                     if fact[3] == "Active" and fact[2] in self.keys), None)

    def number(self, end=9):
        return self.chance.randrange(end)

    def likely(self, probability):
        return self.chance.random() < probability

    def path(self):
        return f"/{self.name}/{self.chance.choice(('', 'a/'))}"


# ---- Entities: made, deleted and given other names


def of_role(changer, entity):
    number = changer.number()
    return ({"AssumeRolePolicyDocument": trust(number), "Description": "a", "MaxSessionDuration": "3600"},
            {("trust", entity, trust(number)), ("description", entity, "a"), ("longest", entity, "3600")})


def of_policy(changer, entity):
    text = document(changer.number())
    return {"PolicyDocument": text}, {("version", entity, "v1", text), ("default", entity, "v1")}


def of_service_role(changer, entity):
    return ({"AWSServiceName": "autoscaling.amazonaws.com", "Description": "a"}, {("description", entity, "a")})


def of_certificate(changer, entity):
    return {"CertificateBody": changer.material["certificate"], "PrivateKey": changer.material["key"]}, set()


def of_saml_provider(changer, entity):
    return {"SAMLMetadataDocument": changer.material["metadata"]}, {("metadata", entity, changer.material["metadata"])}


def of_oidc_provider(changer, entity):
    return ({"Url": "https://" + name_of(entity), "ThumbprintList": ["a" * 40], "ClientIDList": ["first"]},
            {("client", entity, "first"), ("thumbprint", entity, "a" * 40)})


# How it is made: operation, the member that names it, what else is said and known of it.
MADE = {
    "user": ("CreateUser", "UserName", None),
    "group": ("CreateGroup", "GroupName", None),
    "role": ("CreateRole", "RoleName", of_role),
    "service-role": ("CreateServiceLinkedRole", "CustomSuffix", of_service_role),
    "policy": ("CreatePolicy", "PolicyName", of_policy),
    "profile": ("CreateInstanceProfile", "InstanceProfileName", None),
    "mfa": ("CreateVirtualMFADevice", "VirtualMFADeviceName", None),
    "server-certificate": ("UploadServerCertificate", "ServerCertificateName", of_certificate),
    "saml-provider": ("CreateSAMLProvider", "Name", of_saml_provider),
    "oidc-provider": ("CreateOpenIDConnectProvider", "", of_oidc_provider),
}
# What the fact of an entity says besides: its path, or what it holds or is held by.
PATHED = ("user", "group", "role", "server-certificate")
MOVABLE = ("user", "group", "server-certificate")
HOLDERS = ("profile", "mfa")
# Facts that go with their entity; any other keeps it from being deleted.
OWN = {"tag", "trust", "description", "longest", "version", "default", "boundary", "client", "thumbprint", "metadata"}


def create(changer):
    kind = changer.chance.choice(tuple(MADE))
    if sum(fact[0] == kind for fact in changer.facts) >= MOST:
        return None
    action, member, more = MADE[kind]
    entity = changer.fresh(kind) + (".example.com" if kind == "oidc-provider" else "")
    values, facts = more(changer, entity) if more else ({}, set())
    if member:
        values[member] = name_of(entity)
    fact = (kind, entity, "") if kind in HOLDERS else (kind, entity)
    if kind in PATHED:
        values["Path"] = changer.path()
        fact += (values["Path"],)
    elif KINDS[kind].has_path:
        values["Path"] = f"/{changer.name}/"
    facts.add(fact)
    if KINDS[kind].tagged:
        values["Tags"] = TAGS
        facts |= {("tag", entity, pair["Key"], pair["Value"]) for pair in TAGS}
    return Change(action, values, facts)


def delete(changer):
    fact = changer.any(*MADE)
    if not fact or fact[0] in HOLDERS and fact[2]:
        return None
    kind, entity = fact[:2]
    facts = changer.about(entity)
    last_version = sum(other[0] == "version" for other in facts) <= 1
    if {other[0] for other in facts} - {kind, *OWN} or not last_version:
        return None
    if any(other[0] == "boundary" and other[2] == entity for other in facts):
        return None
    noun = "VirtualMFADevice" if kind == "mfa" else KINDS[kind].noun
    return Change(f"Delete{noun}", named(entity), removed=facts)


def rename(changer):
    fact = changer.any(*MOVABLE)
    if not fact:
        return None
    kind, old, _ = fact
    new, path, noun = changer.fresh(kind), changer.path(), KINDS[kind].noun
    facts = changer.about(old)
    moved = {tuple(new if part == old else part for part in other) for other in facts - {fact}} | {(kind, new, path)}
    return Change(f"Update{noun}", {**named(old), f"New{noun}Name": name_of(new), "NewPath": path}, moved, facts,
                  password=(new, changer.passwords.get(old)) if kind == "user" else ())


# ---- What entities have: each change sets a value anew


class Setting(NamedTuple):
    action: str
    kinds: tuple
    values: dict  # For each member of the request the kind of fact that it is, and what its value may be.


SETTINGS = (
    Setting("UpdateAssumeRolePolicy", ("role",), {"PolicyDocument": ("trust", list(map(trust, range(9))))}),
    Setting("UpdateRole", ("role",), {"Description": ("description", ["b", "c", "d"]),
                                      "MaxSessionDuration": ("longest", ["3600", "7200", "43200"])}),
    Setting("UpdateRoleDescription", ("role", "service-role"), {"Description": ("description", ["e", "f", "g"])}),
    Setting("UpdateOpenIDConnectProviderThumbprint", ("oidc-provider",),
            {"ThumbprintList": ("thumbprint", [letter * 40 for letter in "bcd"])}),
    Setting("UpdateSAMLProvider", ("saml-provider",), {"SAMLMetadataDocument": ("metadata", list(range(9)))}),
    Setting("UpdateAccountPasswordPolicy", (ACCOUNT,), {
        member: (member, values) for member, values in zip(PASSWORD_POLICY, (["8", "12", "16"], *[["true", "false"]] * 2))}),
    Setting("SetSecurityTokenServicePreferences", (ACCOUNT,),
            {"GlobalEndpointTokenVersion": ("tokens", ["v1Token", "v2Token"])}),
)


def setting(changer):
    action, kinds, members = changer.chance.choice(SETTINGS)
    entity = changer.owner(*kinds)
    if not entity:
        return None
    values, facts = named(entity), set()
    for member, (kind, choices) in members.items():
        value = changer.chance.choice(choices)
        if kind == "metadata":
            value = f"{changer.material['metadata']}<!-- {value} -->"
        values[member] = [value] if member.endswith("List") else value
        facts.add((kind, entity, value))
    return Change(action, values, facts, changer.about(entity, *(kind for kind, _ in members.values())) - facts)


def forget_password_policy(changer):
    facts = changer.about(ACCOUNT, *PASSWORD_POLICY)
    return Change("DeleteAccountPasswordPolicy", {}, removed=facts) if facts else None


def feature(changer):
    if not changer.any(ACCOUNT):
        return None
    name = changer.chance.choice(("OutboundWebIdentityFederation", "OrganizationsRootCredentialsManagement",
                                  "OrganizationsRootSessions"))
    fact = ("feature", ACCOUNT, name)
    if fact in changer.facts:
        return Change(f"Disable{name}", {}, removed={fact})
    return Change(f"Enable{name}", {}, {fact})


def alias(changer):
    fact = changer.any("alias")
    if fact:
        return Change("DeleteAccountAlias", {"AccountAlias": fact[2]}, removed={fact})
    if not changer.any(ACCOUNT):
        return None
    name = name_of(changer.fresh("alias"))
    return Change("CreateAccountAlias", {"AccountAlias": name}, {("alias", ACCOUNT, name)})


def tag(changer):
    entity = changer.owner(*(kind for kind, spoken in KINDS.items() if spoken.tagged))
    if not entity:
        return None
    noun = KINDS[entity.partition("/")[0]].noun
    old = changer.about(entity, "tag")
    if old and changer.likely(0.4):
        return Change(f"Untag{noun}", {**named(entity), "TagKeys": sorted(fact[2] for fact in old)}, removed=old)
    new = {("tag", entity, key, str(changer.number(99))) for key in ("k", "l", "m")}
    return Change(f"Tag{noun}", {**named(entity), "Tags": [{"Key": fact[2], "Value": fact[3]} for fact in sorted(new)]},
                  new, old - new)


def client_id(changer):
    entity = changer.owner("oidc-provider")
    if not entity:
        return None
    clients = sorted(changer.about(entity, "client"))
    if clients and changer.likely(0.5):
        gone = changer.chance.choice(clients)
        return Change("RemoveClientIDFromOpenIDConnectProvider", {**named(entity), "ClientID": gone[2]}, removed={gone})
    name = name_of(changer.fresh("client"))
    return Change("AddClientIDToOpenIDConnectProvider", {**named(entity), "ClientID": name}, {("client", entity, name)})


# ---- Who may do what


def join(changer):
    user, group = changer.owner("user"), changer.owner("group")
    if not user or not group:
        return None
    fact, values = ("member", user, group), {**named(user), **named(group)}
    if fact in changer.facts:
        return Change("RemoveUserFromGroup", values, removed={fact})
    return Change("AddUserToGroup", values, {fact})


def attach(changer):
    owner, policy = changer.owner(), changer.owner("policy")
    if not owner or not policy:
        return None
    fact, kind = ("attached", owner, policy), owner.partition("/")[0].capitalize()
    values = {**named(owner), **named(policy)}
    if fact in changer.facts:
        return Change(f"Detach{kind}Policy", values, removed={fact})
    return Change(f"Attach{kind}Policy", values, {fact})


def inline(changer):
    owner = changer.owner()
    if not owner:
        return None
    kind, name = owner.partition("/")[0].capitalize(), changer.chance.choice(("a", "b"))
    old = {fact for fact in changer.about(owner, "inline") if fact[2] == name}
    if old and changer.likely(0.5):
        return Change(f"Delete{kind}Policy", {**named(owner), "PolicyName": name}, removed=old)
    return put_inline(changer, owner, name)


def put_inline(changer, owner, name):
    kind, text = owner.partition("/")[0].capitalize(), document(changer.number())
    old = {fact for fact in changer.about(owner, "inline") if fact[2] == name}
    new = {("inline", owner, name, text)}
    return Change(f"Put{kind}Policy", {**named(owner), "PolicyName": name, "PolicyDocument": text}, new, old - new)


def boundary(changer):
    owner, policy = changer.owner("user", "role"), changer.owner("policy")
    if not owner or not policy:
        return None
    kind, old = owner.partition("/")[0].capitalize(), changer.about(owner, "boundary")
    if old and changer.likely(0.6):
        return Change(f"Delete{kind}PermissionsBoundary", named(owner), removed=old)
    new = {("boundary", owner, policy)}
    return Change(f"Put{kind}PermissionsBoundary", {**named(owner), "PermissionsBoundary": named(policy)["PolicyArn"]},
                  new, old - new)


def version(changer):
    policy = changer.owner("policy")
    if not policy:
        return None
    have, (default,) = sorted(changer.about(policy, "version")), changer.about(policy, "default")
    others = [other for other in have if other[2] != default[2]]
    if len(have) < 4 and (not others or changer.likely(0.4)):
        text = document(changer.number())
        new = {("version", policy, NEW, text), ("default", policy, NEW)}
        return Change("CreatePolicyVersion", {**named(policy), "PolicyDocument": text, "SetAsDefault": True}, new, {default},
                      "VersionId")
    chosen = changer.chance.choice(others)
    values = {**named(policy), "VersionId": chosen[2]}
    if changer.likely(0.4):
        return Change("SetDefaultPolicyVersion", values, {("default", policy, chosen[2])}, {default})
    return Change("DeletePolicyVersion", values, removed={chosen})


def profile(changer):
    fact, role = changer.any("profile"), changer.owner("role")
    if not fact or not role:
        return None
    _, entity, held = fact
    if held:
        return Change("RemoveRoleFromInstanceProfile", {**named(entity), **named(held)}, {("profile", entity, "")}, {fact})
    return Change("AddRoleToInstanceProfile", {**named(entity), **named(role)}, {("profile", entity, role)}, {fact})


# ---- What users show


class Credential(NamedTuple):
    kind: str
    make: str
    member: str
    material: dict  # Members of the request that makes one, and which material they are.
    most: int


CREDENTIALS = (
    Credential("AccessKey", "CreateAccessKey", "AccessKeyId", {}, 2),
    Credential("SSHPublicKey", "UploadSSHPublicKey", "SSHPublicKeyId", {"SSHPublicKeyBody": "ssh"}, 1),
    Credential("SigningCertificate", "UploadSigningCertificate", "CertificateId", {"CertificateBody": "certificate"}, 1),
    Credential("ServiceSpecificCredential", "CreateServiceSpecificCredential", "ServiceSpecificCredentialId",
               {"ServiceName": "service"}, 2),
)


def credential(changer):
    user = changer.owner("user")
    if not user:
        return None
    kind, make, member, material, most = changer.chance.choice(CREDENTIALS)
    have = sorted(changer.about(user, kind))
    taken = kind == "SigningCertificate" and changer.any(kind)  # An account knows a certificate once.
    if len(have) < most and not taken and changer.likely(0.6):
        values = {name: changer.material[what] for name, what in material.items()}
        return Change(make, {**named(user), **values}, {(kind, user, NEW, "Active")}, named_by=member)
    if not have:
        return None
    fact = changer.chance.choice(have)
    values = {**named(user), member: fact[2]}
    if kind == "ServiceSpecificCredential" and changer.likely(0.3):
        return Change(f"Reset{kind}", values)
    if changer.likely(0.5):
        return Change(f"Delete{kind}", values, removed={fact})
    status = "Inactive" if fact[3] == "Active" else "Active"
    return Change(f"Update{kind}", {**values, "Status": status}, {(kind, user, fact[2], status)}, {fact})


def login(changer):
    user = changer.owner("user")
    if not user:
        return None
    old = changer.about(user, "login")
    if old and changer.likely(0.3):
        return Change("DeleteLoginProfile", named(user), removed=old, password=(user, None))
    return set_password(changer, user)


def set_password(changer, user):
    old, reset = changer.about(user, "login"), changer.chance.choice(("true", "false"))
    password, new = some_password(changer), {("login", user, reset)}
    return Change("UpdateLoginProfile" if old else "CreateLoginProfile",
                  {**named(user), "Password": password, "PasswordResetRequired": reset}, new, old - new,
                  password=(user, password))


def some_password(changer):
    return f"Correct-Horse-{changer.number(10**6):06}"


def change_password(changer):
    """By the user itself, with the old password, a key of its own and a policy that lets it; or first what it lacks of these."""
    user = changer.owner("user")
    if not user:
        return None
    old, key = changer.passwords.get(user), changer.key_of(user)
    if not old:
        return set_password(changer, user)._replace(toward="ChangePassword")
    if not key:
        return Change("CreateAccessKey", named(user), {("AccessKey", user, NEW, "Active")}, named_by="AccessKeyId",
                      toward="ChangePassword") if len(changer.about(user, "AccessKey")) < 2 else None
    if not changer.about(user, "inline", "attached"):
        return put_inline(changer, user, "a")._replace(toward="ChangePassword")
    password, new = some_password(changer), {("login", user, "false")}
    return Change("ChangePassword", {"OldPassword": old, "NewPassword": password}, new, changer.about(user, "login") - new,
                  caller=key, password=(user, password))


def device(changer):
    fact, user = changer.any("mfa"), changer.owner("user")
    if not fact or not user:
        return None
    _, entity, holder = fact
    if holder and changer.likely(0.4):
        return Change("DeactivateMFADevice", {**named(holder), **named(entity)}, {("mfa", entity, "")}, {fact})
    now = int(time.time()) // 30
    first = max(now - 1, changer.steps[entity] + 1)  # A code serves once.
    reach = 900 if holder else 8  # Eight hours, or five minutes for enabling.
    if entity not in changer.seeds or first > now + reach:
        return None
    changer.steps[entity] = first + 1
    values = {**named(holder or user), **named(entity), "AuthenticationCode1": code_of(changer.seeds[entity], first),
              "AuthenticationCode2": code_of(changer.seeds[entity], first + 1)}
    if holder:
        return Change("ResyncMFADevice", values)
    return Change("EnableMFADevice", values, {("mfa", entity, user)}, {fact})


# ---- What others are let do

TEMPLATE = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:Get@{number}", "Resource": "*"}]})


class Step(NamedTuple):
    action: str
    states: tuple  # That it is taken from.
    state: str  # That it leads to.
    by: str = ""  # The kind of fact that says who took it,
    notes: str = ""  # and what was said of it.
    notices: tuple = ("StateChange",)


STEPS = (
    Step("AssociateDelegationRequest", ("UNASSIGNED",), "ASSIGNED", by="owner"),
    Step("UpdateDelegationRequest", ("ASSIGNED",), "PENDING_APPROVAL", notes="notes"),
    Step("AcceptDelegationRequest", ("ASSIGNED", "PENDING_APPROVAL"), "ACCEPTED", by="approver"),
    Step("RejectDelegationRequest", ("ASSIGNED", "PENDING_APPROVAL", "ACCEPTED"), "REJECTED", notes="rejection"),
    Step("SendDelegationToken", ("ACCEPTED",), "FINALIZED", notices=("StateChange", "ExchangeToken")),
)
OPEN = {state for step in STEPS for state in step.states}


def delegation(changer):
    requests = sorted(fact for fact in changer.facts if fact[0] == "delegation-request" and fact[3] in OPEN)
    if len(requests) < MOST and changer.likely(0.3):
        return ask(changer)
    if not requests:
        return None
    old = changer.chance.choice(requests)
    _, entity, request, state = old
    step = changer.chance.choice([step for step in STEPS if state in step.states])
    new = {("delegation-request", entity, request, step.state),
           *(("notice", entity, request, kind, step.state) for kind in step.notices)}
    values, caller = {"DelegationRequestId": request}, None
    if step.by:
        caller, arn = somebody(changer) if step.by == "owner" else (None, ARN + "root")
        new.add((step.by, entity, arn))
    if step.notes and changer.likely(0.7):
        values["Notes"] = f"Because of {changer.number()}"
        new.add((step.notes, entity, values["Notes"]))
    return Change(step.action, values, new, {old}, caller=caller)


def ask(changer):
    """By the product provider, which has no answer but the id."""
    entity, number = changer.fresh("delegation-request"), str(changer.number())
    policy = TEMPLATE.replace("@{number}", number)
    return Change("CreateDelegationRequest", {
        "Description": name_of(entity), "RequestorWorkflowId": WORKFLOW + name_of(entity), "SessionDuration": 3600,
        "NotificationChannel": f"arn:aws:sns:us-east-1:{PROVIDER}:delegation",
        "Permissions": {"PolicyTemplateArn": "arn:aws:iam:::delegation-template/getter",
                        "Parameters": [{"Name": "number", "Values": [number], "Type": "string"}]}},
        {("delegation-request", entity, NEW, "UNASSIGNED"), ("delegated", entity, policy)},
        named_by="DelegationRequestId", caller=changer.material["provider"], account=PROVIDER)


def somebody(changer):
    """Root, or a user that can sign: credentials and ARN."""
    fact = changer.any("user")
    key = fact and changer.key_of(fact[1])
    return (key, f"{ARN}user{fact[2]}{name_of(fact[1])}") if key else (None, ARN + "root")


CHANGES = (create, create, create, delete, delete, rename, setting, setting, feature, forget_password_policy, alias, tag, tag,
           client_id, join, attach, inline, boundary, version, profile, credential, credential, login, change_password, device,
           device, delegation, delegation)


def send(connection, root, change):
    return connection.call(change.caller or root, change.action, form(change.values), service="iam")
