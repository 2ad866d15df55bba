"""The whole check of a registry: the chain, the tables held against it, every sealed row, and who might do what.

Each act of the trail names its author. The trail also tells what each account was at every moment: so every signature,
every decision and every publication is held against what its author might do then, or when they asked for it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain as joined, islice
from typing import Any

from sqlalchemy import Engine, Row, Table, select

from issuer.accounts import roles
from issuer.registry import chain, crosscheck, entering, seals
from issuer.registry.account_tables import Account, ApiToken, Proposal
from issuer.registry.database import reading

MOST = 20
"""Problems named at most."""
NEEDED = {
    "issue": roles.ISSUE,
    "suspend": roles.ACT,
    "reinstate": roles.ACT,
    "revoke": roles.ACT,
    "replace": roles.ACT,
    "publish": roles.PUBLISH,
    "mark_foreign": roles.ACT,
}
"""Act → the permission that its author must have."""
ASKS = ("propose_revoke", "propose_replace", "request_accept", "request_correct")
"""Acts by which somebody asks for what is done later in their name."""


def verify(engine: Engine, heads: Iterable[chain.Head] = ()) -> chain.Check:
    """Read the whole chain, and once it is whole every table: what is wrong, in words, at most :data:`MOST`.

    Issuing may go on meanwhile. Raises RegistryError.
    """
    check = chain.verify(engine, heads)
    if not check.whole:
        return check
    found = joined(seals.verify(engine), crosscheck.differences(engine), people(engine))
    return replace(check, problems=tuple(islice(found, MOST)))


@dataclass
class _Person:
    """What the trail says of an account, up to some entry."""

    role: str = ""
    departments: tuple[str, ...] = ()
    enabled: bool = True
    row: str | None = None
    asked: set[str] = field(default_factory=set)
    """What they asked for while they might act: numbers, or the word ``request``."""

    def may(self, act: str, department: str | None) -> bool:
        if not self.enabled or not roles.allows(self.role, NEEDED[act]):
            return False
        everywhere = roles.EVERYWHERE in self.departments or self.role == roles.AUDITOR
        return department is None or everywhere or department in self.departments


def people(engine: Engine) -> Iterator[str]:
    """Accounts, tokens and proposals that are not what the trail says; acts that their author might not do."""
    known: dict[str, _Person] = {}
    tokens: dict[int, str | None] = {}
    proposals: dict[int, str] = {}
    departments: dict[str, str] = {}
    unknown: set[str] = set()
    last, before = 0, -1
    while before != last:
        before = last
        for entry in chain.entries(engine, last):
            last, act, subject = entry["seq"], entry["act"], entry["subject"]
            entry["details"] = details = json.loads(entry["details"])
            if (subject or "").startswith(entering.ACCOUNT):
                _learn(known, tokens, act, subject, details)
            if act == "issue":
                departments[subject] = details["department"]
            if "proposal" in details:
                proposals[details["proposal"]] = act
            yield from _authority(known, unknown, entry, departments)
        with reading(engine) as connection:
            signs = seals.of(connection)
            accounts, made = (
                connection.execute(select(table)).all() for table in (seals.table_of(Account), seals.table_of(ApiToken))
            )
            proposed = connection.execute(select(Proposal.id, Proposal.outcome)).all()
            if chain.head_of(connection).seq <= last:
                break
    told = {int(name.removeprefix(entering.ACCOUNT)): person.row for name, person in known.items()}
    yield from _bound(signs, seals.table_of(Account), accounts, told, entering.PASSING)
    yield from _bound(signs, seals.table_of(ApiToken), made, tokens, entering.PASSING)
    yield from _roles(accounts, known)
    yield from _proposals({row.id: row.outcome for row in proposed}, proposals)


def _learn(
    known: dict[str, _Person], tokens: dict[int, str | None], act: str, subject: str, details: dict[str, Any]
) -> None:
    if act.startswith("token_"):
        tokens[details["token"]] = details.get("row", tokens.get(details["token"]))
        return
    tokens |= dict(zip(details.get("tokens", ()), details.get("rows", ()), strict=False))
    person = known.setdefault(subject, _Person()) if act in ("account_added", "account_entered") else known.get(subject)
    if person is None:
        return
    if "role" in details and "departments" in details:
        person.role, person.departments = details["role"], tuple(details["departments"])
    if act in ("account_enabled", "account_disabled"):
        person.enabled = act == "account_enabled"
    person.enabled = details.get("enabled", person.enabled)
    person.row = details.get("row", person.row)


def _authority(
    known: dict[str, _Person], unknown: set[str], entry: dict[str, Any], departments: dict[str, str]
) -> Iterator[str]:
    author, act, subject = entry["actor"], entry["act"], entry["subject"]
    if not author.startswith(entering.ACCOUNT):
        return
    person = known.get(author)
    if person is None:
        if author in unknown:
            return
        unknown.add(author)
        yield f"entry {entry['seq']}: the act {act} is by {author}, an account that the trail does not know"
        return
    department = departments.get(subject) if subject else None
    if act in ASKS and person.enabled:
        person.asked.add("request" if act.startswith("request_") else subject or "")
    if act in NEEDED and not person.may(act, department):
        allowing = {subject, entry["details"].get("replaces"), "request" if act == "issue" else None}
        if not allowing & person.asked:
            where = f" in the département {department}" if department else ""
            yield f"entry {entry['seq']}: {author} might not do the act {act}{where} at that moment"


def _proposals(held: dict[int, str | None], told: dict[int, str]) -> Iterator[str]:
    for id_ in sorted(held.keys() | told.keys()):
        act = told.get(id_)
        ending = act.rpartition("_")[2] if act and act.startswith("proposal_") else None
        if id_ not in held:
            yield f"the proposal {id_} is no longer in the registry"
        elif act is None:
            yield f"the proposal {id_} is one that nobody made"
        elif held[id_] != ending:
            yield f"the proposal {id_} is {held[id_] or 'open'} in the registry, {ending or 'open'} by the audit trail"


def _roles(accounts: Sequence[Row[*tuple[Any, ...]]], known: Mapping[str, _Person]) -> Iterator[str]:
    """Accounts whose row differs from what the acts in the audit trail made of them."""
    for row in accounts:
        person = known.get(f"{entering.ACCOUNT}{row.id}")
        if person is not None and (row.role, tuple(row.departments.split()), row.disabled_at is None) != (
            person.role,
            person.departments,
            person.enabled,
        ):
            yield f"account {row.id} has not the role, départements or standing that the audit trail gave it"


def _bound(
    signs: seals.Seals | None,
    table: Table,
    rows: Sequence[Row[*tuple[Any, ...]]],
    told: dict[int, str | None],
    without: tuple[str, ...] = (),
) -> Iterator[str]:
    """Rows that are not those that the last entry about them bound."""
    held = {row.id: row for row in rows}
    for id_ in sorted(held.keys() | told.keys()):
        if id_ not in held:
            yield f"{table.name} {id_} is no longer in the registry"
        elif id_ not in told:
            yield f"{table.name} {id_} is in the registry, but the audit trail does not know it"
        elif signs is not None and told[id_] != signs.row(table, held[id_]._mapping, without).hex():
            yield f"{table.name} {id_} is not what the audit trail last bound it to"
