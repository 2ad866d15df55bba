"""What a call brings: JSON read strictly, grounds, idempotency keys."""

import hashlib
import json
import re
from datetime import date

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from issuer.desk import Grounds
from issuer.desk.law import REASONS
from issuer.web.access import LARGEST_CALL
from issuer.web.api.problem import Refused

LARGEST_BODY = LARGEST_CALL
"""Bytes of a call's body, whatever length is announced."""
_KEY = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_GROUNDS = ("reason", "legal_basis", "effective_on", "notified_on", "heard_on", "force")


def json_object() -> dict:
    """The body, a JSON object. Raises Refused: 415, 413 or 400."""
    if request.mimetype != "application/json":
        raise Refused(415, "Send application/json.", "media_type")
    try:
        body = request.get_data()
        if request.content_length is None and len(body) >= LARGEST_BODY:  # it may have been cut off there
            raise RequestEntityTooLarge
    except RequestEntityTooLarge:
        raise Refused(413, f"The body exceeds {LARGEST_BODY} bytes.", "too_large") from None
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not JSON, or names a key twice.", "json") from None
    if not isinstance(value, dict):
        raise Refused(400, "The body is not a JSON object.", "json")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def idempotency_key() -> str | None:
    """The Idempotency-Key header, None without one. Raises Refused 400."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise Refused(
            400, "An Idempotency-Key is 1 to 64 printable ASCII characters without spaces.", "idempotency_key"
        )
    return key


def key_reference(key: str) -> str:
    """The reference under which a record without one is issued: the same key of the same token, the same
    attestation.
    """
    return f"API-{g.token.id}-{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def grounds(value: object, act: str) -> Grounds:
    """The grounds of an act from JSON. Raises Refused 422 naming the fields."""
    if not isinstance(value, dict):
        raise Refused(
            422, "The grounds are a JSON object.", "grounds", [{"field": "grounds", "message": "Give an object."}]
        )
    errors = [{"field": str(name)[:60], "message": "There is no such field."} for name in value if name not in _GROUNDS]
    if act in REASONS and value.get("reason") not in REASONS[act]:
        errors.append({"field": "reason", "message": f"One of: {', '.join(REASONS[act])}."})
    if act not in REASONS and value.get("reason") is not None:
        errors.append({"field": "reason", "message": "This act bears no reason."})
    if not isinstance(value.get("legal_basis"), str):
        errors.append({"field": "legal_basis", "message": "Give the legal basis as a text."})
    if not isinstance(value.get("force"), str | None):
        errors.append({"field": "force", "message": "A text."})
    days = {}
    for name in ("effective_on", "notified_on", "heard_on"):
        days[name] = _day(value.get(name), name, errors)
    if errors:
        raise Refused(422, "The grounds were refused.", "grounds", errors)
    return Grounds(legal_basis=value["legal_basis"], reason=value.get("reason"), force=value.get("force"), **days)


def _day(value: object, name: str, errors: list[dict]) -> date | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
        errors.append({"field": name, "message": "A day as YYYY-MM-DD."})
    except ValueError:
        errors.append({"field": name, "message": "There is no such day."})
    return None
