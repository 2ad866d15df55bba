"""Genuine attestations to print: signed with a fixed key, from the plainest to the fullest page."""

from dataclasses import replace

from issuer.attestation import claims as wire
from issuer.attestation.qr import encode_text
from issuer.attestation.record import read_record
from issuer.attestation.token import sign
from issuer.documents import PrintedAttestation
from keys.signer import SeedSigner
from tests.support.records import record

SIGNER = SeedSigner(bytes(range(32)))
ORIGIN = "https://verif.workinfrance.example"
AUTHORITY = "Direction régionale de l'économie, de l'emploi, du travail et des solidarités d'Île-de-France"
SIGNATORY = {
    "given_names": "Claire",
    "family_name": "MARTIN-EXEMPLE",
    "title": "cheffe du service de la main-d'œuvre étrangère",
    "service": "unité départementale de Paris",
}
PLACES = ["04", "64", "66", "93", "971", "975", "986", "987"]
LONG_SIGNATORY = {
    "given_names": "Marie-Antoinette Élisabeth",
    "family_name": "DE LA ROCHE-EXEMPLAIRE",
    "title": (
        "directrice départementale adjointe chargée du service de la main-d'œuvre étrangère et des mutations"
        " économiques"
    ),
    "service": (
        "direction départementale de l'emploi, du travail et des solidarités, unité des autorisations de travail, pôle"
        " nord"
    ),
}
LONG = {
    "family_name": "NGUYỄN-WOJCIECHOWSKA MWANAMWAMBWA WICKREMASINGHE ÉPOUSE WEMBANYAMA-MAMMAMÙ WOŹNI",
    "given_names": "Thị Mai Wilhelmina Mwamba Maximiliana Gwendolyn Winnifred Emmanuelle Marguerites",
    "employer": {
        "name": "SOCIÉTÉ D'EXPLOITATION DES ÉTABLISSEMENTS DE WATTRELOS, WIMEREUX ET WITTENHEIM S",
        "siret": "81234567800021",
    },
    "job": "Ingénieure d'études en mécanique des fluides et modélisation numérique avancée S",
}


def claims(issued_at=1_767_000_000, replaces=None, **changes) -> wire.Claims:
    """The reference record's claims with changes; a None takes a field out."""
    return read_record(record(**changes)).to_claims(4829130571, (1, 524287), issued_at, replaces)


def fullest() -> wire.Claims:
    """Claims whose payload has exactly 800 bytes, in wide letters without a space: 80 code points in three of the
    texts.
    """
    full = replace(
        claims(replaces=1234567899, workplaces=PLACES, contract="PROFESSIONNALISATION", birth_date="1984-07"),
        family_name="Ẁ" * 80,
        given_names="Ǆ" * 80,
        employer_name="Ẅ" * 80,
        job="W",
        residence_permit="W" * 20,
    )
    return replace(full, job="W" * (1 + wire.MAX_PAYLOAD - len(wire.encode(full))))


def printed(
    of: wire.Claims | None = None, signatory=SIGNATORY, authority=AUTHORITY, origin=ORIGIN, **options
) -> PrintedAttestation:
    """A genuine attestation as it is printed."""
    of = of or claims()
    text = encode_text(origin, sign(wire.encode(of), SIGNER))
    return PrintedAttestation(
        claims=of.to_json(), qr_text=text, origin=origin, authority=authority, signatory=signatory, **options
    )


def every_page() -> dict[str, PrintedAttestation]:
    """One attestation for every way a page can look."""
    return {
        "reference": printed(),
        "demonstration": printed(claims(replaces=1234567899), demonstration=True),
        "bare": printed(
            claims(
                given_names=None,
                residence_permit=None,
                hours=None,
                workplaces=None,
                employer={"name": "Paul DURAND-EXEMPLE"},
                birth_date="1984",
                kind="AT-SAISONNIER",
                contract="SAISONNIER",
                valid_from="2026-05-01",
                valid_until="2026-10-31",
                department="32",
            ),
            {"family_name": "EXEMPLE", "title": "préfet", "service": "préfecture"},
            "Préfecture du Gers",
        ),
        "month": printed(
            claims(
                birth_date="1984-07",
                kind="AT",
                contract="CDI",
                hours={"count": 151.67, "per": "month"},
                valid_from="2026-09-30",
                valid_until="2027-09-30",
            )
        ),
        "long": printed(claims(replaces=1234567899, workplaces=PLACES, **LONG), LONG_SIGNATORY, demonstration=True),
        "fullest": printed(
            fullest(),
            {
                "given_names": "M" * 120,
                "family_name": "W" * 120,
                "title": LONG_SIGNATORY["title"],
                "service": "W" * 120,
            },
            "W" * 120,
            demonstration=True,
        ),
    }
