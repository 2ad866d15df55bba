"""A moment as the project's files and lists write it. Pure."""

from datetime import UTC, datetime

_YEAR_10000 = 253_402_300_800


def instant(seconds: int) -> str:
    """UTC seconds as ``YYYY-MM-DDThh:mm:ssZ`` (RFC 3339); the number itself beyond the year 9999."""
    if seconds >= _YEAR_10000:
        return f"second {seconds}"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
