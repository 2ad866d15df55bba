"""The tables. Portable SQL types only: SQLite and PostgreSQL hold the same ones.

Instants are integers: UTC seconds. Days are dates, in the time zone of the deciding département.
Personal data stands in ``archive``, ``name_word``, ``event.legal_basis``, ``event.forced`` and the
``employer`` columns of ``attestation``: what anonymisation empties. The ``audit`` table never holds any.
"""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

VALID, REVOKED, SUSPENDED, REPLACED = range(4)
"""The states, which are the values of the status list (``docs/format.md`` §4)."""
STATES = ("valid", "revoked", "suspended", "replaced")
"""The word of each state."""

LIST_SIZE = 1_048_576
"""Entries of one status list."""


def ordered(length: int) -> String:
    """A text that is compared byte by byte everywhere, so that prefixes are ranges of an index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Base(DeclarativeBase):
    """The base of every table; constraints are named so that later migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Audit(Base):
    """One link of the audit chain: an act, who did it, when, and the hash of it all and of the link before."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """From 1, without a gap."""
    at: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(64))
    """The identifier of an account, never a name."""
    act: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(64))
    """What the act is about: ``4829130571`` for an attestation."""
    details: Mapped[str] = mapped_column(Text)
    """Canonical JSON object: codes, identifiers and salted hashes."""
    prev: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (Index(None, "subject", "seq"),)


class ChainHead(Base):
    """The last link of the audit chain: one row, locked by every writer."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class StatusList(Base):
    """A status list and how many of its indexes are taken."""

    __tablename__ = "status_list"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    used: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[int] = mapped_column(BigInteger)


class Attestation(Base):
    """An attestation: what it is found by, and its state."""

    __tablename__ = "attestation"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The ``seq`` of the audit entry of its issue: grows with time, internal, never printed."""
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    """10 digits, random, with a check digit."""
    list_number: Mapped[int] = mapped_column(ForeignKey(StatusList.number))
    list_index: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(SmallInteger)
    """One of VALID, REVOKED, SUSPENDED, REPLACED: what is published."""
    next_state: Mapped[int | None] = mapped_column(SmallInteger)
    """The state that a decision with a later effective date gives it."""
    next_at: Mapped[int | None] = mapped_column(BigInteger)
    """When ``next_state`` takes effect: 00:00 of the effective day in the département's zone."""
    kind: Mapped[str] = mapped_column(String(16))
    department: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    not_before: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)
    issued_at: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[str] = mapped_column(String(64))
    kid: Mapped[bytes] = mapped_column(LargeBinary(8))
    replaces: Mapped[int | None] = mapped_column(BigInteger)
    employer_siret: Mapped[str | None] = mapped_column(String(14))
    employer_key: Mapped[str | None] = mapped_column(ordered(160))
    """The employer's name, folded."""
    anonymised_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("list_number", "list_index"),
        CheckConstraint("state BETWEEN 0 AND 3", name="state"),
        CheckConstraint("list_index BETWEEN 0 AND 1048575", name="index"),
        CheckConstraint("number BETWEEN 1000000000 AND 9999999999", name="number"),
        Index(None, "list_number", "state", "list_index"),
        Index(None, "issued_at", "id"),
        Index(None, "state", "id"),
        Index(None, "department", "id", "not_before", "expires"),
        Index(None, "employer_siret", "id"),
        Index(None, "employer_key", "id"),
        Index(None, "id", "not_before", "expires"),
        Index(None, "expires", "id", "not_before"),
        Index(None, "not_before", "id", "expires"),
        Index(None, "next_at"),
    )


class Archive(Base):
    """What was signed and printed, kept exactly; the row goes when the attestation is anonymised."""

    __tablename__ = "archive"

    attestation_id: Mapped[int] = mapped_column(ForeignKey(Attestation.id), primary_key=True, autoincrement=False)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    """The whole COSE_Sign1, byte for byte."""
    annex: Mapped[str] = mapped_column(Text)
    """JSON: the signatory (CRPA L212-1), printed but not in the QR."""
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Of the hashes that the audit entry of the issue holds."""


class LogLeaf(Base):
    """A leaf of the transparency log, one for each signed token, in the order of issue."""

    __tablename__ = "log_leaf"

    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """From 0, without a gap."""
    attestation_id: Mapped[int | None] = mapped_column(ForeignKey(Attestation.id), unique=True)
    """None: taken over from the published log after a restore; this registry does not know the attestation."""
    entry: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256(salt ‖ token), as in the audit entry of the issue."""


class LogTile(Base):
    """The root of a full tile of the log: 256 hashes of the level below."""

    __tablename__ = "log_tile"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))


class ReferenceUse(Base):
    """A reference already used to issue, so that issuing again answers the same attestation."""

    __tablename__ = "reference_use"

    reference: Mapped[str] = mapped_column(String(200), primary_key=True)
    attestation_id: Mapped[int] = mapped_column(ForeignKey(Attestation.id), unique=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    content: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Salted hash of the record's content."""


class NameWord(Base):
    """A word by which an attestation is found: of the holder's names, folded; of employer, birth date and residence
    permit behind a sign of their own (:mod:`issuer.registry.names`).
    """

    __tablename__ = "name_word"

    word: Mapped[str] = mapped_column(ordered(40), primary_key=True)
    attestation_id: Mapped[int] = mapped_column(ForeignKey(Attestation.id), primary_key=True, autoincrement=False)

    __table_args__ = (Index(None, "attestation_id", "word"), {"sqlite_with_rowid": False})


class Event(Base):
    """An act on an attestation after its issue, with its grounds."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The ``seq`` of its audit entry."""
    attestation_id: Mapped[int] = mapped_column(ForeignKey(Attestation.id))
    act: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(24))
    legal_basis: Mapped[str | None] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    at: Mapped[int] = mapped_column(BigInteger)
    effective_on: Mapped[date | None] = mapped_column(Date)
    notified_on: Mapped[date | None] = mapped_column(Date)
    heard_on: Mapped[date | None] = mapped_column(Date)
    forced: Mapped[str | None] = mapped_column(Text)
    """Why a legal limit was passed over, in the author's words."""
    other_number: Mapped[int | None] = mapped_column(BigInteger)
    """The number of the attestation that replaces this one."""
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))

    __table_args__ = (Index(None, "attestation_id", "id"),)


class Publication(Base):
    """A status list signed for publication: its iat grows strictly."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The ``seq`` of its audit entry."""
    list_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    issued_at: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)
    kid: Mapped[bytes] = mapped_column(LargeBinary(8))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the file."""
    withdrawn: Mapped[int | None] = mapped_column(SmallInteger)
    """1 once it was taken back as one from the future: later ones need not be later."""

    __table_args__ = (UniqueConstraint("list_number", "issued_at"),)


class CarriedMark(Base):
    """A mark of a place that is no attestation's here, published on for ever: of one that the registry lost, because an
    older backup was restored; or of a paper that was signed beside the registry (:mod:`issuer.desk.foreign`).
    """

    __tablename__ = "carried_mark"

    list_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    list_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[int] = mapped_column(SmallInteger)
    """REVOKED, SUSPENDED or REPLACED."""
    waits: Mapped[int | None] = mapped_column(SmallInteger)
    """1 while a second person has yet to confirm it: then it is not published."""
    number: Mapped[int | None] = mapped_column(BigInteger)
    """Of the paper that nobody issued here, where it is known."""
    basis: Mapped[str | None] = mapped_column(Text)
    """Why it turns red."""
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    """Of the hash of ``basis`` in the audit entry."""
    author: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("state BETWEEN 1 AND 3", name="state"),)


class Compatibility(Base):
    """Which programs may work on these tables: one row, written by each migration."""

    __tablename__ = "compatibility"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    oldest: Mapped[str] = mapped_column(String(32))
    """The oldest revision whose program works on the tables as they are now."""

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class RowSeal(Base):
    """The seal of one row of a table, under the server's secret (:mod:`issuer.registry.seals`)."""

    __tablename__ = "row_seal"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    """The table's."""
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    """The row's primary key, as a JSON array."""
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class RowTotal(Base):
    """How many rows of a table are sealed, sealed itself; the empty name: that the tables are, and under which key."""

    __tablename__ = "row_total"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))
