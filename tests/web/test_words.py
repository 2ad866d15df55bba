"""The message files of the pages: both languages say the same things, and every word that a page asks for is there."""

import re
import string
from pathlib import Path

import pytest

from issuer import web
from issuer.desk import plausibility
from issuer.messages import catalogue as shared
from issuer.web.wording import LANGUAGES, catalogue

ROOM = Path(web.__file__).parent
ASKED = re.compile(r"""\b(?:t|plural|has)\(\s*(['"])([a-z_][\w.-]*?)\1\s*[,)]""")


def parameters(text: str) -> set[str]:
    """The names in braces of a message."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_hold_the_same_messages_with_the_same_parameters():
    french, english = (catalogue(language) for language in LANGUAGES)
    assert list(french) == list(english), "in the same order, so that they are easily compared"
    assert {key for key in french if parameters(french[key]) != parameters(english[key])} == set()
    assert {key for key in french if not french[key].strip() or not english[key].strip()} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_is_asked_for_is_there(language):
    known = catalogue(language).keys() | shared(language).keys()
    missing = set()
    for path in [*ROOM.rglob("*.html"), *ROOM.rglob("*.py")]:
        for call in ASKED.finditer(path.read_text("utf-8")):
            key = call[2]
            if key not in known and f"{key}.one" not in known:
                missing.add((path.name, key))
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_of_the_audit_trail_has_words(language):
    written = set()
    for source in ROOM.parent.rglob("*.py"):
        text = source.read_text("utf-8")
        written |= set(re.findall(r'\bAct\(\s*"(\w+[a-z])"', text))
        noted = r'(?<!requests\.)\b_?note\(\s*(?:[\w.]+(?:\(\))?,\s+)+"(\w+)"'
        written |= set(re.findall(noted, text))
    assert {"issue", "sign_in", "take_effect", "propose_revoke", "request_accept", "restore"} <= written
    assert {"account_added", "password_changed", "sign_out_everywhere"} <= written
    assert {act for act in written if f"event.{act}" not in catalogue(language)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_warning_that_was_confirmed_has_words_in_the_trail(language):
    codes = {rule.code for rule in plausibility.RULES if rule.level == plausibility.WARNS}
    codes |= {"twin", "twin_same", "twin_earlier"}
    assert {code for code in codes if f"audit.warning.{code}" not in catalogue(language)} == set()
