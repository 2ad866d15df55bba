"""Makes the hard frames of the reading bench: what offices, pockets, screens and messages do to a printed symbol.

    python -m bench.reading.hard FOLDER [MOST]

Writes grey PNGs and `frames.json`, a list of {"file", "kind", "texts"}: the kind and every text that the frame holds. The
same seeds give the same bytes. 24 frames of each kind.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench.reading import frames
from bench.reading.frames import HEIGHT, PAPER, WIDTH, Hand, dull, motion, noise, shade, squeezed

SEED = 20261127
EACH = 24
OTHER = replace(frames.REFERENCE, number=5130248896, family_name="DIALLO", given_names="Awa", status=(1, 131071))
"""The second paper of a frame with two."""


def smooth(random: np.random.Generator, shape: tuple[int, int], grain: float) -> np.ndarray:
    """A soft random field between 0 and 1; `grain` is the size of its spots in pixels."""
    field = cv2.GaussianBlur(random.normal(0, 1, shape).astype(np.float32), (0, 0), grain)
    low, high = np.percentile(field, [1, 99])
    return np.clip((field - low) / (high - low), 0, 1)


def over(sheet: np.ndarray, cover: np.ndarray, ink: float) -> np.ndarray:
    """Ink of a grey level over the sheet where `cover` (0 to 1) says so: it darkens paper, and hardly shows on black."""
    return np.clip(sheet * (1 - cover) + np.minimum(sheet, ink) * cover, 0, 255).astype(np.uint8)


def stamped(sheet: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A round office stamp, or a signature, or both, across the symbol: worn ink, and what is under it shows."""
    drawn = np.zeros(sheet.shape, np.uint8)
    what = random.integers(3)
    if what != 1:
        centre = (random.normal(PAPER / 2, 90, 2)).astype(int)
        size = int(random.uniform(110, 210))
        for part, thick in ((1.0, 9), (0.9, 4), (0.55, 4)):
            cv2.circle(drawn, centre.tolist(), int(size * part), 255, thick, cv2.LINE_AA)
        for at in np.linspace(0, 2 * np.pi, 22, endpoint=False):
            place = centre + 0.73 * size * np.array([np.cos(at), np.sin(at)])
            letter = "PREFCTUDSVI"[random.integers(11)]
            cv2.putText(drawn, letter, (int(place[0]) - 11, int(place[1]) + 11), 2, size / 190, 255, 3, cv2.LINE_AA)
        cv2.putText(drawn, "VU", (int(centre[0]) - 35, int(centre[1]) + 18), 2, 1.6, 255, 5, cv2.LINE_AA)
    if what != 0:
        steps = np.linspace(0, 1, 70)
        tall, wide = random.uniform(60, 190), random.uniform(380, 620)
        wave = sum(
            random.normal(0, 1) * np.sin(2 * np.pi * k * steps + random.uniform(0, 6)) / k**0.6 for k in range(1, 8)
        )
        line = np.stack(
            [
                PAPER / 2 + wide * (steps - 0.5) + 25 * np.cos(steps * 40),
                PAPER / 2 + random.uniform(-120, 120) + tall * wave / 3,
            ],
            1,
        )
        cv2.polylines(drawn, [line.astype(np.int32)], False, 255, int(random.uniform(4, 9)), cv2.LINE_AA)
    cover = drawn / 255.0 * (0.45 + 0.55 * smooth(random, sheet.shape, 12))
    return over(sheet, cover, random.uniform(25, 120))


def coffee(sheet: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Rings of a cup and a blot, darker at the edge."""
    light = np.ones(sheet.shape, np.float32)
    y, x = np.mgrid[:PAPER, :PAPER].astype(np.float32)
    for _ in range(random.integers(1, 4)):
        cx, cy = random.uniform(250, 650, 2)
        angle = np.arctan2(y - cy, x - cx)
        uneven = 1 + sum(random.normal(0, 0.05) * np.cos(k * angle + random.uniform(0, 6)) for k in range(1, 6))
        far = np.hypot(x - cx, y - cy) / (random.uniform(90, 260) * uneven)
        depth = random.uniform(0.25, 0.7)
        if random.random() < 0.5:
            light *= 1 - depth * np.exp(-(((far - 1) / random.uniform(0.04, 0.12)) ** 2))
        else:
            light *= 1 - depth * ((far < 1) * 0.65 + 0.35 * np.exp(-(((far - 1) / 0.05) ** 2)))
    light *= 1 - 0.15 * smooth(random, sheet.shape, 30)
    return np.clip(sheet * cv2.GaussianBlur(light, (0, 0), 2), 0, 255).astype(np.uint8)


def toner(sheet: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Bands where the cartridge gives too little, white lines of a dirty drum, specks."""
    across = np.arange(PAPER)
    fade = np.zeros(PAPER)
    for _ in range(random.integers(2, 6)):
        fade = np.maximum(
            fade,
            random.uniform(0.4, 0.97) * np.exp(-(((across - random.uniform(200, 700)) / random.uniform(6, 70)) ** 2)),
        )
    for _ in range(random.integers(0, 5)):
        at, wide = random.integers(200, 700), random.integers(2, 7)
        fade[at : at + wide] = 1
    band = np.tile(fade, (PAPER, 1)) * (0.75 + 0.25 * smooth(random, sheet.shape, 20))
    if random.random() < 0.5:
        band = band.T
    made = sheet + (255.0 - sheet) * band
    specks = random.random(sheet.shape) < random.uniform(0, 0.004)
    made[cv2.dilate(specks.astype(np.uint8), np.ones((3, 3))) > 0] = random.uniform(0, 90)
    return np.clip(made, 0, 255).astype(np.uint8)


def sleeve(frame: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A plastic sleeve: haze, reflections of lamps and windows that wipe out what is under them, wrinkles that shine."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    shine = np.full(frame.shape, random.uniform(10, 60), np.float32)
    for _ in range(random.integers(1, 4)):
        angle, at = random.uniform(0, np.pi), random.normal([WIDTH / 2, HEIGHT / 2], 110)
        along = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
        beside = -(x - at[0]) * np.sin(angle) + (y - at[1]) * np.cos(angle)
        shine += random.uniform(90, 330) * np.exp(
            -((along / random.uniform(40, 260)) ** 2) - (beside / random.uniform(8, 55)) ** 2
        )
    wrinkles = smooth(random, frame.shape, 9)
    shine += random.uniform(20, 110) * np.clip((wrinkles - 0.75) * 5, 0, 1)
    return np.clip(frame * random.uniform(0.55, 0.85) + shine, 0, 255).astype(np.uint8)


def moire(hand: Hand, random: np.random.Generator) -> np.ndarray:
    """The symbol on a screen: the grid of its pixels against the grid of the camera's."""
    frame = hand.flat(askew=0.08, turn=random.uniform(-25, 25)).astype(np.float32)
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    angle, pitch = random.uniform(0, np.pi / 2), random.uniform(1.7, 7)
    depth = random.uniform(0.15, 0.5)
    for turn in (0, np.pi / 2):
        wave = np.sin(
            2 * np.pi / pitch * (x * np.cos(angle + turn) + y * np.sin(angle + turn) + 3 * np.sin(x / 160 + turn))
        )
        frame *= 1 - depth * (0.5 + 0.5 * wave)
    beat = random.uniform(14, 60)
    frame *= 1 - random.uniform(0.1, 0.45) * (
        0.5 + 0.5 * np.sin(2 * np.pi / beat * (x * np.sin(angle) + y * np.cos(angle)))
    )
    frame = cv2.GaussianBlur(30 + frame * 0.85, (0, 0), random.uniform(0.5, 1.1))
    return squeezed(np.clip(frame, 0, 255).astype(np.uint8), int(random.uniform(45, 85)))


def copied(sheet: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One pass of a photocopier: soft glass, hard contrast, grown or thinned ink, specks."""
    soft = cv2.GaussianBlur(sheet, (0, 0), random.uniform(1.5, 3.2)).astype(np.float32)
    soft += random.normal(0, 14, sheet.shape) + 34 * (smooth(random, sheet.shape, 40) - 0.5)
    middle, steep = random.uniform(85, 175), random.uniform(0.03, 0.12)
    made = 255 / (1 + np.exp(-steep * (soft - middle)))
    specks = random.random(sheet.shape) < random.uniform(0, 0.0015)
    made[cv2.dilate(specks.astype(np.uint8), np.ones((3, 3))) > 0] = 20
    small = cv2.warpAffine(
        made.astype(np.float32),
        cv2.getRotationMatrix2D((PAPER / 2, PAPER / 2), random.uniform(-1.2, 1.2), 1),
        (PAPER, PAPER),
        borderValue=255,
    )
    return np.clip(small, 0, 255).astype(np.uint8)


def moved(sheet: np.ndarray, dx: np.ndarray, dy: np.ndarray, light: np.ndarray) -> np.ndarray:
    """The sheet with every point moved by so many pixels, under that light."""
    y, x = np.mgrid[:PAPER, :PAPER].astype(np.float32)
    bent = cv2.remap(sheet, x + dx.astype(np.float32), y + dy.astype(np.float32), cv2.INTER_LINEAR, borderValue=255)
    return np.clip(bent * light, 0, 255).astype(np.uint8)


def crumpled(sheet: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Paper that was a ball: flat facets between creases, each lit and shifted in its own way."""
    y, x = np.mgrid[:PAPER, :PAPER].astype(np.float32)
    height = np.zeros(sheet.shape, np.float32)
    for _ in range(random.integers(10, 26)):
        angle, at = random.uniform(0, np.pi), random.uniform(100, PAPER - 100)
        height += random.normal(0, 0.055) * np.abs(
            (x - PAPER / 2) * np.cos(angle) + (y - PAPER / 2) * np.sin(angle) + PAPER / 2 - at
        )
    height = cv2.GaussianBlur(height, (0, 0), 2.5)
    slope_y, slope_x = np.gradient(height)
    light = np.clip(0.92 + random.uniform(0.3, 1.0) * (slope_x * np.cos(1) + slope_y * np.sin(1)), 0.25, 1.15)
    lean = random.uniform(0.15, 0.55, 2) * random.choice([-1, 1], 2)
    return moved(sheet, height * lean[0], height * lean[1], light)


def bent(sheet: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A curl that is no cylinder: a cone, a wave, a corner that lifts, or a roll that twists."""
    y, x = (np.mgrid[:PAPER, :PAPER].astype(np.float32) - PAPER / 2) / 250  # the symbol is -1 to 1
    kind = random.integers(4)
    much = random.uniform(14, 44) * random.choice([-1, 1])
    turn = random.uniform(0, 2 * np.pi)
    u, v = x * np.cos(turn) + y * np.sin(turn), -x * np.sin(turn) + y * np.cos(turn)
    if kind == 0:
        height = (1 - u * u) * (1 + 0.6 * v)
    elif kind == 1:
        height = np.sin(random.uniform(1.5, 3.0) * u + random.uniform(0, 3))
    elif kind == 2:
        height = np.clip(u + v + random.uniform(0, 0.8), 0, None) ** 2 * 0.5
    else:
        height = (1 - (u + 0.35 * v * v) ** 2) + 0.3 * u * v
    slope_y, slope_x = np.gradient(height * abs(much))
    lean = random.uniform(0, 2 * np.pi)
    light = np.clip(0.9 + 1.2 * (slope_x * np.cos(lean) + slope_y * np.sin(lean)), 0.35, 1.1)
    return moved(sheet, height * much * np.cos(lean), height * much * np.sin(lean), light)


def messaged(page: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The whole page photographed, and sent through messaging applications that make it smaller."""
    tall = int(random.uniform(1150, 1600))
    wide = int(tall * 0.75)
    high = tall * random.uniform(0.86, 0.97)
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [high * 210 / 297, high]
    corners = corners * (1 + random.uniform(-0.03, 0.03, (4, 2))) + [wide / 2, tall / 2]
    source = np.array([[0, 0], [page.shape[1], 0], page.shape[::-1], [0, page.shape[0]]], np.float32)
    shrunk = cv2.GaussianBlur(page, (0, 0), 0.42 * page.shape[0] / high)
    frame = cv2.warpPerspective(
        shrunk,
        cv2.getPerspectiveTransform(source, corners.astype(np.float32)),
        (wide, tall),
        flags=cv2.INTER_LINEAR,
        borderValue=110,
    )
    y, x = np.mgrid[:tall, :wide].astype(np.float32)
    frame = np.clip(
        frame * (0.95 - random.uniform(0, 0.4) * x / wide - random.uniform(0, 0.2) * y / tall), 0, 255
    ).astype(np.uint8)
    frame = cv2.GaussianBlur(frame, (0, 0), random.uniform(0.3, 1.0))
    return squeezed(
        squeezed(noise(frame, random.uniform(1, 5), random), int(random.uniform(35, 75))), int(random.uniform(35, 75))
    )


def two(sheets: list[np.ndarray], random: np.random.Generator) -> np.ndarray:
    """Two papers side by side, each held in its own way."""
    frame = np.full((HEIGHT, WIDTH), random.uniform(50, 190), np.float32)
    for sheet, middle in zip(sheets, (WIDTH * 0.27, WIDTH * 0.73), strict=True):
        side = random.uniform(230, 320) * 1.15
        cut = sheet[PAPER // 2 - 288 : PAPER // 2 + 288, PAPER // 2 - 288 : PAPER // 2 + 288]
        square = (
            np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float) * side / 2 * (1 + random.uniform(-0.06, 0.06, (4, 2)))
        )
        angle = random.uniform(-0.4, 0.4)
        square = square @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        square += np.array([middle, HEIGHT / 2]) + random.uniform(-40, 40, 2)
        source = np.array([[0, 0], [576, 0], [576, 576], [0, 576]], np.float32)
        matrix = cv2.getPerspectiveTransform(source, square.astype(np.float32))
        there = cv2.warpPerspective(np.full(cut.shape, 255, np.uint8), matrix, (WIDTH, HEIGHT)) > 127
        frame[there] = cv2.warpPerspective(cv2.GaussianBlur(cut, (0, 0), 0.6), matrix, (WIDTH, HEIGHT))[there]
    return cv2.GaussianBlur(
        shade(frame.astype(np.uint8), random, random.uniform(0.1, 0.5)), (0, 0), random.uniform(0.5, 1.2)
    )


def degraded(kind: str, sheets: list[np.ndarray], page: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One frame of that kind."""
    uniform = random.uniform
    sheet = sheets[0]

    def held(paper: np.ndarray, blur: float = 1.0) -> np.ndarray:
        frame = Hand(paper, random).flat(askew=0.1, turn=uniform(-20, 20))
        return cv2.GaussianBlur(frame, (0, 0), uniform(0.4, blur))

    match kind:
        case "stamp":
            frame = held(stamped(sheet, random))
        case "coffee":
            frame = held(coffee(sheet, random))
        case "low light":
            frame = noise(
                cv2.GaussianBlur(dull(held(sheet), uniform(4, 18), uniform(0.07, 0.2)), (0, 0), uniform(0.6, 1.2)),
                uniform(3, 10),
                random,
            )
        case "toner":
            frame = held(toner(sheet, random))
        case "sleeve":
            frame = sleeve(held(sheet), random)
        case "moiré":
            frame = moire(Hand(sheet, random), random)
        case "photocopy":
            frame = held(copied(copied(sheet, random), random), 1.4)
        case "crumple":
            frame = held(crumpled(sheet, random))
        case "bent":
            frame = held(bent(sheet, random))
        case "video":
            frame = Hand(sheet, random).flat(askew=0.16, turn=uniform(0, 360))
            frame = cv2.GaussianBlur(frame, (0, 0), uniform(0.9, 2.1))
            frame = dull(shade(frame, random, uniform(0.2, 0.6)), uniform(10, 40), uniform(0.5, 0.8))
            frame = squeezed(
                noise(motion(frame, int(uniform(3, 10)), uniform(0, 180)), uniform(4, 13), random), int(uniform(25, 60))
            )
        case "messaged":
            return messaged(page, random)
        case "inverted":
            frame = 255 - shade(held(sheet), random, uniform(0, 0.4))
        case "mirrored":
            frame = np.ascontiguousarray(shade(held(sheet), random, uniform(0, 0.5))[:, ::-1])
        case "two papers":
            frame = two(sheets, random)
        case _:
            raise ValueError(f"There is no kind of frame called {kind}.")
    return noise(frame, uniform(1.5, 4), random)


KINDS = (
    "stamp", "coffee", "low light", "toner", "sleeve", "moiré", "photocopy", "crumple", "bent", "video", "messaged",
    "inverted", "mirrored", "two papers",
)  # fmt: skip


def main(folder: Path, most: int = EACH, seed: int = SEED) -> None:
    """Makes up to `most` frames of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    papers = [frames.paper(claims) for claims in (frames.REFERENCE, OTHER)]
    sheets, texts = [sheet for sheet, _, _ in papers], [text for _, text, _ in papers]
    listing = []
    for at, kind in enumerate(KINDS):
        for number in range(min(EACH, most)):
            name = f"{kind.replace(' ', '-').replace('é', 'e')}-{number:02}.png"
            frame = degraded(kind, sheets, papers[0][2], np.random.default_rng([seed, at, number]))
            cv2.imwrite(str(folder / name), frame)
            listing.append({"file": name, "kind": kind, "texts": texts if kind == "two papers" else texts[:1]})
    (folder / "frames.json").write_text(json.dumps(listing))


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("Usage: python -m bench.reading.hard FOLDER [MOST]")
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else EACH)
