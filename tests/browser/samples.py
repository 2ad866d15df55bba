"""A text for every verdict, made with the service's own keys: what the tests of the page show it."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.attestation import claims, token
from keys import cbor
from keys.signer import SeedSigner
from keys.trust_content import TrustedKey
from tests.support import seal_papers
from tests.support.sites import DAY, Service

REVOKED, SUSPENDED, REPLACED, UNLISTED = 11, 12, 13, 131_072
"""Indexes of status list 1: the first three are published with values 1, 2 and 3, the last is beyond its end."""


@dataclass(frozen=True)
class Sample:
    """One text and what the page must say of it."""

    text: str
    verdict: str
    level: str
    words: str
    """Part of the French sentence."""
    shown: bool
    """Whether the signed fields show."""


def publish_states(service: Service) -> None:
    """Publishes the list in which REVOKED, SUSPENDED and REPLACED are so."""
    service.publish({REVOKED: 1, SUSPENDED: 2, REPLACED: 3}, age=20)


COUNTER = SeedSigner(bytes([44]) * 32)
"""The key that countersigns, once it is published."""


def publish_countersigner(service: Service) -> None:
    """Names COUNTER in a newer trust list, which the built verifier brings along."""
    key = TrustedKey(COUNTER.kid, COUNTER.public_key, 4, service.now - DAY, service.now + DAY, 1, "Service", ())
    service.issuer.content = service.issuer.content.with_countersigner(key)
    service.publish_trust(version=2)
    service.build()


def publish_seals(service: Service) -> None:
    """Publishes the list of the State's seals and names it in a newer trust list."""
    service.publish_trust(version=2, extensions=seal_papers.named(service.issuer.content).extensions)
    seal_papers.publish(service.public, service.issuer.status_signer, service.now)


def unlike(service: Service, **attestation: object) -> bytes:
    """A well-signed token whose attestation map has these integer keys (`k17=1`) changed: what no issuer would sign."""
    payload = cbor.decode(token.split(service.issuer.token()).payload)
    payload[claims.LABEL_ATTESTATION] |= {int(key[1:]): value for key, value in attestation.items()}
    return token.sign(cbor.encode(payload), service.issuer.signer)


def samples(service: Service) -> dict[str, Sample]:
    """Every verdict that a text alone decides, by its name; `valid`, `status_unknown` and `clock_wrong` at other levels
    and times are the tests' own. Call publish_states first.
    """
    issuer, now = service.issuer, service.now
    genuine = service.text(issuer.token())
    last = "0" if genuine[-1] != "0" else "1"

    def made(verdict: str, level: str, words: str, shown: bool, **changes: object) -> Sample:
        return Sample(service.text(issuer.token(**changes)), verdict, level, words, shown)

    return {
        "foreign": Sample("HTTPS://EXAMPLE.ORG/#1234567890", "foreign", "grey", "Ce n’est pas une attestation", False),
        "unsupported": Sample(
            f"{service.origin.upper()}/#2{genuine.partition('#')[2][1:]}", "unsupported", "grey", "version", False
        ),
        "malformed": Sample(genuine[:120], "malformed", "red", "Code incomplet", False),
        "unknown_key": made("unknown_key", "red", "clé de signature", False, signer=SeedSigner(bytes([9]) * 32)),
        "bad_signature": Sample(genuine[:-1] + last, "bad_signature", "red", "la signature ne correspond pas", False),
        "invalid_claims": Sample(
            service.text(unlike(service, k6="vnm")), "invalid_claims", "red", "non conforme", False
        ),
        "untrusted_key": made("untrusted_key", "red", "ne peut plus être garantie", False, issued_at=now - 500 * DAY),
        "revoked": made("revoked", "red", "Authentique, mais révoquée (liste du", True, index=REVOKED),
        "replaced": made("replaced", "red", "remplacée", True, index=REPLACED),
        "suspended": made("suspended", "amber", "suspendue", True, index=SUSPENDED),
        "not_yet_valid": made("not_yet_valid", "red", "pas encore valable", True, not_before=now + 5 * DAY),
        "expired": made("expired", "red", "expirée", True, expires=now - 5 * DAY),
        "status_unknown": made("status_unknown", "amber", "état actuel est inconnu", True, index=UNLISTED),
        "valid": Sample(genuine, "valid", "green", "Authentique et en cours de validité", True),
    }
