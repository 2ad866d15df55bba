"""``wif verify``, ``wif receipt check`` and ``wif receipt dated``.

One module: they read the same sources under the same lists.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from issuer.attestation import Verdict, status, verify as verify_text
from issuer.commands.terminal import emit, home_path, in_words, progress, say
from issuer.errors import ConfigError, UnreadableSource
from issuer.messages import preferred_language, text as words
from issuer.seals import judge as seal_judge, listing as seal_listing
from issuer.seals.fields import missing
from issuer.seals.parts import Gathered, gather, looks_like_one, part_of
from keys.errors import SealsRefused, StatusRefused
from keys.instants import instant

if TYPE_CHECKING:
    from issuer.attestation.genuine import GenuineList
    from issuer.attestation.status import StatusList
    from keys.trust import TrustList

FILE_SUFFIXES = (".png", ".jpg", ".jpeg", ".pdf")


SOURCES = click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
AT = click.option("--at", metavar="ISO8601", help="Verify as of this instant (UTC when no zone is given).")
PUBLIC = click.option(
    "--public",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the published lists (the home's public/ by default).",
)
ROOTS = click.option(
    "--roots",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON or TOML file of the pinned roots (the home's configuration by default).",
)


@click.command()
@SOURCES
@AT
@PUBLIC
@ROOTS
@click.option("--csv", "as_table", is_flag=True, help="One table for a spreadsheet, the worst first.")
def verify(sources: tuple[str, ...], at: str | None, public: Path | None, roots: Path | None, as_table: bool) -> int:
    """Verify each SOURCE: a QR text, a PNG, a JPEG, a PDF (all pages), a folder of them, or - for texts line by line.

    One JSON line for each code found, or with --csv one table with the columns of the verifier's list of many files;
    the exit code is 0 when all are valid. A text that stands in the bytes of a file
    while nothing drawn on its pages says it is told too, with "drawn": false: it is never green, and never well.
    A 2D-DOC has a line of its own, {"source", "seal"}, and never counts as valid: nothing tells whether it still holds.
    Where it stands in several symbols, those of one file, of standard input or of the texts given are joined.
    """
    now, language = _instant(at), preferred_language()
    trust, lists, genuine = _lists(public, roots)
    certificates = _certificates(public, trust)
    if as_table:
        return _table(sources, (trust, lists, genuine), certificates, now)
    well = True
    with progress(words("verify.under_way", language)) as advance:
        for source, read, drawn in _gathered(_texts(sources)):
            text = read.text if isinstance(read, Gathered) else read
            if isinstance(text, UnreadableSource):
                say(f"wif: {in_words(text)}")
                emit(
                    {
                        "source": source,
                        "verdict": "unreadable",
                        "level": None,
                        "claims": None,
                        "key": None,
                        "status_age_s": None,
                        "error": in_words(text),
                    }
                )
                well = False
                continue
            if text is not None and (isinstance(read, Gathered) or looks_like_one(text)):
                emit({"source": source, "seal": _seal(text, certificates, now) | _symbols(read)})
                well = False
                advance()
                continue
            found = Verdict("no_code", "grey") if text is None else verify_text(text, trust, lists, now, 0, genuine)
            line = {
                "source": source,
                "verdict": found.verdict,
                "level": found.level,
                "claims": found.claims,
                "key": found.key,
                "status_age_s": found.status_age_s,
            }
            if not drawn:
                say(f"wif: {words('verify.not_drawn', language, path=source)}")
                line |= {"level": "amber" if found.level == "green" else found.level, "drawn": False}
            emit(line)
            well = well and found.verdict == "valid" and drawn
            advance()
    return 0 if well else 1


def _table(
    sources: tuple[str, ...],
    held: tuple[TrustList | None, dict[int, StatusList], dict[bytes, GenuineList]],
    certificates: seal_listing.SealList | None,
    now: int,
) -> int:
    """The table of ``wif verify --csv``, on standard output; returns the exit code."""
    from issuer.commands import pile

    language, (trust, lists, genuine) = preferred_language(), held
    files: list[pile.File] = []
    symbols: dict[str, dict[str, object]] = {}
    with progress(words("verify.under_way", language)) as advance:
        for source, found in groupby(_gathered(_texts(sources)), lambda one: one[0]):
            texts = list(found)
            fault = next((text for _, text, _ in texts if isinstance(text, UnreadableSource)), None)
            if fault is not None:
                say(f"wif: {in_words(fault)}")
            name = source if source == "-" or _is_file(source) else ""
            symbols |= {one.text: _symbols(one) for _, one, _ in texts if isinstance(one, Gathered)}
            codes = [(one.text if isinstance(one, Gathered) else one, drawn) for _, one, drawn in texts]
            read = [(text, drawn) for text, drawn in codes if isinstance(text, str)]
            files.append(pile.File(name, read, None if fault is None else in_words(fault), frozenset(symbols)))
            advance()

    def judge(text: str) -> Verdict:
        return verify_text(text, trust, lists, now, 0, genuine)

    origins = None if trust is None else trust.origins

    def judge_seal(text: str) -> dict[str, object]:
        return _seal(text, certificates, now) | symbols.get(text, {})

    rows = pile.rows(files, origins, judge, judge_seal, language)
    click.echo("".join(pile.lines(rows, now, language)).encode(), nl=False)
    return 0 if rows and all(row.verdict == "valid" and not row.doubt for row in rows) else 1


@click.group()
def receipt() -> None:
    """Receipts of checks: what who checked a paper may keep, and show to somebody else."""


@receipt.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("date", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PUBLIC
@ROOTS
def dated(file: Path, date: Path, public: Path | None, roots: Path | None) -> int:
    """Hold the DATE that the service gave against a FILE: the report of a round, as JSON.

    One JSON line: "dated" with the moment at which the service was shown the file's SHA-256, "other_file", "undated" or
    "malformed". The exit code is 0 when it is dated.
    """
    from issuer.attestation import report

    language = preferred_language()
    trust, _, _ = _lists(public, roots)
    if trust is None:
        raise ConfigError(words("receipt.no_trust", language))
    digest = hashlib.sha256(file.read_bytes()).digest()
    found = report.judge(date.read_bytes().decode("utf-8-sig", "replace"), digest, trust)
    seen_at = _iso(None if found.counter is None else found.counter.time)
    emit({"source": str(file), "sha256": digest.hex(), "report": found.word, "seen_at": seen_at})
    say(words(f"report.{found.word}", language, until=seen_at))
    return 0 if found.word == "dated" else 1


@receipt.command()
@SOURCES
@AT
@PUBLIC
@ROOTS
def check(sources: tuple[str, ...], at: str | None, public: Path | None, roots: Path | None) -> int:
    """Check every receipt of the SOURCEs beside its paper: QR texts, pictures and PDFs, in any order; or files of
    receipts that the verifier saved for many papers at once.

    One JSON line for each receipt: the word for it, what is established (between which times it was made), what is
    declared, and the paper judged today. The exit code is 0 when each receipt holds and its paper lies beside it.
    """
    from issuer.attestation import bundle as bundles, qr, receipt as receipts, token

    now, language = _instant(at), preferred_language()
    trust, lists, genuine = _lists(public, roots)
    if trust is None:
        raise ConfigError(words("receipt.no_trust", language))
    found: list[tuple[str, str]] = []
    papers: dict[bytes, str] = {}
    told: list[tuple[str, receipts.Reading, str | None]] = []
    well, bundled = True, [source for source in sources if _is_file(source) and _bundle_text(source)]
    for source in bundled:
        bundle = bundles.read(_bundle_text(source))
        if bundle is None:
            say(f"wif: {words('receipt.bundle_broken', language, path=source)}")
            emit(
                {
                    "source": source,
                    "receipt": "unreadable",
                    "error": words("receipt.bundle_broken", language, path=source),
                }
            )
            well = False
            continue
        readings = bundles.judge(bundle, trust)
        told += [(source, one, item.paper) for one, item in zip(readings, bundle.items, strict=True)]
    for source, text, _drawn in _texts(tuple(source for source in sources if source not in bundled), receipts=True):
        if isinstance(text, UnreadableSource):
            say(f"wif: {in_words(text)}")
            emit({"source": source, "receipt": "unreadable", "error": in_words(text)})
            well = False
        split = qr.split_text(text) if isinstance(text, str) else None
        if not isinstance(text, str) or split is None:
            continue
        if split[1][:1] == receipts.FORMAT_VERSION:
            found.append((source, text))
        parts = qr.unpack(split[1][1:]) if split[1][:1] == qr.FORMAT_VERSION else None
        if parts is not None:
            papers[token.join(parts)] = text
    for source, text in found:
        beside = [(paper, receipts.judge(text, paper, trust)) for paper in papers or [None]]
        paper, reading = next((one for one in beside if one[1].word != "other_paper"), beside[0])
        told.append((source, reading, None if paper is None else papers[paper]))
    for source, reading, text in told:
        today = None
        if text is not None and reading.receipt is not None and reading.word != "other_paper":
            today = verify_text(text, trust, lists, now, 0, genuine)
        times = {"since": _iso(reading.since), "until": _iso(reading.until)}
        emit(
            {
                "source": source,
                "receipt": reading.word,
                "dating": reading.dating,
                **times,
                "declared": reading.receipt and reading.receipt.statement.to_json(),
                "paper": today
                and {"verdict": today.verdict, "level": today.level, "claims": today.claims, "key": today.key},
            }
        )
        say(words(f"receipt.{reading.word}", language, **{name: moment or "—" for name, moment in times.items()}))
        well = well and reading.word in ("dated", "late", "undated")
    if not told and not well:
        return 1
    if not told:
        say(f"wif: {words('receipt.none', language)}")
        return 1
    say(words("receipt.limits", language))
    return 0 if well else 1


def _bundle_text(source: str) -> str:
    """The text of a file of receipts; empty of any other."""
    from issuer.attestation import bundle as bundles

    try:
        if not Path(source).is_file() or Path(source).stat().st_size > bundles.MOST_BYTES:
            return ""
        content = Path(source).read_bytes()
    except OSError:
        return ""  # said where the file is read as a picture
    return content.decode("utf-8-sig", "replace") if f'"{bundles.FORM}"'.encode() in content else ""


def _iso(moment: int | None) -> str | None:
    return None if moment is None else instant(moment)


def _instant(at: str | None) -> int:
    if at is None:
        return int(time.time())
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise ConfigError(f"--at {at} is no ISO 8601 instant. Write for example 2026-07-01T12:00:00Z.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _lists(
    public: Path | None, roots: Path | None
) -> tuple[TrustList | None, dict[int, StatusList], dict[bytes, GenuineList]]:
    from issuer import config
    from issuer.home.home import read_genuine, read_trust

    pinned = config.read_roots(roots) if roots else config.load(home_path()).roots
    folder = public or home_path() / "public"
    try:
        trust = read_trust(folder, pinned)
    except ConfigError as error:
        say(f"wif: {error}")
        return None, {}, {}
    lists = {}
    for status_list in trust.status_lists:
        try:
            lists[status_list.number] = status.accept(
                (folder / status_list.path).read_bytes(), status_list.number, trust, None, sys.maxsize >> 11
            )
        except OSError:
            say(f"wif: {words('verify.no_list', preferred_language(), path=folder / status_list.path)}")
        except StatusRefused as error:
            say(f"wif: {status_list.path}: {error}")
    return trust, lists, read_genuine(folder, trust)


def _certificates(public: Path | None, trust: TrustList | None) -> seal_listing.SealList | None:
    """The certificates of the State's seals that the trust list names; None where there are none that it carries."""
    if trust is None or trust.seals is None:
        return None
    path = (public or home_path() / "public") / trust.seals.path
    try:
        return seal_listing.accept(path.read_bytes(), trust, None, sys.maxsize >> 11)
    except OSError:
        say(f"wif: {words('verify.no_seals', preferred_language(), path=path)}")
    except SealsRefused as error:
        say(f"wif: {words('verify.seals_refused', preferred_language(), path=path, code=error.code)}")
    return None


def _seal(text: str, listed: seal_listing.SealList | None, now: int) -> dict[str, object]:
    """What one 2D-DOC says: its word, and its fields by identifier where a known certificate signed them, else None.

    ``annex_unsigned`` is what anybody may have put behind the signature.
    """
    found = seal_judge.judge(text, listed, now)
    line: dict[str, object] = {"verdict": found.verdict, "level": found.level}
    if found.seal is None:
        return line
    seal = found.seal
    signed = found.certificate is not None and found.verdict in seal_judge.VOUCHED
    return line | {
        "type": seal.type,
        "certificate": f"{seal.authority}/{seal.certificate}",
        "issuer": found.certificate.issuer if found.certificate else None,
        "signed": seal.signed.isoformat() if seal.signed else None,
        "list_age_s": now - listed.issued if listed else None,
        "fields": {field.identifier: field.value for field in seal.fields} if signed else None,
        "missing": missing(seal.type, {field.identifier: field.value for field in seal.fields}) if signed else None,
        "annex_unsigned": {field.identifier: field.value for field in seal.annex} if signed else None,
    }


def _symbols(read: object) -> dict[str, object]:
    """Which symbols of a code of several were read; ``clash`` where two claim one place, so that none was chosen."""
    if not isinstance(read, Gathered):
        return {}
    return {"symbols": {"read": list(read.read), "of": read.count, "clash": read.clash}}


def _gathered(
    texts: Iterator[tuple[str, str | UnreadableSource | None, bool]],
) -> Iterator[tuple[str, str | Gathered | UnreadableSource | None, bool]]:
    """The texts, but for parts of a 2D-DOC: those that one source holds come when it was read to its end, joined. All
    texts that were given in place of files are one source.
    """
    held: dict[tuple[int, int], list[tuple[str, str]]] = {}
    before = None
    for source, text, drawn in texts:
        place = "" if source == text else source
        if place != before:
            yield from _joined(held)
            held, before = {}, place
        part = part_of(text) if isinstance(text, str) else None
        if part is None:
            yield source, text, drawn
        else:
            held.setdefault((part.name, part.count), []).append((source, str(text)))
    yield from _joined(held)


def _joined(held: dict[tuple[int, int], list[tuple[str, str]]]) -> Iterator[tuple[str, Gathered, bool]]:
    for parts in held.values():
        yield from ((parts[0][0], one, True) for one in gather(text for _, text in parts))


def _texts(
    sources: tuple[str, ...], receipts: bool = False
) -> Iterator[tuple[str, str | UnreadableSource | None, bool]]:
    """Each text with its source, and whether a person sees it there: as a code, or because they wrote it. With
    ``receipts`` those of receipts that no page shows, too.
    """
    for source in _unfolded(sources):
        if source == "-":
            for raw in sys.stdin.buffer:
                line = raw.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
                if line:
                    yield "-", line, True
        elif _is_file(source):
            try:
                drawn = []
                for text in _codes(source):
                    drawn.append(text)
                    yield source, text, True
                hidden = _hidden(source, drawn, receipts)
                for text in hidden:
                    yield source, text, False
                if not drawn and not hidden:
                    yield source, None, True
            except UnreadableSource as fault:
                yield source, fault, True
        else:
            yield source, source, True


def _unfolded(sources: tuple[str, ...]) -> Iterator[str]:
    """The sources, folders replaced by the files in them, at any depth, by name; hidden ones are passed over."""
    for source in sources:
        if not _is_file(source) or not Path(source).is_dir():
            yield source
            continue
        folder = Path(source)
        inside = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
        shown = sorted(path for path in inside if not any(part.startswith(".") for part in path.parts))
        if not shown:
            say(f"wif: {words('verify.empty', preferred_language(), path=source)}")
        yield from (str(folder / path) for path in shown)


def _is_file(source: str) -> bool:
    if not source or "/#" in source or len(source) > 1024:
        return False
    try:
        return source.lower().endswith(FILE_SUFFIXES) or Path(source).exists()
    except OSError:
        return False  # longer than any name of a file


def _codes(source: str) -> Iterator[str]:
    from issuer.reading import read_codes

    return iter(read_codes(Path(source), seals=True))


def _hidden(source: str, drawn: list[str], receipts: bool) -> list[str]:
    from issuer.reading import hidden_texts

    return hidden_texts(Path(source), drawn, receipts)
