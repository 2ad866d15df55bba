"""The printed page before it is signed: the real engine, with a code that no verifier takes."""

import threading
from datetime import date, timedelta
from io import BytesIO

from issuer.attestation import claims as wire
from issuer.attestation.problems import RecordRefused
from issuer.attestation.qr import FIRST_BYTE, FORMAT_VERSION, SEPARATOR
from issuer.attestation.entries import twelve_months_after
from issuer.attestation.record import Record, read_record
from issuer.documents import PrintedAttestation

NUMBER = 1_000_000_000
"""Shown in place of the number, which is drawn on signing; its check digit is wrong on purpose."""
SCALE = 1.75
"""Pixels a point: 1,041 × 1,473 for an A4 page."""

_PDFIUM = threading.Lock()
_MISSING = {
    "kind": "APT",
    "family_name": "…",
    "birth_date": "2000-01-01",
    "nationality": "XXX",
    "employer": {"name": "…"},
    "job": "…",
    "contract": "CDD",
    "department": "75",
}


def document(office, record: Record, author: str) -> PrintedAttestation:
    """What would be printed of this record."""
    claims = record.to_claims(NUMBER, (1, 0), office.clock())
    payload = wire.encode(claims)
    digits = int.from_bytes(FIRST_BYTE + bytes(72) + payload, "big")
    config = office.home.config
    return PrintedAttestation(
        claims=claims.to_json(),
        qr_text=f"{config.origin.upper()}{SEPARATOR}{FORMAT_VERSION}{digits}",
        origin=config.origin,
        authority=author,
        signatory=record.signatory.to_json(),
        demonstration=config.demonstration,
    )


def lenient(value: dict, signatory: dict, today: date) -> Record | None:
    """A record to show of a form that is not finished: what is missing or wrong is shown as dots or today's dates."""
    filled = dict(value, signatory=signatory)
    for _ in range(2):
        try:
            return read_record(filled)
        except RecordRefused as refused:
            for problem in refused.problems:
                _mend(filled, problem.field, today)
    return None


def _mend(filled: dict, name: str, today: date) -> None:
    group, _, inner = name.partition(".")
    if group in ("valid_from", "valid_until"):
        filled["valid_from"] = today.isoformat()
        filled["valid_until"] = (twelve_months_after(today) - timedelta(days=1)).isoformat()
    elif group == "employer" and inner == "siret":
        filled["employer"] = {key: text for key, text in filled["employer"].items() if key != "siret"}
    elif group in _MISSING:
        filled[group] = (
            {**filled.get(group, {}), **_MISSING[group]}
            if inner and isinstance(filled.get(group), dict)
            else _MISSING[group]
        )
    else:
        filled.pop(group, None)


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
