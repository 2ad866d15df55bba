"""The printed page before it is signed: the real engine, with a code that no verifier takes."""

import threading
from collections.abc import Iterable
from datetime import date
from io import BytesIO

from flask import Response, g

from issuer.attestation import claims as wire, record_fields
from issuer.attestation.problems import RecordRefused
from issuer.attestation.qr import FIRST_BYTE, FORMAT_VERSION, SEPARATOR
from issuer.attestation.record import Record, read_record
from issuer.documents import PrintedAttestation
from issuer.web.context import WebContext
from keys.errors import not_none

NUMBER = 1_000_000_000
"""Held by the code in place of the number, which is drawn on signing; its check digit is wrong on purpose."""
SCALE = 1.75
"""Pixels a point: 1,041 × 1,473 for an A4 page."""

_PDFIUM = threading.Lock()
_DAY = "2000-01-01"
_STAND_INS = {
    "kind": "APT",
    "family_name": "…",
    "birth_date": _DAY,
    "nationality": "XXX",
    "employer.name": "…",
    "job": "…",
    "contract": "CDD",
    "department": "75",
}
"""What lets a record be made of a form that is not finished; none of it is ever shown."""


def document(
    context: WebContext, record: Record, author: str, blanks: frozenset[str] = frozenset()
) -> PrintedAttestation:
    """What would be printed of this record, ``blanks`` and the number left out. Its code bears no signature; while
    a field is blank, the code is empty.
    """
    claims = record.to_claims(NUMBER, (1, 0), context.clock())
    payload = wire.encode(claims)
    digits = int.from_bytes(FIRST_BYTE + bytes(72) + (bytes(len(payload)) if blanks else payload), "big")
    config = context.home.config
    return PrintedAttestation(
        claims=claims.to_json(),
        qr_text=f"{config.origin.upper()}{SEPARATOR}{FORMAT_VERSION}{digits}",
        origin=config.origin,
        authority=author,
        signatory=not_none(record.signatory).to_json(),
        demonstration=config.demonstration,
        blanks=blanks | {"number"},
    )


def lenient(value: dict, signatory: dict, unsure: Iterable[str] = ()) -> tuple[Record, frozenset[str]] | None:
    """A record to show of a form that is not finished, and the dotted names of what stays blank: what is missing or
    wrong in it, and what is ``unsure``. None when there is nothing to show, not even so.
    """
    fields = record_fields.flattened({**value, "signatory": signatory})
    blanks = {"hours" if name.startswith("hours") else name for name in unsure}
    for _ in range(4):
        try:
            return read_record(record_fields.nested(fields)), frozenset(blanks)
        except RecordRefused as refused:
            for name in {problem.field for problem in refused.problems}:
                blanks |= _stood_in(fields, name)
    return None


def _stood_in(fields: dict[str, object], name: str) -> set[str]:
    """Puts something that can be read in place of a field; the names of all that is no longer as it was typed."""
    if name in ("valid_from", "valid_until"):
        other = fields.get("valid_until" if name == "valid_from" else "valid_from")
        fields[name] = other if _is_day(other) else _DAY
        return {name}
    if name in _STAND_INS:
        fields[name] = _STAND_INS[name]
        return {name}
    gone = [part for part in fields if part.startswith("hours")] if name.startswith("hours") else [name]
    for part in gone:
        fields.pop(part, None)
    return {name.partition(".")[0] if name.startswith("hours") else name}


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def answer(context: WebContext, value: dict, unsure: Iterable[str]) -> Response:
    """The page of what is known of a record, in the name of the account of this request; 204 when there is none."""
    found = lenient(value, g.account.signatory().to_json(), unsure)
    if found is None:
        return Response(status=204)
    record, blanks = found
    pdf = context.print_draft(document(context, record, context.home.config.authority, blanks))
    return Response(picture(pdf), mimetype="image/png")


def picture(pdf: bytes, scale: float = SCALE) -> bytes:
    """The first page of a PDF as a PNG."""
    import pypdfium2

    with _PDFIUM:
        opened = pypdfium2.PdfDocument(pdf)
        try:
            image = opened[0].render(scale=scale).to_pil()
        finally:
            opened.close()
    out = BytesIO()
    image.convert("RGB").quantize(64).save(out, "PNG", optimize=False)
    return out.getvalue()
