"""Invented requests for the tests of the public side."""

import random

from issuer.registry import requests
from issuer.registry.database import write

DAY = 86_400
_below = random.Random(8).randrange

VALUES = {
    "source": "demarches",
    "demarche": 1,
    "state": "en_instruction",
    "modified_at": 0,
    "department": "75",
    "family_name": "NGUYEN",
    "given_names": "Thị Mai",
    "birth_date": "1996-03-14",
    "email": "mai@usager.example",
    "employer_name": "SOCIÉTÉ EXEMPLE SAS",
    "employer_siret": "81234567800013",
    "contract": "CDD",
    "awaited_from": "service",
    "awaited": "examen",
    "record": {"family_name": "NGUYEN"},
    "pieces": [{"label": "Passeport"}],
    "doubts": [{"field": "hours", "code": "x", "shown": "35 h"}],
}


def add(engine, now: int, steps=("en_construction",), **changes) -> int:
    """A request deposited at ``now`` unless ``deposited_at`` says otherwise, with these lines of history at ``now``;
    its id.
    """
    values = {"deposited_at": now, **VALUES, **changes}
    values.setdefault(
        "person_key", requests.person_key(values["family_name"], values["given_names"], values["birth_date"])
    )

    def work(connection):
        request_id = requests.add(connection, now, _below, values)
        for what in steps:
            requests.note(connection, request_id, now, what, "demarches", now)
        return request_id

    return write(engine, work)


def step(engine, request_id: int, at: int, what: str, seen_at: int | None = None) -> None:
    """One more line of history."""
    write(
        engine,
        lambda connection: requests.note(
            connection, request_id, at, what, "demarches", at if seen_at is None else seen_at
        ),
    )
