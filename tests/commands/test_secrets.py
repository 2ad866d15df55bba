"""Secrets that are looked for afterwards: in every output, file, backup, journal and answer. And no core dump holds
any.
"""

import base64
import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from keys.keystore import Keystore
from tests.support.console import ORIGIN, ROOT, Wif, record
from tests.support.processes import poll

PASSPHRASE = "canari serein tourne 7391"
BACKUP = "canari de sauvegarde 5512"
METRICS = "canari-metrique-88213"
TOKEN = "canari-jeton-44071"
SECRETS = {"the passphrase": PASSPHRASE, "the backup's passphrase": BACKUP}


class House:
    """A production home whose secrets are known, everything done in it, and all that was said meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.wif, self.said = Wif(folder / "home"), []
        self.wif.environment |= {
            "WIF_PASSPHRASE": PASSPHRASE,
            "WIF_BACKUP_PASSPHRASE": BACKUP,
        }
        self.folder = folder

    def __call__(self, *arguments: str, **more):
        done = self.wif(*arguments, **more)
        self.said.append(done.raw + done.words)
        return done

    def serve(self) -> None:
        """The real server: good and bad requests; its standard error; its limits while it runs."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        journal = self.folder / "journal"
        with journal.open("wb") as errors:
            server = subprocess.Popen(
                [
                    sys.executable,
                    "-X",
                    "utf8",
                    "-m",
                    "issuer.commands",
                    "serve",
                    "issuer",
                    "--bind",
                    f"127.0.0.1:{port}",
                ],
                stdout=errors,
                stderr=errors,
                env=self.wif.environment,
                cwd=self.folder,
            )
        try:
            address = f"http://127.0.0.1:{port}"

            def answers() -> bool:
                assert server.poll() is None, journal.read_text()
                try:
                    return httpx.get(f"{address}/healthz", timeout=30).status_code > 0
                except httpx.TransportError:
                    return False

            poll(answers, 60, "the server's answer")
            self.limits = [Path(f"/proc/{pid}/limits").read_text() for pid in processes(server.pid)]
            answers = [
                httpx.get(f"{address}/metrics", headers={"Authorization": f"Bearer {METRICS}x"}, timeout=30),
                httpx.get(f"{address}/metrics", headers={"Authorization": f"Bearer {METRICS}"}, timeout=30),
                httpx.get(
                    f"{address}/api/v1/attestations/1?token={TOKEN}",
                    headers={"Authorization": f"Bearer wif_{TOKEN}"},
                    timeout=30,
                ),
                httpx.post(f"{address}/sign-in", data={"identifier": "c.martin", "password": TOKEN}, timeout=30),
            ]
            httpx.get(
                f"{address}/{TOKEN}", timeout=30
            )  # a page may name the address that its visitor typed; the journal may not
            self.metrics = answers[1].status_code
            self.said += [answer.text for answer in answers]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
        self.journal = journal.read_text("utf-8")
        self.said.append(self.journal)


def processes(parent: int) -> list[int]:
    """A process and those that it started."""
    found = [parent]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(path.parent.name))
    return found


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("canaries"))
    house("init", "--origin", ORIGIN, "--authority", "Préfecture d'Exemple")
    config = house.wif.home / "config.toml"
    config.write_text(config.read_text("utf-8") + f'\n[web]\nmetrics_token = "{METRICS}"\n', "utf-8")
    (house.folder / "records.jsonl").write_text(json.dumps(record()) + "\n", "utf-8")
    house("issue", "records.jsonl", "--no-pdf", "--accept-warnings")
    house(
        "issue", "records.jsonl", "--no-pdf", "--accept-warnings", WIF_PASSPHRASE="canari qui se trompe", WIF_DEBUG=""
    )
    house("keys", "list")
    house("publish")
    house("keys", "new")
    house("audit", "export")
    house("keys", "root", "new", house.folder / "root.key")
    house(
        "user",
        "add",
        "c.martin",
        "--role",
        "administrator",
        "--family-name",
        "Martin",
        "--title",
        "x",
        "--service",
        "x",
    )
    house("backup", house.folder / "copy.backup")
    house.serve()
    store = Keystore(house.wif.home / "keys")
    house.seeds = [store.open(sealed.kid, PASSPHRASE)._secret[:32] for sealed in store.list()]
    return house


def forms(seed: bytes) -> list[bytes]:
    """A seed as it could slip out: raw, in hexadecimal, in base64, as Python shows bytes."""
    return [
        seed,
        seed.hex().encode(),
        base64.b64encode(seed).rstrip(b"="),
        base64.urlsafe_b64encode(seed).rstrip(b"="),
        repr(seed)[2:-1].encode(),
    ]


def test_no_passphrase_seed_or_token_was_said(house):
    said = "\n".join(house.said)
    assert len(said) > 3_000 and "c.martin" in said
    for name, secret in {
        **SECRETS,
        "the metrics token": METRICS,
        "the other token": TOKEN,
        "a wrong passphrase": "canari qui se trompe",
    }.items():
        shown = [text for text in house.said if secret in text]
        assert shown == [], name
    for seed in house.seeds:
        assert not any(form in said.encode() for form in forms(seed))


def test_no_file_holds_a_passphrase_or_a_seed(house):
    """Sealed keys, database, published files, backup, journal: all of what lies on the disk."""
    assert len(house.seeds) == 7
    files = [path for path in house.folder.rglob("*") if path.is_file() and "quick" not in path.parts]
    assert len(files) > 15 and house.folder / "copy.backup" in files
    for path in files:
        data = path.read_bytes()
        for secret in SECRETS.values():
            assert secret.encode() not in data, path
        for seed in house.seeds:
            assert not any(form in data for form in forms(seed)), path


def test_a_backup_holds_nothing_in_clear(house):
    data = (house.folder / "copy.backup").read_bytes()
    for word in ("NGUYEN", "metrics_token", METRICS, "wif-sealed-key", "SQLite format", ORIGIN):
        assert word.encode() not in data


def test_the_journal_names_no_query_header_or_form(house):
    assert house.metrics == 200 and house.journal.count("\n") >= 5
    assert (
        TOKEN not in house.journal
        and "Bearer" not in house.journal
        and not re.search(r"password.{0,9}canari", house.journal)
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_server_process_leaves_a_core_dump(house):
    assert len(house.limits) >= 3, "the server and its workers"
    for limits in house.limits:
        assert re.search(r"^Max core file size\s+0\s+0\s", limits, re.MULTILINE)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_the_memory_of_a_command_is_not_for_others():
    """PR_GET_DUMPABLE of a real ``wif`` process, and of one that it forks."""
    program = (
        "import ctypes, os, sys\nimport issuer.commands\nsys.argv = ['wif', '--version']\nget = lambda:"
        " ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)\nbefore = get()\ntry:\n    issuer.commands.main()\nexcept"
        " SystemExit:\n    pass\npid = os.fork()\nif pid == 0:\n    os._exit(get())\nprint(before, get(),"
        " os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "1 0 0"
