"""Backup and restore on both databases: the drill with the real commands, and everything that must be refused."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import inspect, text

from issuer import registry
from issuer.attestation import status
from issuer.desk import Grounds, PublicationRefused, acts, issue, issue_many, reconciling
from issuer.errors import ConfigError, UnreadableSource
from issuer.home import Home, continuity
from issuer.home.backup import backup
from issuer.home.restoring import restore
from issuer.registry import chain, crosscheck
from issuer.registry.draws import FULL_AT
from issuer.registry.faults import RegistryError
from keys.errors import SealError
from tests.home.conftest import AUTHOR, SEALED, SECRET
from tests.support.office import made_up
from tests.support.processes import TOP, Running
from tests.support.records import record

FRAUD = Grounds("CRPA L241-2", "fraud")


def wif(place, *arguments):
    """Run ``wif`` as an operator would; its JSON lines and words."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WIF_")} | {
        "WIF_HOME": str(place.path),
        "WIF_PASSPHRASE": SECRET,
        "WIF_BACKUP_PASSPHRASE": SEALED,
        "WIF_LANG": "en",
        **({"WIF_DATABASE_URL": place.database} if place.database else {}),
    }
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "issuer.commands", *map(str, arguments)],
        cwd=TOP,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def issue_at(place, count=5, **changes):
    return list(
        issue_many(
            made_up(place.home()),
            [record(reference=f"{changes.get('job', 'R')}-{n}", **changes) for n in range(count)],
            AUTHOR,
        )
    )


def put(place, empty, file, **options):
    options.setdefault("nothing_published", "public" not in options)
    return restore(empty.path, file, SEALED, lambda: SECRET, empty.database, author=AUTHOR, **options)


def nothing_left(empty):
    """Neither a home nor a table."""
    assert not empty.path.exists()
    if empty.database:
        engine = registry.open_registry(empty.database)
        assert inspect(engine).get_table_names() == []
        engine.dispose()


def test_the_drill(place, empty, tmp_path):
    """Backed up while another process issues, suspends and publishes; restored elsewhere; in service again."""
    today = datetime.now(UTC).date()
    days = {"valid_from": (today - timedelta(3)).isoformat(), "valid_until": (today + timedelta(99)).isoformat()}
    first = issue_at(place, 30, **days)
    acts.do(made_up(place.home()), "revoke", first[3].number, FRAUD, AUTHOR)
    place.home().publish(AUTHOR)
    shutil.copytree(place.path / "public", tmp_path / "live")
    with Running("tests.home.worker", place.path, place.database or "") as worker:
        told = worker.until(lambda lines: len(lines) >= 5)
        file = tmp_path / "one.backup"
        code, rows, words = wif(place, "backup", file)
        assert code == 0 and rows[0]["bytes"] == file.stat().st_size, words
        assert worker.process.poll() is None, "it served all the while"
        all_told = worker.end()
    assert worker.process.returncode == 0 and len(all_told) > len(told)
    for personal in (b"NGUYEN", b"812345678", b"SQLite format", b"PGDMP", b"config.toml", SECRET.encode()):
        assert personal not in file.read_bytes()
    assert [path.name for path in place.path.iterdir() if path.name.startswith(".backup")] == []

    code, rows, words = wif(empty, "restore", file, "--public", tmp_path / "live")
    assert code == 0, words
    assert rows[0]["signatures"] >= 35 and rows[0]["lost"] == 0 and rows[0]["head"]["seq"] >= 37
    home = empty.home()
    assert chain.verify(home.engine).whole and crosscheck.verify(home.engine) == ()
    for number in [one.number for one in first] + told:
        assert registry.archived(home.engine, number).token == registry.archived(place.home().engine, number).token
    assert registry.by_number(home.engine, first[3].number).state == "revoked"
    for name in ("config.toml", "web.secret"):
        assert (empty.path / name).read_bytes() == (place.path / name).read_bytes()
        assert (empty.path / name).stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in (empty.path / "keys").iterdir()) == sorted(
        path.name for path in (place.path / "keys").iterdir()
    )
    again = issue(made_up(home), record(reference="R-0", **days), AUTHOR)
    assert (again.status, again.token) == ("already_issued", first[0].token)
    assert issue(made_up(home), record(reference="after"), AUTHOR).status == "issued"
    home.publish(AUTHOR)
    assert wif(empty, "audit", "verify")[1][0]["whole"] is True
    texts = tmp_path / "texts"
    texts.write_text(first[0].text + "\n" + first[3].text + "\n")
    assert [row["verdict"] for row in verdicts(empty, texts)] == ["valid", "revoked"]


def verdicts(place, texts):
    environment = {**os.environ, "WIF_HOME": str(place.path)}
    with texts.open("rb") as source:
        done = subprocess.run(
            [sys.executable, "-m", "issuer.commands", "verify", "-"],
            cwd=TOP,
            env=environment,
            stdin=source,
            capture_output=True,
            text=True,
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def backed_up(place, tmp_path):
    """A home with 12 attestations, published, and its backup."""
    issue_at(place, 12)
    place.home().publish(AUTHOR)
    file = tmp_path / "one.backup"
    backup(place.home(), file, SEALED)
    return file


def test_a_torn_foreign_or_wrongly_opened_file_leaves_nothing(place, empty, backed_up, tmp_path):
    data = backed_up.read_bytes()
    for name, content, secret, error in (
        ("torn", data[: len(data) * 2 // 3], SEALED, "torn|altered"),
        ("cut", data[:-1], SEALED, "torn|altered"),
        ("foreign", b"SQLite format 3\0" * 99, SEALED, "no backup"),
        ("secret", data, "another passphrase", "passphrase does not open"),
        ("longer", data + b"x", SEALED, "altered"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SealError, match=error):
            restore(empty.path, tmp_path / name, secret, lambda: SECRET, empty.database, nothing_published=True)
        nothing_left(empty)
    with pytest.raises(ConfigError, match="cannot be restored"):
        put(place, empty, tmp_path / "not there")
    put(place, empty, backed_up)
    assert sum(registry.counts(empty.home().engine).values()) == 12


def test_nothing_is_ever_overwritten(place, empty, backed_up):
    with pytest.raises(ConfigError, match="is not empty"):
        restore(place.path, backed_up, SEALED, lambda: SECRET, place.database)
    with pytest.raises(ConfigError, match="already there"):
        backup(place.home(), backed_up, SEALED)
    if place.database:
        with pytest.raises(ConfigError, match="not empty"):
            restore(empty.path, backed_up, SEALED, lambda: SECRET, place.database)
        with pytest.raises(ConfigError, match="database of postgresql"):
            restore(empty.path, backed_up, SEALED, lambda: SECRET, None)
    assert sum(registry.counts(place.home().engine).values()) == 12


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM audit WHERE seq = 3", "entries are missing"),
        ("UPDATE audit SET at = at + 1 WHERE seq = 3", "was changed"),
        ("UPDATE attestation SET state = 1 WHERE id = (SELECT max(id) FROM attestation)", "by the audit trail"),
        (
            "UPDATE archive SET token = salt WHERE attestation_id = (SELECT max(id) FROM attestation)",
            "not the one that was signed",
        ),
        ("DELETE FROM archive WHERE attestation_id = (SELECT max(id) FROM attestation)", "was removed"),
        ("UPDATE publication SET digest = kid", "is not the one that was made"),
    ],
)
def test_a_registry_that_was_changed_by_hand_is_refused(place, empty, tmp_path, statement, said):
    issue_at(place, 4)
    home = place.home()
    home.publish(AUTHOR)
    with home.engine.begin() as connection:
        connection.execute(text(statement))
    backup(home, tmp_path / "bad", SEALED)
    with pytest.raises(UnreadableSource, match=said):
        put(place, empty, tmp_path / "bad")
    nothing_left(empty)


def test_a_signature_that_no_trusted_key_made_is_refused(place, empty, tmp_path):
    """The thief of the database also rewrote trail and tables: the signature is left, and it does not hold."""
    issue_at(place, 3)
    home = place.home()
    entries = list(chain.entries(home.engine))
    with home.engine.begin() as connection:
        prev = bytes(32)
        for entry in entries:
            details = json.loads(entry["details"])
            if entry is entries[-1]:
                row = connection.execute(
                    text("SELECT token, salt FROM archive WHERE attestation_id = (SELECT max(id) FROM attestation)")
                ).one()
                token = bytearray(row.token)
                token[-1] ^= 1
                connection.execute(
                    text("UPDATE archive SET token = :token WHERE attestation_id = (SELECT max(id) FROM attestation)"),
                    {"token": bytes(token)},
                )
                details["token"] = chain.salted(bytes(row.salt), bytes(token)).hex()
            written = chain.canonical(details)
            hash_ = chain.link(
                prev,
                entry["seq"],
                entry["at"],
                entry["actor"],
                entry["act"],
                entry["subject"],
                written,
            )
            connection.execute(
                text("UPDATE audit SET details = :details, prev = :prev, hash = :hash WHERE seq = :seq"),
                {"details": written, "prev": prev, "hash": hash_, "seq": entry["seq"]},
            )
            prev = hash_
        connection.execute(text("UPDATE chain_head SET hash = :hash"), {"hash": prev})
    (place.path / "public" / "audit-head.json").unlink()
    assert chain.verify(home.engine).whole and crosscheck.verify(home.engine) == ()
    backup(home, tmp_path / "bad", SEALED)
    with pytest.raises(UnreadableSource, match="chain_head was changed by another way"):
        put(place, empty, tmp_path / "bad")
    place.home().reseal(AUTHOR)  # with the server's secret too
    backup(home, tmp_path / "worse", SEALED)
    with pytest.raises(UnreadableSource, match="does not bear a valid signature"):
        put(place, empty, tmp_path / "worse")
    nothing_left(empty)


def test_what_was_published_after_the_backup_does_not_go_back(place, empty, backed_up, tmp_path):
    numbers = [row.attestation.number for row in registry.find_page(place.home().engine, registry.Search()).found]
    later = issue_at(place, 4, job="Plus tard")
    desk = made_up(place.home())
    acts.do(desk, "revoke", numbers[0], FRAUD, AUTHOR)
    acts.do(desk, "suspend", numbers[1], Grounds("CRPA L121-1", "inquiry"), AUTHOR)
    acts.do(desk, "revoke", later[0].number, FRAUD, AUTHOR)
    lost = registry.by_number(place.home().engine, later[0].number)
    published = place.home().publish(AUTHOR)
    live = tmp_path / "live"
    shutil.copytree(place.path / "public", live)
    with pytest.raises(UnreadableSource, match=r"8 entries of the audit trail and 3 marks"):
        put(place, empty, backed_up, public=live)
    nothing_left(empty)
    with pytest.raises(UnreadableSource, match=r"8 entries of the audit trail and 0 marks"):
        put(place, empty, backed_up, heads=[published.head])
    nothing_left(empty)

    done = put(place, empty, backed_up, public=live, accept_loss=True)
    assert (done.lost, done.carried, done.signatures) == (8, 3, 12)
    home = empty.home()
    assert (
        registry.by_number(home.engine, numbers[0]).state == "revoked"
        and registry.by_number(home.engine, numbers[1]).state == "suspended"
    )
    assert chain.verify(home.engine).whole and crosscheck.verify(home.engine) == ()
    again = home.publish(AUTHOR)
    assert again.issued_at > published.issued_at
    before, after = (
        status.read((folder / "status-1.cose").read_bytes(), 1) for folder in (live, empty.path / "public")
    )
    assert after.values == before.values and after.issued_at > before.issued_at
    assert after.value(lost.list_index) == 1, "the paper that the registry lost stays revoked"
    assert registry.list_use(home.engine)[1] >= FULL_AT, "no index of a lost attestation is given out again"
    new = issue(made_up(home), record(reference="new"), AUTHOR)
    assert registry.by_number(home.engine, new.number).list_number == 2
    home.publish(AUTHOR)
    found = reconciling.reconcile(home.engine, home.public, home.trust(), kept=[(live / "log/checkpoint").read_bytes()])
    assert [line[:7] for line in found.problems] == ["leaf 12", "leaf 13", "leaf 14", "leaf 15"], (
        "the papers that the registry lost are known to be missing"
    )
    assert all("does not know" in line for line in found.problems) and found.size == 17


def test_a_restore_compares_with_what_is_published_or_does_not_happen(place, empty, backed_up, tmp_path, monkeypatch):
    """A backup from before a revocation, restored without --public: the next publication would un-revoke the paper."""
    number = registry.find_page(place.home().engine, registry.Search()).found[0].attestation.number
    copy = shutil.copytree(place.path / "public", tmp_path / "copy")
    acts.do(made_up(place.home()), "revoke", number, FRAUD, AUTHOR)
    place.home().publish(AUTHOR)
    answers, client = {}, httpx.Client
    monkeypatch.setattr(
        continuity.httpx,
        "Client",
        lambda **options: client(
            transport=httpx.MockTransport(lambda request: answers.get("now", _nobody)(request)), **options
        ),
    )
    with pytest.raises(ConfigError, match="--nothing-published"):
        put(place, empty, backed_up, nothing_published=False)
    nothing_left(empty)
    with pytest.raises(ConfigError, match=r"holds no trust.cose"):
        put(place, empty, backed_up, public=tmp_path)
    part = tmp_path / "part"
    part.mkdir()
    shutil.copy(place.path / "public/trust.cose", part)
    with pytest.raises(ConfigError, match="is missing, so what was revoked"):
        put(place, empty, backed_up, public=part)
    nothing_left(empty)

    answers["now"] = lambda request: _file(place.path / "public", request)
    for options in ({}, {"public": "https://mirror.example"}):
        with pytest.raises(UnreadableSource, match="1 marks"):
            put(place, empty, backed_up, **{"nothing_published": False, **options})
        nothing_left(empty)
    with pytest.raises(ConfigError, match="older copy"):
        put(place, empty, backed_up, public=copy)
    nothing_left(empty)
    with pytest.raises(ConfigError, match="something was published"):
        put(place, empty, backed_up, nothing_published=True)
    nothing_left(empty)
    put(place, empty, backed_up, nothing_published=False, accept_loss=True)
    home = empty.home()
    home.publish(AUTHOR)
    assert registry.by_number(home.engine, number).state == "revoked"


def test_a_home_that_an_earlier_program_restored_uncompared_publishes_nothing(place):
    """Its entry of the restore does not say what it was compared with; one that says so goes on."""
    home = place.home()
    told = {"made_at": 1, "head": 1, "lost": 0, "marks": 0}

    def restored(details):
        act = chain.Act("restore", None, details)
        registry.write(home.engine, lambda connection: chain.append(connection, home.clock(), AUTHOR, [act]))

    for details in (told, {**told, "compared": False}):
        restored(details)
        with pytest.raises(PublicationRefused, match="compared it with nothing"):
            home.publish(AUTHOR)
    restored({**told, "compared": True})
    home.publish(AUTHOR)


def _nobody(request):
    raise httpx.ConnectError("nobody", request=request)


def _file(folder, request):
    path = folder / request.url.path.lstrip("/")
    return httpx.Response(200, content=path.read_bytes()) if path.is_file() else httpx.Response(404)


def test_a_head_of_another_trail_is_refused(place, empty, backed_up):
    with pytest.raises(UnreadableSource, match="rewritten"):
        put(place, empty, backed_up, heads=[chain.Head(3, bytes(32))])
    nothing_left(empty)


def test_a_backup_newer_than_what_is_published_is_no_loss(place, empty, backed_up, tmp_path):
    live = tmp_path / "live"
    shutil.copytree(place.path / "public", live)
    numbers = [row.attestation.number for row in registry.find_page(place.home().engine, registry.Search()).found]
    acts.do(made_up(place.home()), "suspend", numbers[0], Grounds("CRPA L121-1", "inquiry"), AUTHOR)
    place.home().publish(AUTHOR)
    shutil.copytree(place.path / "public", tmp_path / "suspended")
    acts.do(made_up(place.home()), "reinstate", numbers[0], Grounds("Vérification faite"), AUTHOR)
    backup(place.home(), tmp_path / "two", SEALED)
    done = put(place, empty, tmp_path / "two", public=tmp_path / "suspended")
    assert (done.lost, done.carried) == (0, 0) and registry.by_number(empty.home().engine, numbers[0]).state == "valid"


def test_a_killed_backup_is_cleared_by_the_next(place, tmp_path):
    left = [place.path / ".backup-abcd", tmp_path / ".one.backup.99.unfinished"]
    for path in left if place.database is None else left[1:]:
        path.write_bytes(b"half")
    backup(place.home(), tmp_path / "one.backup", SEALED)
    assert not any(path.exists() for path in left)


def test_a_missing_program_of_postgres_is_said(tmp_path, monkeypatch, opened):
    from issuer.home import dumps

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dumps, "Path", lambda _path: tmp_path)
    engine = opened("postgresql://wif@127.0.0.1:1/wif")
    with pytest.raises(ConfigError, match="pg_dump is not found"), dumps.dumped(engine, tmp_path) as parts:
        next(parts)


def test_the_password_of_the_database_is_not_on_the_command_line(opened):
    from issuer.home import dumps

    engine = opened("postgresql://wif:s3cret@db.example/wif?sslmode=require")
    assert dumps._address(engine) == "postgresql://wif@db.example/wif?sslmode=require"
    assert dumps._environment(engine)["PGPASSWORD"] == "s3cret"


def test_a_busy_sqlite_is_copied_in_one_go(tmp_path, monkeypatch, opened):
    """A writer between every two steps makes the copy begin again for ever; then it is taken at once."""
    from issuer.home import dumps

    engine = opened(str(tmp_path / "wif.sqlite3"))
    registry.migrate(engine)
    monkeypatch.setattr(dumps, "PAGES", 5)
    writer = sqlite3.connect(tmp_path / "wif.sqlite3", isolation_level=None)
    steps = []

    def step(done, total):
        steps.append(done)
        writer.execute("INSERT INTO throttle VALUES (?, 1, 1, 1)", (f"k{len(steps)}",))

    with dumps.dumped(engine, tmp_path, step) as parts:
        (tmp_path / "copy").write_bytes(b"".join(parts))
    copied = sqlite3.connect(tmp_path / "copy").execute("SELECT count(*) FROM throttle").fetchone()[0]
    assert copied == len(steps) > 3, "whole, and of the last moment"


def test_a_damaged_database_in_the_backup_is_said(tmp_path):
    from issuer.home import dumps

    with pytest.raises(RegistryError) as refused:
        dumps.load_sqlite(tmp_path / "x.sqlite3", iter([b"SQLite format 3\0" + bytes(9000)]))
    assert refused.value.code == "corrupt"


def test_a_home_is_reopened_with_its_own_passphrase(place, empty, backed_up):
    put(place, empty, backed_up)
    wrong = Home(empty.path, lambda: "another passphrase", empty.database)
    with pytest.raises(Exception, match="passphrase does not open"):
        wrong.publish(AUTHOR)
