"""Words for people, in French and English: the shared messages beside this module, and each room's own."""

import functools
import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from issuer.attestation.problems import Problem

LANGUAGES = ("fr", "en")
_DAYS = ("value", "first", "last", "latest")
"""Parameters of problems that may be days."""
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


@functools.cache
def catalogue(name: str, room: str = "issuer") -> Mapping[str, str]:
    """The messages of a file of ``messages/``, by their dotted keys: of a language (``fr``, ``en``), or a table of its
    own such as ``countries.fr``. ``room`` is the package whose words they are; those of ``issuer`` are shared. The
    apostrophe between two letters of French is the typographic one, as on the printed page and in the verifier.
    """
    table: dict[str, str] = json.loads(files(room).joinpath("messages", f"{name}.json").read_text(encoding="utf-8"))
    if name == "fr":
        table = {key: _APOSTROPHE.sub("\u2019", words) for key, words in table.items()}
    return MappingProxyType(table)


def text(key: str, language: str, **params: object) -> str:
    """The message ``key`` with its ``{parameters}`` filled in. Raises KeyError for a key no file holds."""
    return catalogue(language)[key].format(**params)


def problem_text(problem: Problem, language: str) -> str:
    """The one or two sentences that say what is wrong with a field and what to do."""
    if problem.code == "doubt":
        return doubt_text(problem, language, problem.params["reading"])
    return text(f"record.{problem.code}", language, **worded(problem.params, language))


def worded(params: dict[str, Any], language: str) -> dict[str, Any]:
    """A problem's parameters for people: days as they are read (``31 février 2026``), a character with what sort it
    is, ``« о » (lettre cyrillique)``.
    """
    params = {name: _day(value, language) if name in _DAYS else value for name, value in params.items()}
    if "sort" not in params:
        return params
    return {**params, "character": f"{params['character']} ({text('sort.' + params['sort'], language)})"}


def _day(value: object, language: str) -> object:
    """``YYYY-MM-DD`` with its month by name, whether there is such a day or not; anything else as it is."""
    found = _ISO_DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    year, month, number = found.groups()
    if not 1 <= int(month) <= 12:
        return f"{number}/{month}/{year}"
    first = "1er" if number == "01" and language == "fr" else str(int(number))
    return f"{first} {text('months', language).split()[int(month) - 1]} {year}"


def doubt_text(problem: Problem, language: str, reading: str | None) -> str:
    """The words of a doubt (``issuer.written``): what was written, why it is unsure, and ``reading``, the proposal in
    words, or how to write it when there is none.
    """
    hints = (f"doubt.hint.{problem.field}", f"doubt.hint.{problem.field.partition('.')[0]}", "doubt.hint")
    hint = text(next(key for key in hints if key in catalogue(language)), language)
    proposal = text("doubt.proposal", language, reading=reading) if reading else hint
    why = text(f"doubt.{problem.params['doubt']}", language)
    return text("record.doubt", language, words=problem.params["words"], why=why, proposal=proposal)


def preferred_language(environment: dict[str, str] | None = None) -> str:
    """The language of the command line: ``WIF_LANG``, else French where the POSIX locale is French, else English."""
    variables = os.environ if environment is None else environment
    for name in ("WIF_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if variables.get(name):
            return "fr" if variables[name].lower().startswith("fr") else "en"
    return "en"
