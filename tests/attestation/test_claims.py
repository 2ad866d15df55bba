"""issuer/attestation/claims.py: the wire form, its names in JSON, and cbor2 as a witness."""

from datetime import date

import cbor2
import pytest
from hypothesis import assume, given, strategies as st

from issuer.attestation import claims as wire
from issuer.attestation.record import read_record
from keys.errors import FormError
from tests.support import made
from tests.vectors import scene

NAMES = st.text(st.sampled_from("ABCDEÉÈŒabcdeéçđơưỆ'-. "), min_size=1, max_size=80).filter(
    lambda text: text == text.strip() and "  " not in text and text
)
DAYS = st.dates(min_value=date(1971, 1, 1), max_value=date(2100, 1, 1))


def test_the_reference_attestation_is_the_one_of_the_format():
    """The same bytes as the vectors' own encoder makes, 183 of them."""
    assert made.REFERENCE_PAYLOAD == scene.REFERENCE_PAYLOAD and len(made.REFERENCE_PAYLOAD) == 183
    assert made.claims().to_json() == scene.REFERENCE_JSON


def test_cbor2_reads_the_payload_and_writes_it_again():
    value = cbor2.loads(made.REFERENCE_PAYLOAD)
    assert list(value) == [4, 5, 6, -65537]
    assert cbor2.dumps(value, canonical=True) == made.REFERENCE_PAYLOAD


@given(
    family_name=NAMES,
    given_names=st.none() | NAMES,
    job=NAMES,
    kind=st.sampled_from(["AT", "AT-SAISONNIER"]),
    contract=st.sampled_from(sorted(wire.CONTRACTS.values())),
    department=st.sampled_from(["75", "2A", "971", "974", "975", "986", "987", "988"]),
    hundredths=st.integers(1, 999_999),
    per=st.sampled_from(["week", "month", "year"]),
    first=DAYS,
    length=st.integers(0, 3000),
    workplaces=st.lists(
        st.sampled_from(["01", "2A", "2B", "75", "92", "971", "988", "69", "13"]), unique=True, max_size=8
    ),
)
def test_a_record_comes_back_from_its_payload(
    family_name,
    given_names,
    job,
    kind,
    contract,
    department,
    hundredths,
    per,
    first,
    length,
    workplaces,
):
    last = first.fromordinal(first.toordinal() + length)
    value = made.RECORD | {
        "family_name": family_name,
        "given_names": given_names,
        "job": job,
        "kind": kind,
        "contract": contract,
        "department": department,
        "hours": {"count": hundredths / 100, "per": per},
        "workplaces": workplaces,
        "birth_date": "1970",
        "valid_from": first.isoformat(),
        "valid_until": last.isoformat(),
    }
    claims = read_record(value).to_claims(4829130571, (1, 0), made.ISSUED)
    again = wire.decode(wire.encode(claims))
    assert again == claims
    shown = again.to_json()
    assert (shown["valid_from"], shown["valid_until"]) == (first.isoformat(), last.isoformat())
    for name in ("family_name", "given_names", "job", "kind", "contract", "department"):
        assert shown.get(name) == value[name]
    assert shown["hours"] == {"count": hundredths / 100, "per": per} and shown.get("workplaces", []) == workplaces


@given(st.binary(max_size=200))
def test_any_bytes_raise_the_declared_error_only(data):
    with pytest.raises(FormError):
        wire.decode(data)


@given(st.integers(0, len(made.REFERENCE_PAYLOAD) - 1), st.integers(0, 255), st.booleans())
def test_what_is_accepted_encodes_to_the_very_same_bytes(at, byte, insert):
    """The round-trip rule over altered payloads."""
    payload = made.REFERENCE_PAYLOAD
    altered = payload[:at] + bytes([byte]) + payload[at if insert else at + 1 :]
    assume(altered != payload)
    try:
        claims = wire.decode(altered)
    except FormError:
        return
    assert wire.encode(claims) == altered


def test_no_claim_is_shown_by_repr():
    assert "NGUYEN" not in repr(made.claims())


@pytest.mark.parametrize(
    ("hundredths", "unit", "shown"),
    [
        (96400, 3, {"count": 964, "per": "year"}),
        (1750, 1, {"count": 17.5, "per": "week"}),
        (15167, 2, {"count": 151.67, "per": "month"}),
        (1, 1, {"count": 0.01, "per": "week"}),
        (999_999, 3, {"count": 9999.99, "per": "year"}),
    ],
)
def test_hours_have_no_needless_decimals(hundredths, unit, shown):
    assert wire.hours_to_json((hundredths, unit)) == shown
    assert isinstance(wire.hours_to_json((hundredths, unit))["count"], int) == (hundredths % 100 == 0)


def test_a_payload_over_800_bytes_is_not_encoded():
    """A claim takes one byte for its key and three for the head of a long text."""

    def grown(text: str) -> wire.Claims:
        return wire.Claims(**(vars(made.claims()) | {"additional": {20: text}}))

    room = 800 - len(made.REFERENCE_PAYLOAD) - 4
    assert len(wire.encode(grown("é" * (room // 2) + "A" * (room % 2)))) == 800
    with pytest.raises(FormError, match="801"):
        wire.encode(grown("é" * (room // 2) + "A" * (room % 2 + 1)))
