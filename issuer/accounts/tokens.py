"""Bearer tokens of other programs (RFC 6750): shown once, stored hashed, with scopes and an end."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row as SelectedRow, insert, select, update

from issuer.accounts.directory import PREFIX, Account
from issuer.accounts.errors import AccountRefused
from issuer.accounts.roles import ACT, ISSUE, READ, SCOPES
from issuer.registry import chain, entering, seals
from issuer.registry.account_tables import ApiToken as Row
from issuer.registry.database import new_id, reading, write
from keys import latin

LIFE = 90
"""Days for which a token lasts unless somebody says otherwise."""
LONGEST_LIFE = 366
"""Days for which a token may last."""
TOUCH = 60
"""Seconds between two notes of use: not every call writes."""
NEEDED = {"read": READ, "issue": ISSUE, "act": ACT}
"""Scope → the permission that the account must have as well."""


@dataclass(frozen=True)
class Token:
    """A token without its secret. Times are UTC seconds."""

    id: int
    account_id: int
    label: str
    scopes: tuple[str, ...]
    created_at: int
    expires_at: int
    revoked_at: int | None
    last_used_at: int | None


class Tokens:
    """The API tokens of one home."""

    def __init__(
        self, engine: Engine, clock: Callable[[], int], random_token: Callable[[int], str] = secrets.token_urlsafe
    ) -> None:
        self.engine, self.clock, self._random = engine, clock, random_token

    def make(self, account: Account, label: str, scopes: tuple[str, ...], days: int, author: str) -> tuple[Token, str]:
        """A new token and the text to hand over, ``wif_<id>_<43 characters>``. Raises AccountRefused."""
        label = label.strip()
        if not latin.follows(label, 1, 80):
            raise AccountRefused(
                "label", "token_label", "Name the program that will use the token, in 1 to 80 characters."
            )
        allowed = tuple(scope for scope in SCOPES if scope in scopes and account.may(NEEDED[scope]))
        if not allowed or set(allowed) != set(scopes):
            raise AccountRefused(
                "scopes", "token_scopes", "Choose at least one scope, and none that the account itself may not do."
            )
        if not 1 <= days <= LONGEST_LIFE:
            raise AccountRefused("days", "token_days", f"A token lasts 1 to {LONGEST_LIFE} days.")
        secret, now = self._random(32), self.clock()

        def work(connection: Connection) -> int:
            made = connection.execute(
                insert(Row).values(
                    account_id=account.id,
                    label=label,
                    digest=entering.token_digest(connection, _hash(secret)),
                    scopes=" ".join(allowed),
                    created_at=now,
                    expires_at=now + days * 86_400,
                )
            )
            id_ = new_id(made)
            chain.append(
                connection,
                now,
                author,
                [
                    chain.Act(
                        "token_made",
                        f"{PREFIX}{account.id}",
                        {
                            "token": id_,
                            "scopes": list(allowed),
                            "days": days,
                            **entering.token_row(connection, id_),
                        },
                    )
                ],
            )
            return id_

        id_ = write(self.engine, work)
        return Token(id_, account.id, label, allowed, now, now + days * 86_400, None, None), f"wif_{id_}_{secret}"

    def find(self, text: str) -> Token | None:
        """The token of this text while it lasts; None for any other text. Notes that it was used."""
        prefix, _, rest = text.partition("_")
        number, _, secret = rest.partition("_")
        if (
            prefix != "wif"
            or not (number.isascii() and number.isdigit() and len(number) < 10)
            or not 20 <= len(secret) <= 64
        ):
            return None
        with reading(self.engine) as connection:
            row = connection.execute(select(Row.__table__).where(Row.id == int(number))).first()
            given = entering.token_digest(connection, _hash(secret))
            if row is not None:
                seals.trusted(connection, seals.table_of(Row), [row])
        if (
            row is None
            or not hmac.compare_digest(bytes(row.digest), given)
            or row.revoked_at is not None
            or row.expires_at <= self.clock()
        ):
            return None
        now = self.clock()
        if row.last_used_at is None or row.last_used_at < now - TOUCH:
            used = update(Row).where(Row.id == row.id).values(last_used_at=now)
            write(self.engine, lambda connection: connection.execute(used))
        return _token(row)

    def of(self, account_id: int) -> list[Token]:
        """The tokens of an account, the newest first."""
        with reading(self.engine) as connection:
            return [
                _token(row)
                for row in connection.execute(
                    select(Row.__table__).where(Row.account_id == account_id).order_by(Row.id.desc())
                )
            ]

    def labels(self, account_id: int) -> str:
        """The labels of an account's tokens that open something now, with commas between; empty for none."""
        now = self.clock()
        return ", ".join(one.label for one in self.of(account_id) if not one.revoked_at and one.expires_at > now)

    def revoke(self, id_: int, account_id: int, author: str) -> bool:
        """End a token of this account; False when there is no such one."""

        def work(connection: Connection) -> bool:
            done = connection.execute(
                update(Row)
                .where(Row.id == id_, Row.account_id == account_id, Row.revoked_at.is_(None))
                .values(revoked_at=self.clock())
            )
            if done.rowcount:
                chain.append(
                    connection,
                    self.clock(),
                    author,
                    [
                        chain.Act(
                            "token_revoked",
                            f"{PREFIX}{account_id}",
                            {"token": id_, **entering.token_row(connection, id_)},
                        )
                    ],
                )
            return bool(done.rowcount)

        return write(self.engine, work)


def _token(row: SelectedRow[*tuple[Any, ...]]) -> Token:
    return Token(
        row.id,
        row.account_id,
        row.label,
        tuple(row.scopes.split()),
        row.created_at,
        row.expires_at,
        row.revoked_at,
        row.last_used_at,
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
