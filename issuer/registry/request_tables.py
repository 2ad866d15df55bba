"""The tables of requests: dossiers of Démarches simplifiées, of an import or of the form; their history, alerts, outbox
and synchronisation.

Instants are UTC seconds. States keep the words of the field: ``en_construction``, ``en_instruction``, ``accepte``,
``refuse``, ``sans_suite``. Personal data stands in the ``request`` table alone: what anonymisation empties.
"""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.registry.models import Base, ordered

EN_CONSTRUCTION, EN_INSTRUCTION, ACCEPTE, REFUSE, SANS_SUITE = REQUEST_STATES = (
    "en_construction",
    "en_instruction",
    "accepte",
    "refuse",
    "sans_suite",
)
WAITING = (EN_CONSTRUCTION, EN_INSTRUCTION)
"""States in which somebody still has to do something."""
DECIDED = (ACCEPTE, REFUSE, SANS_SUITE)
SOURCES = ("demarches", "import", "form")


class Request(Base):
    """A request for a work permit: from a dossier, an import or a form."""

    __tablename__ = "request"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    """The service's own public number of the request: 10 digits, random, with a check digit."""
    source: Mapped[str] = mapped_column(String(10))
    demarche: Mapped[int | None] = mapped_column(Integer)
    dossier: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """The number of the dossier in Démarches simplifiées, which its applicant knows."""
    dossier_id: Mapped[str | None] = mapped_column(String(200))
    """Its identifier in GraphQL."""
    reference: Mapped[str | None] = mapped_column(String(80), unique=True)
    """What an import calls it."""
    state: Mapped[str] = mapped_column(String(16))
    deposited_at: Mapped[int] = mapped_column(BigInteger)
    instructed_at: Mapped[int | None] = mapped_column(BigInteger)
    """Passage en instruction."""
    decided_at: Mapped[int | None] = mapped_column(BigInteger)
    """Traitement: accepted, refused or closed."""
    modified_at: Mapped[int] = mapped_column(BigInteger)
    """The last modification that its source knows."""
    withdrawn_at: Mapped[int | None] = mapped_column(BigInteger)
    """When it was deleted at its source."""
    archived: Mapped[int] = mapped_column(SmallInteger, default=0)
    """1 once archived at its source."""
    department: Mapped[str | None] = mapped_column(String(3))
    family_name: Mapped[str | None] = mapped_column(String(200))
    given_names: Mapped[str | None] = mapped_column(String(200))
    birth_date: Mapped[str | None] = mapped_column(String(10))
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""
    person_key: Mapped[str | None] = mapped_column(ordered(200))
    """Names folded and birth date: the same person has the same key."""
    found_by: Mapped[str | None] = mapped_column(Text)
    """Names, employer, permit folded, SIRET and birth date: what the search reads."""
    email: Mapped[str | None] = mapped_column(String(254))
    """Of the usager: where notices go."""
    employer_name: Mapped[str | None] = mapped_column(String(200))
    employer_siret: Mapped[str | None] = mapped_column(String(14))
    contract: Mapped[str | None] = mapped_column(String(20))
    valid_from: Mapped[str | None] = mapped_column(String(10))
    valid_until: Mapped[str | None] = mapped_column(String(10))
    record: Mapped[str] = mapped_column(Text)
    """JSON: the record as mapped, by the names of ``issuer.attestation.record``; what is missing is left out."""
    doubts: Mapped[str] = mapped_column(Text)
    """JSON: ``[{"field", "code", "shown"}]`` what the mapping is unsure of, with the text as it was typed."""
    pieces: Mapped[str] = mapped_column(Text)
    """JSON: ``[{"descriptor", "label", "filename", "type", "size", "checksum"}]``; never an address, for these live one
    hour.
    """
    corrections: Mapped[str] = mapped_column(Text)
    """JSON: field → value, what an agent corrected over the mapped record."""
    aside: Mapped[str | None] = mapped_column(String(40))
    """The code of the reason for which it was set aside, None when it goes its way."""
    aside_details: Mapped[str | None] = mapped_column(Text)
    """JSON: parameters of that reason, and the problems by field."""
    awaited_from: Mapped[str] = mapped_column(String(10))
    """From whom something is awaited: ``usager`` the applicant, ``service``, ``personne`` nobody."""
    awaited: Mapped[str] = mapped_column(String(16))
    """What is awaited: ``pieces`` missing pieces, ``reponse`` an answer to a message, ``examen`` the examination,
    ``correction`` one by the service, ``attestation``, ``rien`` nothing more.
    """
    attestation: Mapped[int | None] = mapped_column(BigInteger)
    """The number of the attestation that answers it."""
    decided_by: Mapped[str | None] = mapped_column(String(64))
    """The account that decided here; None when it was decided at the source."""
    last_message_at: Mapped[int | None] = mapped_column(BigInteger)
    """The last message of the usager."""
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """SHA-256 of what the source last told: the same again changes nothing."""
    revision: Mapped[int] = mapped_column(Integer, default=1)
    """Grows with every change: who changes an older one is told."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    anonymised_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index(None, "department", "state", "deposited_at"),
        Index(None, "state", "deposited_at"),
        Index(None, "aside"),
        Index(None, "person_key"),
        Index(None, "decided_at"),
        Index(None, "deposited_at"),
        Index(None, "demarche", "modified_at"),
        {"sqlite_autoincrement": True},
    )


class RequestEvent(Base):
    """A change of a request's state, for its history and for statistics. Never changed once written."""

    __tablename__ = "request_event"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(Request.id))
    at: Mapped[int] = mapped_column(BigInteger)
    """When it happened at the source, UTC seconds."""
    what: Mapped[str] = mapped_column(String(24))
    """The state it came into, or ``withdrawn``, ``restored``, ``reopened``, ``aside``, ``corrected``, ``attested``,
    ``message`` of the usager, ``asked`` by the service.
    """
    author: Mapped[str] = mapped_column(String(64))
    """``demarches`` for what the source told, else the account."""
    seen_at: Mapped[int] = mapped_column(BigInteger)
    """When it was written here."""

    __table_args__ = (Index(None, "request_id", "id"), Index(None, "at"), {"sqlite_autoincrement": True})


class RequestAlert(Base):
    """An anomaly of a request: since when, and who settled it."""

    __tablename__ = "request_alert"

    request_id: Mapped[int] = mapped_column(ForeignKey(Request.id), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    since: Mapped[int] = mapped_column(BigInteger)
    details: Mapped[str] = mapped_column(Text)
    """JSON: parameters of the words, never personal data."""
    settled_at: Mapped[int | None] = mapped_column(BigInteger)
    settled_by: Mapped[str | None] = mapped_column(String(64))
    """The account that settled it; None when it went away by itself."""

    __table_args__ = (Index(None, "settled_at", "code"),)


class RequestLetter(Base):
    """What the service wrote to an applicant: a refusal, a closing, or a message that asks for something."""

    __tablename__ = "request_letter"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(Request.id), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """``refuse``, ``sans_suite`` or ``message``."""
    reason: Mapped[str | None] = mapped_column(String(24))
    """A code of ``issuer.demarches.closing.REASONS``; None for a message."""
    legal_basis: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    """The agent's words; emptied with the personal data."""
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The letter as it was given, its exact bytes; None for a message and once the personal data are erased."""
    author: Mapped[str] = mapped_column(String(64))
    at: Mapped[int] = mapped_column(BigInteger)
    sent_at: Mapped[int | None] = mapped_column(BigInteger)
    """When Démarches simplifiées had it; None without a dossier, or while it is on its way."""

    __table_args__ = ({"sqlite_autoincrement": True},)


class RequestTask(Base):
    """One line of the outbox: what is still to be done in Démarches simplifiées, step by step."""

    __tablename__ = "request_task"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(Request.id))
    kind: Mapped[str] = mapped_column(String(12))
    """``accept``: give the PDF and accept; ``deliver``: send the PDF by message; ``sign``: only sign; ``close``: refuse
    or close with the letter; ``message``: write to the usager.
    """
    step: Mapped[str] = mapped_column(String(16))
    """The step that comes next: ``check``, ``sign``, ``upload``, ``send``, ``done``, ``failed``."""
    data: Mapped[str] = mapped_column(Text)
    """JSON: what the steps before left behind (the record as decided, the blob's identifier)."""
    author: Mapped[str] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(String(40))
    """The code of what last went wrong."""
    due_at: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)
    done_at: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(Integer)
    """1 for a request's first decision; a reopened one that is decided again has another."""

    __table_args__ = (
        UniqueConstraint("request_id", "round"),
        Index(None, "done_at", "due_at"),
        {"sqlite_autoincrement": True},
    )


class DemarcheSync(Base):
    """How far the synchronisation of one démarche has come."""

    __tablename__ = "demarche_sync"

    demarche: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    since: Mapped[int] = mapped_column(BigInteger)
    """``updatedSince`` of the run under way, UTC seconds; 0 for everything."""
    cursor: Mapped[str | None] = mapped_column(String(400))
    """After which page the run goes on, None when none is under way."""
    newest: Mapped[int] = mapped_column(BigInteger)
    """The latest modification seen: the next run begins an overlap before it."""
    deleted_since: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(String(40))
    """The code of what stopped the last run."""
    dossiers: Mapped[int] = mapped_column(Integer)
    """Dossiers seen by the last run."""
    requests: Mapped[int] = mapped_column(Integer)
    """Calls that it took."""


class Lease(Base):
    """Work that one process at a time may do: who holds it, until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[int] = mapped_column(BigInteger)
