"""What counts as a module specifier, and what must reach the browser unchanged."""

import pytest

from verifier_pwa.imports import find_specifiers, rewrite_specifiers


@pytest.mark.parametrize(
    ("source", "text", "form"),
    [
        ("import a from 'pkg';", "pkg", "static"),
        ('import { a, b as c } from "pkg/part";', "pkg/part", "static"),
        ("import * as a from '@scope/pkg'", "@scope/pkg", "static"),
        ("import a, { b } from 'pkg'", "pkg", "static"),
        ("import 'pkg'", "pkg", "static"),
        ("import{a}from'pkg'", "pkg", "static"),
        ("export * from 'pkg'", "pkg", "static"),
        ("export { a } from 'pkg'", "pkg", "static"),
        ("const a = await import('pkg')", "pkg", "dynamic"),
        ("`${await import('pkg')}`", "pkg", "dynamic"),
        ("import /* a */ 'pkg'", "pkg", "static"),
        ("export * from // a\n 'pkg'", "pkg", "static"),
        ("const a = import(/* a */ 'pkg')", "pkg", "dynamic"),
        ("import.meta.resolve('pkg/file.wasm')", "pkg/file.wasm", "resolve"),
        ("a = b / c; import('pkg'); d / e", "pkg", "dynamic"),
        ("x = a[0] / 2 // import 'no'\nimport('pkg')", "pkg", "dynamic"),
        ("r = /[/'\"]/.test(s); import('pkg')", "pkg", "dynamic"),
    ],
)
def test_specifiers_are_found(source, text, form):
    assert [(found.text, found.form) for found in find_specifiers(source)] == [(text, form)]


@pytest.mark.parametrize(
    "source",
    [
        "// import a from 'pkg'",
        "/* import 'pkg' */",
        "/** @typedef {import('pkg').Type} Type */",
        "const a = \"import 'pkg'\";",
        "const a = `import 'pkg' ${1} import 'pkg'`;",
        "const r = /import 'pkg'/;",
        "loader.import('pkg')",
        "const from = 'pkg';",
        "export const a = 'pkg';",
        "export default 'pkg'",
        "import.meta.url + 'pkg'",
        "Array.from('pkg')",
        "import(name)",
    ],
)
def test_other_text_is_left_alone(source):
    assert find_specifiers(source) == ()
    assert rewrite_specifiers(source, lambda found: "changed") == source


def test_only_bare_specifiers_change():
    source = "import a from './a.js'; import b from '../b.js'; import c from '/c.js'; import d from 'pkg'; // é 'pkg'\nimport('https://x.example/y.js')"
    assert rewrite_specifiers(source, lambda found: f"/v/{found.text}") == source.replace(
        "d from 'pkg'", "d from '/v/pkg'"
    )
