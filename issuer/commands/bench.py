"""``wif bench``: run the measures of ``bench/``."""

import subprocess
import sys
from pathlib import Path

import click

from issuer.errors import ConfigError

FOLDER = Path(__file__).resolve().parents[2] / "bench"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str | None, arguments: tuple[str, ...]) -> int:
    """Run the measure NAME with its ARGUMENTS; without a name, list the measures."""
    found = _measures()
    if name is None:
        for stem, path in found.items():
            click.echo(f"{stem:16} {_summary(path)}")
        return 0
    if name not in found:
        raise ConfigError(
            f"There is no measure {name}. Choose one of: {', '.join(found) or 'none in this installation'}."
        )
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", _module(found[name]), *arguments], cwd=FOLDER.parent, check=False
    ).returncode


def _measures() -> dict[str, Path]:
    """The measures by name: a module of ``bench/``, or a folder there with a ``run.py``."""
    modules = {path.stem: path for path in FOLDER.glob("*.py") if not path.name.startswith("_")}
    folders = {path.parent.name: path for path in FOLDER.glob("*/run.py")}
    return dict(sorted({**modules, **folders}.items()))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)


def _summary(path: Path) -> str:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    return first.strip('"').strip()
