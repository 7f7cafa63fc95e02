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


def validation_order(fields):
    """Positions of `fields` in the order in which the live services name them in a message about several.

    Recorded messages follow neither the request nor the model, but in every case the order in which a java.util.HashMap
    (16 buckets, doubled when three quarters full) iterates over the fields: minimumPasswordLength before
    passwordReusePrevention before maxPasswordAge; clientIDList before thumbprintList before url.
    """
    buckets = 16
    while len(fields) > buckets * 3 // 4:
        buckets *= 2
    return sorted(range(len(fields)), key=lambda position: java_hash(fields[position]) & (buckets - 1))
