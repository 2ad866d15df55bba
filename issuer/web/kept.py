"""What somebody typed while their session ended: it travels, sealed, through the sign-in pages and comes back as it was.

A provider's pages carry nothing for us: for whoever signs in there the sealed form waits in the database meanwhile, and
the cookie holds its token. It is given to the account whose session ended, and to nobody else.
"""

import base64
import hashlib
import json
import secrets
import zlib
from dataclasses import dataclass

from flask import render_template, request, session, url_for
from sqlalchemy import delete, insert, or_, select

from issuer.accounts.directory import Account
from issuer.registry.account_tables import KeptForm as Row
from issuer.registry.database import reading, write
from issuer.web.office import office

LIFE = 3600
"""Seconds for which a kept form can be taken up again."""
LARGEST = 200_000
"""Bytes of a kept form, sealed."""
FIELD = "kept"


@dataclass(frozen=True, repr=False)
class Kept:
    """A form as it was sent: the path, the values by name, and the account whose session had ended (None: not known)."""

    path: str
    typed: dict[str, list[str]]
    account: int | None


def keep_form():
    """The page that says the session ended, with a sign-in form that carries what was typed, passwords apart."""
    typed = {
        name: values
        for name, values in request.form.lists()
        if name not in ("csrf_token", FIELD) and "password" not in name
    }
    openid, former = office().settings.openid, session.get("account")
    sealed = seal(Kept(request.path, typed, former if isinstance(former, int) else None))
    if sealed and openid is not None:
        _store(sealed, former)
    return render_template("signin/sign_in.html", kept=sealed, ended=True, next=None, identifier="", openid=openid), 401


def seal(form: Kept) -> str:
    """The sealed form as text; empty when it is too large to carry."""
    body = json.dumps(
        {"path": form.path, "typed": form.typed, "account": form.account, "at": office().clock()}
    ).encode()
    sealed = base64.urlsafe_b64encode(office().sealer.seal(zlib.compress(body))).decode("ascii")
    return sealed if len(sealed) <= LARGEST else ""


def _store(sealed: str, account_id: object) -> None:
    """Let a sealed form wait for its person, in place of the one before; not a stranger's, whose forms would fill the table."""
    account = office().directory.get(account_id) if isinstance(account_id, int) else None
    if account is None:
        return
    token, now = secrets.token_urlsafe(32), office().clock()

    def work(connection) -> None:
        connection.execute(delete(Row).where(or_(Row.at <= now - LIFE, Row.account_id == account.id)))
        connection.execute(insert(Row).values(id=_hash(token), account_id=account.id, sealed=sealed, at=now))

    write(office().engine, work)
    session[FIELD] = token


def take_stored() -> str:
    """The sealed form that waits for this browser, once; empty when there is none. Erases what waited for an hour as well."""
    token = session.pop(FIELD, None)
    mine = Row.id == _hash(token if isinstance(token, str) else "")
    with reading(office().engine) as connection:
        sealed = connection.scalar(select(Row.sealed).where(mine))
    write(
        office().engine,
        lambda connection: connection.execute(delete(Row).where(or_(mine, Row.at <= office().clock() - LIFE))),
    )
    return sealed or ""


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def open_form(text: str) -> Kept | None:
    """A sealed form that is less than an hour old; None for any other text."""
    if not text or len(text) > LARGEST or not text.isascii():
        return None
    try:
        sealed = office().sealer.open(base64.urlsafe_b64decode(text))
    except ValueError:
        return None
    if sealed is None:
        return None
    body = json.loads(zlib.decompress(sealed))
    return Kept(body["path"], body["typed"], body.get("account")) if office().clock() - body["at"] < LIFE else None


def taken_up(text: str, account: Account):
    """The page that sends a kept form again to where it was going; None when there is none, or when it is another person's."""
    held = open_form(text)
    if held is None or held.account not in (None, account.id):
        return None
    return render_template("kept.html", path=held.path, typed=held.typed, home=url_for("home.page"))
