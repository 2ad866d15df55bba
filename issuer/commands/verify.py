"""``wif verify``."""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from keys.errors import StatusRefused

from issuer.attestation import Verdict, status, verify as verify_text
from issuer.commands.terminal import emit, home_path, progress, say
from issuer.errors import ConfigError, UnreadableSource

FILE_SUFFIXES = (".png", ".jpg", ".jpeg", ".pdf")


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--at", metavar="ISO8601", help="Verify as of this instant (UTC when no zone is given).")
@click.option(
    "--public",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the published lists (the home's public/ by default).",
)
@click.option(
    "--roots",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON or TOML file of the pinned roots (the home's configuration by default).",
)
def verify(sources: tuple[str, ...], at: str | None, public: Path | None, roots: Path | None) -> int:
    """Verify each SOURCE: a QR text, a PNG, a JPEG, a PDF (all pages), or - for texts line by line.

    One JSON line for each code found; the exit code is 0 when all are valid.
    """
    now = _instant(at)
    trust, lists = _lists(public, roots)
    well = True
    with progress("Verifying") as advance:
        for source, text in _texts(sources):
            if isinstance(text, UnreadableSource):
                say(f"wif: {text}")
                emit(
                    {
                        "source": source,
                        "verdict": "unreadable",
                        "level": None,
                        "claims": None,
                        "key": None,
                        "status_age_s": None,
                        "error": str(text),
                    }
                )
                well = False
                continue
            found = Verdict("no_code", "grey") if text is None else verify_text(text, trust, lists, now)
            emit(
                {
                    "source": source,
                    "verdict": found.verdict,
                    "level": found.level,
                    "claims": found.claims,
                    "key": found.key,
                    "status_age_s": found.status_age_s,
                }
            )
            well = well and found.verdict == "valid"
            advance()
    return 0 if well else 1


def _instant(at: str | None) -> int:
    if at is None:
        return int(time.time())
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise ConfigError(f"--at {at} is no ISO 8601 instant. Write for example 2026-07-01T12:00:00Z.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _lists(public: Path | None, roots: Path | None):
    from issuer import config
    from issuer.home.home import read_trust

    pinned = config.read_roots(roots) if roots else config.load(home_path()).roots
    folder = public or home_path() / "public"
    try:
        trust = read_trust(folder, pinned)
    except ConfigError as error:
        say(f"wif: {error}")
        return None, {}
    lists = {}
    for entry in trust.status_lists:
        try:
            lists[entry.number] = status.accept(
                (folder / entry.path).read_bytes(), entry.number, trust, None, sys.maxsize >> 11
            )
        except OSError:
            say(f'wif: The status list {folder / entry.path} cannot be read. Run "wif publish".')
        except StatusRefused as error:
            say(f"wif: {entry.path}: {error}")
    return trust, lists


def _texts(sources: tuple[str, ...]) -> Iterator[tuple[str, str | None | UnreadableSource]]:
    for source in sources:
        if source == "-":
            for raw in sys.stdin.buffer:
                line = raw.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
                if line:
                    yield "-", line
        elif _is_file(source):
            try:
                count = 0
                for count, text in enumerate(_codes(source), 1):
                    yield source, text
                if not count:
                    yield source, None
            except UnreadableSource as fault:
                yield source, fault
        else:
            yield source, source


def _is_file(source: str) -> bool:
    if not source or "/#" in source or len(source) > 1024:
        return False
    return source.lower().endswith(FILE_SUFFIXES) or Path(source).exists()


def _codes(source: str) -> Iterator[str]:
    from issuer.reading import read_codes

    return iter(read_codes(Path(source)))
