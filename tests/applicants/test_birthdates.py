"""Birth dates and numbers as people type them; what a guesser learns from their comparison."""

from datetime import date

import pytest

from issuer.applicants.whereabouts import matching, read_number
from issuer.written.dates import typed_birth_date

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14/03/1996", "1996-03-14"),
        ("14-03-1996", "1996-03-14"),
        ("14.03.1996", "1996-03-14"),
        (" 14 03 1996 ", "1996-03-14"),
        ("14031996", "1996-03-14"),
        ("1996-03-14", "1996-03-14"),
        ("14 mars 1996", "1996-03-14"),
        ("1er août 2001", "2001-08-01"),
        ("1ER AOÛT 2001", "2001-08-01"),
        ("14 March 1996", "1996-03-14"),
        ("4/3/1996", "1996-03-04"),
        ("29/02/2000", "2000-02-29"),
        ("déc. 1999", "1999-12"),
        ("03/1996", "1996-03"),
        ("mars 1996", "1996-03"),
        ("1996-03", "1996-03"),
        ("1996", "1996"),
        ("00/03/1996", "1996-03"),
        ("00/00/1996", "1996"),
        ("24/11/2026", "2026-11-24"),
        ("14/13/1996", None),
        ("31/02/1996", None),
        ("29/02/1999", None),
        ("25/11/2026", None),
        ("12/2026", None),
        ("2027", None),
        ("1899", None),
        ("14/00/1996", None),
        ("14/03/96", "1996-03-14"),
        ("03/14/1996", None),
        ("", None),
        ("hier", None),
        ("14/03/1996/1", None),
        ("١٤/٠٣/١٩٩٦", None),
        ("1996" * 20, None),
        ("14 mars 1996 <b>", None),
        ("\x00", None),
    ],
)
def test_what_is_understood(typed, meant):
    assert typed_birth_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("4829130571", 4829130571),
        ("482 913 0571", 4829130571),
        ("482\u00a0913\u202f0571", 4829130571),
        ("n° 44950", 44950),
        ("N°44950", 44950),
        ("0044950", 44950),
        ("", None),
        ("0", None),
        ("-1", None),
        ("4e5", None),
        ("٤٤٩٥٠", None),
        ("4_4", None),
        ("9" * 19, None),
        ("1; DROP TABLE request", None),
    ],
)
def test_numbers_are_read_with_or_without_spaces(typed, number):
    assert read_number(typed) == number


def test_only_the_whole_date_matches():
    assert matching([(7, "1996-03-14")], "1996-03-14") == 7
    assert matching([(7, "1996-03-14"), (8, "1996")], "1996") == 8
    for typed in ("1996", "1996-03", "1996-03-15", "-"):
        assert matching([(7, "1996-03-14")], typed) is None
    assert matching([], "1996") is None and matching([(7, None)], "-") is None, "an erased request matches nothing"


def test_an_unknown_number_is_compared_as_often_as_a_wrong_date(monkeypatch):
    calls = []
    monkeypatch.setattr(
        "issuer.applicants.whereabouts.hmac.compare_digest",
        lambda first, second: calls.append((len(first), len(second))) or first == second,
    )
    for candidates in ([], [(7, "1996-03-14")], [(7, "1996-03-14"), (8, "2001")]):
        calls.clear()
        matching(candidates, "1990-01-01")
        assert calls == [(32, 32), (32, 32)]
