"""Translates the model's regular expressions (Java's syntax) to RE2's."""
import re

# \u10000 and \u10FFFF: Java would read four digits; what is meant is clear, and is what the live service accepts.
UNICODE_ESCAPE = re.compile(r"\\u(10000|10FFFF|[0-9A-Fa-f]{4})")
# The halves of all surrogate pairs, which Java takes for the code points that they stand for.
SURROGATES = "\\uD800\\uDC00-\\uDBFF\\uDFFF"
# A character that must not be followed by itself: the same as not having it doubled anywhere.
NOT_DOUBLED = re.compile(r"([-_A-Za-z0-9])\(\?!\1\)")


def to_re2(pattern):
    """Returns (RE2 pattern, text that a matching value must not contain or "")."""
    forbidden = ""
    lookahead = NOT_DOUBLED.search(pattern)
    if lookahead:
        forbidden = lookahead[1] * 2
        pattern = NOT_DOUBLED.sub(lookahead[1], pattern, count=1)
    pattern = pattern.replace(SURROGATES, "\\u10000-\\u10FFFF")
    if re.search(r"\(\?(?!:|s\))", pattern) or re.search(r"[*+?}]\+", pattern) or "&&" in pattern:
        raise SystemExit(f"pattern {pattern}: no translation to RE2 is known")
    return UNICODE_ESCAPE.sub(lambda match: f"\\x{{{match[1]}}}", pattern), forbidden
