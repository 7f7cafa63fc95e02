"""How names of the model become names in C++."""
import re

CPP_KEYWORDS = frozenset(
    "alignas alignof and asm auto bool break case catch char class concept const continue default delete do double else enum "
    "explicit export extern false float for friend goto if inline int long mutable namespace new not operator or private "
    "protected public register requires return short signed sizeof static struct switch template this throw true try "
    "typedef typeid typename union unsigned using virtual void volatile while xor".split()
)


def snake(name):
    """MFADevices -> mfa_devices, OpenIDConnectProviderArn -> open_id_connect_provider_arn."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return name + "_" if name in CPP_KEYWORDS else name


def constant(value):
    """An enum value: IN_PROGRESS -> kInProgress, aws-managed -> kAwsManaged, text/csv -> kTextCsv, explicitDeny -> kExplicitDeny."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", value) if word]
    if value == value.upper():
        words = [word.lower() for word in words]
    return "k" + "".join(word[0].upper() + word[1:] for word in words)


def field(name):
    """A member as messages name it: only the first letter changes, ClientIDList -> clientIDList."""
    return name[0].lower() + name[1:]


def java_hash(text):
    """java.lang.String.hashCode (of ASCII text), spread as java.util.HashMap does."""
    value = 0
    for character in text:
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return value ^ (value >> 16)


def wire_order(names):
    """Member names in the order in which the live services write them in answers and name them in messages.

    It is neither the model's nor the request's, but in every recording the order in which a java.util.HashMap, filled
    alphabetically, iterates over the members (first letter in lower case; 16 buckets, doubled when three quarters full).
    Recordings that show it: the elements of GetPolicy's Policy (PermissionsBoundaryUsageCount, Path, UpdateDate,
    DefaultVersionId, PolicyId, IsAttachable ...), of GetCallerIdentity (Arn, UserId, Account) and of ListMFADevices
    (IsTruncated, MFADevices), and messages about several members (minimumPasswordLength, passwordReusePrevention,
    maxPasswordAge; clientIDList, thumbprintList, url).
    """
    buckets = 16
    while len(names) > buckets * 3 // 4:
        buckets *= 2
    return sorted(sorted(names), key=lambda name: java_hash(field(name)) & (buckets - 1))
