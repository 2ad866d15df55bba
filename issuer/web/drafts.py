"""Forms being filled in, kept in the database: a lost connection loses nothing, and a draft is signed once."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row as SelectedRow, delete, insert, select, update

from issuer.registry import seals
from issuer.registry.account_tables import Draft as Row
from issuer.registry.database import reading, write

LIFE = 7 * 24 * 3600
"""Seconds for which an untouched draft is kept."""
LONGEST_FIELD = 2000
"""Characters kept of one field: more is cut, and refused by the record's own checks."""


@dataclass(frozen=True)
class Draft:
    """A draft: ``fields`` is what was typed, by dotted name; ``number`` what it was signed as."""

    id: str
    account_id: int
    replaces: int | None
    origin: int | None
    fields: dict[str, str] = field(repr=False)
    updated_at: int
    number: int | None

    @property
    def reference(self) -> str:
        """The reference under which it is signed when none was typed: so it is signed once."""
        return f"WEB-{self.id}"


class Drafts:
    """The drafts of one home."""

    def __init__(
        self, engine: Engine, clock: Callable[[], int], random_text: Callable[[int], str] = secrets.token_hex
    ) -> None:
        self.engine, self.clock, self._random = engine, clock, random_text

    def make(
        self, account_id: int, fields: dict[str, str], replaces: int | None = None, origin: int | None = None
    ) -> Draft:
        """A new draft; drafts unchanged for a week are deleted."""
        draft = Draft(self._random(8).upper(), account_id, replaces, origin, _kept(fields), self.clock(), None)

        def work(connection: Connection) -> None:
            connection.execute(delete(Row).where(Row.updated_at < draft.updated_at - LIFE))
            connection.execute(
                insert(Row).values(
                    id=draft.id,
                    account_id=account_id,
                    replaces=replaces,
                    origin=origin,
                    fields=json.dumps(draft.fields),
                    updated_at=draft.updated_at,
                )
            )

        write(self.engine, work)
        return draft

    def find(self, id_: str, account_id: int) -> Draft | None:
        """This person's draft; None for another's."""
        with reading(self.engine) as connection:
            rows = seals.read(
                connection, Row, select(Row.__table__).where(Row.id == id_[:24], Row.account_id == account_id)
            )
        return _draft(rows[0]) if rows else None

    def save(self, draft: Draft, fields: dict[str, str]) -> None:
        """Keep what was typed; a signed draft stays as it was."""
        write(
            self.engine,
            lambda connection: connection.execute(
                update(Row)
                .where(Row.id == draft.id, Row.number.is_(None))
                .values(fields=json.dumps(_kept(fields)), updated_at=self.clock()),
            ),
        )

    def sign(self, draft: Draft, number: int, shown: str = "") -> None:
        """Note what it was signed as, and the digest of the content that was shown; the typed data, now in the archive,
        go.
        """
        write(
            self.engine,
            lambda connection: connection.execute(
                update(Row)
                .where(Row.id == draft.id)
                .values(number=number, fields=json.dumps({"shown": shown}), updated_at=self.clock()),
            ),
        )

    def drop(self, draft: Draft) -> None:
        """Throw a draft away."""
        write(
            self.engine,
            lambda connection: connection.execute(delete(Row).where(Row.id == draft.id, Row.number.is_(None))),
        )

    def of(self, account_id: int) -> list[Draft]:
        """The unsigned drafts of a person, the latest first."""
        query = (
            select(Row.__table__)
            .where(
                Row.account_id == account_id,
                Row.number.is_(None),
                Row.updated_at >= self.clock() - LIFE,
            )
            .order_by(Row.updated_at.desc())
            .limit(20)
        )
        with reading(self.engine) as connection:
            return [_draft(row) for row in seals.read(connection, Row, query)]


def _kept(fields: dict[str, str]) -> dict[str, str]:
    return {name: value[:LONGEST_FIELD] for name, value in fields.items() if value}


def _draft(row: SelectedRow[*tuple[Any, ...]]) -> Draft:
    return Draft(row.id, row.account_id, row.replaces, row.origin, json.loads(row.fields), row.updated_at, row.number)
