"""Finds the module specifiers of an ECMAScript source, and replaces the bare ones.

A small lexer rather than a bare pattern: an `import('…')` in a JSDoc comment or inside a string is text, not an import, and
must reach the browser unchanged. Four forms are specifiers: `import … from 'x'`, `export … from 'x'`, `import 'x'`,
`import('x')`; a fifth, `import.meta.resolve('x')`, is how our own modules name a file of a package (a wasm, a worker).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
_TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.DOTALL)
# A source without any of these has no specifier: spares the lexer the large minified files.
_POSSIBLE = re.compile(r"""(?:from|import)\s*["']|import\s*\(\s*["']|import\.meta\.resolve|(?:from|import|import\()\s*/[/*]""")
# After one of these words a slash begins a regular expression; after any other word it divides.
_BEFORE_REGEX = frozenset(
    "return typeof instanceof in of new delete void throw case do else yield await".split()
)


@dataclass(frozen=True)
class Specifier:
    """One module specifier as it stands in a source."""

    text: str
    """The specifier without its quotes: `./text.js`, `zxing-wasm/reader`."""
    start: int
    """Offset of the first character inside the quotes, in code points."""
    form: str
    """`static` for import and export declarations, `dynamic` for `import()`, `resolve` for `import.meta.resolve()`."""

    @property
    def bare(self) -> bool:
        """True for a package's name, which no browser resolves by itself."""
        return not self.text.startswith(("./", "../", "/")) and ":" not in self.text


def _tokens(source: str) -> Iterator[tuple[str, str, int]]:
    """Yields (kind, text, offset) of the significant tokens: words, strings, numbers and single signs."""
    position, depth = 0, 0
    templates: list[int] = []  # depth of braces at which each open `${` ends
    previous_kind, previous = "other", ""
    while position < len(source):
        if source[position] == "`" or (source[position] == "}" and templates and templates[-1] == depth):
            if source[position] == "}":
                templates.pop()
            position = _TEMPLATE.match(source, position + 1).end()  # type: ignore[union-attr]
            if source.startswith("${", position):
                templates.append(depth)
                position += 2
                previous_kind, previous = "other", "{"
            else:
                position += 1
                previous_kind, previous = "string", "`"
            continue
        if source[position] == "/" and not source.startswith(("//", "/*"), position):
            divides = (
                previous_kind in ("string", "number")
                or (previous_kind == "word" and previous not in _BEFORE_REGEX)
                or previous in (")", "]", "}")
            )
            regex = None if divides else _REGEX.match(source, position)
            if regex:
                position = regex.end()
                previous_kind, previous = "string", "/"
                continue
        match = _TOKEN.match(source, position)
        assert match is not None and match.lastgroup is not None
        kind, text = match.lastgroup, match.group()
        if kind not in ("space", "comment"):
            if text == "{":
                depth += 1
            elif text == "}":
                depth -= 1
            yield kind, text, position
            previous_kind, previous = kind, text
        position = match.end()


@lru_cache(maxsize=256)
def find_specifiers(source: str) -> tuple[Specifier, ...]:
    """Lists the specifiers of `source` in their order; specifiers that are not plain string literals are left out."""
    found: list[Specifier] = []
    if not _POSSIBLE.search(source):
        return ()
    recent: list[tuple[str, str]] = []  # the tokens before the current one, latest last
    in_declaration = False  # between `import`/`export` at the head of a statement and its specifier
    for kind, text, offset in _tokens(source):
        last = recent[-1] if recent else ("other", "")
        if kind == "string" and text[0] in "\"'":
            words = [word for _, word in recent[-6:]]
            if in_declaration and last == ("word", "from"):
                found.append(Specifier(text[1:-1], offset + 1, "static"))
                in_declaration = False
            elif last == ("word", "import") and words[-2:-1] != ["."]:
                found.append(Specifier(text[1:-1], offset + 1, "static"))
                in_declaration = False
            elif words[-2:] == ["import", "("] and words[-3:-2] != ["."]:
                found.append(Specifier(text[1:-1], offset + 1, "dynamic"))
            elif words == ["import", ".", "meta", ".", "resolve", "("]:
                found.append(Specifier(text[1:-1], offset + 1, "resolve"))
        elif kind == "word" and text in ("import", "export") and last != ("other", "."):
            in_declaration = True
        elif text in (";", "(", "="):
            in_declaration = False
        recent.append((kind, text))
        del recent[:-6]
    return tuple(found)


def rewrite_specifiers(source: str, rename: Callable[[Specifier], str]) -> str:
    """Returns `source` with each bare specifier replaced by `rename(specifier)`; every other character stays as it is."""
    parts: list[str] = []
    position = 0
    for specifier in find_specifiers(source):
        if specifier.bare:
            parts += [source[position : specifier.start], rename(specifier)]
            position = specifier.start + len(specifier.text)
    return "".join(parts) + source[position:]
