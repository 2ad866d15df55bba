"""No signed character prints as an empty box: the whole repertoire of the text rule, in every style that prints it."""

import io
import itertools
import re
import unicodedata

import numpy
import pytest
import typst as typst_library
from PIL import Image

from issuer.documents import typst_engine
from keys import latin
from tests.documents import readers, samples

REPERTOIRE = [
    chr(code)
    for code in range(0x20, 0x2117)
    if latin.is_allowed(chr(code)) and unicodedata.is_normalized("NFC", chr(code))
]
MARKS = [character for character in REPERTOIRE if latin.is_mark(character)]
VISIBLE = [character for character in REPERTOIRE if not latin.is_mark(character) and character != " "]
FIELDS = 60


def batches(texts, size):
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def test_the_repertoire_is_the_one_of_the_format():
    assert len(VISIBLE) == 883 and len(MARKS) == 107
    for character in "AzÀɏʯḀỿ№€…’“”ʻʼ¡¿":
        assert character in VISIBLE


@pytest.mark.parametrize("place", range(len(batches(VISIBLE, FIELDS * 3))))
def test_every_character_is_drawn_and_can_be_copied(typst, place):
    """PDF/A-2a lets no missing glyph through; the words that PDFium reads back are those that were signed."""
    some = "".join(batches(VISIBLE, FIELDS * 3)[place])
    name, employer, job = (some[start : start + FIELDS] for start in range(0, FIELDS * 3, FIELDS))
    claims = samples.claims()
    values = {"family_name": name, "job": job or "X"}
    document = samples.printed(samples.replace(claims, **values, employer_name=employer or "X"))
    read = readers.text(typst.render(document)).replace(" ", "")
    for words in filter(None, (name, employer, job)):
        assert words in read


@pytest.mark.parametrize("base", "xWg")
def test_every_mark_is_drawn_on_a_letter(typst, base):
    """Alone, and two on one letter: the most that the text rule lets through."""
    texts = [unicodedata.normalize("NFC", base + mark) for mark in MARKS]
    texts += [unicodedata.normalize("NFC", base + first + second) for first, second in itertools.pairwise(MARKS)]
    for some in batches(texts, 20):
        words = " ".join(some)
        assert latin.follows(words, 1, 80)
        typst.render(samples.printed(samples.replace(samples.claims(), family_name=words)))


@pytest.mark.parametrize("base", "xWg")
def test_every_mark_leaves_ink_of_its_own(base):
    """A mark that the font of the signed fields maps to nothing, or hides behind its letter, would print another
    name.
    """
    compiler = typst_library.Compiler(
        font_paths=typst_library.Fonts(include_system_fonts=False), ignore_system_fonts=True
    )
    bare = drawn(compiler, base)
    for mark in MARKS:
        assert numpy.abs(drawn(compiler, base + mark) - bare).sum() > 2000, f"U+{ord(mark):04X}"


def drawn(compiler, words):
    """A small picture of words in the font of the signed fields."""
    source = b"""#set page(width: 60pt, height: 60pt, margin: 20pt)
#set text(font: "Libertinus Serif", size: 20pt, fallback: false)
#sys.inputs.words"""
    png = compiler.compile(input=source, format="png", ppi=144, sys_inputs={"words": words})
    return numpy.asarray(Image.open(io.BytesIO(png)).convert("L")).astype(int)


def test_a_missing_glyph_is_refused_in_words(typst):
    """Typst says it rather than print a box, and the refusal does not quote the field."""
    document = samples.printed(authority="Préfecture 漢字")
    with pytest.raises(typst_engine.RenderError, match="has no glyph in the printed font") as caught:
        typst.render(document)
    assert "漢" not in str(caught.value)


def test_the_machines_fonts_are_left_alone(monkeypatch, pages):
    """Neither loaded nor printed: a machine's own Libertinus, older or altered, would change the page."""
    asked = {}
    monkeypatch.setattr(typst_engine.typst, "Compiler", lambda **options: asked.update(options))
    typst_engine.TypstEngine()
    assert asked["ignore_system_fonts"] is True
    assert set(asked["font_paths"].families()) == {
        "DejaVu Sans Mono",
        "Libertinus Serif",
        "New Computer Modern",
        "New Computer Modern Math",
    }
    for page in pages.values():
        fonts = set(re.findall(rb"/BaseFont/[A-Z]{6}\+([A-Za-z0-9-]+?)(?:-Identity-H)?[/>\s]", page))
        assert fonts <= {b"LibertinusSerif-Regular", b"LibertinusSerif-Semibold", b"LibertinusSerif-Italic"}


def test_names_with_rare_letters_need_no_other_font(typst):
    page = typst.render(
        samples.printed(
            samples.replace(samples.claims(), family_name="ẜẝỺỽ ɀɆ x\u0335 W\u0337\u030c", job="ỻɎ g\u0369")
        )
    )
    assert b"LibertinusSerif" in page and b"NewCM" not in page
