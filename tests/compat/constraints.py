"""What AWS says of a request that breaks its published model: an account of the rules that shares nothing with the server.

From model/<service>/<version>/api.json and model/overlay/ it makes, for every member of an operation, requests that break
one constraint each, and the answer that they must get.
"""

import functools
import json
import pathlib
import re
import unicodedata
from typing import NamedTuple

MODEL = pathlib.Path(__file__).resolve().parents[2] / "model"
KEY = "\U0001f511"  # One character, but two of the UTF-16 units that lengths are counted in.
ECHO_BYTES = 64 * 1024
BREAKING_CHARACTERS = " *\\\x7f\n\u00e9\u20ac" + KEY


class Raw(str):
    """A text that is no value of its member's type."""


class Case(NamedTuple):
    what: str
    parameters: dict  # As the form has them.
    refusal: tuple  # Code and message.


class Api:
    def __init__(self, service):
        self.service = service
        (path,) = (MODEL / service).glob("*/api.json")
        self.model = json.loads(path.read_text(encoding="utf-8"))
        self.overlay = json.loads((MODEL / "overlay" / f"{service}.json").read_text(encoding="utf-8"))
        self.shapes = self.model["shapes"]
        self.echoes = self.overlay["validationStyle"] == "echo"
        self.checks = {member: check for check in self.overlay["requestChecks"] for member in check["members"]}

    @property
    def operations(self):
        return sorted(self.model["operations"])

    def input(self, operation):
        return self.shapes[self.model["operations"][operation]["input"]]

    def has_input(self, operation):
        return bool("input" in self.model["operations"][operation] and self.input(operation).get("members"))

    def enum(self, name):
        return self.overlay["requestEnums"].get(name, {}).get("values") or self.shapes[name].get("enum")


# ---- The rules


@functools.lru_cache(None)
def compiled(pattern):
    """The model's patterns are Java's: \\w is ASCII there, and Python knows neither \\p nor code points in \\u."""
    def category(found):
        return "".join(re.escape(chr(code)) for code in range(0x3000) if unicodedata.category(chr(code))[0] == found[1])

    pattern = re.sub(r"\\p\{(\w)\}", category, pattern.replace("\\u10000-\\u10FFFF", "\\U00010000-\\U0010FFFF"))
    return re.compile(pattern.replace("\\uD800\\uDC00-\\uDBFF\\uDFFF", "\\U00010000-\\U0010FFFF"), re.ASCII)


def matches(pattern, text):
    return compiled(pattern).fullmatch(text) is not None


def field(name):
    return name[0].lower() + name[1:]


def told_order(names):
    """As a java.util.HashMap that was filled alphabetically goes over the names: by bucket, then as filled."""
    def bucket(name):
        code = 0
        for character in field(name):
            code = (code * 31 + ord(character)) % 2**32
        return (code ^ code >> 16) % buckets

    buckets = 16
    while len(names) * 4 > buckets * 3:
        buckets *= 2
    return sorted(sorted(names), key=bucket)


def size(shape, value):
    if shape["type"] in ("integer", "long"):
        return value
    return len(value.encode("utf-16-le")) // 2 if shape["type"] == "string" else len(value)


def holds_raw(value):
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, Raw) or any(map(holds_raw, parts))


class Rules:
    """The violations of one request."""

    def __init__(self, api):
        self.api = api

    def refusal(self, operation, request):
        """The code and message that refuse `request`, or None where nothing is wrong with it."""
        shape = self.api.input(operation)
        if holds_raw(request):
            return "MalformedInput", ""
        found = list(self._structure(shape, request, "", top=True))
        if found:
            many = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
            return "ValidationError", f"{many} detected: " + "; ".join(found)
        for name in told_order(shape["members"]):
            if name in request and name in self.api.checks:
                check = self.api.checks[name]
                pattern = check.get("pattern") or self.api.shapes[shape["members"][name]["shape"]]["pattern"]
                if not matches(pattern, request[name]):
                    return "ValidationError", check["text"].format(member=field(name), value=request[name])
        return None

    def _structure(self, shape, values, path, top=False):
        for name in told_order(shape["members"]):
            where = path + field(name)
            if name in values:
                checked = top and name in self.api.checks and "pattern" not in self.api.checks[name]
                yield from self._value(shape["members"][name]["shape"], values[name], where, checked)
            elif name in shape.get("required", []):
                yield f"Value {'null ' if self.api.echoes else ''}at '{where}' failed to satisfy constraint: " \
                      "Member must not be null"

    def _value(self, name, value, where, checked):
        shape = self.api.shapes[name]
        told = functools.partial(self._told, name, value, where)
        if "pattern" in shape and not checked and not matches(shape["pattern"], value):
            yield told(self._constraint(name, "pattern"))
        if self.api.enum(name) and value not in self.api.enum(name):
            yield told(self._constraint(name, "enum"))
        if shape["type"] not in ("boolean", "timestamp", "structure"):
            if "min" in shape and size(shape, value) < shape["min"]:
                yield told(self._constraint(name, "min"))
            if "max" in shape and size(shape, value) > shape["max"]:
                yield told(self._constraint(name, "max"))
                return
        if shape["type"] == "structure":
            yield from self._structure(shape, value, where + ".")
        elif shape["type"] == "list":
            yield from self._elements(shape, value, where, told)

    def _elements(self, shape, values, where, told):
        element = shape["member"]["shape"]
        if self.api.shapes[element]["type"] == "structure":
            for number, value in enumerate(values, 1):
                yield from self._structure(self.api.shapes[element], value, f"{where}.{number}.member.")
        elif any(True for value in values for _ in self._value(element, value, "", False)):
            broken = [self._constraint(element, kind) for kind in ("max", "min", "pattern", "enum")
                      if kind in self.api.shapes[element]]
            if shape in [self.api.shapes[name] for name in self.api.overlay["elementNotNull"]["shapes"]]:
                broken.append("Member must not be null")
            yield told(f"Member must satisfy constraint: [{', '.join(broken)}]")

    def _constraint(self, name, kind):
        shape = self.api.shapes[name]
        if kind == "pattern":
            return f"Member must satisfy regular expression pattern: {shape['pattern']}"
        if kind == "enum":
            values = f": [{', '.join(self.api.enum(name))}]" if self.api.echoes else ""
            return "Member must satisfy enum value set" + values
        what = "value" if shape["type"] in ("integer", "long") else "length"
        than = "greater" if kind == "min" else "less"
        return f"Member must have {what} {than} than or equal to {shape[kind]}"

    def _told(self, name, value, where, constraint):
        shape = self.api.shapes[name]
        secret = shape.get("sensitive") or self.api.shapes.get(shape.get("member", {}).get("shape"), {}).get("sensitive")
        echo = ""
        if self.api.echoes and not secret:
            shown = self._echo(name, value).encode()[:ECHO_BYTES].decode(errors="ignore")
            echo = f"'{shown}' "
        return f"Value {echo}at '{where}' failed to satisfy constraint: {constraint}"

    def _echo(self, name, value):
        shape = self.api.shapes[name]
        if shape["type"] == "list":
            return "[" + ", ".join(self._echo(shape["member"]["shape"], element) for element in value) + "]"
        if shape["type"] == "structure":
            members = shape["members"]
            parts = (f"{part}={self._echo(members[part]['shape'], value[part])}" for part in told_order(members)
                     if part in value)
            return "{" + ", ".join(parts) + "}"
        return str(value).lower() if shape["type"] == "boolean" else str(value)


# ---- Values that keep the rules, and values that break one

# Tried in this order, so that requests name what the server under test has.
SAMPLES = ["known", "arn:aws:iam::123456789012:policy/known", "/", "123456", "123456789012", "v1", "p-12345678",
           "o-0123456789/r-0123/", "https://example.com/", "2026-01-01T00:00:00Z", "%7B%7D", "AKIA" + "0" * 20]


def stretched(length):
    """Texts of this length, of which one should satisfy any pattern that allows the length at all."""
    yield from ("a" * length, "1" * length, "A" * length, "/" + "a" * (length - 2) + "/", "/" + "a" * (length - 1))
    for start in ("o-0123456789/r-0123/", "https://example.com/", "p-"):
        yield (start + "a" * length)[:length]


class Values:
    def __init__(self, api):
        self.api = api

    def good(self, name):
        shape = self.api.shapes[name]
        if shape["type"] == "structure":
            wanted = shape.get("required") or list(shape["members"])[:1]
            return {member: self.good(shape["members"][member]["shape"]) for member in wanted}
        if shape["type"] == "list":
            return [self.good(shape["member"]["shape"])] * max(1, shape.get("min", 1))
        if shape["type"] in ("integer", "long"):
            return shape.get("min", 1)
        if shape["type"] == "boolean":
            return True
        if shape["type"] == "timestamp":
            return "2026-01-01T00:00:00Z"
        if self.api.enum(name):
            return self.api.enum(name)[0]
        low, high = shape.get("min", 0), shape.get("max", 10**9)
        for sample in [*SAMPLES, *stretched(max(low, 3))]:
            if low <= len(sample) <= high and matches(shape.get("pattern", "(?s).*"), sample):
                return sample
        raise AssertionError(f"no sample of {self.api.service}'s {name}")

    def bad(self, name):
        """(what is wrong with it, value), each breaking a constraint of the shape."""
        shape = self.api.shapes[name]
        if shape["type"] == "structure":
            yield from self._bad_structures(shape)
        elif shape["type"] == "list":
            yield from self._bad_lists(shape)
        elif shape["type"] in ("integer", "long"):
            yield from self._bad_numbers(shape)
        elif shape["type"] in ("boolean", "timestamp"):
            yield from ((f"not a {shape['type']}", Raw(text)) for text in ("", "maybe", "17-17-17"))
        else:
            yield from self._bad_texts(name, shape)

    def _bad_numbers(self, shape):
        yield from (("no number", Raw(text)) for text in ("", "many", "1.5", "0x10", "1 ", str(2**31), str(-(2**31) - 1)))
        if "min" in shape:
            yield from (("too small", number) for number in {shape["min"] - 1, -1, -(2**31)} if number < shape["min"])
        if "max" in shape:
            yield from (("too large", number) for number in (shape["max"] + 1, 2**31 - 1))

    def _bad_texts(self, name, shape):
        if self.api.enum(name):
            yield from (("not in the enum", text) for text in ("", "Other", self.api.enum(name)[0].swapcase()))
            return
        pattern, low = shape.get("pattern", "(?s).*"), shape.get("min", 0)
        for length in {0, low - 1} if low > 0 else ():
            yield "too short", next((text for text in stretched(length) if matches(pattern, text)), "a" * length)
        if "max" in shape:
            length = shape["max"] + 1
            yield "too long", next((text for text in stretched(length) if matches(pattern, text)), "a" * length)
            if length < 10_000:
                yield "too long in UTF-16", KEY * (length // 2 + 1)
        if "pattern" in shape:
            good = self.good(name)
            for character in BREAKING_CHARACTERS:
                for text in (good[:-1] + character, character + good[1:]):
                    yield f"with {character!a}", text
            yield "empty", ""

    def _bad_lists(self, shape):
        element = shape["member"]["shape"]
        good = self.good(element)
        if shape.get("min", 0) > 0:
            yield "too few", [good] * (shape["min"] - 1)
        if "max" in shape:
            yield "too many", [good] * (shape["max"] + 1)
        for what, value in self.bad(element):
            yield f"first {what}", [value]
            yield f"second {what}", [good, value]

    def _bad_structures(self, shape):
        good = {member: self.good(shape["members"][member]["shape"]) for member in shape.get("required", [])}
        for member in good:
            rest = {other: value for other, value in good.items() if other != member}
            if rest:
                yield f"without {member}", rest
        for member, details in shape["members"].items():
            yield from ((f"{member}: {what}", {**good, member: value}) for what, value in self.bad(details["shape"]))


# ---- Requests


def form(values, prefix=""):
    """The parameters of the Query protocol that say `values`."""
    parameters = {}
    for name, value in values.items():
        if isinstance(value, dict):
            parameters.update(form(value, f"{prefix}{name}."))
        elif isinstance(value, list):
            if not value:
                parameters[prefix + name] = ""
            for number, element in enumerate(value, 1):
                parameters.update(form({str(number): element}, f"{prefix}{name}.member."))
        else:
            parameters[prefix + name] = str(value).lower() if isinstance(value, bool) else str(value)
    return parameters


def cases(api, operation):
    """A case for every way that is known of breaking a constraint of the operation, and some that break several."""
    if not api.has_input(operation):
        return
    shape, rules, values = api.input(operation), Rules(api), Values(api)
    required = {name: values.good(shape["members"][name]["shape"]) for name in shape.get("required", [])}
    asked = [(f"without {name}", {other: value for other, value in required.items() if other != name})
             for name in required]
    worst = {}
    for name, details in shape["members"].items():
        for what, value in values.bad(details["shape"]):
            asked.append((f"{name}: {what}", {**required, name: value}))
            if not holds_raw(value):
                worst.setdefault(name, value)
    asked += [("nothing", {}), ("all of it bad", {**required, **worst})]
    for what, request in asked:
        refusal = rules.refusal(operation, request)
        if refusal:  # Else what was tried is allowed: a character of many patterns' alphabet.
            yield Case(f"{operation}: {what}", form(request), refusal)
