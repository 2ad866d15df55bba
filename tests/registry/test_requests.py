"""Requests in both databases: what is written is read again, found by those who may, and counted."""

import random

import pytest

from issuer import registry
from issuer.registry import requests
from issuer.registry.database import reading, write
from issuer.registry.requests import Wanted

NOW = 1_772_452_800
DAY = 86_400
below = random.Random(5).randrange

VALUES = {
    "source": "demarches",
    "demarche": 1,
    "state": "en_instruction",
    "deposited_at": NOW - 3 * DAY,
    "modified_at": NOW - DAY,
    "department": "75",
    "family_name": "NGUYEN",
    "given_names": "Thị Mai",
    "birth_date": "1996-03-14",
    "email": "mai@usager.example",
    "awaited_from": "service",
    "awaited": "examen",
    "record": {"family_name": "NGUYEN", "employer": {"name": "É"}},
    "contract": "CDD",
}


def add(engine, **changes):
    values = {**VALUES, **changes}
    values.setdefault(
        "person_key", requests.person_key(values["family_name"], values["given_names"], values["birth_date"])
    )

    def work(connection):
        request_id = requests.add(connection, NOW, below, values)
        requests.note(connection, request_id, values["deposited_at"], "en_construction", "demarches", NOW)
        return request_id

    return write(engine, work)


def test_what_is_written_is_read(engine):
    request = requests.by_id(engine, add(engine, dossier=44950, dossier_id="RG9zc2llci00NDk1MA=="))
    assert {name: getattr(request, name) for name in VALUES} == VALUES
    assert (request.revision, request.created_at, request.updated_at, request.doubts, request.corrections) == (
        1,
        NOW,
        NOW,
        [],
        {},
    )
    assert 1_000_000_000 <= request.number <= 9_999_999_999 and request.shown_number == 44950
    assert [(line.what, line.at) for line in requests.history(engine, request.id)] == [
        ("en_construction", NOW - 3 * DAY)
    ]


def test_the_repr_shows_nobody(engine):
    assert repr(requests.by_id(engine, add(engine))).startswith("<Request ") and "NGUYEN" not in repr(
        requests.by_id(engine, add(engine))
    )


def test_a_request_is_found_by_its_own_number_and_by_its_dossiers(engine):
    first = requests.by_id(engine, add(engine, dossier=44950))
    assert requests.by_number(engine, first.number).id == first.id == requests.by_number(engine, 44950).id
    assert requests.by_number(engine, 44951) is None


def test_a_dossier_stands_once(engine):
    add(engine, dossier=44950)
    with pytest.raises(registry.RegistryError) as refused:
        add(engine, dossier=44950)
    assert refused.value.code == "conflict"


def test_a_change_makes_a_new_revision(engine):
    request_id = add(engine)
    write(
        engine,
        lambda connection: requests.change(
            connection, request_id, NOW + 5, {"state": "accepte", "aside_details": {"a": 1}, "decided_at": NOW}
        ),
    )
    request = requests.by_id(engine, request_id)
    assert (request.revision, request.state, request.aside_details, request.updated_at) == (
        2,
        "accepte",
        {"a": 1},
        NOW + 5,
    )


def test_pages_hold_each_request_once_and_only_those_of_the_departements(engine):
    mine = [add(engine, dossier=n, deposited_at=NOW - (n % 3) * DAY) for n in range(7)]
    nowhere = add(engine, department=None)
    add(engine, department="69")
    for newest_first in (False, True):
        seen, after = [], None
        while True:
            page, after = requests.browse(engine, Wanted(), ("75", "92"), newest_first, 3, after)
            seen += page
            if after is None:
                break
        assert sorted(request.id for request in seen) == sorted([*mine, nowhere])
        assert [request.deposited_at for request in seen] == sorted(
            (request.deposited_at for request in seen), reverse=newest_first
        )
    assert requests.count(engine, Wanted(), ("75",)) == 8 and requests.count(engine, Wanted()) == 9


def test_pages_are_narrowed(engine):
    add(engine)
    aside = add(engine, aside="siret", dossier=123)
    add(engine, state="refuse", family_name="MÜLLER", given_names=None)
    add(engine, withdrawn_at=NOW)
    found = lambda **wanted: [request.id for request in requests.browse(engine, Wanted(**wanted))[0]]
    assert found(aside=True) == [aside] == found(text=" 123 ")
    assert len(found(states=("refuse",))) == 1 == len(found(text="muller"))
    assert len(found()) == 3 and len(found(withdrawn=None)) == 4 and len(found(withdrawn=True)) == 1
    assert found(text="%") and not found(text="100%"), (
        "what the search does not read narrows nothing, and a percent sign is no wildcard"
    )


def test_handling_times_are_of_comparable_decided_requests(engine):
    add(engine, state="accepte", decided_at=NOW, instructed_at=NOW - DAY)
    add(engine, state="refuse", decided_at=NOW - DAY, department="69")
    add(engine)
    add(engine, withdrawn_at=NOW)
    assert requests.handling_seconds(engine, NOW - 30 * DAY) == [3 * DAY, 2 * DAY]
    assert requests.handling_seconds(engine, NOW - 30 * DAY, department="69", contract="CDD") == [2 * DAY]
    assert requests.handling_seconds(engine, NOW - 30 * DAY, contract="CDI") == []
    assert requests.handling_seconds(engine, NOW + 1) == []


def test_the_same_person_is_known_whatever_the_accents(engine):
    add(engine)
    again = add(engine, family_name="Nguyên", given_names="Thi  Mai")
    key = requests.person_key("NGUYEN", "THI MAI", "1996-03-14")
    with reading(engine) as connection:
        assert [request.id for request in requests.of_person(connection, key)][-1] == again
        assert len(requests.of_person(connection, key)) == 2
    assert requests.person_key("NGUYEN", None, None) is None and requests.person_key("王", None, "1996") is None
