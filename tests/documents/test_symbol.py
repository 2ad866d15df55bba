"""The QR code on paper: read by others, large enough, with its quiet zone."""

import random
from dataclasses import replace

import numpy
import pytest

from issuer.attestation import qr
from issuer.documents import RenderError, masking, symbol
from tests.documents import readers, samples
from tests.documents.conftest import PAGES


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("dpi", (100, 150, 300))
def test_zxing_reads_the_code_that_pdfium_draws(documents, pages, name, dpi):
    assert [code.text for code in readers.codes(readers.picture(pages[name], dpi))] == [documents[name].qr_text]


@pytest.mark.parametrize("name", PAGES)
def test_zxing_reads_the_code_that_poppler_draws_at_150_dpi(documents, pages, name):
    for smooth in ("yes", "no"):
        grey = readers.poppler_picture(pages[name], 150, "-aaVector", smooth)
        assert [code.text for code in readers.codes(grey)] == [documents[name].qr_text]


@pytest.mark.parametrize("name", PAGES)
def test_a_module_is_six_tenths_of_a_millimetre_or_more_and_the_quiet_zone_is_white(pages, name):
    dpi = 600
    grey = readers.picture(pages[name], dpi)
    (code,) = readers.codes(readers.picture(pages[name], 300))
    corners = code.position
    left, right = round(corners.top_left.x * 2), round(corners.top_right.x * 2)
    top, bottom = round(corners.top_left.y * 2), round(corners.bottom_left.y * 2)
    square = grey[top - 2 : bottom + 3, left - 2 : right + 3] < 128
    columns, rows = numpy.nonzero(square.any(axis=0))[0], numpy.nonzero(square.any(axis=1))[0]
    first, last = left - 2 + columns[0], left - 2 + columns[-1]
    modules = len(qr.make_symbol(code.text).matrix)
    module = (last - first + 1) / modules
    assert module / dpi * 25.4 >= 0.598
    quiet = int(4 * module) - 2
    head, foot = top - 2 + rows[0], top - 2 + rows[-1]
    around = grey[head - quiet : foot + quiet + 1, first - quiet : last + quiet + 1].copy()
    around[quiet - 2 : -quiet + 2, quiet - 2 : -quiet + 2] = 255
    assert around.min() >= 250


def test_the_code_is_a_link_to_its_own_text(documents, pages):
    assert readers.links(pages["reference"]) == [documents["reference"].qr_text]


@pytest.mark.parametrize("version", (2, 7, 12, 24, 40))
def test_the_outline_draws_every_module(version):
    """Filled by the even-odd rule, the path gives back the symbol it was drawn from."""
    side = 17 + 4 * version
    chance = random.Random(version)
    rows = [chance.getrandbits(side) for _ in range(side)]
    drawn = symbol.draw_rows(rows)
    crossings = numpy.zeros((side + 8, side + 9), int)
    path = drawn.svg.split('d="')[2].split('"')[0]
    for polygon in path.removesuffix("z").split("z"):
        start, *edges = (
            polygon.replace("H", " H")
            .replace("V", " V")
            .removeprefix("M")
            .replace(" H", "|H")
            .replace(" V", "|V")
            .split("|")
        )
        x, y = map(int, start.split())
        for edge in edges:
            end = int(edge[1:])
            if edge[0] == "H":
                x = end
            else:
                crossings[min(y, end) : max(y, end), x] += 1
                y = end
    filled = numpy.cumsum(crossings, axis=1) % 2
    expected = numpy.zeros_like(filled)
    expected[4:-4, 4 : 4 + side] = [[row >> x & 1 for x in range(side)] for row in rows]
    assert (filled == expected).all()


def test_modules_shrink_with_the_symbol_but_never_below_the_least():
    for side in range(21, 178, 4):
        drawn = symbol.draw_rows([0] * side)
        assert 0.75 <= drawn.module_mm <= 0.8
        assert drawn.width_mm == pytest.approx((side + 8) * drawn.module_mm)
        assert drawn.quiet_mm == pytest.approx(4 * drawn.module_mm)


@pytest.mark.parametrize("name", PAGES)
def test_the_chosen_symbol_is_one_of_the_eight_and_of_the_least_penalty(documents, name):
    text = documents[name].qr_text
    symbols = [masking.read_rows(qr.make_symbol(text, mask=mask).matrix) for mask in range(8)]
    chosen = masking.best_rows(text)
    assert chosen in symbols
    penalties = [plain_penalty(rows) for rows in symbols]
    assert plain_penalty(chosen) == min(penalties) < max(penalties)


def test_the_penalty_agrees_with_the_standard_read_literally():
    chance = random.Random(18004)
    for side in (21, 25, 45):
        for dark in (0.2, 0.5, 0.8):
            rows = [sum((chance.random() < dark) << x for x in range(side)) for _ in range(side)]
            rows[3] |= 0b1011101 << 6
            rows[3] &= ~(0b1111 << 13 | 0b100010 << 6)
            across, down = masking._joined(rows), masking._joined(masking._turned(rows))
            assert masking._penalty(across, down, side) == plain_penalty(rows)


def plain_penalty(rows: list[int]) -> int:
    """ISO/IEC 18004 §7.8.3.1 word by word, module by module."""
    side = len(rows)
    grid = [[row >> x & 1 for x in range(side)] for row in rows]
    score = 0
    for line in [*grid, *map(list, zip(*grid, strict=False))]:
        words = "".join(map(str, line))
        for colour in "01":
            score += sum(len(run) - 2 for run in words.replace("10"["01".index(colour)], " ").split() if len(run) >= 5)
        for start in range(side - 6):
            if words[start : start + 7] == "1011101" and (
                words[max(0, start - 4) : start] == "0000" or words[start + 7 : start + 11] == "0000"
            ):
                score += 40
    for y in range(side - 1):
        for x in range(side - 1):
            score += 3 * (grid[y][x] == grid[y][x + 1] == grid[y + 1][x] == grid[y + 1][x + 1])
    dark = sum(map(sum, grid)) * 100 / side**2
    return score + 10 * int(abs(dark - 50) / 5)


def test_a_text_that_is_no_qr_text_is_refused_in_words(typst):
    with pytest.raises(RenderError, match="Issue it again"):
        typst.render(replace(samples.printed(), qr_text="no-code-at-all"))
