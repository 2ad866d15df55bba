"""What the audit trail says of attestations, held against their rows when something is done with them.

A row that was changed by another way than this program is found by :mod:`issuer.registry.crosscheck`, whenever somebody
looks. Here it is found before it counts: before an act on it, before a decision that waits takes effect, before its
paper is printed again, and before a status list is signed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, func, select

from issuer.attestation.status import MAX_BYTES, set_value
from issuer.registry import chain, seals
from issuer.registry.draws import chunks
from issuer.registry.faults import RegistryError
from issuer.registry.models import STATES, Archive, Attestation, Audit, CarriedMark, ChainHead, Publication

ALTERED = "altered"
"""The state that is shown of what was changed by another way than this program."""
FINAL = ("revoked", "replaced")
"""States that no act but a restore, which keeps what was published, changes again."""
_LINK = (Audit.seq, Audit.at, Audit.actor, Audit.act, Audit.subject, Audit.details, Audit.prev, Audit.hash)

Waiting = tuple[str, int] | None
"""A decision that has yet to take effect: the state it gives and the UTC second from which on."""


class Told:
    """What a stretch of the trail says: how many were issued, the state of each, what waits, what was taken back; and
    the acts in it that could not be done, in words.
    """

    def __init__(self) -> None:
        self.issued = 0
        self.states: dict[str, str] = {}
        self.waiting: dict[str, tuple[str, int]] = {}
        self.anonymised: dict[str, int] = {}
        self.withdrawn: set[int] = set()
        self.impossible: list[str] = []

    def learn(self, entry: Mapping[str, Any]) -> None:
        """Take one entry in, its details read."""
        details, subject, act = entry["details"], entry["subject"], entry["act"]
        self.issued += act == "issue"
        if act == "withdraw_future":
            self.withdrawn |= set(details["publications"])
        if act == "anonymise":
            self.anonymised[subject] = entry["at"]
        if "state" not in details or not (subject or "").isdigit():
            return
        state, former = details["state"], self.states.get(subject, "valid")
        if act == "take_effect" and not _is_due(self.waiting.get(subject), state, entry["at"]):
            self.impossible.append(
                f"entry {entry['seq']}: no decision on attestation {subject} was to take effect then"
            )
        elif act not in ("take_effect", "carry_mark") and former in FINAL:
            self.impossible.append(
                f"entry {entry['seq']}: the act {act} is on attestation {subject}, {former} for good"
            )
        if "effective_at" in details:
            self.waiting[subject] = (state, details["effective_at"])
        else:
            self.states[subject] = state
            self.waiting.pop(subject, None)


def _is_due(waiting: Waiting, state: str, at: int) -> bool:
    return waiting is not None and waiting[0] == state and waiting[1] <= at


def standing(connection: Connection, number: int | str, before: int | None = None) -> tuple[str, Waiting]:
    """The state of an attestation by the trail, and the decision that waits; ``before`` an entry, None: now."""
    query = select(Audit.details).where(Audit.subject == str(number), Audit.details.contains('"state":'))
    if before is not None:
        query = query.where(Audit.seq < before)
    return _stands(connection.scalars(query.order_by(Audit.seq.desc())).all())


def _stands(texts: Sequence[str]) -> tuple[str, Waiting]:
    """The state and what waits, by the details of the acts, the latest first."""
    waiting: Waiting = None
    for place, text in enumerate(texts):
        details = json.loads(text)
        if "effective_at" not in details:
            return details["state"], waiting
        if place == 0:
            waiting = (details["state"], details["effective_at"])
    return "valid", waiting


def check(connection: Connection, ids: Iterable[int]) -> None:
    """Raise RegistryError ("tampered") unless each attestation of these ids is what was issued, and in the state that
    the acts gave it.
    """
    for number in altered(connection, ids):
        raise tampered(number)


def altered(connection: Connection, ids: Iterable[int]) -> Iterator[int]:
    """The numbers of those attestations of these ids that are not what was issued, or not in the state that the acts
    gave them.
    """
    columns = (
        *(getattr(Attestation, name) for name in ("id", "number", "list_number", "list_index", "kind", "department")),
        *(getattr(Attestation, name) for name in ("kid", "author", "issued_at", "state", "next_state", "next_at")),
    )
    for chunk in chunks(list(ids)):
        rows = connection.execute(select(*columns).where(Attestation.id.in_(chunk))).all()
        issued, standings = _issues(connection, chunk), _standings(connection, [row.number for row in rows])
        for row in rows:
            entry = issued.get(row.id)
            has = None if row.next_state is None and row.next_at is None else (STATES[row.next_state or 0], row.next_at)
            stands = standings.get(str(row.number), ("valid", None))
            if entry is None or not _is_issued(row, entry) or (STATES[row.state], has) != stands:
                yield row.number


def _standings(connection: Connection, numbers: Sequence[int]) -> dict[str, tuple[str, Waiting]]:
    """What :func:`standing` says of each of these numbers that the trail knows an act of."""
    query = select(Audit.subject, Audit.details).where(
        Audit.subject.in_([str(number) for number in numbers]), Audit.details.contains('"state":')
    )
    told: dict[str, list[str]] = {}
    for subject, details in connection.execute(query.order_by(Audit.seq.desc())):
        told.setdefault(subject or "", []).append(details)
    return {subject: _stands(texts) for subject, texts in told.items()}


def archived(connection: Connection, id_: int, number: int) -> tuple[bytes, str] | None:
    """The exact token and annex of an attestation, as the trail binds them; None once anonymised. Raises RegistryError
    ("tampered").
    """
    columns = (Archive.token, Archive.annex, Archive.salt)
    row = connection.execute(select(*columns).where(Archive.attestation_id == id_)).first()
    if row is None:
        return None
    entry, salt = _issues(connection, [id_]).get(id_), bytes(row._mapping["salt"])
    held = [chain.salted(salt, bytes(row.token)).hex(), chain.salted(salt, row.annex.encode()).hex()]
    if (
        entry is None
        or entry["subject"] != str(number)
        or held != [entry["details"][one] for one in ("token", "annex")]
    ):
        raise tampered(number)
    return bytes(row.token), row.annex


def tampered(number: int | str) -> RegistryError:
    """The error about an attestation whose rows are not what the trail says."""
    return RegistryError(
        "tampered",
        f"The attestation {number} is not in the registry as the audit trail tells: it was changed by another way than"
        ' this program, so nothing is done with it. Keep the database as it is, run "wif audit verify", and call the'
        " security officer.",
    )


def _issues(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The entries of the issue of these attestations, by their ids, details read."""
    query = select(Audit.seq, Audit.at, Audit.actor, Audit.subject, Audit.details)
    rows = connection.execute(query.where(Audit.seq.in_(ids), Audit.act == "issue"))
    return {row.seq: dict(row._mapping, details=json.loads(row.details)) for row in rows}


def _is_issued(row: Row[*tuple[Any, ...]], entry: Mapping[str, Any]) -> bool:
    details = entry["details"]
    return (str(row.number), row.author, row.issued_at) == (entry["subject"], entry["actor"], entry["at"]) and (
        [row.list_number, row.list_index],
        row.kind,
        row.department,
        bytes(row.kid).hex(),
    ) == (details["status"], details["kind"], details["department"], details["kid"])


# What may be published.


def values(connection: Connection, files: Mapping[int, bytes | None], read: Mapping[int, bytes]) -> dict[int, bytes]:
    """The 262,144 bytes of each status list as the trail has them, inside a writing transaction.

    ``files`` are the lists in place, by number (None: there is none), ``read`` their values. From the publication that
    made them on, the trail is followed to its head, whose row is sealed; where the trail knows no such publication it
    is read from its beginning. Raises RegistryError ("tampered") for a stretch that is not whole, an act that could not
    be done, or a carried mark that was changed or removed.
    """
    made = {number: _made(connection, number, data) for number, data in files.items()}
    first = min(made.values(), default=0)
    lists = {number: bytearray(read[number] if made[number] else MAX_BYTES) for number in files}
    told, changes = Told(), []
    for entry in _stretch(connection, first):
        if entry["act"] == "publish":
            _confirm(entry, made, files)
        subject, details = entry["subject"] or "", entry["details"]
        if entry["act"] == "take_effect" and subject not in told.waiting:
            waiting = standing(connection, subject, entry["seq"])[1]
            if waiting is not None:
                told.waiting[subject] = waiting
        told.learn(entry)
        if "state" in details and "effective_at" not in details and subject.isdigit():
            changes.append((entry["seq"], entry["act"], subject, STATES.index(details["state"])))
    if told.impossible:
        raise RegistryError("tampered", f"Nothing is published: {told.impossible[0]}. Call the security officer.")
    _apply(connection, lists, made, changes)
    for mark in seals.whole(connection, CarriedMark):
        if mark.waits is None and mark.list_number in lists:
            set_value(lists[mark.list_number], mark.list_index, mark.state)
    return {number: bytes(packed) for number, packed in lists.items()}


def _made(connection: Connection, number: int, data: bytes | None) -> int:
    """The entry of the publication that made this list; 0 when the registry knows none."""
    if data is None:
        return 0
    mine = (Publication.list_number == number, Publication.digest == sha256(data).digest())
    return connection.scalar(select(func.max(Publication.id)).where(*mine)) or 0


def _confirm(entry: Mapping[str, Any], made: dict[int, int], files: Mapping[int, bytes | None]) -> None:
    """A publication of which the table tells and the trail does not is none."""
    for number, seq in made.items():
        if seq == entry["seq"]:
            digest = sha256(files[number] or b"").hexdigest()
            if not any(one[0] == number and one[4] == digest for one in entry["details"]["lists"]):
                raise _broken(seq)


def _broken(seq: int) -> RegistryError:
    return RegistryError(
        "tampered",
        f"The audit trail is not whole from entry {seq} on, so nothing is published. Keep the database as it is, run"
        ' "wif audit verify", and call the security officer.',
    )


def _stretch(connection: Connection, first: int) -> Iterator[dict[str, Any]]:
    """The entries from ``first`` on, details read, each bound to the next, the last one to the sealed head."""
    [head] = seals.read(connection, ChainHead, select(ChainHead.__table__))
    seq = max(first, 1) - 1
    prev: bytes | None = None if first > 1 else chain.START
    while seq < head.seq:
        rows = connection.execute(select(*_LINK).where(Audit.seq > seq).order_by(Audit.seq).limit(chain.PAGE)).all()
        if not rows:
            raise _broken(seq)
        for row in rows:
            before, hash_ = bytes(row.prev), bytes(row.hash)
            link = chain.link(before, row.seq, row.at, row.actor, row.act, row.subject, row.details)
            if row.seq != seq + 1 or (prev is not None and prev != before) or link != hash_:
                raise _broken(seq + 1)
            seq, prev = row.seq, hash_
            yield dict(row._mapping, details=json.loads(row.details))
    if seq != head.seq or prev != bytes(head.hash):
        raise _broken(seq)


def _apply(
    connection: Connection,
    lists: Mapping[int, bytearray],
    made: Mapping[int, int],
    changes: Sequence[tuple[int, str, str, int]],
) -> None:
    places: dict[str, tuple[int, int]] = {}
    numbers = sorted({int(subject) for _, _, subject, _ in changes})
    for chunk in chunks(numbers):
        rows = connection.execute(select(Attestation.id, Attestation.number).where(Attestation.number.in_(chunk))).all()
        issued = _issues(connection, [row.id for row in rows])
        for row in rows:
            entry = issued.get(row.id)
            if entry is None or entry["subject"] != str(row.number):
                raise tampered(row.number)
            places[str(row.number)] = tuple(entry["details"]["status"])
    for seq, act, subject, value in changes:
        if subject not in places:
            raise tampered(subject)
        number, index = places[subject]
        if number not in lists or seq <= made[number]:
            continue
        now = lists[number][index >> 2] >> (index & 3) * 2 & 3
        if STATES[now] in FINAL and value != now and act != "carry_mark":
            raise tampered(subject)
        set_value(lists[number], index, value)
