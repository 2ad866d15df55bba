"""issuer/attestation/verify.py: properties. The vectors hold the cases, one failure each."""

import pytest
from hypothesis import assume, given, settings, strategies as st

import issuer.attestation
from issuer.attestation import LEVELS, VERDICTS, token, verify
from issuer.attestation.claims import encode
from tests.support import made

TRUST = made.held_trust()
LISTS = {1: made.held_status()}
ORIGIN, _, DIGITS = made.REFERENCE_TEXT.partition("/#")
NUMBER = int(DIGITS[1:])


def judged(text: str):
    result = verify(text, TRUST, LISTS, made.NOW)
    assert result.verdict in VERDICTS and result.level in LEVELS
    return result


def test_the_reference_is_valid():
    assert (judged(made.REFERENCE_TEXT).verdict, judged(made.REFERENCE_TEXT).level) == ("valid", "green")


def test_no_flipped_bit_is_valid():
    """Every one of the bits behind the origin."""
    for bit in range(NUMBER.bit_length()):
        assert judged(f"{ORIGIN}/#1{NUMBER ^ 1 << bit}").verdict != "valid", bit


def test_no_changed_digit_is_valid():
    for at in range(len(DIGITS)):
        for digit in "0123456789":
            if digit != DIGITS[at]:
                assert judged(f"{ORIGIN}/#{DIGITS[:at]}{digit}{DIGITS[at + 1 :]}").verdict != "valid", (at, digit)


def test_no_missing_or_doubled_character_is_valid():
    text = made.REFERENCE_TEXT
    for at in range(len(text)):
        assert judged(text[:at] + text[at + 1 :]).verdict != "valid", at
        assert judged(text[:at] + text[at] + text[at:]).verdict != "valid", at


@settings(max_examples=400)
@given(st.integers(0, len(made.REFERENCE_PAYLOAD) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_no_payload_altered_after_signing_is_valid(at, inserted, removed):
    parts = token.split(made.REFERENCE_TOKEN)
    payload = parts.payload[:at] + inserted + parts.payload[at + removed :]
    assume(payload != parts.payload)
    number = int.from_bytes(b"\x01" + parts.kid + parts.signature + payload, "big")
    assert judged(f"{ORIGIN}/#1{number}").verdict in ("bad_signature", "malformed")


@settings(max_examples=400)
@given(
    st.text(max_size=100)
    | st.text(st.sampled_from("0123456789/#HTPS:.-_ "), max_size=400).map(lambda tail: f"{ORIGIN}/#{tail}")
)
def test_any_text_gets_a_verdict_and_none_is_valid(text):
    assert judged(text).verdict != "valid"


@settings(max_examples=300)
@given(st.binary(min_size=24, max_size=200))
def test_any_signed_bytes_get_a_verdict_about_their_claims(payload):
    assert judged(made.signed(payload)).verdict in ("invalid_claims", "unsupported")


def test_the_verdict_shows_no_personal_data_by_repr():
    result = judged(made.REFERENCE_TEXT)
    assert result.claims["family_name"] == "NGUYEN ÉPOUSE DUPONT"
    assert "NGUYEN" not in repr(result) and "NGUYEN" not in str(result)


@pytest.mark.parametrize(
    "arguments",
    [
        (b"text", TRUST, LISTS, made.NOW),
        (None, TRUST, LISTS, made.NOW),
        ("", TRUST, LISTS, float(made.NOW)),
        ("", TRUST, LISTS, True),
        ("", TRUST, LISTS, None),
        ("", TRUST, LISTS, made.NOW, 0.0),
    ],
)
def test_wrong_types_are_a_type_error(arguments):
    with pytest.raises(TypeError):
        verify(*arguments)


def test_it_is_called_as_the_design_says():
    assert (
        issuer.attestation.verify(text=made.REFERENCE_TEXT, trust=TRUST, status=LISTS, now=made.NOW, floor=0).verdict
        == "valid"
    )


def test_a_list_under_another_number_does_not_speak_for_it():
    assert verify(made.REFERENCE_TEXT, TRUST, {2: LISTS[1]}, made.NOW).verdict == "status_unknown"


def test_hostile_but_allowed_text_comes_back_as_it_was_signed():
    name = "<script>alert(1)</script>"
    result = judged(made.signed(encode(made.claims(family_name=name))))
    assert (result.verdict, result.claims["family_name"]) == ("valid", name)
