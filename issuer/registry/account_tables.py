"""The tables of people: accounts, sessions, throttles, API tokens; and of work under way: drafts, imports, proposals.

Instants are UTC seconds. Secrets stand here only hashed (passwords, tokens, recovery codes) or sealed (TOTP).
Personal data of holders stands in ``draft.fields`` until the draft is signed or a week old.
"""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from issuer.registry.models import Base


class Account(Base):
    """A person who signs in. The audit trail names them ``agent-<id>`` only."""

    __tablename__ = "account"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    identifier: Mapped[str] = mapped_column(String(40), unique=True)
    """What the person types to sign in: 2 to 40 of ``a-z 0-9 . _ -``."""
    role: Mapped[str] = mapped_column(String(16))
    departments: Mapped[str] = mapped_column(Text)
    """Département codes separated by spaces; ``*`` for all."""
    given_names: Mapped[str | None] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120))
    service: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2))
    password: Mapped[str] = mapped_column(String(160))
    """argon2id in the encoded form of libsodium."""
    must_change: Mapped[int] = mapped_column(SmallInteger)
    """1 when the password was given by somebody else."""
    totp: Mapped[bytes | None] = mapped_column(LargeBinary(128))
    """The sealed TOTP secret, None until the second factor is set up."""
    totp_used: Mapped[int] = mapped_column(BigInteger)
    """The last time step that was accepted: no code is taken twice (RFC 6238 §5.2)."""
    recovery: Mapped[str] = mapped_column(Text)
    """Hashes of the recovery codes left, separated by spaces."""
    subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    """The OpenID Connect ``sub`` of this person."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    disabled_at: Mapped[int | None] = mapped_column(BigInteger)


class Session(Base):
    """A browser that is signed in; the cookie holds the token, this table its hash."""

    __tablename__ = "session"

    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    stage: Mapped[str] = mapped_column(String(8))
    """``password`` until the second factor was given, then ``full``."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str] = mapped_column(String(60))
    """The browser and system as the person would name them."""
    id_token: Mapped[str | None] = mapped_column(Text)
    """The identity token of a provider, sealed: it is shown there when this session is left."""

    __table_args__ = (Index(None, "account_id"), Index(None, "seen_at"))


class KeptForm(Base):
    """What somebody typed while their session ended, sealed, until they are back from their identity provider;
    worthless after an hour.
    """

    __tablename__ = "kept_form"

    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """The hash of the token that the browser's cookie holds."""
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), unique=True)
    sealed: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index(None, "at"),)


class Throttle(Base):
    """How often something was tried. Keys are hashes: they say nothing of who tried."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    since: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int] = mapped_column(BigInteger)
    """Until when the next try is refused; 0 when it is not."""

    __table_args__ = (Index(None, "since"),)


class ApiToken(Base):
    """A bearer token of another program, acting for an account."""

    __tablename__ = "api_token"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    label: Mapped[str] = mapped_column(String(80))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)
    last_used_at: Mapped[int | None] = mapped_column(BigInteger)
    """To about a minute."""


class ApiAnswer(Base):
    """What an act asked with an Idempotency-Key answered, to be answered again for a day."""

    __tablename__ = "api_answer"

    token_id: Mapped[int] = mapped_column(ForeignKey(ApiToken.id), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the request: another request under the same key is refused."""
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = mapped_column(BigInteger, index=True)


class Draft(Base):
    """A form that is being filled in. Its identifier makes signing happen once."""

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    replaces: Mapped[int | None] = mapped_column(BigInteger)
    """The number of the attestation that this one is to replace."""
    origin: Mapped[int | None] = mapped_column(BigInteger)
    """The number of the attestation whose renewal this is."""
    fields: Mapped[str] = mapped_column(Text)
    """JSON: field name → what was typed."""
    updated_at: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int | None] = mapped_column(BigInteger)
    """What it was signed as."""

    __table_args__ = (Index(None, "account_id", "updated_at"),)


class ImportJob(Base):
    """A file of records that is being imported."""

    __tablename__ = "import_job"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))
    """``checking``, ``checked``, ``signing``, ``done`` or ``broken``."""
    message: Mapped[str | None] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(Integer)
    good: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    warned: Mapped[int] = mapped_column(Integer, server_default="0")
    """Rows that bear a warning: signed only where that was accepted."""
    already: Mapped[int] = mapped_column(Integer, server_default="0")
    """Rows that are signed already under the same reference, with the same content."""
    accepted: Mapped[int] = mapped_column(Integer, server_default="0")
    """1: the warnings of the dry run were accepted."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    beat_at: Mapped[int] = mapped_column(BigInteger)
    """When the process that works on it last said so."""

    __table_args__ = (Index(None, "account_id", "created_at"),)


class Proposal(Base):
    """A revocation or a replacement that waits for a second person."""

    __tablename__ = "proposal"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, index=True)
    department: Mapped[str] = mapped_column(String(3))
    grounds: Mapped[str] = mapped_column(Text)
    """JSON: the grounds as they were typed and checked; for a replacement also ``act`` and ``another_holder``, which a
    program that knows revocations only cannot take for one.
    """
    record: Mapped[str | None] = mapped_column(Text)
    """JSON: the record of a replacement, until somebody decides."""
    proposed_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
    proposed_at: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    decided_at: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None] = mapped_column(String(12))
    """``confirmed`` or ``rejected``."""
    reason: Mapped[str | None] = mapped_column(String(500))
    """Why it was rejected."""
    told_at: Mapped[int | None] = mapped_column(BigInteger)
    """When its author read that it was rejected."""
