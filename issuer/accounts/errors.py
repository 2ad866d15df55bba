"""What the accounts refuse."""

from keys.errors import WifError


class AccountRefused(WifError):
    """A value of an account that cannot be taken. ``field`` names it, ``code`` is a key ``account.CODE`` of the web's
    messages.
    """

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code = field, code
