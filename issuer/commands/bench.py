"""``wif bench``: run the measures of ``bench/``."""

import ast
import subprocess
import sys
from importlib.util import find_spec
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
    missing = _missing(found[name])
    if missing:
        raise ConfigError(
            f"The measure {name} needs packages of the tests that are not installed: {', '.join(missing)}. Run"
            ' "./wif test --collect-only -q" once, which installs them, then run it again.'
        )
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", _module(found[name]), *arguments], cwd=FOLDER.parent, check=False
    ).returncode


def _measures() -> dict[str, Path]:
    """The measures by name: a module of ``bench/``, or a folder there with a ``run.py``."""
    modules = {path.stem: path for path in FOLDER.glob("*.py") if not path.name.startswith("_")}
    folders = {path.parent.name: path for path in FOLDER.glob("*/run.py")}
    return dict(sorted({**modules, **folders}.items()))


def _missing(path: Path) -> list[str]:
    """The packages that a measure imports, itself or by way of the tests' modules, and that are not installed."""
    found: set[str] = set()
    seen: set[Path] = set()
    waiting = [path, *(path.parent.glob("*.py") if path.name == "run.py" else ())]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        for module in _imported(path):
            top = module.partition(".")[0]
            if top in ("bench", "tests"):
                place = FOLDER.parent.joinpath(*module.split("."))
                waiting += [place.with_suffix(".py"), place / "__init__.py"]
            elif top not in sys.stdlib_module_names and find_spec(top) is None:
                found.add(top)
    return sorted(found)


def _imported(path: Path) -> set[str]:
    """Every module that a file of the measures or the tests names in an import, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _module(path: Path) -> str:
    return ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)


def _summary(path: Path) -> str:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    return first.strip('"').strip()
