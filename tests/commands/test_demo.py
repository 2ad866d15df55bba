"""The demonstration as a newcomer runs it: samples, verdicts, servers that answer and end."""

import re
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.support.console import ROOT
from tests.support.processes import poll

MODULES = ROOT / "verifier_pwa" / "node_modules"
needs_modules = pytest.mark.skipif(
    not MODULES.is_dir(), reason="the verifier's packages are not installed: run ./wif once"
)


def test_samples_bear_the_verdicts_they_were_made_for(empty):
    run = empty("demo", "--no-serve")
    assert run.code == 0, run.raw
    sources = sorted((empty.home / "documents").glob("demo-*.pdf"))
    verdicts = {
        row["source"].rpartition("demo-")[2]: (row["verdict"], row["level"]) for row in empty("verify", *sources).rows
    }
    assert verdicts == {
        "valid.pdf": ("valid", "green"),
        "successor.pdf": ("valid", "green"),
        "not-yet-valid.pdf": ("not_yet_valid", "red"),
        "expired.pdf": ("expired", "red"),
        "revoked.pdf": ("revoked", "red"),
        "replaced.pdf": ("replaced", "red"),
        "suspended.pdf": ("suspended", "amber"),
        "forged.pdf": ("bad_signature", "red"),
        "foreign.pdf": ("foreign", "grey"),
    }
    before = {path: path.read_bytes() for path in sources}
    assert empty("demo", "--no-serve").code == 0
    assert {path: path.read_bytes() for path in sources} == before


def test_a_real_home_is_left_alone(empty):
    made = empty(
        "init",
        "--origin",
        "https://verif.example.org",
        "--authority",
        "Préfecture",
        "--roots",
        "1",
        WIF_PASSPHRASE="correct horse battery",
    )
    assert made.code == 0
    run = empty("demo", "--no-serve")
    assert run.code == 2
    assert "real home" in run.words
    assert not list((empty.home / "documents").glob("demo-*"))


class Demonstration:
    """A running ``wif demo``."""

    def __init__(self, wif, *options: str) -> None:
        self.log = wif.home.parent / "words"
        self.file = self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "issuer.commands", "demo", *options],
            stdin=subprocess.DEVNULL,
            stdout=self.file,
            stderr=self.file,
            env=wif.environment,
            cwd=wif.home.parent,
        )

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait(self) -> str:
        poll(lambda: "Ctrl-C" in self.words() or self.process.poll() is not None, 180, "the whole demonstration")
        assert self.process.poll() is None, self.words()
        return self.words()

    def stop(self) -> int:
        """Ctrl-C, and the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=60)
        finally:
            self.file.close()


@pytest.fixture
def demonstrate(empty):
    """Starts demonstrations; whatever happens, none outlives its test."""
    started = []

    def start(*options: str) -> Demonstration:
        started.append(Demonstration(empty, *options))
        return started[-1]

    yield start
    for demonstration in started:
        demonstration.stop()


def answer(address: str, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:
    with urllib.request.urlopen(address, timeout=20, context=context) as response:
        return response.status, response.read()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@needs_modules
def test_a_killed_demonstration_leaves_no_server_behind(demonstrate):
    demonstration = demonstrate()
    words = demonstration.wait()
    ports = [int(port) for port in re.findall(r": http://localhost:(\d+)/$", words, re.MULTILINE)]
    assert len(ports) == 3 and all(map(listens, ports)), words
    demonstration.process.kill()
    assert demonstration.process.wait(timeout=10) == -signal.SIGKILL
    poll(lambda: not any(map(listens, ports)), 15, "the end of its servers")


@needs_modules
def test_the_servers_answer_and_end_and_a_busy_port_is_said(empty, demonstrate):
    demonstration = demonstrate()
    words = demonstration.wait()
    verifier = next(line.split(": ")[1] for line in words.splitlines() if line.startswith("Verifier: "))
    issuer = next(line.split(": ")[1] for line in words.splitlines() if line.startswith("Issuer: "))
    assert b"<html" in answer(verifier)[1]
    assert answer(verifier + "trust.cose")[1] == (empty.home / "public" / "trust.cose").read_bytes()
    assert b"<html" in answer(issuer)[1]
    way = next(line for line in words.splitlines() if line.startswith("The whole way"))
    assert "dossier 44950 accepted here" in way and way.endswith("Authentic and valid today.")
    stand_in = next(line.split(": ")[1] for line in words.splitlines() if line.startswith("Démarches simplifiées"))
    assert b"attestation-" in answer(stand_in)[1], "the PDF stands with the decision over there"
    assert demonstration.stop() == 0, demonstration.words()
    port = int(verifier.rstrip("/").rpartition(":")[2])
    paper = next((empty.home / "documents").glob("demo-valid.pdf"))
    kept = empty.home.parent / "kept.pdf"
    kept.write_bytes(paper.read_bytes())
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        second = demonstrate()
        words = second.wait()
        assert f"Port {port} is busy" in words
        moved = next(line.split(": ")[1] for line in words.splitlines() if line.startswith("Verifier: "))
        assert moved != verifier and b"<html" in answer(moved)[1]
        assert second.stop() == 0, second.words()
    assert [row["verdict"] for row in empty("verify", kept, paper).rows] == ["valid", "valid"]


@needs_modules
def test_on_the_network_the_verifier_speaks_https_under_an_authority_that_a_phone_can_take(empty, demonstrate):
    demonstration = demonstrate("--lan-address", "127.0.0.1")
    words = demonstration.wait()
    verifier = next(line.split(": ")[1] for line in words.splitlines() if line.startswith("Verifier: "))
    guide = next(line.split(" open ")[1] for line in words.splitlines() if " first open " in line)
    assert verifier.startswith("https://127.0.0.1:")
    status, certificate = answer(guide + "authority.crt")
    context = ssl.create_default_context(cadata=certificate.decode("ascii"))
    assert (status, answer(verifier, context)[0]) == (200, 200)
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        answer(verifier, ssl.create_default_context())
    page = answer(guide)[1].decode()
    assert 'lang="fr"' in page and 'lang="en"' in page and verifier.rstrip("/") in page
    for key in (empty.home / "lan").glob("*.key"):
        assert key.stat().st_mode & 0o077 == 0
    assert demonstration.stop() == 0, demonstration.words()
    assert empty("verify", empty.home / "documents" / "demo-valid.pdf").rows[0]["verdict"] == "valid"
