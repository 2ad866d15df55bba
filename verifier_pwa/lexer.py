"""The tokens of an ECMAScript source, enough to tell code from comments, strings, templates and regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<word>[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)
  | (?P<number>\d[\w.]*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?![*/])(?:\\[^\n]|\[(?:\\[^\n]|[^\]\\\n])*\]|[^/\\\[\n])+/[A-Za-z]*")
_TEMPLATE = re.compile(r"[`}](?:\\.|\$(?!\{)|[^`\\$])*(?P<end>`|\$\{)?", re.DOTALL)
# After one of these words a slash begins a regular expression; after any other word it divides.
_BEFORE_REGEX = frozenset("return typeof instanceof in of new delete void throw case do else yield await".split())
# Comments that carry a licence: they stay with what they license.
_LICENCE = re.compile(r"^/\*!|@license|@preserve|copyright|SPDX-", re.IGNORECASE)

_WORD_SIGN = re.compile(r"[\w$\u0080-\uffff]")
_OPEN = frozenset("{([,;")  # after these a line end means nothing


def tokens(source: str) -> Iterator[tuple[str, str, int]]:
    """Yields (kind, text, offset) for the whole of `source`, nothing left out.

    Kinds: space, comment, string, template (the text between two substitutions, with its signs), regex, word, number,
    other (one sign). After `)`, `]` and `}` a slash divides: a regular expression there is taken apart into signs,
    which changes nothing unless it holds quotes or comment signs.
    """
    position, depth = 0, 0
    substitutions: list[int] = []  # depth of braces at which each open `${` ends
    before_kind, before = "other", ""  # the latest token that is neither space nor comment
    while position < len(source):
        sign = source[position]
        kind, text = "", ""
        if sign == "`" or (sign == "}" and substitutions and substitutions[-1] == depth):
            if sign == "}":
                substitutions.pop()
            match = _TEMPLATE.match(source, position)
            assert match is not None  # noqa: S101 - a template fits what begins with its sign
            kind, text = "template", match.group()
            if match["end"] == "${":
                substitutions.append(depth)
        elif sign == "/" and not source.startswith(("//", "/*"), position):
            divides = (
                before_kind in ("string", "number", "regex")
                or (before_kind == "template" and before.endswith("`"))
                or (before_kind == "word" and before not in _BEFORE_REGEX)
                or before in (")", "]", "}")
            )
            regex = None if divides else _REGEX.match(source, position)
            if regex:
                kind, text = "regex", regex.group()
        if not kind:
            match = _TOKEN.match(source, position)
            assert match is not None and match.lastgroup is not None  # noqa: S101 - a token fits everything
            kind, text = match.lastgroup, match.group()
            depth += {"{": 1, "}": -1}.get(text, 0)
        yield kind, text, position
        position += len(text)
        if kind not in ("space", "comment"):
            before_kind, before = kind, text


def _needs_gap(before_kind: str, before: str, kind: str, after: str) -> bool:
    """Says whether two tokens would read otherwise without a space between them."""
    if before_kind == "comment" or kind == "comment":
        return True
    if _WORD_SIGN.match(before[-1]) and (
        _WORD_SIGN.match(after[0]) or after[0] in "\\#" or (before_kind == "number" and after == ".")
    ):
        return True
    return "/" in (before[-1], after[0]) or before[-1] + after[0] in ("++", "--", "<!", "->")


@lru_cache(maxsize=256)  # of a site that is built again, most modules are as they were
def strip_comments(source: str) -> str:
    """Returns `source` without its comments and the white space that nothing depends on; every other character stays.

    A line end stays wherever a statement might end with it (ECMA-262 §12.10): everywhere but after `{ ( [ , ;`. Licence
    comments stay, on lines of their own.
    """
    parts: list[str] = []
    before_kind, before, gap = "other", "", ""
    for kind, text, _ in tokens(source):
        if kind == "space" or (kind == "comment" and not _LICENCE.search(text)):
            gap += text if kind == "space" or "\n" in text else " "
            continue
        if gap and before:
            if "\n" in gap and (before_kind == "comment" or before not in _OPEN):
                parts.append("\n")
            elif _needs_gap(before_kind, before, kind, text):
                parts.append(" ")
        gap = ""
        parts.append(text)
        before_kind, before = kind, text
    return "".join(parts) + "\n"
