"""What is printed: the signed claims, the QR text, and what the archive keeps beside the token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from issuer.attestation.record_fields import flattened
from issuer.documents.errors import RenderError

MAX_QR_TEXT = 4096
"""Characters: the longest version 1 text has 2,100 digits after its origin (``docs/format.md`` §2)."""

_QR_TEXT = re.compile(rf"[\x21-\x7e]{{1,{MAX_QR_TEXT}}}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{9}", re.ASCII)
_TEXTS = (
    "family_name",
    "given_names",
    "birth_date",
    "nationality",
    "employer.name",
    "employer.siret",
    "job",
    "residence_permit",
    "number",
    "replaces",
)
_REQUIRED = (
    "kind",
    "number",
    "family_name",
    "birth_date",
    "nationality",
    "employer",
    "job",
    "contract",
    "department",
    "valid_from",
    "valid_until",
    "issued_at",
)


@dataclass(frozen=True)
class PrintedAttestation:
    """Everything that a printed attestation shows. Rendering reads nothing else, neither clock nor file nor network,
    so that the archive (token and annex) prints the very same document again for as long as it is kept.

    A claim that is missing or out of form raises :class:`RenderError` when the document is made.
    """

    claims: Mapping[str, Any] = field(repr=False)
    """The claims by their JSON names (``docs/format.md`` §1.2); ``number`` is 10 digits, the validity two days,
    ``issued_at`` UTC as ``YYYY-MM-DDThh:mm:ssZ``. Optional claims are absent keys."""
    qr_text: str = field(repr=False)
    """What the QR code holds and links to: 1..4,096 printable ASCII characters without a space."""
    origin: str
    """The verifier's address in lower case, ``https://…`` without a trailing slash."""
    authority: str
    """Name of the authority that issues."""
    signatory: Mapping[str, str] = field(repr=False)
    """Given names (optional), family_name, title, service of the author of the decision (CRPA, articles L212-1 and
    L212-2).
    """
    replaces_number: str | None = None
    """The 10 digits of the attestation that this one replaces; by default the claim ``replaces``."""
    demonstration: bool = False
    """True when the signing key is a demonstration key: the page says so in large letters."""
    blanks: frozenset[str] = frozenset()
    """Dotted names of what a page shown before signing leaves blank: what is in the claims there is only a stand-in."""

    def __post_init__(self) -> None:
        claims = self.claims
        for name in _REQUIRED:
            if not claims.get(name):
                raise RenderError(f"The attestation has no {name}, so it cannot be printed.")
        if not isinstance(claims["employer"], Mapping) or not claims["employer"].get("name"):
            raise RenderError("The attestation has no employer.name, so it cannot be printed.")
        flat = flattened(claims)
        for name in _TEXTS:
            value = flat.get(name)
            if value is not None and not isinstance(value, str):
                raise RenderError(f"The attestation's {name} is not a text, so it cannot be printed.")
        if not _QR_TEXT.fullmatch(self.qr_text):
            raise RenderError(
                "The QR text must be printable ASCII without spaces, so the attestation cannot be printed."
            )
        for name in ("family_name", "title", "service"):
            if not self.signatory.get(name):
                raise RenderError(
                    f"The signatory has no {name}: give it in the record, the agent's account or the configuration."
                )
        for name, value in (("number", claims["number"]), ("replaces", self.replaced)):
            if value is not None and not _NUMBER.fullmatch(value):
                raise RenderError(f"The attestation's {name} is not 10 digits, so it cannot be printed.")
        if claims.get("replaces") not in (None, self.replaced):
            raise RenderError(
                "The number to replace differs from the signed claim: print the attestation with the signed one."
            )
        object.__setattr__(self, "claims", MappingProxyType(dict(claims)))
        object.__setattr__(self, "signatory", MappingProxyType(dict(self.signatory)))

    @property
    def replaced(self) -> str | None:
        """The 10 digits of the attestation that this one replaces, or None."""
        return self.replaces_number or self.claims.get("replaces")
