"""The drill: an attestation key is stolen, forgeries circulate, and every honest paper keeps its verdict."""

import contextlib
import functools
import http.server
import json
import random
import shutil
import subprocess
import sys
import threading
import time

import pytest

from issuer.attestation import qr, token
from issuer.home.home import DEMONSTRATION_PASSPHRASE
from keys import cbor
from keys.keystore import Keystore
from tests.support.console import ROOT, Wif, record


def words(run):
    """Number, or reference, of each line: its verdict and level."""
    return [(row["verdict"], row["level"]) for row in run.rows]


@contextlib.contextmanager
def served(folder):
    """The address of a web server of this folder, on loopback."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def scene(wif, tmp_path):
    """Three papers, one of them revoked, a checkpoint kept elsewhere, one paper after it, and the thief's copy of the key."""
    (tmp_path / "papers.json").write_text(
        json.dumps([record(reference=f"A-{n}", birth_date=f"1996-03-{10 + n}") for n in range(3)])
    )
    papers = wif("issue", tmp_path / "papers.json", "--no-pdf").rows
    assert [row["status"] for row in papers] == ["issued"] * 3
    revoked = wif("revoke", papers[2]["number"], "--reason", "fraud", "--basis", "CRPA L241-2")
    assert revoked.code == 0, revoked.words
    assert wif("publish").code == 0
    with served(wif.home / "public") as address:
        roots = wif.home / "config.toml"
        seen = wif("log", "watch", address, "--roots", roots, "--keep", tmp_path / "monitor", "--once")
        assert (seen.code, seen.rows[0]["outcome"], seen.rows[0]["size"]) == (0, "first", 3), seen.words
    (tmp_path / "late.json").write_text(json.dumps(record(reference="A-late", birth_date="1996-04-01")))
    late = wif("issue", tmp_path / "late.json", "--no-pdf").rows[0]
    kid = next(row["kid"] for row in wif("keys", "list").rows if row["use"] == "attestation")
    thief = Keystore(wif.home / "keys").open(bytes.fromhex(kid), DEMONSTRATION_PASSPHRASE)
    return {"papers": papers, "late": late, "kid": kid, "thief": thief, "kept": tmp_path / "monitor/checkpoint"}


def forged(scene, **changes):
    """A text by the stolen key: an honest paper's claims with another name and an index that is free, or signed again."""
    parts = token.split(bytes.fromhex(scene["papers"][0]["token"]))
    claims = cbor.decode(parts.payload)
    claims[-65537] |= {int(name[1:]): value for name, value in changes.items()}
    made = token.sign_parts(cbor.encode(claims), scene["thief"])
    return qr.encode_text(scene["papers"][0]["text"].partition("/#")[0].lower(), made)


def test_honest_papers_outlive_the_stolen_key(wif, scene, tmp_path):
    texts = [row["text"] for row in scene["papers"]] + [scene["late"]["text"]]
    before = wif("verify", *texts)
    assert words(before) == [("valid", "green"), ("valid", "green"), ("revoked", "red"), ("valid", "green")]
    forgery = forged(scene, k3="DURAND", k2=4829130571, k15=[1, 77])
    assert words(wif("verify", forgery)) == [("valid", "green")], "before anything is done, the forgery is green"

    old = (wif.home / "public/trust.cose").read_bytes()
    asked = wif("keys", "revoke", scene["kid"], "--checkpoint", scene["kept"], stdin="n\n")
    assert asked.code != 0 and "3 go into the list of the genuine" in asked.words and "1 stay out" in asked.words
    assert (wif.home / "public/trust.cose").read_bytes() == old, "nothing before the answer"
    done = wif("keys", "revoke", scene["kid"], "--checkpoint", scene["kept"], "--yes")
    assert done.code == 0, done.words
    assert [row["number"] for row in done.rows if row.get("status") == "left_out"] == [scene["late"]["number"]]
    after = wif("verify", *texts, forgery, forged(scene, k3="MARTIN", k15=[1, 78]))
    assert words(after) == [
        ("valid", "green"),
        ("valid", "green"),
        ("revoked", "red"),
        ("untrusted_key", "red"),
        ("untrusted_key", "red"),
        ("untrusted_key", "red"),
    ]
    refused = wif("issue", tmp_path / "late.json", "--no-pdf")
    (tmp_path / "next.json").write_text(json.dumps(record(reference="A-next", birth_date="1996-05-01")))
    assert wif("issue", tmp_path / "next.json", "--no-pdf").code != 0, "the key signs no more here"
    assert refused.rows[0]["status"] == "already_issued"

    parts = sorted(path for path in (wif.home / "public/genuine").iterdir())
    assert [len(path.read_bytes()) for path in parts if path.suffix == ".1"] == [36], "three entries of twelve bytes"
    parts[0].rename(tmp_path / "index")
    assert words(wif("verify", *texts[:1], forgery)) == [("untrusted_key", "amber")] * 2, "named, and not there: amber"
    (tmp_path / "index").rename(parts[0])

    own = tmp_path / "own.json"
    own.write_text(json.dumps({scene["late"]["number"]: "cli:" + _user()}))
    again = wif("keys", "revoke", scene["kid"], "--checkpoint", scene["kept"], "--confirmed", own, "--yes")
    assert again.code == 1 and "by its own author" in again.words
    own.write_text(json.dumps({scene["late"]["number"]: "cli:claire"}))
    again = wif("keys", "revoke", scene["kid"], "--checkpoint", scene["kept"], "--confirmed", own, "--yes")
    assert again.code == 0 and "1 on a person's word" in again.words, again.words
    assert words(wif("verify", texts[3], forgery)) == [("valid", "green"), ("untrusted_key", "red")]


def _user():
    from issuer.commands.terminal import author

    return author().partition(":")[2]


def test_no_list_is_made_when_the_log_contradicts_the_kept_checkpoint(wif, scene, tmp_path):
    shutil.rmtree(tmp_path / "a folder/home2", ignore_errors=True)
    import sqlite3

    with sqlite3.connect(wif.home / "wif.sqlite3") as database:
        database.execute("UPDATE log_leaf SET entry = zeroblob(32) WHERE place = 1")
    run = wif("keys", "revoke", scene["kid"], "--checkpoint", scene["kept"], "--yes")
    assert run.code == 1 and "No list of the genuine is made" in run.words
    assert not (wif.home / "public/genuine").exists()


def test_the_monitor_finds_the_fork_and_the_rollback_of_another_home(wif, scene, tmp_path):
    other = Wif(tmp_path / "a folder/another home")
    shutil.copytree(wif.home, other.home)  # the same keys, as who broke in would have

    def looks(home):
        with served(home.home / "public") as address:
            command = ["log", "watch", address, "--roots", wif.home / "config.toml", "--keep", tmp_path / "monitor"]
            return wif(*command, "--once")

    assert wif.issue(record(reference="B-0", birth_date="1996-06-01"), flags="--no-pdf").code == 0
    assert wif("publish").code == 0
    grown = looks(wif)
    assert (grown.code, grown.rows[0]["outcome"], grown.rows[0]["size"]) == (0, "grown", 5), grown.words
    back = looks(other)
    assert (back.code, back.rows[0]["outcome"]) == (1, "rollback") and "ALARM" in back.words, back.words
    row = record(reference="B-1", birth_date="1996-07-01", family_name="DURAND")
    assert other.issue(row, record(reference="B-2", birth_date="1996-08-01"), flags="--no-pdf").code == 0
    assert other("publish").code == 0
    forked = looks(other)
    assert (forked.code, forked.rows[0]["outcome"]) == (1, "fork") and "ALARM" in forked.words, forked.words
    again = looks(wif)
    assert (again.code, again.rows[0]["outcome"]) == (0, "unchanged"), "nothing of it was taken over"


def test_a_kill_in_the_middle_leaves_no_honest_paper_behind(wif, scene):
    texts = [row["text"] for row in scene["papers"][:2]]
    forgery = forged(scene, k3="DURAND", k15=[1, 77])
    for seed in range(3):
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "issuer.commands",
                "keys",
                "revoke",
                scene["kid"],
                "--checkpoint",
                scene["kept"],
                "--yes",
            ],
            cwd=ROOT,
            env=wif.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(random.Random(seed).uniform(0.5, 3))
        process.kill()
        process.wait()
        found = words(wif("verify", *texts, forgery))
        assert found[:2] == [("valid", "green")] * 2 and found[2] in (("valid", "green"), ("untrusted_key", "red"))
    assert wif("keys", "revoke", scene["kid"], "--checkpoint", scene["kept"], "--yes").code == 0
    assert words(wif("verify", *texts, forgery)) == [("valid", "green")] * 2 + [("untrusted_key", "red")]
