"""Files that are made to stall or break what draws them: bounded in time, pages and process."""

import os
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from issuer import reading
from issuer.errors import UnreadableSource

A_MOMENT = 20
"""Seconds: far beyond the bounds set here, far below what the file would take."""


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size, table, size, len(body),
    )  # fmt: skip


def stream(dictionary: bytes, data: bytes) -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (dictionary, len(data), data)


def laughing(levels: int = 8, times: int = 30) -> bytes:
    """One page that draws a form that draws a form … so many times each: a few kilobytes, ages of work."""
    forms = [
        stream(
            b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</F %d 0 R>>>>" % (6 + level),
            b"/F Do\n" * times,
        )
        for level in range(levels)
    ]
    last = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]", b"0 0 m 600 800 l S\n" * times)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page,
            stream(b"", b"/F Do\n" * times),
            *forms,
            last,
        ]
    )


def many(pages: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (3 + number) for number in range(pages))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>"
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages)
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", tree, *[page] * pages])


def test_a_page_that_would_be_drawn_for_ages_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "PAGE_SECONDS", 1.0, raising=False)
    path = tmp_path / "laughing.pdf"
    path.write_bytes(laughing())
    assert path.stat().st_size < 20_000
    started = time.monotonic()
    with pytest.raises(UnreadableSource, match="takes too long"):
        list(reading.read_codes(path))
    assert time.monotonic() - started < A_MOMENT


def test_pages_that_are_short_each_and_long_together_are_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "FILE_SECONDS", 0.05, raising=False)
    path = tmp_path / "many.pdf"
    path.write_bytes(many(150))
    with pytest.raises(UnreadableSource, match="takes too long"):
        list(reading.read_codes(path))
    path.write_bytes(many(1_000))
    monkeypatch.setattr(reading, "FILE_SECONDS", 30, raising=False)
    with pytest.raises(UnreadableSource, match="more than 200 pages"):
        list(reading.read_codes(path))


def test_the_command_says_so_and_goes_on_with_the_next_file(tmp_path, wif):
    """What is left of the work is left to nobody: the next file is read at once."""
    hostile, innocent = tmp_path / "laughing.pdf", tmp_path / "empty.pdf"
    hostile.write_bytes(laughing())
    innocent.write_bytes(many(1))
    started = time.monotonic()
    run = wif("verify", str(hostile), str(innocent))
    assert (run.code, [row["verdict"] for row in run.rows]) == (1, ["unreadable", "no_code"])
    assert time.monotonic() - started < 3 * A_MOMENT


def test_a_file_that_breaks_the_library_breaks_its_process_alone(tmp_path):
    path = tmp_path / "laughing.pdf"
    path.write_bytes(many(1))
    assert list(reading.read_codes(path)) == []
    os.kill(reading._reader._process.pid, signal.SIGSEGV)
    reading._reader._process.wait()
    assert list(reading.read_codes(path)) == []


def test_a_missing_file_is_still_said_in_one_sentence():
    with pytest.raises(UnreadableSource, match="cannot be read"):
        list(reading.read_codes(Path("nowhere.pdf")))


def test_a_moving_picture_is_not_judged_by_its_first_one(tmp_path):
    """A viewer shows what follows, the genuine code for a hundredth of a second."""
    genuine, forged = (Image.new("L", (40, 40), shade) for shade in (255, 0))
    genuine.save(tmp_path / "moving.png", save_all=True, append_images=[forged], duration=10)
    genuine.save(tmp_path / "one.png", save_all=True, append_images=[forged], default_image=True)
    genuine.save(tmp_path / "still.png")
    for name in ("moving.png", "one.png"):
        with pytest.raises(UnreadableSource, match="moving picture"):
            list(reading.read_codes(tmp_path / name))
    assert list(reading.read_codes(tmp_path / "still.png")) == []
