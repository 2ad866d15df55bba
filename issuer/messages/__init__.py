"""Words for people, in French and English, from the message files beside this module."""

import functools
import json
import os
from pathlib import Path

from issuer.attestation.problems import Problem

LANGUAGES = ("fr", "en")


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Every message of one language by its dotted key."""
    return json.loads((Path(__file__).parent / f"{language}.json").read_text(encoding="utf-8"))


def text(key: str, language: str, **params: object) -> str:
    """The message ``key`` with its ``{parameters}`` filled in. Raises KeyError for a key no file holds."""
    return catalogue(language)[key].format(**params)


def problem_text(problem: Problem, language: str) -> str:
    """The one or two sentences that say what is wrong with a field and what to do."""
    return text(f"record.{problem.code}", language, **problem.params)


def preferred_language(environment: dict[str, str] | None = None) -> str:
    """The language of the command line: ``WIF_LANG``, else French where the POSIX locale is French, else English."""
    variables = os.environ if environment is None else environment
    for name in ("WIF_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if variables.get(name):
            return "fr" if variables[name].lower().startswith("fr") else "en"
    return "en"
