"""Tables of ``docs/reliability.md``: each measure prints its own, and with ``--write`` puts it in its place there."""

import os
import platform
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"


def machine() -> str:
    """One line on what the figures were taken on."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        f" {platform.system()} {platform.machine()}, Python {platform.python_version()}, SQLite"
        f" {sqlite3.sqlite_version}"
    )


def put(section: str, command: str, lines: list[str], write: bool) -> None:
    """Print a table with the command that makes it; with ``write`` also replace the section of this name in the
    page.
    """
    text = "\n".join([f"`{command}`  ", f"{machine()}", "", *lines])
    print(text, flush=True)
    if write:
        marked = re.compile(rf"(<!-- figures: {section} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = PAGE.read_text(encoding="utf-8")
        if not marked.search(page):
            raise SystemExit(f"docs/reliability.md has no section {section}.")
        PAGE.write_text(marked.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page), encoding="utf-8")
