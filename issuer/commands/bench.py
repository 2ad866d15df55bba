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
    found = {path.stem: path for path in sorted(FOLDER.glob("*.py")) if not path.name.startswith("_")}
    if name is None:
        for stem, path in found.items():
            click.echo(f"{stem:16} {_summary(path)}")
        return 0
    if name not in found:
        raise ConfigError(f"There is no measure {name}. Choose one of: {', '.join(found) or 'none in this installation'}.")
    return subprocess.run([sys.executable, "-X", "utf8", str(found[name]), *arguments], cwd=FOLDER.parent, check=False).returncode


def _summary(path: Path) -> str:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    return first.strip('"').strip()
