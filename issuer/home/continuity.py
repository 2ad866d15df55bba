"""That nothing published goes back: the backup held against the files that verifiers have now.

A backup older than the last publication lacks acts. Given up only by decision, and even then every mark that verifiers
have seen is published on, and no status list that was in use gives out another index: a lost attestation may hold it.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import Connection, delete, func, insert, select, update

from issuer.attestation import status
from issuer.desk import transparency
from issuer.errors import ConfigError, UnreadableSource
from issuer.home.home import TRUST_FILE, Home, read_trust
from issuer.registry import chain, lists
from issuer.registry.database import reading
from issuer.registry.draws import FULL_AT
from issuer.registry.models import (
    LIST_SIZE,
    STATES,
    SUSPENDED,
    VALID,
    Attestation,
    CarriedMark,
    Publication,
    StatusList,
)
from keys import durable, note
from keys.errors import StatusRefused

HEAD_FILE = "audit-head.json"


@dataclass(frozen=True)
class Comparison:
    """The published files that are newer than the backup's, by name; and the marks (list, index, state) that the
    registry lacks.
    """

    newer: dict[str, bytes]
    marks: tuple[tuple[int, int, int], ...]


LARGEST = 1 << 24
"""Bytes of one published file: far above any list."""
SECONDS = 20
"""How long an address has to answer for one file."""


def fetched(home: Home, address: str, folder: Path) -> bool:
    """Copy what is published at ``address`` into ``folder``: trust list, status lists, audit head, log; whether a trust
    list of these roots was there. Raises ConfigError when only a part can be had.
    """
    with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:

        def take(name: str) -> bytes | None:
            with suppress(httpx.HTTPError):
                answer = client.get(f"{address}/{name}")
                if answer.status_code == 200 and len(answer.content) <= LARGEST:
                    target = folder / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(answer.content)
                    return answer.content
            return None

        if take(TRUST_FILE) is None:
            return False
        try:
            trust = read_trust(folder, home.config.roots)
        except ConfigError:
            return False
        wanted = [*(status_list.path for status_list in trust.status_lists), HEAD_FILE]
        if take(transparency.CHECKPOINT) is not None:
            checkpoint = transparency.published(folder, trust)
            wanted += [name for name, *_ in transparency.tile_names(checkpoint.size if checkpoint else 0)]
        for name in wanted:
            if take(name) is None:
                raise ConfigError(
                    f"{address} answers with a trust list, but not with {name}. Copy the published files into a folder"
                    " and give it with --public."
                )
    return True


@contextmanager
def compared_with(home: Home, public: Path | str | None, nothing_published: bool) -> Iterator[Path | None]:
    """The folder of published files that a restored home is held against: ``public``, or what its address (by default
    the home's origin) answers; None only when it was said that nothing was published, and the origin says so too.

    Raises ConfigError when there is nothing to compare with, or when something is published after all.
    """
    if isinstance(public, Path):
        if not (public / TRUST_FILE).exists():
            raise ConfigError(f"{public} holds no {TRUST_FILE}, so nothing can be compared. Give all published files.")
        _refuse_older_copy(home, public, str(public))
        yield public
        return
    with tempfile.TemporaryDirectory(prefix="wif-published-") as name:
        address = public or home.config.origin
        found = fetched(home, address, Path(name))
        if found and nothing_published:
            raise ConfigError(
                f"{address} publishes lists of these roots, so something was published. Restore without"
                " --nothing-published."
            )
        if not found and not nothing_published:
            raise ConfigError(
                f"{address} did not answer with the published lists, and an older backup would turn revoked papers"
                " valid. Give a copy of the published files with --public DIR or its address; if nothing was ever"
                " published, say so with --nothing-published."
            )
        if found and address != home.config.origin:
            _refuse_older_copy(home, Path(name), address)
        yield Path(name) if found else None


def _refuse_older_copy(home: Home, folder: Path, name: str) -> None:
    """Raise ConfigError where the home's origin answers with later lists than this copy of what is published: the
    copy may be from before a revocation.
    """
    with tempfile.TemporaryDirectory(prefix="wif-published-") as at_origin:
        with suppress(ConfigError):
            fetched(home, home.config.origin, Path(at_origin))
        for path in sorted(Path(at_origin).glob("status-*.cose")):
            number = int(path.stem.removeprefix("status-"))
            with suppress(StatusRefused, OSError):
                now = status.read(path.read_bytes(), number).issued_at
                if status.read((folder / path.name).read_bytes(), number).issued_at < now:
                    raise ConfigError(
                        f"{name} is an older copy: {home.config.origin} publishes a later {path.name}, which may revoke"
                        " more. Restore without --public, or give a copy of what is published now."
                    )


def heads(public: Path | None, kept: Sequence[chain.Head]) -> list[chain.Head]:
    """The kept heads, and the one that is published in a folder. Raises UnreadableSource."""
    path = public / HEAD_FILE if public else None
    if path is None or not path.exists():
        return list(kept)
    try:
        return [*kept, chain.Head.from_json(json.loads(path.read_text(encoding="utf-8")))]
    except (OSError, ValueError):
        raise UnreadableSource(f"{path} is no head of the audit trail. Give a copy of {HEAD_FILE}.") from None


def compare(home: Home, public: Path | None) -> Comparison:
    """Hold a restored home against the published files in ``public`` (None: nothing to compare). Raises
    UnreadableSource or ConfigError.
    """
    if public is None:
        return Comparison({}, ())
    trust, newer, marks = home.trust(), {}, []
    if (public / TRUST_FILE).exists():
        theirs = read_trust(public, home.config.roots)
        if theirs.version == trust.version and theirs.payload != trust.payload:
            raise UnreadableSource(
                f"Two trust lists of version {trust.version} differ. Verifiers hold the published one: this backup is"
                " not of that service."
            )
        if theirs.version > trust.version:
            trust, newer[TRUST_FILE] = theirs, theirs.cose
    for status_list in trust.status_lists:
        path = public / status_list.path
        if not path.exists():
            raise ConfigError(
                f"{path} is missing, so what was revoked in it cannot be compared. Give all published files."
            )
        try:
            listed = status.accept(path.read_bytes(), status_list.number, trust, None, home.clock())
        except StatusRefused as error:
            raise ConfigError(
                f"{path} is not a status list that verifiers accept, so nothing can be compared with it. {error}"
            ) from None
        held = home.public / status_list.path
        if not held.exists() or status.read(held.read_bytes(), status_list.number).issued_at < listed.issued_at:
            newer[status_list.path] = listed.cose
        with reading(home.engine) as connection:
            signed = (
                connection.scalar(
                    select(func.max(Publication.issued_at)).where(
                        Publication.list_number == status_list.number, Publication.withdrawn.is_(None)
                    )
                )
                or 0
            )
            ours = lists.values(connection, status_list.number)
        if listed.issued_at <= signed:
            continue
        marks += [(status_list.number, index, value) for index, value in _lacking(listed.values, ours)]
    return Comparison(newer, tuple(marks))


def _lacking(theirs: bytes, ours: bytes) -> Iterator[tuple[int, int]]:
    """The indexes at which a published mark is missing or weaker: a suspension may have been lifted or confirmed since,
    a final mark never.
    """
    for place in (place for place in range(LIST_SIZE // 4) if theirs[place] != ours[place]):
        for part in range(4):
            published, known = theirs[place] >> part * 2 & 3, ours[place] >> part * 2 & 3
            if published not in (known, VALID) and known in (VALID, SUSPENDED):
                yield place * 4 + part, published


def carry(
    connection: Connection,
    now: int,
    author: str,
    manifest: dict,
    comparison: Comparison,
    lost: int,
    public: Path | None,
) -> int:
    """Write the restore in the chain and carry the marks over, inside a writing transaction; how many marks there
    were. ``public``: what it was compared with, None where nothing was ever published.
    """
    chain.append(
        connection,
        now,
        author,
        [
            chain.Act(
                "restore",
                None,
                {
                    "made_at": manifest["made_at"],
                    "head": manifest["head"]["seq"],
                    "lost": lost,
                    "marks": len(comparison.marks),
                    "compared": public is not None,
                    "nothing_published": public is None,
                },
            )
        ],
    )
    for number, index, state in comparison.marks:
        known = connection.execute(
            select(Attestation.id, Attestation.number).where(
                Attestation.list_number == number, Attestation.list_index == index
            )
        ).first()
        if known is None:
            connection.execute(
                delete(CarriedMark).where(CarriedMark.list_number == number, CarriedMark.list_index == index)
            )
            connection.execute(insert(CarriedMark).values(list_number=number, list_index=index, state=state))
            continue
        chain.append(connection, now, author, [chain.Act("carry_mark", str(known.number), {"state": STATES[state]})])
        connection.execute(
            update(Attestation).where(Attestation.id == known.id).values(state=state, next_state=None, next_at=None)
        )
    if lost or comparison.marks:
        used = (
            func.max(StatusList.used, FULL_AT)
            if connection.dialect.name == "sqlite"
            else func.greatest(StatusList.used, FULL_AT)
        )
        connection.execute(update(StatusList).values(used=used))
    return len(comparison.marks)


def take_newer_files(public: Path, comparison: Comparison) -> None:
    """Put the newer published files into the restored home: the next publication must be later than they are."""
    for name, data in comparison.newer.items():
        path = public / name
        durable.make_folder(path.parent, durable.PUBLIC_FOLDER)
        durable.write(path, data, durable.PUBLIC)


def take_newer_log(home_public: Path, public: Path | None, published: note.Checkpoint | None) -> None:
    """Put the published log in place, which the restored registry follows now: the tiles first, its checkpoint last."""
    if public is None or published is None:
        return
    source, target = public / transparency.FOLDER, home_public / transparency.FOLDER
    shutil.rmtree(target, ignore_errors=True)
    durable.make_folder(target, durable.PUBLIC_FOLDER)
    for path in sorted((source / "tile").rglob("*")):
        if path.is_file():
            place = target / path.relative_to(source)
            durable.make_folder(place.parent, durable.PUBLIC_FOLDER)
            durable.write(place, path.read_bytes(), durable.PUBLIC)
    durable.write(
        home_public / transparency.CHECKPOINT, (public / transparency.CHECKPOINT).read_bytes(), durable.PUBLIC
    )
