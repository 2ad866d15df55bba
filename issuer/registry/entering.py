"""Rows of before the seals, entered once: what the tables hold is sealed, accounts and tokens enter the trail."""

from sqlalchemy import Connection, select, update

from issuer.registry import chain, seals
from issuer.registry.account_tables import Account, ApiToken
from issuer.registry.faults import RegistryError, fault
from issuer.registry.models import Audit

ACCOUNT = "agent-"
"""How the trail's names of accounts begin; their number follows."""
PASSING = ("totp_used", "last_used_at")
"""Columns of an account or a token that change without an act."""


def account_row(connection: Connection, id_: int) -> dict[str, object]:
    """The part of an entry's details that binds an account's row as it is now; empty where nothing is sealed."""
    seal = seals.of_row(connection, Account, [id_], PASSING)
    return {} if seal is None else {"row": seal}


def token_row(connection: Connection, id_: int) -> dict[str, object]:
    """The same of an API token."""
    seal = seals.of_row(connection, ApiToken, [id_], PASSING)
    return {} if seal is None else {"row": seal}


def token_digest(connection: Connection, digest: bytes) -> bytes:
    """What is kept of an API token: HMAC, under the server's secret, of the 32-byte SHA-256 of its text. Raises
    RegistryError.
    """
    return seals.keyed(connection, "token", digest)


def enter(connection: Connection, now: int, author: str) -> None:
    """Seal every row, re-key the digests of API tokens, and enter accounts and tokens, in a writing transaction.

    Raises RegistryError ("tampered") where the trail says that the rows were sealed before: somebody took the seals
    away.
    """
    known = select(Audit.seq).where(Audit.subject.like(f"{ACCOUNT}%"), Audit.details.contains('"row":')).limit(1)
    if connection.scalar(known) is not None:
        raise fault("tampered")
    seals.seal_everything(connection)
    for id_, digest in connection.execute(select(ApiToken.id, ApiToken.digest)).all():
        connection.execute(
            update(ApiToken).where(ApiToken.id == id_).values(digest=token_digest(connection, bytes(digest)))
        )
    note_all(connection, now, author)
    seals.settle(connection)


def reseal(connection: Connection, now: int, author: str) -> int:
    """Seal every row again as it is now, under this engine's key, in a writing transaction; how many API tokens ended
    by it: all, when the key is another one, for their digests are of the former.
    """
    try:
        seals.check_key(connection)
        same = True
    except RegistryError:
        same = False
    seals.seal_everything(connection)
    ended = 0
    if not same:
        open_ = update(ApiToken).where(ApiToken.revoked_at.is_(None))
        ended = connection.execute(open_.values(revoked_at=now)).rowcount
    chain.append(connection, now, author, [chain.Act("resealed", None, {"same_secret": same, "tokens": ended})])
    note_all(connection, now, author)
    return ended


def note_all(connection: Connection, now: int, author: str) -> None:
    """Enter every account and token in the trail as it is now."""
    people = select(Account.id, Account.role, Account.departments, Account.disabled_at).order_by(Account.id)
    acts = [
        chain.Act(
            "account_entered",
            f"{ACCOUNT}{row.id}",
            {
                "role": row.role,
                "departments": row.departments.split(),
                "enabled": row.disabled_at is None,
                **account_row(connection, row.id),
            },
        )
        for row in connection.execute(people).all()
    ]
    tokens = select(ApiToken.id, ApiToken.account_id, ApiToken.scopes, ApiToken.revoked_at).order_by(ApiToken.id)
    acts += [
        chain.Act(
            "token_entered",
            f"{ACCOUNT}{row.account_id}",
            {
                "token": row.id,
                "scopes": row.scopes.split(),
                "revoked": row.revoked_at is not None,
                **token_row(connection, row.id),
            },
        )
        for row in connection.execute(tokens).all()
    ]
    chain.append(connection, now, author, acts)
