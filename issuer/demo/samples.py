"""Samples for the demonstration. Every person, company and address is invented; no business can bear these SIRETs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from issuer.attestation import claims as wire, qr, token
from issuer.attestation.record import Record, read_record
from issuer.desk import DeskContext, acts, issue, print_document
from issuer.home import Home
from keys import durable
from keys.errors import not_none
from keys.signer import SeedSigner

REFERENCE = "DEMO-"
FOREIGN_ORIGIN = "https://attestations.autre-service.example"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sample:
    """One printed sample: the key of its name in the message files, its PDF, and the verdict it was made for."""

    name: str
    pdf: Path
    expected: str


def _records(today: date) -> dict[str, dict]:
    def record(name: str, begins: date, days: int, **more: object) -> dict:
        return {
            "reference": REFERENCE + name,
            "valid_from": begins.isoformat(),
            "valid_until": (begins + days * DAY).isoformat(),
            **more,
        }

    month_ago = today - 30 * DAY
    return {
        "valid": record(
            "valid",
            month_ago,
            330,
            kind="APT",
            family_name="NGUYEN ÉPOUSE DUPONT",
            given_names="Thị Mai",
            birth_date="1996-03-14",
            nationality="VNM",
            employer={"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800013"},
            job="Ingénieure d'études",
            contract="CDD",
            hours={"count": 964, "per": "year"},
            workplaces=["75"],
            residence_permit="9912345678",
            department="75",
        ),
        "not_yet_valid": record(
            "not-yet-valid",
            today + 45 * DAY,
            300,
            kind="APT",
            family_name="OUÉDRAOGO",
            given_names="Awa Clarisse",
            birth_date="2001-11",
            nationality="BFA",
            employer={"name": "BOULANGERIE DU CANAL (EXEMPLE)", "siret": "81234567800021"},
            job="Vendeuse",
            contract="APPRENTISSAGE",
            hours={"count": 35, "per": "week"},
            department="93",
        ),
        "expired": record(
            "expired",
            today - 400 * DAY,
            300,
            kind="APT",
            family_name="BENALI",
            given_names="Karim",
            birth_date="1999-06-02",
            nationality="DZA",
            employer={"name": "RÉSIDENCE LES TILLEULS (EXEMPLE)", "siret": "81234567800039"},
            job="Veilleur de nuit",
            contract="CDD",
            hours={"count": 86.67, "per": "month"},
            department="69",
        ),
        "revoked": record(
            "revoked",
            month_ago,
            300,
            kind="APT",
            family_name="ŞAHİN",
            given_names="Elif",
            birth_date="1998-01-23",
            nationality="TUR",
            employer={"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800013"},
            job="Assistante de gestion",
            contract="CDD",
            hours={"count": 20, "per": "week"},
            department="75",
        ),
        "suspended": record(
            "suspended",
            month_ago,
            200,
            kind="AT",
            family_name="SILVA SANTOS",
            given_names="João Miguel",
            birth_date="1987-09-30",
            nationality="BRA",
            employer={"name": "CHARPENTES DU VAL (EXEMPLE)", "siret": "81234567800021"},
            job="Charpentier",
            contract="CDI",
            hours={"count": 1607, "per": "year"},
            workplaces=["44", "49", "85"],
            department="44",
        ),
        "replaced": record(
            "replaced",
            month_ago,
            150,
            kind="AT-SAISONNIER",
            family_name="EL AMRANI",
            given_names="Youssef",
            birth_date="1984",
            nationality="MAR",
            employer={"name": "Madame Exemple, particulier employeur"},
            job="Ouvrier agricole",
            contract="SAISONNIER",
            hours={"count": 151.67, "per": "month"},
            department="84",
        ),
    }


def make_samples(home: Home, today: date, author: str, progress: Callable[[str], None]) -> list[Sample]:
    """Issue, act, publish and print what is not there yet; the same call again changes nothing.

    ``home`` is a demonstration home, ``today`` a day of Europe/Paris, ``progress`` is told the name of each sample.
    """
    from issuer import registry
    from issuer.desk import Grounds

    desk = replace(home.desk(), accept_warnings=True)
    changed = False
    samples = []
    for name, record in _records(today).items():
        progress(name)
        entry = registry.by_reference(home.engine, record["reference"])
        if entry is None:
            changed = True
            issued = issue(desk, record, author)
            number = not_none(issued.number)
            if name == "revoked":
                acts.do(
                    desk, "revoke", number, Grounds(legal_basis="CRPA L241-2", reason="fraud", heard_on=today), author
                )
            elif name == "suspended":
                acts.do(desk, "suspend", number, Grounds(legal_basis="CRPA L121-1", reason="inquiry"), author)
            elif name == "replaced":
                successor = {**record, "reference": REFERENCE + "successor", "job": "Chef d'équipe agricole"}
                acts.replace(desk, number, successor, Grounds(legal_basis="CRPA L242-4", reason="request"), author)
        else:
            number = f"{entry.number}"
        samples.append(Sample(name, _printed(home, desk, number, name), name))
    second = not_none(registry.by_reference(home.engine, REFERENCE + "successor"))
    samples.append(Sample("successor", _printed(home, desk, f"{second.number}", "successor"), "valid"))
    if changed:
        home.publish(author)
    valid = not_none(registry.by_reference(home.engine, REFERENCE + "valid"))
    archived = not_none(registry.archived(home.engine, valid.number))
    samples.append(_forged(home, archived.token, archived.annex))
    samples.append(_foreign(home, read_record(_records(today)["valid"]), archived.annex))
    return samples


def _path(home: Home, name: str) -> Path:
    return home.documents / f"demo-{name.replace('_', '-')}.pdf"


def _printed(home: Home, desk: DeskContext, number: str, name: str) -> Path:
    path = _path(home, name)
    if not path.exists():
        durable.write(path, print_document(desk, number))
    return path


def _forged(home: Home, genuine: bytes, annex: dict) -> Sample:
    """The valid sample with another name and a later end, under the genuine signature."""
    path = _path(home, "forged")
    if not path.exists():
        parts = token.split(genuine)
        claims = replace(
            wire.decode(parts.payload),
            family_name="FAUSSAIRE",
            expires=wire.decode(parts.payload).expires + 365 * 86_400,
        )
        forged = token.join(replace(parts, payload=wire.encode(claims)))
        durable.write(path, home.document(forged, annex, qr.encode_text(home.config.origin, forged)))
    return Sample("forged", path, "bad_signature")


def _foreign(home: Home, record: Record, annex: dict) -> Sample:
    """A paper of another service, whose address the trust list does not name."""
    path = _path(home, "foreign")
    if not path.exists():
        issued_at = int(datetime.now(UTC).timestamp())
        paper = token.sign(wire.encode(record.to_claims(4829130571, (1, 7), issued_at)), SeedSigner(b"\x17" * 32))
        durable.write(path, home.document(paper, annex, qr.encode_text(FOREIGN_ORIGIN, paper)))
    return Sample("foreign", path, "foreign")
