"""What can go wrong with Démarches simplifiées, in words for a person."""

from keys.errors import WifError

WORDS = {
    "bad_request": (
        "Démarches simplifiées did not understand the request. This version of the program and its API may not fit"
        " together."
    ),
    "unauthorized": (
        "Démarches simplifiées refuses the token: it is wrong or has expired. Make a new one there, and put it into"
        " [demarches]."
    ),
    "forbidden": (
        "The token of Démarches simplifiées may not see this démarche or dossier. Add the démarche to the token's list."
    ),
    "not_found": "Démarches simplifiées knows no démarche or dossier of this number. Check the numbers in [demarches].",
    "timeout": "Démarches simplifiées took too long. It is tried again at the next synchronisation.",
    "graphql_parse_failed": (
        "Démarches simplifiées cannot read the query. This version of the program and its API may not fit together."
    ),
    "invalid_null": (
        "Démarches simplifiées answered without a value that it promises. The dossier concerned is set aside."
    ),
    "internal_server_error": (
        "Démarches simplifiées has a fault of its own. It is tried again at the next synchronisation."
    ),
    "rate_limited": "Démarches simplifiées asks for fewer requests. The rest follows at the next synchronisation.",
    "unreachable": "Démarches simplifiées does not answer. Check its address in [demarches] and the network.",
    "not_json": (
        "Something other than Démarches simplifiées answered (a page instead of data: maintenance, or a proxy). Check"
        " the address in [demarches]."
    ),
    "too_large": "Démarches simplifiées answered more than can be taken at once. Make demarches.page smaller.",
    "form": "Démarches simplifiées answered something of another form than its API describes.",
    "cursor_repeated": (
        "Démarches simplifiées gave the same page again. What came before is kept; the next synchronisation begins"
        " anew."
    ),
    "refused": "Démarches simplifiées refused the act.",
    "upload_refused": "The file was not accepted by the storage of Démarches simplifiées. It is sent again.",
    "uncertain": (
        "The connection broke while Démarches simplifiées was acting. Whether it was done is asked before anything is"
        " sent again."
    ),
}
"""Code → words. The first eight codes are those of ``errors[].extensions.code``."""

PASSING = ("timeout", "internal_server_error", "rate_limited", "unreachable", "not_json", "upload_refused", "uncertain")
"""Codes that may be gone by themselves later."""


class DemarchesError(WifError):
    """Démarches simplifiées could not do what was asked. ``code`` is one of :data:`WORDS`; ``detail`` is its own
    message, for the act's author.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        if code not in WORDS:
            raise ValueError(f"not a declared code: {code}")
        super().__init__(WORDS[code])
        self.code, self.detail = code, detail

    @property
    def passes(self) -> bool:
        """Whether it may be gone by itself later."""
        return self.code in PASSING
