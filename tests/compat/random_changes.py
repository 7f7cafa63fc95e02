"""A client that changes an account at random and knows what it must hold after each answer.

What an account holds is a set of facts, tuples of texts; a change takes some away and adds others, all or none. An entity
is "user/NAME" and so on in every fact about it. What the server names itself is NEW in a change until it has answered.
"""

import base64
import json
import time
from typing import NamedTuple

from constraints import form
from installation import ROOT_ACCOUNT
from mfa_test import code_of

ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:"
NEW = "?"
OWNERS = ("user", "group", "role")


def document(action):
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}})


def trust(service):
    return json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}})


class Change(NamedTuple):
    action: str
    values: dict
    added: set = frozenset()
    removed: set = frozenset()
    named_by: str = ""  # The element of the answer that says what NEW is.


def named(entity):
    kind, _, name = entity.partition("/")
    return {f"{kind.capitalize()}Name": name}


class Changer:
    """Proposes changes that must succeed, and keeps the facts. Everything of it is in a path of its own."""

    def __init__(self, name, chance, material):
        self.name, self.chance, self.material = name, chance, material
        self.facts = set()
        self.seeds = {}  # Of MFA devices.
        self._made = 0

    # ---- What is asked

    def propose(self):
        while True:
            change = self.chance.choice(CHANGES)(self)
            if change:
                return change

    def acknowledge(self, change, answer):
        new = answer.text(change.named_by) if change.named_by else None
        self.apply(change, new)
        if change.action == "CreateVirtualMFADevice":
            (_, device, _), = change.added
            self.seeds[device] = base64.b64decode(answer.text("Base32StringSeed")).decode()
        return self

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

    def any(self, kind, having=lambda fact: True):
        found = sorted(fact for fact in self.facts if fact[0] == kind and having(fact))
        return self.chance.choice(found) if found else None

    def owner(self, kinds=OWNERS):
        fact = self.any(self.chance.choice(kinds))
        return fact and fact[1]

    def about(self, entity):
        return {fact for fact in self.facts if entity in fact}

    def arn(self, entity):
        kind, _, name = entity.partition("/")
        return f"{ARN}{kind}/{self.name}/{name}"


# ---- The changes


def create(changer):
    kind = changer.chance.choice(("user", "group", "role", "policy", "profile"))
    entity = changer.fresh(kind)
    name = entity.partition("/")[2]
    path = {"Path": f"/{changer.name}/"}
    if kind == "policy":
        return Change("CreatePolicy", {"PolicyName": name, "PolicyDocument": document("s3:*"), **path},
                      {("policy", entity), ("version", entity, "v1", document("s3:*")), ("default", entity, "v1")})
    if kind == "profile":
        return Change("CreateInstanceProfile", {"InstanceProfileName": name, **path}, {("profile", entity, "")})
    more = {"AssumeRolePolicyDocument": trust("ec2"), "Description": "a"} if kind == "role" else {}
    facts = {(kind, entity)} | ({("trust", entity, trust("ec2")), ("description", entity, "a")} if more else set())
    tags = {"Tags": [{"Key": "k", "Value": "1"}]} if kind != "group" else {}
    facts |= {("tag", entity, "k", "1")} if tags else set()
    return Change(f"Create{kind.capitalize()}", {**named(entity), **path, **more, **tags}, facts)


def delete(changer):
    """Of what nothing else hangs on; its tags, trust policy and last version go with it."""
    kind = changer.chance.choice(("user", "group", "role", "policy"))
    fact = changer.any(kind)
    if not fact:
        return None
    entity, facts = fact[1], changer.about(fact[1])
    if {other[0] for other in facts} - {kind, "tag", "trust", "description", "version", "default", "boundary"}:
        return None
    if kind == "policy" and sum(other[0] == "version" for other in facts) > 1:
        return None
    if any(other[0] == "boundary" and other[2] == entity for other in facts):
        return None
    values = {"PolicyArn": changer.arn(entity)} if kind == "policy" else named(entity)
    return Change(f"Delete{kind.capitalize()}", values, removed=facts)


def rename(changer):
    fact = changer.any("user")
    if not fact:
        return None
    old, new = fact[1], changer.fresh("user")
    facts = changer.about(old)
    return Change("UpdateUser", {**named(old), "NewUserName": new.partition("/")[2]},
                  {tuple(new if part == old else part for part in other) for other in facts}, facts)


def join(changer):
    user, group = changer.any("user"), changer.any("group")
    if not user or not group:
        return None
    fact, values = ("member", user[1], group[1]), {**named(user[1]), **named(group[1])}
    if fact in changer.facts:
        return Change("RemoveUserFromGroup", values, removed={fact})
    return Change("AddUserToGroup", values, {fact}) if len(changer.about(user[1])) < 9 else None


def attach(changer):
    owner, policy = changer.owner(), changer.any("policy")
    if not owner or not policy:
        return None
    fact, kind = ("attached", owner, policy[1]), owner.partition("/")[0].capitalize()
    values = {**named(owner), "PolicyArn": changer.arn(policy[1])}
    if fact in changer.facts:
        return Change(f"Detach{kind}Policy", values, removed={fact})
    return Change(f"Attach{kind}Policy", values, {fact}) if len(changer.about(owner)) < 9 else None


def inline(changer):
    owner = changer.owner()
    if not owner:
        return None
    kind, name = owner.partition("/")[0].capitalize(), changer.chance.choice(("a", "b"))
    old = {fact for fact in changer.about(owner) if fact[0] == "inline" and fact[2] == name}
    if old and changer.chance.random() < 0.5:
        return Change(f"Delete{kind}Policy", {**named(owner), "PolicyName": name}, removed=old)
    text = document(f"s3:Get{changer.chance.randrange(9)}")
    return Change(f"Put{kind}Policy", {**named(owner), "PolicyName": name, "PolicyDocument": text},
                  {("inline", owner, name, text)}, old - {("inline", owner, name, text)})


def tag(changer):
    owner = changer.owner(("user", "role"))
    if not owner:
        return None
    kind = owner.partition("/")[0].capitalize()
    old = {fact for fact in changer.about(owner) if fact[0] == "tag"}
    if old and changer.chance.random() < 0.3:
        return Change(f"Untag{kind}", {**named(owner), "TagKeys": [fact[2] for fact in old]}, removed=old)
    new = {("tag", owner, key, str(changer.chance.randrange(99))) for key in ("k", "l", "m")}
    return Change(f"Tag{kind}", {**named(owner), "Tags": [{"Key": fact[2], "Value": fact[3]} for fact in new]},
                  new, old - new)


def boundary(changer):
    owner, policy = changer.owner(("user", "role")), changer.any("policy")
    if not owner or not policy:
        return None
    kind = owner.partition("/")[0].capitalize()
    old = {fact for fact in changer.about(owner) if fact[0] == "boundary"}
    if old:
        return Change(f"Delete{kind}PermissionsBoundary", named(owner), removed=old)
    return Change(f"Put{kind}PermissionsBoundary", {**named(owner), "PermissionsBoundary": changer.arn(policy[1])},
                  {("boundary", owner, policy[1])})


def role(changer):
    owner = changer.owner(("role",))
    if not owner:
        return None
    what = changer.chance.choice(("trust", "description"))
    old = {fact for fact in changer.about(owner) if fact[0] == what}
    if what == "trust":
        text = trust(f"s{changer.chance.randrange(9)}")
        return Change("UpdateAssumeRolePolicy", {**named(owner), "PolicyDocument": text},
                      {("trust", owner, text)}, old - {("trust", owner, text)})
    text = f"d{changer.chance.randrange(999)}"
    return Change("UpdateRole", {**named(owner), "Description": text}, {(what, owner, text)}, old - {(what, owner, text)})


def version(changer):
    fact = changer.any("policy")
    if not fact:
        return None
    policy, values = fact[1], {"PolicyArn": changer.arn(fact[1])}
    have = sorted(other for other in changer.about(policy) if other[0] == "version")
    (default,) = (other for other in changer.about(policy) if other[0] == "default")
    others = [other for other in have if other[2] != default[2]]
    if len(have) < 4:
        text = document(f"s3:Put{changer.chance.randrange(9)}")
        new = {("version", policy, NEW, text), ("default", policy, NEW)}
        return Change("CreatePolicyVersion", {**values, "PolicyDocument": text, "SetAsDefault": True}, new, {default},
                      "VersionId")
    chosen = changer.chance.choice(others)
    if changer.chance.random() < 0.3:
        return Change("SetDefaultPolicyVersion", {**values, "VersionId": chosen[2]}, {("default", policy, chosen[2])},
                      {default})
    return Change("DeletePolicyVersion", {**values, "VersionId": chosen[2]}, removed={chosen})


def profile(changer):
    fact, owner = changer.any("profile"), changer.owner(("role",))
    if not fact:
        return None
    _, entity, held = fact
    values = {"InstanceProfileName": entity.partition("/")[2]}
    if held:
        return Change("RemoveRoleFromInstanceProfile", {**values, **named(held)}, {("profile", entity, "")}, {fact})
    if owner and changer.chance.random() < 0.7:
        return Change("AddRoleToInstanceProfile", {**values, **named(owner)}, {("profile", entity, owner)}, {fact})
    return Change("DeleteInstanceProfile", values, removed={fact})


def credential(changer):
    """Access keys, signing certificates and SSH keys: made, switched off and on, and deleted."""
    user = changer.owner(("user",))
    if not user:
        return None
    kind, make, member, values, most = changer.chance.choice((
        ("AccessKey", "CreateAccessKey", "AccessKeyId", {}, 2),
        ("SSHPublicKey", "UploadSSHPublicKey", "SSHPublicKeyId", {"SSHPublicKeyBody": changer.material["ssh"]}, 1),
        ("SigningCertificate", "UploadSigningCertificate", "CertificateId",
         {"CertificateBody": changer.material["certificate"]}, 1)))
    have = sorted(fact for fact in changer.about(user) if fact[0] == kind)
    taken = kind == "SigningCertificate" and changer.any(kind)  # An account knows a certificate once.
    if len(have) < most and not taken and changer.chance.random() < 0.6:
        return Change(make, {**named(user), **values}, {(kind, user, NEW, "Active")}, named_by=member)
    if not have:
        return None
    fact = changer.chance.choice(have)
    if changer.chance.random() < 0.5:
        return Change(f"Delete{kind}", {**named(user), member: fact[2]}, removed={fact})
    status = "Inactive" if fact[3] == "Active" else "Active"
    return Change(f"Update{kind}", {**named(user), member: fact[2], "Status": status},
                  {(kind, user, fact[2], status)}, {fact})


def login(changer):
    user = changer.owner(("user",))
    if not user or changer.chance.random() < 0.5:  # Hashing a password is slow.
        return None
    old = {fact for fact in changer.about(user) if fact[0] == "login"}
    if old:
        return Change("DeleteLoginProfile", named(user), removed=old)
    return Change("CreateLoginProfile", {**named(user), "Password": "Correct-Horse-1"}, {("login", user)})


def device(changer):
    fact, user = changer.any("mfa"), changer.owner(("user",))
    if not fact or changer.chance.random() < 0.2:
        entity = changer.fresh("mfa")
        return Change("CreateVirtualMFADevice", {"VirtualMFADeviceName": entity.partition("/")[2],
                                                 "Path": f"/{changer.name}/"}, {("mfa", entity, "")})
    _, entity, holder = fact
    values = {"SerialNumber": changer.arn(entity)}
    if holder:
        return Change("DeactivateMFADevice", {**named(holder), **values}, {("mfa", entity, "")}, {fact})
    if user and entity in changer.seeds and changer.chance.random() < 0.7:
        step = int(time.time()) // 30
        seed = changer.seeds.pop(entity)  # A code serves once.
        return Change("EnableMFADevice", {**named(user), **values, "AuthenticationCode1": code_of(seed, step - 1),
                                          "AuthenticationCode2": code_of(seed, step)}, {("mfa", entity, user)}, {fact})
    return Change("DeleteVirtualMFADevice", values, removed={fact})


def certificate(changer):
    fact = changer.any("server-certificate")
    if fact and changer.chance.random() < 0.5:
        name, new = fact[1].partition("/")[2], changer.fresh("server-certificate")
        if changer.chance.random() < 0.5:
            return Change("DeleteServerCertificate", {"ServerCertificateName": name}, removed={fact})
        return Change("UpdateServerCertificate", {"ServerCertificateName": name,
                                                  "NewServerCertificateName": new.partition("/")[2]},
                      {("server-certificate", new)}, {fact})
    if len([fact for fact in changer.facts if fact[0] == "server-certificate"]) >= 4:
        return None
    entity = changer.fresh("server-certificate")
    return Change("UploadServerCertificate", {
        "ServerCertificateName": entity.partition("/")[2], "Path": f"/{changer.name}/",
        "CertificateBody": changer.material["certificate"], "PrivateKey": changer.material["key"]},
        {("server-certificate", entity)})


def provider(changer):
    if changer.chance.random() < 0.4:
        fact = changer.any("saml-provider")
        if fact and changer.chance.random() < 0.6:
            return Change("DeleteSAMLProvider", {"SAMLProviderArn": ARN + fact[1]}, removed={fact})
        entity = changer.fresh("saml-provider")
        return Change("CreateSAMLProvider", {"Name": entity.partition("/")[2],
                                             "SAMLMetadataDocument": changer.material["metadata"]},
                      {("saml-provider", entity)})
    fact = changer.any("oidc-provider")
    if not fact or changer.chance.random() < 0.2:
        entity = changer.fresh("oidc-provider") + ".example.com"
        return Change("CreateOpenIDConnectProvider", {"Url": "https://" + entity.partition("/")[2],
                                                      "ThumbprintList": ["a" * 40], "ClientIDList": ["first"]},
                      {("oidc-provider", entity), ("client", entity, "first")})
    values = {"OpenIDConnectProviderArn": ARN + fact[1]}
    clients = sorted(other for other in changer.about(fact[1]) if other[0] == "client")
    if changer.chance.random() < 0.3:
        return Change("DeleteOpenIDConnectProvider", values, removed=changer.about(fact[1]))
    if clients and changer.chance.random() < 0.5:
        gone = changer.chance.choice(clients)
        return Change("RemoveClientIDFromOpenIDConnectProvider", {**values, "ClientID": gone[2]}, removed={gone})
    new = ("client", fact[1], f"id{changer.chance.randrange(999)}")
    return Change("AddClientIDToOpenIDConnectProvider", {**values, "ClientID": new[2]}, {new} - changer.facts)


def alias(changer):
    """An account has one alias, so one client has it."""
    if changer.name != "c0":
        return None
    fact = changer.any("alias")
    if fact:
        return Change("DeleteAccountAlias", {"AccountAlias": fact[1]}, removed={fact})
    name = changer.fresh("alias").partition("/")[2]
    return Change("CreateAccountAlias", {"AccountAlias": name}, {("alias", name)})


CHANGES = [create, create, delete, rename, join, attach, attach, inline, inline, tag, boundary, role, version, version,
           profile, profile, credential, credential, login, device, device, certificate, provider, provider, alias]


# ---- What an account holds


def _principal_facts(kind, shown):
    entity = f"{kind}/{shown[kind.capitalize() + 'Name']}"
    yield (kind, entity)
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
    if kind == "role":
        yield ("trust", entity, json.dumps(shown["AssumeRolePolicyDocument"]))


def _policy_facts(shown):
    entity = f"policy/{shown['PolicyName']}"
    yield ("policy", entity)
    yield ("default", entity, shown["DefaultVersionId"])
    for one in shown["PolicyVersionList"]:
        yield ("version", entity, one["VersionId"], json.dumps(one["Document"]))


def _user_facts(iam, entity):
    user = {"UserName": entity.partition("/")[2]}
    for key in iam.list_access_keys(**user)["AccessKeyMetadata"]:
        yield ("AccessKey", entity, key["AccessKeyId"], key["Status"])
    for key in iam.list_ssh_public_keys(**user)["SSHPublicKeys"]:
        yield ("SSHPublicKey", entity, key["SSHPublicKeyId"], key["Status"])
    for one in iam.list_signing_certificates(**user)["Certificates"]:
        yield ("SigningCertificate", entity, one["CertificateId"], one["Status"])
    try:
        iam.get_login_profile(**user)
        yield ("login", entity)
    except iam.exceptions.NoSuchEntityException:
        pass


def _pages(iam, operation, key, **values):
    return [item for page in iam.get_paginator(operation).paginate(**values) for item in page[key]]


def observe(iam):
    """All facts of the account, read anew."""
    facts = set()
    for page in iam.get_paginator("get_account_authorization_details").paginate():
        for kind in OWNERS:
            for shown in page[f"{kind.capitalize()}DetailList"]:
                facts.update(_principal_facts(kind, shown))
        for shown in page["Policies"]:
            if shown["Arn"].startswith(ARN):
                facts.update(_policy_facts(shown))
    for user in [fact[1] for fact in facts if fact[0] == "user"]:
        facts.update(_user_facts(iam, user))
    for entity in [fact[1] for fact in facts if fact[0] == "role"]:
        facts.add(("description", entity, iam.get_role(RoleName=entity.partition("/")[2])["Role"]["Description"]))
    for shown in _pages(iam, "list_instance_profiles", "InstanceProfiles"):
        held = "".join(f"role/{one['RoleName']}" for one in shown["Roles"])
        facts.add(("profile", f"profile/{shown['InstanceProfileName']}", held))
    for shown in _pages(iam, "list_virtual_mfa_devices", "VirtualMFADevices"):
        holder = f"user/{shown['User']['UserName']}" if "User" in shown else ""
        facts.add(("mfa", f"mfa/{shown['SerialNumber'].rpartition('/')[2]}", holder))
    for shown in _pages(iam, "list_server_certificates", "ServerCertificateMetadataList"):
        facts.add(("server-certificate", f"server-certificate/{shown['ServerCertificateName']}"))
    for shown in iam.list_saml_providers()["SAMLProviderList"]:
        facts.add(("saml-provider", shown["Arn"][len(ARN):]))
    for shown in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        entity = shown["Arn"][len(ARN):]
        facts.add(("oidc-provider", entity))
        got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=shown["Arn"])
        facts.update(("client", entity, client) for client in got["ClientIDList"])
    facts.update(("alias", name) for name in iam.list_account_aliases()["AccountAliases"])
    return facts


def of_client(facts, name):
    return {fact for fact in facts if f"{name}-" in fact[1]}


def send(connection, root, change):
    return connection.call(root, change.action, form(change.values), service="iam")
