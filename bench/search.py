"""Searching: the time of each kind of search over a million attestations.

    wif bench search [--count 1000000] [--database ADDRESS] [--keep FILE]

Fills an empty database with invented rows (not through the desk: that is measured by `issue`), then
runs each search five times for its first page, once for the next, and prints a Markdown table: median
time, processor time of the worst run (without the database server's on PostgreSQL).
"""

import argparse
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import insert, text

from issuer import registry
from issuer.attestation.claims import encode
from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.record import read_record
from issuer.attestation.token import sign
from issuer.registry.models import LIST_SIZE, Archive, Attestation, NameWord, StatusList
from issuer.registry.names import search_words
from issuer.registry.search import ORDERS, find_all, find_page
from keys.signer import SeedSigner

BEGIN, YEAR = 1_640_995_200, 31_536_000
"""2022-01-01T00:00:00Z; rows are spread over five years."""
STEP = 10_000

SYLLABLES = (
    "BA",
    "DU",
    "MAR",
    "TIN",
    "LO",
    "PEZ",
    "NGU",
    "YEN",
    "KO",
    "WAL",
    "SKI",
    "DIA",
    "LLO",
    "FER",
    "SAN",
    "TOS",
    "OU",
    "ED",
    "RA",
    "OGO",
)
COMMON = ("NGUYEN", "DIALLO", "TRAORE", "BENALI", "SILVA", "WANG", "KHAN", "DUPONT", "MARTIN", "HASSAN")
GIVEN = (
    "MOHAMED",
    "MARIA",
    "FATOU",
    "JEAN",
    "MAI",
    "AMINA",
    "LUKASZ",
    "JOSE",
    "ZOE",
    "IVANA",
    "OMAR",
    "LEILA",
    "WEI",
    "ANNA",
    "PAUL",
)


def invented_name(rng: random.Random) -> tuple[str, str]:
    """A family name and a given name; a fifth of the families share ten names."""
    family = rng.choice(COMMON) if rng.random() < 0.2 else "".join(rng.choices(SYLLABLES, k=3))
    return family, " ".join(rng.sample(GIVEN, rng.choice((1, 1, 2))))


def fill(engine, count: int) -> None:
    """Write ``count`` rows of every table that a search reads."""
    rng, signer = random.Random(1), SeedSigner(bytes(32))
    sample = read_record(
        {
            "kind": "APT",
            "family_name": "DUPONT",
            "birth_date": "1996",
            "nationality": "VNM",
            "employer": {"name": "SOCIÉTÉ EXEMPLE"},
            "job": "Essai",
            "contract": "CDD",
            "department": "75",
            "valid_from": "2026-01-05",
            "valid_until": "2026-12-31",
        }
    )
    tokens = [
        sign(encode(sample.to_claims(1_000_000_009 + place * 10, (1, place), BEGIN)), signer) for place in range(200)
    ]
    numbers, codes = rng.sample(range(1_000_000_000, 9_999_999_999), count), list(DEPARTMENTS)
    weights = [20 if code in ("75", "92", "93", "94", "69", "13", "59") else 1 for code in codes]
    with engine.begin() as connection:
        connection.execute(
            insert(StatusList),
            [{"number": 1 + n, "used": 0, "opened_at": BEGIN} for n in range(count // LIST_SIZE + 1)],
        )
    for first in range(0, count, STEP):
        rows, archives, found_by = [], [], []
        for place in range(first, min(first + STEP, count)):
            at = BEGIN + place * 5 * YEAR // count
            family, given = invented_name(rng)
            company = rng.randrange(50_000)
            rows.append(
                {
                    "id": place + 1,
                    "number": numbers[place],
                    "list_number": 1 + place // LIST_SIZE,
                    "list_index": place % LIST_SIZE,
                    "state": rng.choices((0, 1, 2, 3), (970, 10, 5, 15))[0],
                    "kind": "APT",
                    "department": rng.choices(codes, weights)[0],
                    "valid_from": datetime.fromtimestamp(at, UTC).date(),
                    "valid_until": datetime.fromtimestamp(at + 300 * 86_400, UTC).date(),
                    "not_before": at,
                    "expires": at + 300 * 86_400,
                    "issued_at": at,
                    "author": "bench",
                    "kid": signer.kid,
                    "employer_siret": f"000000000{company:05d}",
                    "employer_key": (employer := f"{rng.choice(SYLLABLES)}{company} EXEMPLE"),
                }
            )
            archives.append(
                {"attestation_id": place + 1, "token": tokens[place % 200], "annex": "{}", "salt": bytes(16)}
            )
            born = f"{1960 + rng.randrange(45)}-{1 + rng.randrange(12):02}-{1 + rng.randrange(28):02}"
            found_by += [
                {"word": word, "attestation_id": place + 1} for word in search_words((family, given), employer, born)
            ]
        with engine.begin() as connection:
            for table, values in ((Attestation, rows), (Archive, archives), (NameWord, found_by)):
                connection.execute(insert(table), values)
        print(f"\r{first + len(rows):,} rows", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def searches() -> dict[str, registry.Search]:
    """What is looked for, by a name for people."""
    middle = BEGIN + 2 * YEAR
    return {
        "no criterion": registry.Search(),
        "common name and given name": registry.Search(names="nguyen mai"),
        "common given name": registry.Search(names="mohamed"),
        "two first letters": registry.Search(names="ma"),
        "rare name": registry.Search(names="pezskiogo"),
        "name that nobody has": registry.Search(names="xylophone"),
        "one box: common name": registry.Search(anything="nguyen"),
        "one box: a wrong letter": registry.Search(anything="nguyne", near=True),
        "one box: an employer's number and a name": registry.Search(anything="mohamed tin42"),
        "one box: birth date": registry.Search(born="1987-03-14"),
        "two common names": registry.Search(names="mohamed maria"),
        "SIRET": registry.Search(siret="00000000000042"),
        "beginning of an employer": registry.Search(employer="tin42"),
        "two letters of an employer": registry.Search(employer="ma"),
        "large département": registry.Search(department="75"),
        "small département, suspended": registry.Search(department="48", states=("suspended",)),
        "large département, common name": registry.Search(department="75", names="martin"),
        "small département, common given name": registry.Search(department="48", names="mohamed"),
        "revoked": registry.Search(states=("revoked",)),
        "one day, three years ago": registry.Search(issued_from=middle, issued_until=middle + 86_400),
        "one month, name": registry.Search(issued_from=middle, issued_until=middle + 30 * 86_400, names="diallo"),
        "one month, small département": registry.Search(
            issued_from=middle, issued_until=middle + 30 * 86_400, department="48"
        ),
        "expired by the end": registry.Search(expires_before=BEGIN + 5 * YEAR),
        "expired before, suspended": registry.Search(expires_before=middle, states=("suspended",)),
        "valid on a day long past, name": registry.Search(valid_on=date(2022, 6, 1), names="silva"),
    }


def pages() -> dict[str, tuple[registry.Search, tuple[str, ...] | None, str]]:
    """What the issuer's pages ask, by a name for people: the search, the person's départements (None: all), the
    order.
    """
    two, fifteen = ("75", "92"), tuple(list(DEPARTMENTS)[:15])
    asked = {f"two départements, order {order}": (registry.Search(), two, order) for order in ORDERS}
    asked |= {
        "two départements, common name, last day": (registry.Search(names="mohamed"), two, "until"),
        "two départements, valid today, last day": (
            registry.Search(states=("valid",), valid_on=date(2026, 6, 1)),
            two,
            "until",
        ),
        "two départements, suspended, number": (registry.Search(states=("suspended",)), two, "number"),
        "fifteen départements": (registry.Search(), fifteen, "issued"),
        "fifteen départements, common name, number": (registry.Search(names="mohamed"), fifteen, "number"),
        "everywhere, last day": (registry.Search(), None, "until_last"),
        "everywhere, revoked, last day": (registry.Search(states=("revoked",)), None, "until_last"),
        "everywhere, expired, number": (registry.Search(expires_before=BEGIN + 5 * YEAR), None, "number"),
    }
    return asked


def measure(name: str, ask, following) -> None:
    """One line: ``ask`` five times for the first page, ``following`` once for the page after it."""
    times, work, page = [], [], None
    for _ in range(5):
        began, worked = time.perf_counter(), time.process_time()
        page = ask()
        times.append(time.perf_counter() - began)
        work.append(time.process_time() - worked)
    began = time.perf_counter()
    if page.next:
        following(page.next)
    after = f"{(time.perf_counter() - began) * 1000:,.1f} ms" if page.next else "—"
    print(
        f"| {name} | {len(page.found)} | {sorted(times)[2] * 1000:,.1f} ms | {max(work) * 1000:,.1f} ms | {after} |",
        flush=True,
    )


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--database", help="an empty PostgreSQL database (a temporary SQLite file by default)")
    parser.add_argument("--keep", type=Path, help="an SQLite file to make, or to use again when it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        engine = registry.open_registry(options.database or str(options.keep or Path(scratch) / "wif.sqlite3"))
        if registry.migrate(engine) and not registry.list_use(engine):
            fill(engine, options.count)
        print(
            f"| search over {sum(registry.counts(engine).values()):,} on {engine.dialect.name} | lines | median of 5 |"
            " processor, worst of 5 | next page |\n|---|---|---|---|---|"
        )
        for name, search in searches().items():
            measure(
                name,
                lambda: find_page(engine, search),
                lambda after: find_page(engine, search, after=after),
            )
        for name, (search, departments, order) in pages().items():
            measure(
                f"page: {name}",
                lambda: find_page(engine, search, departments=departments, order=order),
                lambda after: find_page(engine, search, departments=departments, order=order, after=after),
            )
        for name, departments in (("two départements", ("75", "92")), ("everywhere", None)):
            began = time.perf_counter()
            lines = sum(1 for _ in islice(find_all(engine, registry.Search(), departments=departments), 10_000))
            print(
                f"| export: {name}, first 10,000 lines | {lines} | {(time.perf_counter() - began) * 1000:,.0f} ms"
                " | | |",
                flush=True,
            )


if __name__ == "__main__":
    main()
