"""The camera's loop reads what the engine alone does not: stamps, low light, bands of toner, copies, screens, bent paper."""

import json
import subprocess

import cv2
import numpy as np
import pytest

from bench import reading_rate
from bench.reading import frames, hard

READ = {"stamp": 4, "low light": 2, "toner": 2, "moiré": 5, "photocopy": 0, "bent": 17, "crumple": 0, "inverted": 0}
"""Of each kind a frame of the reading bench that the plain engine leaves unread."""
LEFT = ("zxing-wasm", "ours")


@pytest.fixture(scope="module")
def readers(tmp_path_factory) -> dict[str, dict]:
    """What ours and the plain engine make of those frames, and of one without any code, each a kind of its own."""
    folder = tmp_path_factory.mktemp("frames")
    (sheet, text, page), listing = frames.paper(), []
    for kind, number in READ.items():
        random = np.random.default_rng([hard.SEED, hard.KINDS.index(kind), number])
        cv2.imwrite(str(folder / f"{kind}.png"), hard.degraded(kind, [sheet], page, random))
        listing.append({"file": f"{kind}.png", "kind": kind, "texts": [text]})
    cv2.imwrite(str(folder / "print.png"), page[200:920, 300:1580])
    listing.append({"file": "print.png", "kind": "no code", "texts": []})
    (folder / "frames.json").write_text(json.dumps(listing), "utf-8")
    command = [str(reading_rate.TOP / "wif"), "bench", "reading_rate", "--frames", str(folder), "--only"]
    said = [subprocess.run([*command, name], capture_output=True, check=True, text=True).stdout for name in LEFT]
    return {line["reader"]: line for line in map(json.loads, said)}


def test_frames_that_the_engine_leaves_unread_are_read_by_second_looks(readers):
    plain, ours = readers["zxing-wasm"]["kinds"], readers["ours"]["kinds"]
    assert {kind: plain[kind] for kind in READ} == dict.fromkeys(READ, 0)
    assert {kind: ours[kind] for kind in READ} == dict.fromkeys(READ, 1)


def test_no_other_text_is_read_and_none_where_there_is_no_code(readers):
    assert [line["wrong"] for line in readers.values()] == [0, 0]


def test_the_measure_says_what_each_reader_read_of_a_folder_of_frames(readers):
    ours = readers["ours"]
    assert set(ours) == {"reader", "read", "of", "wrong", "kinds", "ms"}
    assert (ours["of"], ours["read"]) == (len(READ) + 1, sum(ours["kinds"].values()))
