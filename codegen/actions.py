"""Writes the tables of src/aws/action.h: what each operation of a service needs, from model/actions/.

What the fields of the data mean is specified in docs/internals/actions.md. The tables become part of tables.cc (see
api_types.py), because they point at the members of requests there.
"""
import json
import pathlib
import re

import model
import naming

LEVELS = {
    "List": "kList",
    "Read": "kRead",
    "Write": "kWrite",
    "Tagging": "kTagging",
    "Permissions management": "kPermissionsManagement",
}
CHECKS = {None: "kIdentity", "identity+trust": "kIdentityAndTrust", "trust": "kTrust", "none": "kNone"}
FORMS = {None: "kUsual", "no-colon": "kNoColon", "no-tail": "kNoTail", "bare": "kBare", "unsigned": "kUnsigned", "this-action": "kThisAction"}
ABSENT = {None: "kNothing", "all": "kAll", "caller": "kCaller"}
BY = ("all", "name", "arn", "id", "new", "renamed", "prefix", "any", "url", "owner", "caller", "service-linked", "task", "account")
BY += ("organization", "name-or-arn")
ORIGINS = ("request", "resource", "credential", "caller", "assertion", "token", "constant", "never")

TAG = "${TagKey}"
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
CREDENTIAL_ID = "ServiceSpecificCredentialId"  # The member that names a credential.
LIST_MEMBER = "[]"


def quote(text):
    return json.dumps(text)


def constant(word):
    return naming.constant(word.capitalize() if "-" not in word else word)


class ActionTables:
    """Collects the arrays that the actions of one service point into."""

    def __init__(self, api, data, types):
        self.api = api
        self.data = data
        self.types = types
        self.rows = []  # Definitions, each before its first use.
        self.known = {}  # Initializer -> name of the array that has it.

    def refuse(self, operation, what):
        raise SystemExit(f"actions of {self.api.name}: {operation}: {what}")

    def array(self, cpp_type, stem, items):
        """The name of an array of these items; equal ones are written once."""
        if not items:
            return "{}"
        body = f"{{{', '.join(items)}}}"
        if (cpp_type, body) not in self.known:
            name = f"k{stem}{sum(1 for kind, _ in self.known if kind == cpp_type)}"
            self.known[cpp_type, body] = name
            self.rows.append(f"constexpr {cpp_type} {name}[] = {body};")
        return self.known[cpp_type, body]

    def member(self, operation, structure, name):
        """The address of a member's row, and the shape it has."""
        members = self.api.shapes[structure].get("members", {})
        if name not in members:
            self.refuse(operation, f"{structure} has no member {name}")
        return f"&kMembers{structure}[{naming.wire_order(members).index(name)}]", members[name]["shape"]

    def request(self, operation):
        return self.api.request_and_response(operation)[0]

    def path(self, operation, path):
        """The rows of the members on the way, and the shape that the way ends at."""
        inside, rows = self.request(operation), []
        for step in path.split("."):
            row, inside = self.member(operation, inside, step.removesuffix(LIST_MEMBER))
            rows.append(row)
            if step.endswith(LIST_MEMBER):
                if self.api.shapes[inside]["type"] != "list":
                    self.refuse(operation, f"{step} is no list")
                inside = self.api.shapes[inside]["member"]["shape"]
        return rows, inside

    def source(self, operation, text):
        origin, _, path = text.partition(":")
        if origin not in ORIGINS:
            self.refuse(operation, f"there is no origin {origin}")
        row = f"{{.origin = ValueOrigin::{constant(origin)}"
        if path:
            row += f", .text = {quote(path)}"
        if origin == "request":
            row += f", .path = {self.array('Member const*', 'ActionPaths', self.path(operation, path)[0])}"
        if origin == "credential":
            row += f", .path = {self.array('Member const*', 'ActionPaths', self.path(operation, CREDENTIAL_ID)[0])}"
        return row + "}"

    def key(self, operation, name, sources):
        sources = sources.split("|")
        if PLACEHOLDER.search(name) and not name.endswith(TAG):
            return None  # Named by what an assertion says, which only the operation that proves it can know.
        written = [self.source(operation, source) for source in sources]
        row = f"{{.name = {quote(name.removesuffix(TAG))}, .sources = {self.array('ValueSource', 'ValueSources', written)}"
        if name.endswith(TAG):
            origin, _, path = sources[0].partition(":")
            if origin == "request":
                element = self.path(operation, path)[1]
                row += f", .tag_key = {self.member(operation, element, 'Key')[0]}"
                row += f", .tag_value = {self.member(operation, element, 'Value')[0]}"
        return row + "}"

    def resource_type(self, name):
        if name not in self.types:
            raise SystemExit(f"actions of {self.api.name}: there is no resource type {name}")
        return f"&kResourceTypes[{list(self.types).index(name)}]"

    def resource(self, operation, spec):
        if spec["by"] not in BY:
            self.refuse(operation, f"there is no way {spec['by']} to find a resource")
        row = f"{{.by = ResourceBy::{constant(spec['by'])}"
        if spec.get("absent"):
            row += f", .absent = AbsentName::{ABSENT[spec['absent']]}"
        types = [self.resource_type(name) for name in spec["types"]]
        if types:
            row += f", .types = {self.array('ResourceType const*', 'TypeLists', types)}"
        for field in ("member", "path", "suffix"):
            if field in spec:
                row += f", .{field} = {self.member(operation, self.request(operation), spec[field])[0]}"
        return row + "}"

    def message(self, operation, text):
        parts, rest = [], text or ""
        while rest:
            found = PLACEHOLDER.search(rest)
            plain = rest[: found.start()] if found else rest
            if plain:
                parts.append(f"{{.kind = MessagePart::Kind::kText, .text = {quote(plain)}}}")
            if not found:
                break
            rest = rest[found.end() :]
            if found[1] == "resource.arn":
                parts.append("{.kind = MessagePart::Kind::kArn}")
                continue
            row = f"{{.kind = MessagePart::Kind::kMember, .text = {quote(found[1])}"
            if found[1] in self.api.shapes[self.request(operation)].get("members", {}):
                row += f", .member = {self.member(operation, self.request(operation), found[1])[0]}"
            parts.append(row + "}")
        return self.array("MessagePart", "MessageParts", parts)

    def action(self, operation, entry, also="{}", instead="nullptr"):
        keys = [self.key(operation, name, source) for name, source in entry.get("keys", {}).items()]
        when = [self.source(operation, source) for source in entry.get("when", [])]
        return (
            f"{{.name = {quote(entry['action'])}, .level = AccessLevel::{LEVELS[entry['level']]}, "
            f".check = CheckKind::{CHECKS[entry.get('check')]}, .resource = {self.resource(operation, entry['resource'])}, "
            f".message = {self.message(operation, entry['message'])}, .form = DenialForm::{FORMS[entry.get('form')]}, "
            f".foreign_form = DenialForm::{FORMS[entry.get('foreign_form', entry.get('form'))]}, "
            f".keys = {self.array('ActionKeyInfo', 'ActionKeys', [key for key in keys if key])}, "
            f".when = {self.array('ValueSource', 'ValueSources', when)}, .also = {also}, .instead = {instead}}}"
        )

    def also(self, operation, entry, also):
        """An additional action with what it takes over from the operation."""
        taken = ("check", "resource", "message", "form", "foreign_form")
        name = also["action"].removeprefix(self.api.name + ":")
        facts = self.data["operations"].get(name) or self.data["actions"].get(name)
        if facts is None:
            self.refuse(operation, f"there is no action {also['action']}")
        return {**{field: entry[field] for field in taken if field in entry}, **also, "level": facts["level"]}

    def operation(self, name):
        if name not in self.data["operations"]:
            self.refuse(name, "it is missing")
        entry = self.data["operations"][name]
        also = [self.action(name, self.also(name, entry, other)) for other in entry.get("also", [])]
        also = self.array("ActionInfo", "AlsoActions", also)
        instead = "nullptr"
        if "instead" in entry:
            replaced = self.action(name, {**entry, **entry["instead"]})
            instead = f"&{self.array('ActionInfo', 'InsteadActions', [replaced])}[0]"
        return f"    {self.action(name, entry, also, instead)},"

    def type_row(self, name):
        facts = self.types[name]
        tags = [quote(key.removesuffix(TAG)) for key in facts["keys"] if key.endswith(TAG)]
        return (
            f"    {{.name = {quote(name)}, .arn = {quote(facts['arn'])}, "
            f".tag_keys = {self.array('std::string_view', 'TagKeyPrefixes', tags)}}},"
        )

    def source_text(self):
        """C++ that defines kActions, one for each operation in their order."""
        type_rows = [self.type_row(name) for name in self.types]
        before = "".join(row + "\n" for row in self.rows)
        self.rows = []
        actions = [self.operation(name) for name in self.api.operations]
        after = "\n".join(self.rows + ["constexpr ActionInfo kActions[] = {", *actions, "};"])
        return f"{before}constexpr ResourceType kResourceTypes[] = {{\n" + "\n".join(type_rows) + f"\n}};\n{after}\n"


def load(model_folder, service):
    """The actions of one service, and its resource types."""
    folder = pathlib.Path(model_folder) / "actions"
    return model.load(folder / f"{service}.json"), model.load(folder / "resource_types.json")[service]
