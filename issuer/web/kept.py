"""What somebody typed while their session ended: it travels, sealed, through the sign-in pages and comes back as it
was.

A provider's pages carry nothing for us: for whoever signs in there the sealed form waits in the database meanwhile, and
the cookie holds its token. It is given to the account whose session ended, and to nobody else. What is not known to
come from a page of that session is not kept: another site may have sent it.
"""

import base64
import hashlib
import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from sqlalchemy import Connection, delete, insert, or_, select
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from wtforms.validators import ValidationError

from issuer.accounts.directory import Account
from issuer.attestation.numbers import format_number
from issuer.registry.account_tables import KeptForm as Row
from issuer.registry.database import reading, write
from issuer.web.context import web_context
from issuer.web.wording import has, t

LIFE = 3600
"""Seconds for which a kept form can be taken up again."""
LARGEST = 200_000
"""Bytes of a kept form, sealed."""
FIELD = "kept"
_EVER = 10 * 366 * 86_400
"""Seconds: a page that was open overnight is its author's all the same."""


@dataclass(frozen=True, repr=False)
class Kept:
    """A form as it was sent: the path, the values by name, and the account whose session had ended."""

    path: str
    typed: dict[str, list[str]]
    account: int


@dataclass(frozen=True, repr=False)
class Act:
    """What a form does: its ``words`` (empty when there are none: then it is not kept), to what or whom, and whether
    this person may.
    """

    words: str
    object: str
    allowed: bool


def typed_fields() -> dict[str, list[str]]:
    """What this form brought, but for its token and every password."""
    return {
        name: values
        for name, values in request.form.lists()
        if name not in ("csrf_token", FIELD) and "password" not in name
    }


def act_of(path: str, account: Account) -> Act:
    """What posting to ``path`` would do, for this person."""
    try:
        endpoint, values = current_app.url_map.bind("").match(path, "POST")
    except HTTPException:
        return Act("", "", False)
    key = ".".join(filter(None, ("kept.act", endpoint, values.get("what") or values.get("act"))))
    permission = getattr(current_app.view_functions[endpoint], "asks", None)
    allowed = permission is not None and account.may(permission)
    return Act(t(key) if has(key) else "", _object(endpoint, values) if allowed else "", allowed)


def _object(endpoint: str, values: Mapping[str, Any]) -> str:
    if endpoint.startswith("people.") and "id_" in values:
        person = web_context().directory.get(values["id_"])
        return f"{person.name} ({person.identifier})" if person else ""
    number = values.get("number")
    if endpoint == "foreign.decide":
        return t("kept.place", **values)
    if number is None:
        return ""
    return t("kept.request", number=number) if endpoint.startswith(("requests.", "decisions.")) else _number(number)


def _number(number: object) -> str:
    text = str(number)
    return t("kept.attestation", number=format_number(text) if len(text) == 10 and text.isascii() else text)


def keep_form() -> ResponseReturnValue:
    """The page that says the session ended, with a sign-in form that carries what was typed, passwords apart."""
    openid, former = web_context().settings.openid, _former()
    sealed = ""
    if former is not None and act_of(request.path, former).words:
        sealed = seal(Kept(request.path, typed_fields(), former.id))
    if sealed and openid is not None and former is not None:
        _store(sealed, former)
    return render_template("signin/sign_in.html", kept=sealed, ended=True, next=None, identifier="", openid=openid), 401


def _former() -> Account | None:
    """Whose session ended: the cookie says so, and the form bears the token of that session's pages."""
    id_ = session.get("account")
    try:
        validate_csrf(request.form.get("csrf_token") or "", time_limit=_EVER)
    except (ValidationError, RequestEntityTooLarge):
        return None
    return web_context().directory.get(id_) if isinstance(id_, int) else None


def seal(form: Kept) -> str:
    """The sealed form as text; empty when it is too large to carry."""
    body = json.dumps(
        {"path": form.path, "typed": form.typed, "account": form.account, "at": web_context().clock()}
    ).encode()
    sealed = base64.urlsafe_b64encode(web_context().sealer.seal(zlib.compress(body), FIELD)).decode("ascii")
    return sealed if len(sealed) <= LARGEST else ""


def _store(sealed: str, account: Account) -> None:
    """Let a sealed form wait for its person, in place of the one before."""
    token, now = secrets.token_urlsafe(32), web_context().clock()

    def work(connection: Connection) -> None:
        connection.execute(delete(Row).where(or_(Row.at <= now - LIFE, Row.account_id == account.id)))
        connection.execute(insert(Row).values(id=_hash(token), account_id=account.id, sealed=sealed, at=now))

    write(web_context().engine, work)
    session[FIELD] = token


def take_stored() -> str:
    """The sealed form that waits for this browser, once; empty when there is none. Erases what waited for an hour as
    well.
    """
    token = session.pop(FIELD, None)
    mine = Row.id == _hash(token if isinstance(token, str) else "")
    with reading(web_context().engine) as connection:
        sealed = connection.scalar(select(Row.sealed).where(mine))
    write(
        web_context().engine,
        lambda connection: connection.execute(delete(Row).where(or_(mine, Row.at <= web_context().clock() - LIFE))),
    )
    return sealed or ""


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def open_form(text: str) -> Kept | None:
    """A sealed form that is less than an hour old; None for any other text."""
    if not text or len(text) > LARGEST or not text.isascii():
        return None
    try:
        sealed = web_context().sealer.open(base64.urlsafe_b64decode(text), FIELD)
    except ValueError:
        return None
    if sealed is None:
        return None
    body = json.loads(zlib.decompress(sealed))
    if body.get("account") is None or web_context().clock() - body["at"] >= LIFE:
        return None
    return Kept(body["path"], body["typed"], body["account"])


def taken_up(text: str, account: Account) -> str | None:
    """The page that sends a kept form again to where it was going; None when there is none, when it is another
    person's, or when this person may no longer do what it does.
    """
    held = open_form(text)
    if held is None or held.account != account.id:
        return None
    act = act_of(held.path, account)
    return render_template("kept.html", path=held.path, typed=held.typed, act=act) if act.allowed else None
