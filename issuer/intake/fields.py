"""The fields of a record as people type them in France, and back to the record: readers of :mod:`issuer.written`."""

from typing import Any

from issuer.attestation.numbers import format_siret
from issuer.attestation.record_fields import FIELDS, flattened
from issuer.written.facts import DAYS


def fields_from_record(record: dict[str, Any]) -> dict[str, str]:
    """The fields of a record or of claims by JSON names, as people type them in France."""
    flat = flattened(record)
    return {name: typed(name, flat[name]) for name in FIELDS if flat.get(name) is not None}


def typed(name: str, value: object) -> str:
    """The value of one field as people type it: ``05/01/2026``, ``812 345 678 00013``, ``17,5``, ``75 92``."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if name in DAYS:
        return "/".join(reversed(str(value).split("-")))
    if name == "hours.count":
        return str(value).replace(".", ",")
    return format_siret(str(value)) if name == "employer.siret" else str(value)
