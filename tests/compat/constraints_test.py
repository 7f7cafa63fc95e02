"""Every constraint of every member of every operation, broken: what the server says of it, and that it did nothing."""

import pytest

import constraints
from installation import Installation

APIS = {service: constraints.Api(service) for service in ("iam", "sts")}
LISTS = ["GetAccountSummary", "GetAccountAuthorizationDetails", "GetAccountPasswordPolicy", "ListAccountAliases",
         "ListInstanceProfiles", "ListOpenIDConnectProviders", "ListSAMLProviders", "ListServerCertificates",
         "ListSigningCertificates", "ListSSHPublicKeys", "ListVirtualMFADevices", "GetOutboundWebIdentityFederationInfo"]
OF_USER = {"ListAccessKeys", "ListSigningCertificates", "ListSSHPublicKeys"}
TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}'
ALLOW = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
# What the requests name, so that one of them that got past the constraints would find something to change.
POPULATION = [
    ("CreateUser", {"UserName": "known"}),
    ("CreateGroup", {"GroupName": "known"}),
    ("CreateRole", {"RoleName": "known", "AssumeRolePolicyDocument": TRUST}),
    ("CreatePolicy", {"PolicyName": "known", "PolicyDocument": ALLOW}),
    ("CreateInstanceProfile", {"InstanceProfileName": "known"}),
    ("CreateVirtualMFADevice", {"VirtualMFADeviceName": "known"}),
    ("PutUserPolicy", {"UserName": "known", "PolicyName": "known", "PolicyDocument": ALLOW}),
    ("PutGroupPolicy", {"GroupName": "known", "PolicyName": "known", "PolicyDocument": ALLOW}),
    ("PutRolePolicy", {"RoleName": "known", "PolicyName": "known", "PolicyDocument": ALLOW}),
    ("AddUserToGroup", {"UserName": "known", "GroupName": "known"}),
]


@pytest.fixture(scope="module")
def populated(tmp_path_factory):
    """One server for all: nothing that is asked of it changes it."""
    installation = Installation(tmp_path_factory.mktemp("constraints"), memory=True)
    installation.start()
    with installation.connect() as connection:
        for action, parameters in POPULATION:
            answer = connection.call(installation.root, action, parameters)
            assert answer.status == 200, answer
            installation.secrets.update(answer.all("Base32StringSeed"))
        yield installation, connection
    installation.finish()


def fingerprint(connection, root):
    """All that the account holds, as far as reading operations tell."""
    seen = {}
    for action in LISTS:
        answer = connection.call(root, action, {"UserName": "known"} if action in OF_USER else None)
        seen[action] = [(element.tag, element.text) for element in answer.xml.iter()
                        if not element.tag.endswith("RequestId")]
    return seen


OPERATIONS = [(service, operation) for service, api in APIS.items() for operation in api.operations
              if api.has_input(operation)]


@pytest.mark.parametrize("service, operation", OPERATIONS)
def test_broken_constraint_is_told_and_nothing_is_done(populated, service, operation):
    server, connection = populated
    before = fingerprint(connection, server.root)
    wrong = []
    cases = list(constraints.cases(APIS[service], operation))
    for case in cases:
        answer = connection.call(server.root, operation, case.parameters, service=service)
        told = answer.status, answer.text("Code"), "".join(answer.all("Message"))
        if told != (400, *case.refusal):
            wrong.append(f"{case.what}\n  expected {case.refusal}\n  answered {told}"[:2000])
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:20])
    assert fingerprint(connection, server.root) == before


def test_every_operation_with_parameters_has_cases(measured):
    numbers = [len(list(constraints.cases(APIS[service], operation))) for service, operation in OPERATIONS]
    assert min(numbers) > 0
    measured(f"{sum(numbers)} requests that break constraints of {len(OPERATIONS)} operations, each refused in AWS's words")
