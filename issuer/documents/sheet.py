"""The words of one page: labels and values in the order of reading, whichever engine lays them out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from issuer.attestation.numbers import format_number, format_siret
from issuer.attestation.places import local_day
from issuer.documents import symbol, wording
from issuer.documents.attestation import PrintedAttestation
from issuer.documents.errors import RenderError
from issuer.documents.wording import gloss, text
from issuer.messages import formats

BLANK = "…"
"""Where a page shown before signing has no value yet."""

_KINDS = {
    "family_name": "name",
    "given_names": "name",
    "birth_date": "day",
    "issued_at": "day",
    "employer.siret": "digits",
    "workplaces": "list",
}
"""Rows that are not set as ordinary text."""


def compose(document: PrintedAttestation) -> dict:
    """Everything the page says, as plain JSON data: texts are literal, never markup.

    A section is ``{title, gloss, rows}``; a row ``{name, label, gloss, value, kind, absent}``, where ``name`` is the
    claim's JSON name, ``kind`` one of ``text``, ``name``, ``day``, ``digits``, ``list`` (then ``value`` is a list), and
    ``absent`` is true when the value says that the attestation holds none. Raises RenderError for a claim that cannot
    be put into words.
    """
    try:
        return _compose(document)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        # Without its cause, whose text may quote the field.
        raise RenderError(
            "A field of the attestation is not in its form, so the attestation cannot be printed. Issue it again."
        ) from None


def _compose(document: PrintedAttestation) -> dict:
    claims, blanks = document.claims, document.blanks
    number = BLANK if "number" in blanks else format_number(claims["number"])
    kind = BLANK if "kind" in blanks else text(f"kind.{claims['kind']}")
    drawn = symbol.draw(document.qr_text)
    days = [None if name in blanks else date.fromisoformat(claims[name]) for name in ("valid_from", "valid_until")]
    return {
        "title": kind,
        "title_gloss": "" if "kind" in blanks else gloss(f"kind.{claims['kind']}"),
        "document_title": text("document.title", kind=kind, number=number),
        "authority": document.authority,
        "number": text("number", number=number),
        "demonstration": _demonstration() if document.demonstration else None,
        "validity": _validity(days),
        "sections": [
            _blanked(section, blanks) for section in (_holder(claims), _employment(claims), _decision(document))
        ],
        "mention": text("mention"),
        "mention_gloss": gloss("mention"),
        "check": _check(document, number),
        "qr": {
            "svg": drawn.svg,
            "width": drawn.width_mm,
            "quiet": drawn.quiet_mm,
            "text": document.qr_text,
            "alt": text("qr.alt", number=number, origin=document.origin),
        },
        "footer": text("footer", number=number),
    }


def _demonstration() -> dict:
    return {
        "title": text("demonstration"),
        "meaning": text("demonstration.meaning"),
        "gloss": gloss("demonstration.meaning"),
    }


def _blanked(section: dict, blanks: frozenset[str]) -> dict:
    """A section with its blank rows left so. Nothing is said to be none either while something is still to come."""
    unfinished = bool(blanks - {"number"})
    rows = [
        {**row, "value": BLANK, "kind": "text", "absent": True}
        if row["name"] in blanks or (unfinished and row["absent"])
        else row
        for row in section["rows"]
    ]
    return {**section, "rows": rows}


def _validity(days: list[date | None]) -> dict:
    parts = {}
    for key, lang in (("text", "fr"), ("gloss", "en")):
        first, last = (formats.day(value, lang) if value else BLANK for value in days)
        parts[key] = text("validity", lang, **{"from": first, "until": last})
        parts[f"{key}_note"] = text("validity.inclusive", lang)
    return parts


def _holder(claims: Mapping[str, Any]) -> dict:
    return _section(
        "holder",
        [
            _row("family_name", claims["family_name"]),
            _row("given_names", claims.get("given_names")),
            _row("birth_date", wording.birth_date(claims["birth_date"])),
            _row("nationality", wording.nationality(claims["nationality"])),
            _row("residence_permit", claims.get("residence_permit")),
        ],
    )


def _employment(claims: Mapping[str, Any]) -> dict:
    employer, places = claims["employer"], claims.get("workplaces")
    return _section(
        "employment",
        [
            _row("employer.name", employer["name"]),
            _row("employer.siret", format_siret(employer["siret"]) if employer.get("siret") else None),
            _row("job", claims["job"]),
            _row("contract", text(f"contract.{claims['contract']}")),
            _row("hours", wording.hours(claims["hours"]) if claims.get("hours") else None),
            _row("workplaces", [wording.department(place) for place in places] if places else None),
        ],
    )


def _decision(document: PrintedAttestation) -> dict:
    claims, author = document.claims, document.signatory
    name = " ".join(filter(None, (author.get("given_names"), author["family_name"])))
    issued = int(datetime.fromisoformat(claims["issued_at"]).timestamp())
    rows = [
        _row("department", wording.department(claims["department"])),
        _row("issued_at", formats.day(local_day(claims["department"], issued), "fr")),
        _row("signatory", f"{name}, {author['title']}, {author['service']}"),
    ]
    if document.replaced:
        rows.append(_row("replaces", text("replaces.value", number=format_number(document.replaced))))
    return _section("decision", rows)


def _check(document: PrintedAttestation, number: str) -> dict:
    return {
        "title": text("check"),
        "gloss": gloss("check"),
        "number": text("number", number=number),
        "address": document.origin,
        "steps": [text(f"check.{step}", address=document.origin) for step in ("scan", "compare", "phone")],
        "limits": text("check.limits"),
        "code": text("check.code"),
        "code_gloss": gloss("check.code"),
        "gloss_text": " ".join((text("check.scan", "en", address=document.origin), text("check.limits", "en"))),
    }


def _section(key: str, rows: list[dict]) -> dict:
    return {"title": text(key), "gloss": gloss(key), "rows": rows}


def _row(name: str, value: str | list[str] | None) -> dict:
    return {
        "name": name,
        "kind": _KINDS.get(name, "text") if value else "text",
        "label": text(f"field.{name}"),
        "gloss": gloss(f"field.{name}"),
        "value": value or text(f"absent.{name}"),
        "absent": not value,
    }
