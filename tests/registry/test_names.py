"""Names as they are searched."""

import pytest

from issuer.registry.names import WORD_LENGTH, fold, words


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("NGUYEN ÉPOUSE DUPONT", "NGUYEN EPOUSE DUPONT"),
        ("Thị Mai", "THI MAI"),
        ("D’Agostino", "DAGOSTINO"),
        ("d'agostino", "DAGOSTINO"),
        ("Ben-Saïd", "BEN SAID"),
        ("Œuvre Ægir", "OEUVRE AEGIR"),
        ("Straße", "STRASSE"),
        ("İlker Işık", "ILKER ISIK"),
        ("Łukasz Đurić", "LUKASZ DURIC"),
        ("Ø'Neill", "ONEILL"),
        ("  ", ""),
        ("%_*", ""),
    ],
)
def test_fold_keeps_capital_ascii_words(name, folded):
    assert fold(name) == folded


def test_words_are_distinct_and_short():
    assert words("DUPONT", "Dupont Mai") == ["DUPONT", "MAI"]
    assert words("X" * 80) == ["X" * WORD_LENGTH]
