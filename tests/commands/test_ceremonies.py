"""docs/ceremonies.md, walked through as it is written: its commands run in a folder for each machine."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys import trust
from keys.roots import RootSet
from tests.support.console import QUICKLY, ROOT, record

PAGE = (ROOT / "docs/ceremonies.md").read_text("utf-8")
BLOCK = re.compile(r"\*\*((?:root-\d)|issuer)\*\*[^\n]*(?:\n(?!    )[^\n]*)*?\n\n((?:    [^\n]+\n)+)")
KEPT = "OLD|NEXT|ROOT3"


def sections() -> dict[str, list[tuple[str, str]]]:
    """The commands of each section: (machine, lines), in order."""
    found = {}
    for part in re.split(r"(?m)^## ", PAGE)[1:]:
        found[part.split("\n", 1)[0]] = [
            (name, "\n".join(line[4:] for line in lines.splitlines())) for name, lines in BLOCK.findall(part)
        ]
    return found


class Machines:
    """A folder a machine; only the stick is shared. ``wif`` runs without a network of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "stick").mkdir()

    def machine(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            path.mkdir()
            (path / "stick").symlink_to(self.folder / "stick")
            (path / "wif").write_text(
                f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -X utf8 -m issuer.commands "$@"\n'
            )
            (path / "wif").chmod(0o755)
            (path / "passphrase").write_text(f"phrase inventée de {name}\n", "utf-8")
        return path

    def run(self, name: str, lines: str, answers: str = "y\ny\n") -> subprocess.CompletedProcess:
        place = self.machine(name)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("WIF_")}
        environment |= {
            "PYTHONPATH": QUICKLY,
            "WIF_LANG": "en",
            "WIF_PASSPHRASE_FILE": str(place / "passphrase"),
        }
        if name == "issuer":
            environment["WIF_HOME"] = str(place / "home")
        script = (
            f"set -euo pipefail\n[ ! -f .kept ] || . ./.kept\n{lines}\nset | {{ grep -E '^({KEPT})=' || true; }} >"
            " .kept\n"
        )
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=place,
            env=environment,
            input=answers,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, f"on {name}:\n{lines}\n{done.stdout}\n{done.stderr}"
        return done

    def rows(self, *arguments: str) -> list[dict]:
        done = self.run("issuer", "./wif " + shlex.join(arguments))
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def published(self) -> bytes:
        return (self.folder / "issuer/home/public/trust.cose").read_bytes()


def signers(data: bytes, roots: list[bytes]) -> int:
    """How many of these root keys signed a list, by another implementation than ours."""
    body, _, payload, rows = cbor2.loads(data).value
    good = 0
    for key in roots:
        for protected, _, signature in rows:
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(
                    signature, cbor2.dumps(["Signature", body, protected, b"", payload])
                )
            except InvalidSignature:
                continue
            good += 1
    return good


def content(data: bytes) -> dict:
    return cbor2.loads(cbor2.loads(data).value[2])


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Every section, in order; what was published after each."""
    machines, after = Machines(tmp_path_factory.mktemp("ceremony")), {}
    for title, blocks in sections().items():
        if title.startswith("5."):
            machines.issued = _issue(machines)
        assert blocks, title
        machines.words = [(name, machines.run(name, lines)) for name, lines in blocks]
        after[title[0]] = (machines.published(), machines.words)
    return machines, after


def _issue(machines: Machines) -> list[dict]:
    (machines.machine("issuer") / "records.jsonl").write_text(
        "".join(json.dumps(record(reference=f"DS-{place}")) + "\n" for place in range(3)),
        "utf-8",
    )
    return machines.rows("issue", "records.jsonl", "--no-pdf", "--accept-warnings")


def test_every_block_of_the_page_is_run():
    indented = [line for line in PAGE.splitlines() if line.startswith("    ")]
    taken = [line for blocks in sections().values() for _, lines in blocks for line in lines.splitlines()]
    assert [line[4:] for line in indented] == taken and len(taken) > 50


def test_each_ceremony_gives_the_next_version_signed_by_two_roots(walked):
    _machines, after = walked
    versions = [content(data)[1] for data, _ in after.values()]
    assert versions == [1, 2, 3, 4, 5, 6]
    for data, _ in after.values():
        threshold, roots = content(data)[5]
        assert threshold == 2 and len(roots) == 3 and signers(data, roots) >= 2


def test_a_phone_that_slept_through_every_ceremony_follows(walked):
    """It pinned the first root set and holds the first list; the last list alone brings it up to date."""
    _machines, after = walked
    first, last = after["1"][0], after["6"][0]
    threshold, roots = content(first)[5]
    now = content(last)[2]
    held = trust.accept(first, RootSet(threshold, tuple(roots)), None, now)
    followed = trust.accept(last, held.pinned, held.trust, now)
    assert followed.changed and set(followed.pinned.keys) == set(content(last)[5][1]) != set(roots)


def test_who_signs_is_told_what_changes(walked):
    _machines, after = walked
    words = {
        section: "\n".join(done.stderr for name, done in blocks if name == "root-1")
        for section, (_, blocks) in after.items()
    }
    assert "Nothing but the version and the dates changes." in words["2"]
    assert "NEW KEY" in words["3"] and "signs attestations for every département" in words["3"]
    assert "ROOTS: added" in words["4"] and "ROOTS: removed" in words["4"]
    assert "in_use becomes REVOKED" in words["5"] and "in_use becomes RETIRED" in words["6"]


def test_the_stolen_keys_papers_are_issued_again_and_linked(walked):
    machines, after = walked
    answers = [
        json.loads(line) for _, done in after["5"][1] for line in done.stdout.splitlines() if '"replaces"' in line
    ]
    assert sorted(row["replaces"] for row in answers) == sorted(row["number"] for row in machines.issued)
    for old, new in (
        (old, next(row for row in answers if row["replaces"] == old["number"])) for old in machines.issued
    ):
        claims = cbor2.loads(cbor2.loads(bytes.fromhex(new["token"])).value[2])
        before = cbor2.loads(cbor2.loads(bytes.fromhex(old["token"])).value[2])
        assert claims[-65537].pop(16) == int(old["number"])
        changed = {key for key in before[-65537] if before[-65537][key] != claims[-65537][key]}
        assert changed == {2, 15} and (claims[4], claims[5]) == (before[4], before[5])
        assert Path(new["pdf"]).read_bytes().startswith(b"%PDF")
    assert {row["verdict"] for row in machines.rows("verify", *[row["text"] for row in answers])} == {"valid"}
    gone = subprocess.run(
        [str(machines.machine("issuer") / "wif"), "verify", machines.issued[0]["text"]],
        cwd=machines.machine("issuer"),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "WIF_HOME": str(machines.folder / "issuer/home"), "PYTHONPATH": str(ROOT)},
    )
    assert gone.returncode == 1 and json.loads(gone.stdout)["verdict"] == "untrusted_key"


def test_no_root_key_is_in_the_home_or_on_the_stick(walked):
    machines, _ = walked
    assert not list((machines.folder / "issuer").rglob("root-*.key")) and not list(
        (machines.folder / "stick").rglob("*.key")
    )
    for number in "1234":
        seal = machines.folder / f"root-{number}/root-{number}.key"
        assert seal.stat().st_mode & 0o077 == 0


def test_the_trail_names_every_key_act(walked):
    machines, _ = walked
    acts = [row["act"] for row in machines.rows("audit", "export") if row["act"].startswith(("key_", "roots"))]
    assert {"key_listed", "key_revoked", "key_retired", "roots"} <= set(acts) and acts.count("roots") == 2
