"""The accounts: adding, changing, finding them. Every change is an entry of the audit trail, which names them
``agent-<id>``.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row as SelectedRow, Select, delete, insert, select, update

from issuer.accounts import passwords
from issuer.accounts.breached import Known, nobody
from issuer.accounts.errors import AccountRefused
from issuer.accounts.roles import EVERYWHERE, ROLES, allows
from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.record import MAX_SIGNATORY, Signatory
from issuer.attestation.record_fields import clean
from issuer.registry import chain, entering, seals
from issuer.registry.account_tables import Account as Row, ApiToken, Session
from issuer.registry.database import new_id, reading, write
from keys import latin

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}", re.ASCII)
PREFIX = entering.ACCOUNT
PASSING = ("sign_", "export", "audit_", "disclose")
"""How the acts begin that change nothing of an account: the others bind its row."""


@dataclass(frozen=True)
class Account:
    """A person who signs in. ``id`` is internal; times are UTC seconds. Its ``repr`` shows no name."""

    id: int
    identifier: str = field(repr=False)
    role: str
    departments: tuple[str, ...]
    family_name: str = field(repr=False)
    title: str = field(repr=False)
    service: str = field(repr=False)
    given_names: str | None = field(repr=False)
    language: str
    must_change: bool
    has_factor: bool
    recovery_left: int
    subject: str | None = field(repr=False)
    created_at: int
    disabled_at: int | None

    @property
    def author(self) -> str:
        """How the audit trail names this person."""
        return f"{PREFIX}{self.id}"

    @property
    def name(self) -> str:
        """Given names and family name."""
        return " ".join(filter(None, (self.given_names, self.family_name)))

    def may(self, permission: str) -> bool:
        """Whether the role allows it."""
        return allows(self.role, permission)

    def covers(self, department: str) -> bool:
        """Whether this person works for a département."""
        return self.everywhere or department in self.departments

    @property
    def everywhere(self) -> bool:
        """Whether this person works for all départements."""
        return EVERYWHERE in self.departments or self.role == "auditor"

    def signatory(self) -> Signatory:
        """Who decides, as the decision must show (CRPA L212-1)."""
        return Signatory(
            family_name=self.family_name, title=self.title, service=self.service, given_names=self.given_names
        )


class Directory:
    """The accounts of one home."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], int],
        below: Callable[[int], int] = secrets.randbelow,
        breached: Known = nobody,
    ) -> None:
        self.engine, self.clock, self._below, self._breached = engine, clock, below, breached

    def add(
        self,
        identifier: str,
        role: str,
        departments: tuple[str, ...],
        family_name: str,
        title: str,
        service: str,
        author: str,
        given_names: str | None = None,
        password: str | None = None,
        language: str = "fr",
    ) -> tuple[Account, str]:
        """A new account and its first password (drawn unless given), to be changed at the first sign-in. Raises
        AccountRefused.
        """
        identifier = looked_up(identifier)
        if not IDENTIFIER.fullmatch(identifier):
            raise AccountRefused(
                "identifier",
                "identifier",
                "The identifier is 2 to 40 of the letters a to z, digits, dots, underscores and hyphens.",
            )
        values = checked(role, departments, given_names, family_name, title, service, language)
        drawn = password is None
        password = self.draw_password() if password is None else passwords.check(password, identifier, self._breached)
        stored = passwords.hashed(password)

        def work(connection: Connection) -> int:
            if connection.scalar(select(Row.id).where(Row.identifier == identifier)) is not None:
                raise AccountRefused(
                    "identifier",
                    "identifier_taken",
                    "An account of this identifier exists already. Choose another one.",
                )
            made = connection.execute(
                insert(Row).values(
                    identifier=identifier,
                    password=stored,
                    must_change=int(drawn),
                    totp=None,
                    totp_used=0,
                    recovery="",
                    created_at=self.clock(),
                    **values,
                )
            )
            id_ = new_id(made)
            self._note(connection, author, "account_added", id_, role=role, departments=list(departments))
            return id_

        account = self.get(write(self.engine, work))
        if account is None:
            raise LookupError("an account that was just written is not there")
        return account, password

    def draw_password(self) -> str:
        """A password to hand over: 16 letters and digits in groups, 78 bits."""
        letters = "abcdefghjkmnpqrstuvwxyz23456789"
        return "-".join("".join(letters[self._below(len(letters))] for _ in range(4)) for _ in range(4))

    def get(self, id_: int) -> Account | None:
        """The account of this internal number."""
        with reading(self.engine) as connection:
            return _found(connection, select(Row.__table__).where(Row.id == id_))

    def by_identifier(self, identifier: str) -> Account | None:
        """The account that signs in under this identifier, in any case."""
        wanted = looked_up(identifier)
        if not IDENTIFIER.fullmatch(wanted):
            return None
        with reading(self.engine) as connection:
            return _found(connection, select(Row.__table__).where(Row.identifier == wanted))

    def by_subject(self, subject: str) -> Account | None:
        """The account bound to this OpenID Connect subject."""
        with reading(self.engine) as connection:
            return _found(connection, select(Row.__table__).where(Row.subject == subject))

    def all(self) -> list[Account]:
        """Every account, by identifier."""
        with reading(self.engine) as connection:
            return [_account(row) for row in connection.execute(select(Row.__table__).order_by(Row.identifier))]

    def names(self) -> dict[str, str]:
        """Author as the audit trail names them → name for the screen."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(Row.id, Row.given_names, Row.family_name)).all()
        return {f"{PREFIX}{row.id}": " ".join(filter(None, (row.given_names, row.family_name))) for row in rows}

    def change(
        self,
        id_: int,
        author: str,
        role: str,
        departments: tuple[str, ...],
        family_name: str,
        title: str,
        service: str,
        given_names: str | None,
        language: str,
    ) -> None:
        """Change what an account is; another role or other départements end its sessions and API tokens. Raises
        AccountRefused.
        """
        values = checked(role, departments, given_names, family_name, title, service, language)

        def work(connection: Connection) -> None:
            before = connection.execute(select(Row.role, Row.departments).where(Row.id == id_)).one()
            connection.execute(update(Row).where(Row.id == id_).values(**values))
            if before.role == "administrator" and role != "administrator":
                self._keep_an_administrator(connection)
            ended = {}
            if (before.role, before.departments) != (role, " ".join(departments)):
                ended = end_access(connection, id_, self.clock())
            self._note(connection, author, "account_changed", id_, role=role, departments=list(departments), **ended)

        write(self.engine, work)

    def set_enabled(self, id_: int, enabled: bool, author: str, reason: str | None = None) -> None:
        """Let an account in again, or shut it out at once: its sessions end and its API tokens with it. The code of the
        ``reason`` stands in the trail.
        """

        def work(connection: Connection) -> None:
            now = self.clock()
            connection.execute(update(Row).where(Row.id == id_).values(disabled_at=None if enabled else now))
            ended = {}
            if not enabled:
                self._keep_an_administrator(connection)
                ended = end_access(connection, id_, now) | ({"reason": reason} if reason else {})
            self._note(connection, author, "account_enabled" if enabled else "account_disabled", id_, **ended)

        write(self.engine, work)

    def reset(self, id_: int, author: str, reason: str | None = None) -> str:
        """A new password to hand over; the second factor is set up anew, every session and API token ends. The code of
        the ``reason`` stands in the trail.
        """
        password = self.draw_password()
        stored = passwords.hashed(password)

        def work(connection: Connection) -> None:
            connection.execute(
                update(Row)
                .where(Row.id == id_)
                .values(password=stored, must_change=1, totp=None, totp_used=0, recovery="")
            )
            ended = end_access(connection, id_, self.clock()) | ({"reason": reason} if reason else {})
            self._note(connection, author, "account_reset", id_, **ended)

        write(self.engine, work)
        return password

    def sign_out_everywhere(self, id_: int, author: str) -> int:
        """End every session and API token of an account; how many sessions ended."""

        def work(connection: Connection) -> int:
            ended = end_access(connection, id_, self.clock())
            self._note(connection, author, "sign_out_everywhere", id_, **ended)
            return ended["sessions"]

        return write(self.engine, work)

    def bind(self, id_: int, subject: str | None, author: str) -> None:
        """Bind an account to an OpenID Connect subject, or to none; sessions and API tokens of the former one end.
        Raises AccountRefused when another account has it.
        """
        if subject is not None and not 1 <= len(subject) <= 255:
            raise AccountRefused("subject", "subject", "The identity provider's subject is 1 to 255 characters.")

        def work(connection: Connection) -> None:
            if (
                subject is not None
                and connection.scalar(select(Row.id).where(Row.subject == subject, Row.id != id_)) is not None
            ):
                raise AccountRefused("subject", "subject_taken", "Another account is bound to this subject already.")
            connection.execute(update(Row).where(Row.id == id_).values(subject=subject))
            ended = end_access(connection, id_, self.clock())
            self._note(connection, author, "account_bound" if subject else "account_unbound", id_, **ended)

        write(self.engine, work)

    def note(self, author: str, act: str, id_: int, **details: object) -> None:
        """Write an entry of the audit trail about an account."""
        write(self.engine, lambda connection: self._note(connection, author, act, id_, **details))

    def _note(self, connection: Connection, author: str, act: str, id_: int, **details: object) -> None:
        note(connection, self.clock(), author, act, id_, **details)

    @staticmethod
    def _keep_an_administrator(connection: Connection) -> None:
        left = connection.scalar(select(Row.id).where(Row.role == "administrator", Row.disabled_at.is_(None)).limit(1))
        if left is None:
            raise AccountRefused(
                "role", "last_administrator", "This is the last administrator. Name another one first."
            )


def looked_up(identifier: str) -> str:
    """An identifier as the table holds it, however it was typed: what is looked up is what tries are counted under."""
    return identifier.strip().lower()


def end_access(connection: Connection, id_: int, now: int) -> dict[str, Any]:
    """End every session and API token of an account, inside a transaction: how many ``sessions``, and which
    ``tokens`` with what binds their rows, for the audit trail.
    """
    sessions = connection.execute(delete(Session).where(Session.account_id == id_)).rowcount
    mine = (ApiToken.account_id == id_, ApiToken.revoked_at.is_(None))
    tokens = list(connection.execute(select(ApiToken.id).where(*mine).order_by(ApiToken.id)).scalars())
    connection.execute(update(ApiToken).where(*mine).values(revoked_at=now))
    rows = [entering.token_row(connection, token).get("row") for token in tokens]
    return {"sessions": sessions, "tokens": tokens, "rows": rows}


def note(connection: Connection, at: int, author: str, act: str, id_: int, **details: object) -> None:
    """Write an entry of the audit trail about an account, inside a transaction, once the account is as it is to be: the
    entry binds its row.
    """
    bound = {} if act.startswith(PASSING) else entering.account_row(connection, id_)
    chain.append(connection, at, author, [chain.Act(act, f"{PREFIX}{id_}", {**details, **bound})])


def _found(connection: Connection, query: Select[Any]) -> Account | None:
    row = connection.execute(query).first()
    if row is None:
        return None
    seals.trusted(connection, seals.table_of(Row), [row])
    return _account(row)


def checked(
    role: str,
    departments: tuple[str, ...],
    given_names: str | None,
    family_name: str,
    title: str,
    service: str,
    language: str,
) -> dict[str, object]:
    """The columns of an account's description. Raises AccountRefused naming the field."""
    if role not in ROLES:
        raise AccountRefused("role", "role", f"The role is one of {', '.join(ROLES)}.")
    unknown = [code for code in departments if code != EVERYWHERE and code not in DEPARTMENTS]
    if unknown or len(set(departments)) != len(departments):
        raise AccountRefused(
            "departments", "departments", "The départements are codes such as 75 or 2A, each once, or * for all."
        )
    if role in ("agent", "supervisor") and not departments:
        raise AccountRefused(
            "departments", "departments_missing", "An agent or a supervisor works for at least one département."
        )
    if language not in ("fr", "en"):
        raise AccountRefused("language", "language", "The language is fr or en.")
    texts: dict[str, object] = {}
    for name, value, required in (
        ("given_names", given_names, False),
        ("family_name", family_name, True),
        ("title", title, True),
        ("service", service, True),
    ):
        text = clean((value or "").strip()) if len(value or "") <= 1000 else "\0"
        if not text and not required:
            texts[name] = None
        elif not latin.follows(text, 1, MAX_SIGNATORY):
            raise AccountRefused(
                name,
                "signatory_text",
                f"Give 1 to {MAX_SIGNATORY} Latin characters, without doubled spaces: it is printed on each decision.",
            )
        else:
            texts[name] = text
    return {"role": role, "departments": " ".join(departments), "language": language, **texts}


def _account(row: SelectedRow[*tuple[Any, ...]]) -> Account:
    return Account(
        id=row.id,
        identifier=row.identifier,
        role=row.role,
        departments=tuple(row.departments.split()),
        family_name=row.family_name,
        title=row.title,
        service=row.service,
        given_names=row.given_names,
        language=row.language,
        must_change=bool(row.must_change),
        has_factor=row.totp is not None,
        recovery_left=len(row.recovery.split()),
        subject=row.subject,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
