"""Finds the module specifiers of an ECMAScript source, and replaces the bare ones.

Read with a lexer rather than a bare pattern: an `import('…')` in a JSDoc comment or inside a string is text, not an
import, and must reach the browser unchanged. Four forms are specifiers: `import … from 'x'`, `export … from 'x'`,
`import 'x'`, `import('x')`; a fifth, `import.meta.resolve('x')`, is how our own modules name a file of a package (a
wasm, a worker).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from .lexer import tokens

# A source without any of these has no specifier: spares the lexer the large minified files.
_POSSIBLE = re.compile(
    r"""(?:from|import)\s*["']|import\s*\(\s*["']|import\.meta\.resolve|(?:from|import|import\()\s*/[/*]"""
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


@lru_cache(maxsize=256)
def find_specifiers(source: str) -> tuple[Specifier, ...]:
    """Lists the specifiers of `source` in their order; specifiers that are not plain string literals are left out."""
    found: list[Specifier] = []
    if not _POSSIBLE.search(source):
        return ()
    recent: list[tuple[str, str]] = []  # the tokens before the current one, latest last
    in_declaration = False  # between `import`/`export` at the head of a statement and its specifier
    for kind, text, offset in tokens(source):
        if kind in ("space", "comment"):
            continue
        last = recent[-1] if recent else ("other", "")
        if kind == "string":
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
    """Returns `source` with each bare specifier replaced by `rename(specifier)`; every other character stays as it
    is.
    """
    parts: list[str] = []
    position = 0
    for specifier in find_specifiers(source):
        if specifier.bare:
            parts += [source[position : specifier.start], rename(specifier)]
            position = specifier.start + len(specifier.text)
    return "".join(parts) + source[position:]
