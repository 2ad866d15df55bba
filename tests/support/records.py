"""The attestation that the tests and the measurements speak of, as the JSON record that is issued from."""

from datetime import UTC, date, datetime, timedelta

from issuer.attestation.places import local_day

RECORD = {
    "kind": "APT",
    "family_name": "NGUYEN ÉPOUSE DUPONT",
    "given_names": "Thị Mai",
    "birth_date": "1996-03-14",
    "nationality": "VNM",
    "employer": {"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800013"},
    "job": "Ingénieure d'études",
    "contract": "CDD",
    "hours": {"count": 964, "per": "year"},
    "workplaces": ["75"],
    "residence_permit": "9912345678",
    "department": "75",
    "valid_from": "2026-01-05",
    "valid_until": "2026-12-31",
}

SINCE = local_day("75", int(datetime.now(UTC).timestamp())) - timedelta(days=30)
UNTIL = SINCE + timedelta(days=300)
CURRENT: dict[str, object] = {**RECORD, "valid_from": SINCE.isoformat(), "valid_until": UNTIL.isoformat()}
"""The record in force today: for what runs by the machine's own clock, a server or a command, in whatever year."""


def french(day: date) -> str:
    """A day as people type it here."""
    return f"{day:%d/%m/%Y}"


def record(**changes: object) -> dict[str, object]:
    """The record with changes; a None takes the field out."""
    return {name: value for name, value in {**RECORD, **changes}.items() if value is not None}
