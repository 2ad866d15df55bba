"""The issuer's own declared errors, beside those of ``keys.errors``."""

from pathlib import Path

from keys.errors import WifError


class ConfigError(WifError):
    """A home or configuration that cannot be used as it is (exit code 2)."""


class UnreadableSource(WifError):
    """A file that cannot be read as what it should be (exit code 1).

    ``code`` and ``params`` let a page say the same in its reader's language; both are empty where only the command line
    says it.
    """

    def __init__(self, message: str, code: str = "", **params: object) -> None:
        super().__init__(message)
        self.code, self.params = code, params


def unopened(path: Path, error: OSError) -> UnreadableSource:
    """What is said of a file that the system does not open."""
    return UnreadableSource(
        f"{path} cannot be read ({error.strerror}). Check the path and the rights.", "opened", path=str(path)
    )
