"""A dossier as the API gives it, as the columns of a request. Pure."""

import hashlib
import json
from datetime import date

from issuer.demarches import answers
from issuer.demarches.facts import record_of
from issuer.demarches.mapping import Mapping
from issuer.demarches.source import instant
from issuer.registry.request_tables import REQUEST_STATES
from keys.errors import WifError

READERS = 2
"""Raised whenever the readers read anything differently, so that every dossier is read again."""
PIECES = 60
"""Pieces kept of one dossier."""


class Unreadable(WifError):
    """A dossier without a number, a known state or a date of deposit. ``number`` is its number, if it has one."""

    def __init__(self, number: int | None) -> None:
        super().__init__("A dossier lacks its number, its state or its date of deposit.")
        self.number = number


def digest(dossier: dict, mapping: Mapping) -> bytes:
    """SHA-256 of a dossier as these readers read it through a mapping: the same again needs no work."""
    text = json.dumps(
        [READERS, dossier, mapping.sources, mapping.constants, mapping.departments, mapping.values],
        sort_keys=True,
        ensure_ascii=True,
    )
    return hashlib.sha256(text.encode()).digest()


def columns(dossier: dict, demarche: int, mapping: Mapping, today: date) -> dict:
    """The columns of the request, without those that say where it goes (:func:`issuer.demarches.routing.going`).
    ``today`` bounds birth dates. Raises Unreadable.
    """
    number, state, deposited = dossier.get("number"), dossier.get("state"), instant(dossier.get("dateDepot"))
    if type(number) is not int or number < 1 or state not in REQUEST_STATES or deposited is None:
        raise Unreadable(number if type(number) is int and number > 0 else None)
    record, doubts = record_of(dossier, mapping, today)
    messages = [message for message in dossier.get("messages") or () if isinstance(message, dict)]
    own = _email(answers.named(dossier, "usager.email"))
    return {
        "source": "demarches",
        "demarche": demarche,
        "dossier": number,
        "dossier_id": str(dossier.get("id"))[:200],
        "state": state,
        "deposited_at": deposited,
        "instructed_at": instant(dossier.get("datePassageEnInstruction")),
        "decided_at": instant(dossier.get("dateTraitement")),
        "modified_at": instant(dossier.get("dateDerniereModification")) or deposited,
        "withdrawn_at": None,
        "archived": int(dossier.get("archived") is True),
        "record": record,
        "doubts": doubts,
        "pieces": pieces_of(dossier),
        "email": _email(answers.first(dossier, mapping.sources.get("email", ()), "email").text) or own,
        "last_message_at": _last(messages, own, True),
        "digest": digest(dossier, mapping),
        "awaited": "reponse"
        if (_last(messages, own, False) or 0) > max(_last(messages, own, True) or 0, deposited)
        else "",
    }


def _last(messages: list[dict], own: str | None, of_usager: bool) -> int | None:
    """UTC second of the last message of the usager, or of anybody else; without an address none is the usager's."""
    times = [
        at
        for message in messages
        if (at := instant(message.get("createdAt"))) is not None
        and (own is not None and str(message.get("email", "")).lower() == own.lower()) is of_usager
    ]
    return max(times, default=None)


def pieces_of(dossier: dict) -> list[dict]:
    """The pieces by name, kind and size; never their addresses."""
    found = []
    for champ in [*(dossier.get("champs") or ()), *(dossier.get("annotations") or ())]:
        for file in (champ.get("files") if isinstance(champ, dict) else None) or ():
            if isinstance(file, dict):
                size = str(file.get("byteSizeBigInt", ""))
                found.append(
                    {
                        "descriptor": str(champ.get("champDescriptorId"))[:80],
                        "label": str(champ.get("label"))[:200],
                        "filename": str(file.get("filename"))[:200],
                        "type": str(file.get("contentType"))[:80],
                        "size": int(size) if size.isdigit() and len(size) < 16 else None,
                        "checksum": str(file.get("checksum"))[:60],
                    }
                )
    return found[:PIECES]


def _email(text: str) -> str | None:
    text = text.strip()
    return text if 3 <= len(text) <= 254 and "@" in text and " " not in text else None
