"""Many papers as one table: the twin of the verifier's list of many files (``verifier_pwa/src/js/pile.js``).

One row for each paper, the worst first, papers that were given twice told. Columns and words are those of the verifier;
a test holds them together. What the list of the Code du travail, D8254-2 and D8254-4, asks for and no paper says, the
day of the hire, stays blank and is said to be missing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from issuer.attestation import Verdict, qr
from issuer.attestation.numbers import format_number
from issuer.documents.wording import countries
from issuer.intake.tables import guarded
from issuer.messages import formats, text as words
from issuer.seals.parts import looks_like_one
from keys.instants import instant

WORST_FIRST = ("red", "none", "grey", "amber", "green")
"""Levels in the order of the rows; ``none``: nothing was read."""


@dataclass(frozen=True)
class File:
    """What one file, or one text, gave: its texts, each with whether it is drawn; why there are no more of them.
    ``joined`` are those that stood in several symbols.
    """

    name: str
    texts: list[tuple[str, bool]]
    fault: str | None
    joined: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """One paper, one seal, or a file in which nothing was read (level ``none``). Its ``repr`` shows no personal data.

    ``twin`` names the file that held the same paper before; ``doubt`` is ``unread``, ``differs`` or ``partly`` where a
    file says less than a paper.
    """

    file: str
    verdict: str
    level: str
    word: str
    sentence: str
    twin: str | None
    doubt: str | None = None
    claims: dict[str, Any] | None = None
    seal: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return f"<Row {self.verdict} {self.level}>"


def rows(
    files: Sequence[File],
    origins: Sequence[str] | None,
    judge: Callable[[str], Verdict],
    judge_seal: Callable[[str], dict[str, Any]],
    language: str,
) -> list[Row]:
    """The rows of files, the worst first; of equals, in the order of the files. ``origins`` are our addresses, None
    where no trust list names them.
    """
    seen: dict[str, str] = {}
    found: list[Row] = []
    for file in files:
        texts = [text for text, _ in file.texts]
        seals = [text for text in texts if text in file.joined or looks_like_one(text)]
        own = [text for text in texts if _ours(text, origins)]
        counted = own or ([] if seals else texts[:1])
        doubt = _doubt(file)
        found += [_paper(file.name, judge(text), doubt, _twin(text, file.name, seen), language) for text in counted]
        found += [_seal(file.name, judge_seal(text), _twin(text, file.name, seen), language) for text in seals]
        if not counted and not seals:
            why = file.fault or words("verdict.no_code", language)
            word = words("pile.unread", language)
            found.append(Row(file.name, "unreadable" if file.fault else "no_code", "none", word, why, None))
    return sorted(found, key=lambda row: WORST_FIRST.index(row.level))


def _ours(text: str, origins: Sequence[str] | None) -> bool:
    split = qr.split_text(text)
    return split is not None and (origins is None or split[0] in origins)


def _doubt(file: File) -> str | None:
    if any(not drawn for _, drawn in file.texts):
        return "differs" if any(drawn for _, drawn in file.texts) else "unread"
    return "partly" if file.fault else None


def _twin(text: str, name: str, seen: dict[str, str]) -> str | None:
    key = text.partition("#")[2] or text
    twin = seen.get(key)
    seen.setdefault(key, name)
    return twin


def _paper(file: str, found: Verdict, doubt: str | None, twin: str | None, language: str) -> Row:
    level, key = found.level, _message(found)
    if doubt and level == "green":
        level, key = "amber", doubt
    word, sentence = words(f"pile.word.{key}", language), words(f"verdict.{found.verdict}", language)
    return Row(file, found.verdict, level, word, sentence, twin, doubt, found.claims)


def _message(found: Verdict) -> str:
    """The verifier has other words for some verdicts at another level (verdict-view.js)."""
    if found.level == "amber" and found.verdict in ("valid", "unknown_key", "untrusted_key"):
        return f"{found.verdict}_amber"
    return found.verdict


def _seal(file: str, found: dict[str, Any], twin: str | None, language: str) -> Row:
    key = f"pile.seal.{found['verdict']}"
    symbols = found.get("symbols") or {"read": [], "of": "?", "clash": False}
    said = "pile.seal_clash" if found["verdict"] == "incomplete" and symbols["clash"] else f"{key}.says"
    read = ", ".join(map(str, symbols["read"]))
    word = words(key, language)
    sentence = words(said, language, name=found.get("certificate", ""), read=read, count=symbols["of"])
    return Row(file, found["verdict"], found["level"], f"2D-DOC : {word}", sentence, twin, seal=found)


def lines(found: Iterable[Row], now: int, language: str) -> Iterator[str]:
    """The table as CSV lines, the byte order mark first; ``now`` is the UTC second at which all was judged."""
    at = instant(now)
    yield "\ufeff"
    for cells in (words("pile.columns", language).split(";"), *(_cells(row, at, language) for row in found)):
        out = StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([guarded(cell) for cell in cells])
        yield out.getvalue()


def _cells(row: Row, at: str, language: str) -> list[str]:
    claims, signed = row.claims or {}, (row.seal or {}).get("fields") or {}
    employer, line = claims.get("employer", {}), _listed(row, language)
    return [
        row.file,
        row.word,
        row.verdict,
        "" if row.level == "none" else words(f"pile.level.{row.level}", language),
        row.twin or "",
        employer.get("name") or signed.get("5M", ""),
        employer.get("siret") or signed.get("50", ""),
        claims.get("valid_from", ""),
        claims.get("valid_until", ""),
        line.get("family", ""),
        line.get("given", ""),
        "",
        line.get("nationality", ""),
        line.get("kind", ""),
        line.get("number", ""),
        _list_words(row, line, language),
        row.sentence,
        at,
    ]


def _listed(row: Row, language: str) -> dict[str, str]:
    """What a paper says for the list of D8254-2, as signed; nothing where nothing signed is known."""
    if row.claims:
        claims, code = row.claims, row.claims["nationality"]
        name = countries(language).get(code)
        return {
            "family": claims["family_name"],
            "given": claims.get("given_names", ""),
            "nationality": f"{name} ({code})" if name else code,
            "kind": words(f"pile.kind.{claims['kind']}", language),
            "number": format_number(claims["number"]),
        }
    seal = row.seal or {}
    signed = seal.get("fields")
    if not signed:
        return {}
    return {
        "family": signed.get("62", ""),
        "given": (signed["60"] if "60" in signed else signed.get("61", "")).replace("/", ", "),
        "nationality": signed.get("67", ""),
        "kind": words("pile.seal_type", language, type=seal["type"]),
        "number": signed.get("5N", "") if seal["type"] == "15" else "",
    }


def _list_words(row: Row, line: dict[str, str], language: str) -> str:
    if not line:
        return ""
    said = _missing(row, line, language)
    return formats.unbroken(said) if language == "fr" else said


def _missing(row: Row, line: dict[str, str], language: str) -> str:
    if row.twin is not None:
        return words("pile.list.twin", language)
    if row.level == "red":
        return words("pile.list.red", language)
    known = {"family": line["family"], "hire": "", "nationality": line["nationality"], "number": line["number"]}
    missing = [words(f"pile.lacks.{name}", language) for name, value in known.items() if not value]
    return words("pile.list.lacks", language, fields=", ".join(missing))
