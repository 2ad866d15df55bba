"""The audit chain: every act is one entry, bound by its hash to all the entries before it.

    hash = SHA-256( prev (32 bytes) ‖ UTF-8 of the canonical JSON array [seq, at, actor, act, subject, details] )

Canonical JSON is ASCII, without spaces, keys sorted; ``details`` is an object. The first ``prev``
is 32 zero bytes. Entries hold identifiers, codes and salted hashes, never a name: the chain
outlives the personal data that it bears witness to. A head kept elsewhere shows a cut tail.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from issuer.registry.database import reading, write
from issuer.registry.faults import RegistryError, fault
from issuer.registry.models import Audit, ChainHead
from keys.errors import WifError
from keys.instants import instant

START = bytes(32)
"""The ``prev`` of the first entry."""
PAGE = 2_000
"""Entries read at a time: a reader never holds the database for long."""

_ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)


class AuditError(WifError):
    """An author or a file of heads that cannot be read."""


@dataclass(frozen=True)
class Act:
    """What is about to be written in the chain. ``details`` holds ints, texts, booleans, None and lists of them, no
    personal data.
    """

    act: str
    subject: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Head:
    """The last entry at some moment: its ``seq`` (0 for an empty chain) and its 32-byte ``hash``."""

    seq: int
    hash: bytes

    def to_json(self) -> dict[str, Any]:
        """``{"seq": 42, "hash": "<64 hex digits>"}``."""
        return {"seq": self.seq, "hash": self.hash.hex()}

    @classmethod
    def from_json(cls, value: object) -> "Head":
        """The head that :meth:`to_json` wrote. Raises AuditError."""
        if isinstance(value, dict) and type(value.get("seq")) is int and isinstance(value.get("hash"), str):
            if re.fullmatch("[0-9a-f]{64}", value["hash"], re.ASCII) and value["seq"] >= 0:
                return cls(value["seq"], bytes.fromhex(value["hash"]))
        raise AuditError(
            "The exported head of the audit trail cannot be read. Give a file that a publication or `wif audit export`"
            " wrote."
        )


@dataclass(frozen=True)
class Check:
    """What a verification found: the number of entries read, the last one, and the faults in words (none: the chain is
    whole).
    """

    entries: int
    head: Head
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, inserted or removed."""
        return not self.problems


def check_actor(actor: str) -> str:
    """``actor`` when it is an account identifier: 1 to 64 of ``A-Z a-z 0-9 . _ : -``. Raises AuditError."""
    if not isinstance(actor, str) or not _ACTOR.fullmatch(actor):
        raise AuditError(
            "The author must be an account identifier of 1 to 64 ASCII letters, digits or . _ : - (never a name or an"
            " e-mail address)."
        )
    return actor


def canonical(value: object) -> str:
    """Canonical JSON: ASCII, sorted keys, no spaces, no NaN."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def link(prev: bytes, seq: int, at: int, actor: str, act: str, subject: str | None, details: str) -> bytes:
    """The 32-byte hash of an entry; ``details`` is canonical JSON already."""
    body = f"[{seq},{at},{canonical(actor)},{canonical(act)},{canonical(subject)},{details}]"
    return sha256(prev + body.encode()).digest()


def salted(salt: bytes, content: bytes) -> bytes:
    """SHA-256(salt ‖ content): once the 16-byte salt is erased it says nothing of the content any more."""
    return sha256(salt + content).digest()


def head_of(connection: Connection) -> Head:
    """The head, inside a transaction."""
    row = connection.execute(select(ChainHead.seq, ChainHead.hash)).first()
    if row is None:
        raise fault("schema")
    return Head(row.seq, bytes(row.hash))


def head(engine: Engine) -> Head:
    """The head now."""
    with reading(engine) as connection:
        return head_of(connection)


def append(connection: Connection, at: int, actor: str, acts: Sequence[Act]) -> Head:
    """Write ``acts`` as the next entries, at UTC second ``at``, and return the new head.

    The first gets ``head.seq + 1``. ``connection`` must be in a writing transaction
    (:func:`issuer.registry.database.write`), which holds the chain's lock. Raises AuditError.
    """
    check_actor(actor)
    before = head_of(connection)
    if not acts:
        return before
    seq, prev, rows = before.seq, before.hash, []
    for act in acts:
        seq += 1
        details = canonical(dict(act.details))
        hash_ = link(prev, seq, at, actor, act.act, act.subject, details)
        rows.append(
            {
                "seq": seq,
                "at": at,
                "actor": actor,
                "act": act.act,
                "subject": act.subject,
                "details": details,
                "prev": prev,
                "hash": hash_,
            }
        )
        prev = hash_
    connection.execute(insert(Audit), rows)
    moved = connection.execute(
        update(ChainHead).where(ChainHead.id == 1, ChainHead.seq == before.seq).values(seq=seq, hash=prev)
    )
    if moved.rowcount != 1:
        raise fault("conflict")
    return Head(seq, prev)


def entries(engine: Engine, after: int = 0) -> Iterator[dict[str, Any]]:
    """The entries whose seq is over ``after``, in order, as dicts of the columns (hashes as bytes), read page by
    page.
    """
    columns = (Audit.seq, Audit.at, Audit.actor, Audit.act, Audit.subject, Audit.details, Audit.prev, Audit.hash)
    while True:
        with reading(engine) as connection:
            page = connection.execute(select(*columns).where(Audit.seq > after).order_by(Audit.seq).limit(PAGE)).all()
        for row in page:
            yield dict(row._mapping, prev=bytes(row.prev), hash=bytes(row.hash))
        if len(page) < PAGE:
            return
        after = page[-1].seq


def verify(engine: Engine, heads: Iterable[Head] = ()) -> Check:
    """Read the whole chain and say what is wrong with it.

    Found: a changed, inserted, moved or removed entry; a tail cut after any of ``heads``, the
    heads that were exported earlier; a head row that does not fit. Stops at 20 problems.
    """
    wanted: dict[int, set[bytes]] = {}
    for known in heads:
        wanted.setdefault(known.seq, set()).add(known.hash)
    try:
        stored = head(engine)
    except RegistryError as error:
        if error.code != "schema":
            raise
        return Check(0, Head(0, START), ("the head of the trail was removed",))
    problems: list[str] = []
    seq, prev = 0, START

    def witness() -> None:
        if any(hash_ != prev for hash_ in wanted.pop(seq, ())):
            problems.append(f"entry {seq} is not the one of the head that was exported then: the trail was rewritten")

    witness()
    for entry in entries(engine):
        if entry["seq"] != seq + 1:
            problems.append(f"entries are missing between {seq} and {entry['seq']}")
        elif entry["prev"] != prev:
            problems.append(f"entry {entry['seq']} does not follow entry {seq}")
        columns = (entry["seq"], entry["at"], entry["actor"], entry["act"], entry["subject"], entry["details"])
        if link(entry["prev"], *columns) != entry["hash"]:
            problems.append(f"entry {entry['seq']} was changed")
        seq, prev = entry["seq"], entry["hash"]
        witness()
        if len(problems) >= 20:
            return Check(seq, Head(seq, prev), tuple(problems))
    if seq < stored.seq or (seq == stored.seq and prev != stored.hash):
        problems.append(f"the trail ends at entry {seq} but its head says {stored.seq}: its end was removed or changed")
    elif seq > stored.seq and head(engine).seq < seq:
        problems.append(
            f"the trail goes on to entry {seq} but its head says {stored.seq}: entries were added behind its back"
        )
    problems += [
        f"the trail ends at entry {seq} but entry {cut} was exported as its head: its end was removed"
        for cut in sorted(wanted)
    ]
    return Check(seq, Head(seq, prev), tuple(problems))


def note_export(engine: Engine, at: int, actor: str, subject: str | None = None) -> Head:
    """Write that ``actor`` exports the chain at UTC second ``at``; the head to export up to.

    The entry is written before anything is read, and is the last of what is exported: so an export that
    breaks off is told of too, and its ``entries`` are the lines of a whole file, however many follow meanwhile.
    Raises AuditError or RegistryError.
    """

    def work(connection: Connection) -> Head:
        return append(connection, at, actor, [Act("audit_exported", subject, {"entries": head_of(connection).seq + 1})])

    return write(engine, work)


def export(engine: Engine, until: Head | None = None) -> Iterator[str]:
    """The entries as JSON lines (without the final newline): seq, at (UTC, ISO 8601), actor, act, subject, details,
    prev, hash (hex).

    ``until`` is the last one to export, None the last there is.
    """
    for entry in entries(engine):
        if until is not None and entry["seq"] > until.seq:
            return
        at = instant(entry["at"])
        line = {
            **entry,
            "at": at,
            "details": json.loads(entry["details"]),
            "prev": entry["prev"].hex(),
            "hash": entry["hash"].hex(),
        }
        yield json.dumps(line, ensure_ascii=True)
