"""2D-DOC seals for the tests of the page and of the command: a published list of certificates, texts, and symbols drawn
by another implementation (ppf-datamatrix) than the readers'.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from ppf.datamatrix import DataMatrix

from issuer.home import seals
from issuer.seals import listing
from keys.signer import Signer
from keys.trust_content import TrustContent
from tests.vectors import cases_seals as cases

DAY = 86_400


def named(content: TrustContent) -> TrustContent:
    """The trust list with the list of seal certificates named."""
    return replace(content, extensions=seals.named(content).extensions)


def publish(public: Path, signer: Signer, now: int, age: int = 3600) -> None:
    """Publishes a list of certificates issued `age` seconds ago: in use, revoked, expired, for one type, of tests."""

    def certificate(identifier: str, key: cases.Seal, **changes: object) -> listing.SealCertificate:
        usual = listing.SealCertificate(
            "FR99", identifier, key.point, now - 400 * DAY, now + 400 * DAY, 1, "MINISTÈRE D'EXEMPLE"
        )
        return replace(usual, **changes)

    rows = (
        certificate("MAI1", cases.MAIN, types=("13", "15")),
        certificate("GONE", cases.GONE, state=3),
        certificate("OLD1", cases.OLD, not_after=now - 100 * DAY),
        certificate("0001", cases.TESTS, authority="FR00"),
    )
    (public / "seals.cose").write_bytes(listing.make(now - age, now - age + 31 * DAY, 23, now - 90 * DAY, rows, signer))


def texts(now: int, **more: str) -> dict[str, str]:
    """A text for each word, of documents signed ten days before `now` (UTC seconds), by word; `more` are further fields
    of a document of the stay.
    """
    day = cases.days(now - 10 * DAY)

    def made(key: cases.Seal = cases.MAIN, fields: dict = cases.PERMIT, annex: str = "", **head: str) -> str:
        return cases.sealed(cases.header(issued=day, signed=day, **head) + cases.body(fields), key, annex)

    good = made()
    return {
        "authentic": good,
        "certificate_unknown": made(identifier="ZZ99"),
        "bad_signature": good.replace("NGUYEN", "NGUYET"),
        "certificate_revoked": made(cases.GONE, identifier="GONE"),
        "certificate_expired": made(cases.OLD, identifier="OLD1"),
        "certificate_type": made(kind="16"),
        "malformed": good.replace(cases.GS, "").replace(cases.US, ""),
        "unsupported": "DC09" + good[4:],
        "incomplete": cases.text_parts(good, 3)[1],
        "parts": "\n".join(cases.text_parts(good, 3)),
        "test": made(cases.TESTS, authority="FR00", identifier="0001"),
        "annex": made(annex=f"{cases.GS}6PAUTORISE A TRAVAILLER"),
        "stay": made(fields=cases.STAY | {"6O": _written(now + 90 * DAY)} | more, kind="13"),
        "stay unknown": made(fields=cases.STAY | more, kind="13", identifier="ZZ99"),
        "stay over": made(fields=cases.STAY | {"6O": _written(now - 2 * DAY)}, kind="13"),
    }


def _written(moment: int) -> str:
    """The day of a moment as DDMMYYYY."""
    year, month, day = np.datetime64(moment, "s").astype("datetime64[D]").astype(str).split("-")
    return day + month + year


def symbol(text: str, dots: int = 300, module_mm: float = 0.4) -> np.ndarray:
    """A Data Matrix as grey pixels at `dots` an inch, with a quiet zone of four modules."""
    modules = np.pad(1 - np.array(DataMatrix(text).matrix, np.uint8), 4, constant_values=1) * 255
    fine = np.kron(modules, np.ones((16, 16), np.uint8))
    side = round(len(modules) * module_mm / 25.4 * dots)
    return cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA)


def page(*symbols: np.ndarray, dots: int = 300) -> np.ndarray:
    """A printed A4 page with these symbols under lines of text."""
    height, width = round(297 / 25.4 * dots), round(210 / 25.4 * dots)
    paper = np.full((height, width), 255, np.uint8)
    for line in range(6):
        cv2.putText(paper, "Decision favorable - autorisation de travail", (200, 200 + 60 * line), 0, 1.4, 30, 3)
    left, top = 250, 700
    for one in symbols:
        if left + one.shape[1] > width:
            left, top = 250, top + len(one) + 200
        paper[top : top + len(one), left : left + one.shape[1]] = one
        left += one.shape[1] + 200
    return paper
