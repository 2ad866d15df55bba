"""Leaving comments out changes no program: judged by another reader of ECMAScript, the TypeScript compiler."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from verifier_pwa.composition import NODE_MODULES, SOURCES
from verifier_pwa.lexer import strip_comments, tokens

NODE = shutil.which("node")
UNMINIFIED = ("@noble/ed25519/index.js", "zxing-wasm/dist/es/reader/index.js", "zxing-wasm/dist/es/share.js")
SCRIPTS = [*sorted((SOURCES / "js").glob("*.js")), *(NODE_MODULES / path for path in UNMINIFIED)]


@pytest.mark.parametrize(
    ("source", "stripped"),
    [
        ("a // b\nc", "a\nc\n"),
        ("a/* b */c", "a c\n"),
        ("return/* b\n */c", "return\nc\n"),
        ("  a\n\n\n  b\n", "a\nb\n"),
        ("if (a) {\n  b(c, d);\n}\n", "if(a){b(c,d);}\n"),
        ("a = {}\n[b]", "a={}\n[b]\n"),
        ("const f = (a) =>\n  a\n", "const f=(a)=>\na\n"),
        ("a + +b - -c + ++d", "a+ +b- -c+ ++d\n"),
        ("a < !--b", "a< !--b\n"),
        ("1 .toFixed() + 1. + a", "1 .toFixed()+1.+a\n"),
        ("a instanceof B && 'c' in d", "a instanceof B&&'c'in d\n"),
        ("static #a = 1; get b() {}", "static #a=1;get b(){}\n"),
        ("'// a' + \"/* b */\"", "'// a'+\"/* b */\"\n"),
        ("`// a ${b /* c */} /* d */\n  e`", "`// a ${b} /* d */\n  e`\n"),
        ("a = /[/*]/g; // b", "a= /[/*]/g;\n"),
        ("a / b / c // d", "a / b / c\n"),
        ("x => /\\/\\//.test(x) // y", "x=> /\\/\\//.test(x)\n"),
        ("/*! licence */ a", "/*! licence */ a\n"),
        ("/* Copyright (c) 2020 Somebody */\na", "/* Copyright (c) 2020 Somebody */\na\n"),
        ("a // SPDX-License-Identifier: MIT\nb", "a // SPDX-License-Identifier: MIT\nb\n"),
        ("f( // SPDX-License-Identifier: MIT\nb)", "f( // SPDX-License-Identifier: MIT\nb)\n"),
    ],
)
def test_only_comments_and_needless_space_go(source, stripped):
    assert strip_comments(source) == stripped


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_nothing_is_lost_between_tokens(script):
    source = script.read_text("utf-8")
    assert "".join(text for _, text, _ in tokens(source)) == source


@pytest.mark.skipif(NODE is None, reason="Node is not installed: the TypeScript compiler cannot judge.")
def test_the_program_is_the_same_to_typescript():
    assert NODE
    pairs = {str(path): [path.read_text("utf-8"), strip_comments(path.read_text("utf-8"))] for path in SCRIPTS}
    script = """
      import ts from 'typescript';
      const pairs = JSON.parse(await new Response(process.stdin).text());
      const program = (text) => {
        const tokens = [];
        const file = ts.createSourceFile('a.js', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
        const walk = (node) => {
          if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
          const children = node.getChildren(file);
          tokens.push(ts.SyntaxKind[node.kind]);
          if (children.length === 0) tokens.push(node.getText(file));
          children.forEach(walk);
        };
        walk(file);
        return [file.parseDiagnostics.length, ...tokens];
      };
      const found = {};
      for (const [name, [before, after]] of Object.entries(pairs)) {
        const one = program(before), two = program(after);
        found[name] = { faults: one[0], size: one.length, same: JSON.stringify(one) === JSON.stringify(two) };
      }
      process.stdout.write(JSON.stringify(found));
    """
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script], input=json.dumps(pairs), capture_output=True, text=True,
        cwd=Path(NODE_MODULES).parent, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == len(SCRIPTS)
    assert {name: one for name, one in found.items() if one["faults"] or not one["same"] or one["size"] < 10} == {}
