"""The attestation: claims, token, QR text, status list, verification. Pure: no clock, file, network or database."""

from issuer.attestation.verdicts import LEVELS, VERDICTS
from issuer.attestation.verify import Verdict, verify

__all__ = ["LEVELS", "VERDICTS", "Verdict", "verify"]
