"""One closed list of verdicts, and the tables of the format: the specification, Python, JavaScript, vectors and
messages agree.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from issuer.attestation import LEVELS, VERDICTS, claims
from keys.errors import StatusRefused, TrustRefused
from tests.suite import find_node
from tests.vectors import scene, wire

ROOT = Path(__file__).parents[2]
JS = ROOT / "verifier_pwa/src/js"
FORMAT = (ROOT / "docs/format.md").read_text("utf-8")


@pytest.fixture(scope="module")
def javascript() -> dict:
    """What the verifier's modules export of these lists, as Node.js imports them."""
    node = find_node()
    if node is None:
        pytest.skip("Node.js is not on this machine")
    script = """
        const [verdicts, claims, { fr }, { en }] = await Promise.all(
            ['verdicts', 'claims', 'messages.fr', 'messages.en'].map((name) => import(`${process.argv[1]}/${name}.js`)));
        console.log(JSON.stringify({ ...verdicts, ...claims, fr, en }));
    """
    done = subprocess.run(
        [node, "--input-type=module", "-e", script, JS.as_uri()], capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def steps() -> list[tuple[str, set[str], set[str]]]:
    """The rows of the table of §5: step, verdicts, levels."""
    section = FORMAT.partition("## 5")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if re.match(r"\| \d+[abc]? \|", line)
    ]
    return [
        (row[0], set(re.findall(r"`(\w+)`", row[2])), set(re.findall("green|amber|red|grey", row[3]))) for row in rows
    ]


def test_the_specification_names_the_fifteen_verdicts_in_their_order():
    rows = steps()
    assert [row[0] for row in rows] == [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6a",
        "6b",
        "6c",
        "7a",
        "7b",
        "8a",
        "8b",
        "8c",
        "9",
        "10",
        "11",
        "12",
    ]
    named = set().union(*(row[1] for row in rows))
    assert named == set(VERDICTS) and len(VERDICTS) == 15 == len(set(VERDICTS))
    assert set().union(*(row[2] for row in rows)) == set(LEVELS)
    order = [min(index for index, row in enumerate(rows) if verdict in row[1]) for verdict in VERDICTS]
    assert order == sorted(order)


def test_javascript_has_the_same_lists(javascript):
    assert (tuple(javascript["VERDICTS"]), tuple(javascript["LEVELS"])) == (VERDICTS, LEVELS)


def test_the_vectors_show_each_verdict_with_the_levels_of_the_specification():
    allowed = {(verdict, level) for _, verdicts, levels in steps() for verdict in verdicts for level in levels}
    seen = set()
    for path in sorted((ROOT / "tests/vectors/verify").glob("*.json")):
        seen |= {(row["expect"]["verdict"], row["expect"]["level"]) for row in json.loads(path.read_text("ascii"))}
    assert seen <= allowed and {verdict for verdict, _ in seen} == set(VERDICTS)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_verifier_has_words_for_every_verdict(javascript, language):
    words = javascript[language]
    wanted = {f"verdict.{verdict}{part}" for verdict in VERDICTS for part in ("", ".word")}
    assert {key for key in wanted if not words.get(key)} == set()


def test_the_specification_names_every_code_of_refusal():
    for section, codes in (("## 3", TrustRefused.CODES), ("## 4", StatusRefused.CODES)):
        text = FORMAT.partition(section)[2].partition("\n## ")[0]
        assert [code for code in codes if f"`{code}`" not in text] == []


def table_keys() -> list[str]:
    """The first column of the claims table of §1.2."""
    section = FORMAT.partition("| key | on the wire")[2].partition("### 1.3")[0]
    return re.findall(r"^\| ([0-9–]+) \|", section, re.MULTILINE)


def test_the_specification_has_exactly_the_keys_of_the_code():
    assert table_keys() == [*map(str, range(1, 17)), "17–19", "20–23"]
    assert claims.CRITICAL == (17, 18, 19) and claims.ADDITIVE == (20, 21, 22, 23)


def test_the_specification_has_the_words_of_the_tables():
    section = FORMAT.partition("### 1.2")[2].partition("### 1.3")[0]
    for table in (claims.KINDS, claims.CONTRACTS, claims.PERIODS):
        for code, word in table.items():
            assert re.search(rf"\b{code} `{word}`", section), word


def test_javascript_has_the_same_tables(javascript):
    for name, table in (("KINDS", claims.KINDS), ("CONTRACTS", claims.CONTRACTS), ("PERIODS", claims.PERIODS)):
        assert javascript[name] == list(table.values()), name


def test_the_worked_example_of_the_specification_is_the_reference_attestation():
    joined = re.sub(r"\s+", "", FORMAT)
    assert scene.REFERENCE_TEXT in joined
    assert scene.REFERENCE_PAYLOAD.hex() in joined.lower()
    assert scene.SIGNER.public.hex() in joined.lower() and scene.SIGNER.kid.hex() in joined.lower()
    message = wire.to_be_signed(wire.sign1_header(scene.SIGNER.kid, wire.TOKEN_TYP), scene.REFERENCE_PAYLOAD)
    assert scene.SIGNER.sign(message).hex() in joined.lower()
