"""That nothing published goes back: the backup held against the files that verifiers have now.

A backup older than the last publication lacks acts. Given up only by decision, and even then every mark that verifiers have
seen is published on, and no status list that was in use gives out another index: a lost attestation may hold it.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from issuer.attestation import status
from issuer.desk import transparency
from issuer.desk.files import write_whole
from issuer.errors import ConfigError, UnreadableSource
from issuer.home.home import TRUST_FILE, Home, read_trust
from issuer.registry import chain, lists
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
from issuer.registry.database import reading
from keys import note
from keys.errors import StatusRefused

HEAD_FILE = "audit-head.json"


@dataclass(frozen=True)
class Comparison:
    """The published files that are newer than the backup's, by name; and the marks (list, index, state) that the registry lacks."""

    newer: dict[str, bytes]
    marks: tuple[tuple[int, int, int], ...]


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
    """Hold a restored home against the published files in ``public`` (None: nothing to compare). Raises UnreadableSource or ConfigError."""
    if public is None:
        return Comparison({}, ())
    trust, newer, marks = home.trust(), {}, []
    if (public / TRUST_FILE).exists():
        theirs = read_trust(public, home.config.roots)
        if theirs.version == trust.version and theirs.payload != trust.payload:
            raise UnreadableSource(
                f"Two trust lists of version {trust.version} differ. Verifiers hold the published one: this backup is not of that service."
            )
        if theirs.version > trust.version:
            trust, newer[TRUST_FILE] = theirs, theirs.cose
    for entry in trust.status_lists:
        path = public / entry.path
        if not path.exists():
            continue
        try:
            listed = status.accept(path.read_bytes(), entry.number, trust, None, home.clock())
        except StatusRefused as error:
            raise ConfigError(
                f"{path} is not a status list that verifiers accept, so nothing can be compared with it. {error}"
            ) from None
        held = home.public / entry.path
        if not held.exists() or status.read(held.read_bytes(), entry.number).issued_at < listed.issued_at:
            newer[entry.path] = listed.cose
        with reading(home.engine) as connection:
            signed = (
                connection.scalar(
                    select(func.max(Publication.issued_at)).where(Publication.list_number == entry.number)
                )
                or 0
            )
            ours = lists.values(connection, entry.number)
        if listed.issued_at <= signed:
            continue
        marks += [(entry.number, index, value) for index, value in _lacking(listed.values, ours)]
    return Comparison(newer, tuple(marks))


def _lacking(theirs: bytes, ours: bytes):
    """The indexes at which a published mark is missing or weaker: a suspension may have been lifted or confirmed since, a final mark never."""
    for place in (place for place in range(LIST_SIZE // 4) if theirs[place] != ours[place]):
        for part in range(4):
            published, known = theirs[place] >> part * 2 & 3, ours[place] >> part * 2 & 3
            if published != known and published != VALID and known in (VALID, SUSPENDED):
                yield place * 4 + part, published


def carry(connection: Connection, now: int, author: str, manifest: dict, comparison: Comparison, lost: int) -> int:
    """Write the restore in the chain and carry the marks over, inside a writing transaction; how many marks there were."""
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
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)


def take_newer_log(home_public: Path, public: Path | None, published: note.Checkpoint | None) -> None:
    """Put the published log in place, which the restored registry follows now: the tiles first, its checkpoint last."""
    if public is None or published is None:
        return
    source, target = public / transparency.FOLDER, home_public / transparency.FOLDER
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source / "tile", target / "tile", dirs_exist_ok=True) if published.size else target.mkdir(
        parents=True
    )
    write_whole(home_public / transparency.CHECKPOINT, (public / transparency.CHECKPOINT).read_bytes())
