"""What the desk refuses."""

from keys.errors import WifError


class NoSigner(WifError):
    """No signing key may sign for a département now. The provider of signers raises it; the record is then refused."""


class ActRefused(WifError):
    """An act that may not be done. ``code`` is one of :data:`CODES`; messages are named ``desk.CODE``."""

    CODES = (
        "unknown",
        "state",
        "reason",
        "basis",
        "effective",
        "notified",
        "notified_before",
        "heard",
        "late",
        "force",
        "holder",
        "text",
        "place",
        "own",
    )

    def __init__(self, code: str, message: str, fields: tuple[str, ...] = ()) -> None:
        if code not in self.CODES:
            raise ValueError(f"not a declared code: {code}")
        super().__init__(message)
        self.code, self.fields = code, fields
        """``fields``: of the record, those concerned."""


class PublicationRefused(WifError):
    """A publication that would be refused by the verifiers, or that cannot be written."""
