"""How numbers and days are written, in French and English: for pages, documents, applicants and the command line."""

from datetime import date

from issuer.messages import text


def unbroken(words: str) -> str:
    """French words with the spaces of their punctuation kept from breaking: no line begins with a colon or ``»``."""
    for sign in ":;?!»":
        words = words.replace(f" {sign}", f"\u00a0{sign}")
    return words.replace("« ", "«\u00a0")


def is_one(number: float, language: str) -> bool:
    """Whether what is counted stands in the singular: in French below two, zero too; in English for one alone."""
    return abs(number) < 2 if language == "fr" else number == 1


def count(value: int, language: str) -> str:
    """A number with its thousands apart: ``12 500`` with a narrow no-break space, ``12,500``."""
    return f"{value:,}".replace(",", "\u202f" if language == "fr" else ",")


def decimal(value: float, language: str, places: int = 2) -> str:
    """A number with at most ``places`` decimals, none that says nothing: ``17,5``, ``964``."""
    shown = f"{value:.{places}f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return shown.replace(".", ",") if language == "fr" else shown


def month_name(number: int, language: str) -> str:
    """The name of month 1..12."""
    return text("months", language).split()[number - 1]


def month(value: str, language: str) -> str:
    """``2026-01`` as ``janvier 2026``."""
    year, number = value.split("-")
    return f"{month_name(int(number), language)} {year}"


def day(value: date, language: str) -> str:
    """``1er janvier 2026``, ``5 January 2026``."""
    number = "1er" if value.day == 1 and language == "fr" else str(value.day)
    return f"{number} {month_name(value.month, language)} {value.year:04}"
