"""Past requests of the demonstration, so that the public figures and the estimate of the time have something to count.

All invented, decided before this service and without attestation here, as when an older archive is taken over.
"""

import random
from typing import Any

from sqlalchemy import Connection

from issuer.home import Home
from issuer.registry import chain, requests
from issuer.registry.database import write

REFERENCE = "DEMO-PAST-"
COUNT = 1_500
DAYS = 715
DAY = 86_400
DEPARTMENTS = ("75", "75", "75", "92", "93", "94", "69", "69", "13", "59")
FAMILIES = (
    "ABELA",
    "BEKAROV",
    "CISSOKHO-LY",
    "DELMAREZ",
    "EZZAHIR",
    "FONKAM",
    "GURUNGA",
    "HOANG VIET",
    "ILIESCOU",
    "JIMENARO",
)
GIVEN = ("Amara", "Bilal", "Chinh", "Daria", "Elio", "Farah", "Goran", "Hana", "Ines", "Joao")
EMPLOYERS = (
    "SOCIÉTÉ EXEMPLE SAS",
    "BOULANGERIE DU CANAL (EXEMPLE)",
    "CHARPENTES DU VAL (EXEMPLE)",
    "RÉSIDENCE LES TILLEULS (EXEMPLE)",
)
OUTCOMES = (("accepte", 78), ("refuse", 14), ("sans_suite", 8))


def make_past(home: Home, author: str) -> int:
    """Write what is not there yet; how many requests were written: all, or none on the second call. ``home`` is a
    demonstration's.
    """
    rng = random.Random(2018)
    now = home.clock()

    def work(connection: Connection) -> int:
        if requests.find_reference(connection, f"{REFERENCE}1") is not None:
            return 0
        acts = []
        for place in range(1, COUNT + 1):
            request_id = _add(connection, now, rng, place)
            acts.append(chain.Act("request_enter", f"request-{request_id}", {"source": "import"}))
        chain.append(connection, now, author, acts)
        return COUNT

    return write(home.engine, work)


def _add(connection: Connection, now: int, rng: random.Random, place: int) -> int:
    """One request, its history with it: handled in some days, more in summer and in September."""
    deposited = now - rng.randrange(20 * DAY, DAYS * DAY)
    busy = 1.6 if deposited // (30 * DAY) % 12 in (7, 8) else 1.0
    instructed = deposited + int(rng.uniform(0.2, 3) * DAY)
    decided = min(instructed + int(rng.lognormvariate(1.2, 0.6) * busy * DAY), now - DAY)
    state = rng.choices([name for name, _ in OUTCOMES], [share for _, share in OUTCOMES])[0]
    record: dict[str, Any] = {
        "kind": "APT",
        "family_name": rng.choice(FAMILIES),
        "given_names": rng.choice(GIVEN),
        "birth_date": f"{rng.randrange(1990, 2005)}",
        "employer": {"name": rng.choice(EMPLOYERS)},
        "contract": rng.choice(("CDD", "CDI", "APPRENTISSAGE")),
        "department": rng.choice(DEPARTMENTS),
    }
    request_id = requests.add(
        connection,
        now,
        rng.randrange,
        {
            "source": "import",
            "reference": f"{REFERENCE}{place}",
            "state": state,
            "deposited_at": deposited,
            "instructed_at": instructed,
            "decided_at": decided,
            "modified_at": decided,
            "archived": 1,
            "department": record["department"],
            "contract": record["contract"],
            "family_name": record["family_name"],
            "given_names": record["given_names"],
            "birth_date": record["birth_date"],
            "person_key": requests.person_key(record["family_name"], record["given_names"], record["birth_date"]),
            "employer_name": record["employer"]["name"],
            "record": record,
            "awaited_from": "personne",
            "awaited": "rien",
            "decided_by": "reprise",
        },
    )
    for at, what in ((deposited, "en_construction"), (instructed, "en_instruction"), (decided, state)):
        requests.note(connection, request_id, at, what, "reprise", now)
    return request_id
