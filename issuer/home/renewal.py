"""Changing the trust list: its next version, signed with the root keys that were given."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from issuer.config import Config
from issuer.home import pinning
from keys import trust as trust_lists
from keys.errors import FormError, KeystoreError, TrustRefused
from keys.keystore import USE_ROOT, Keystore
from keys.signer import Signer
from keys.trust_content import TrustContent, TrustedKey


class RootsHolder(Protocol):
    """What signing a trust list takes of an opened home; :class:`issuer.home.home.Home` is one."""

    config: Config
    clock: Callable[[], int]

    @property
    def keystore(self) -> Keystore:
        """The sealed keys."""
        ...

    def signer(self, kid: bytes) -> Signer:
        """The signer of the key with this 8-byte kid. Raises KeystoreError."""
        ...


def is_due(trust: TrustContent, now: int) -> bool:
    """Whether half of the time to the trust list's next update has gone. ``now`` is UTC seconds."""
    return now >= trust.issued + (trust.next_update - trust.issued) // 2


def renewed(trust: TrustContent, config: Config, now: int, keys: tuple[TrustedKey, ...] | None = None) -> TrustContent:
    """The next version of the trust list, issued ``now`` (UTC seconds), with other ``keys`` where given."""
    fields = {name: getattr(trust, name) for name in TrustContent.__dataclass_fields__}
    content = TrustContent(**fields)
    return replace(
        content,
        version=trust.version + 1,
        issued=now,
        next_update=now + config.trust_next_update,
        expires=now + config.trust_lifetime,
        keys=trust.keys if keys is None else keys,
    )


def roots_at_hand(home: RootsHolder) -> list[bytes]:
    """The kids of the root keys, pinned or of a former set still in service, whose sealed files this home holds."""
    wanted = {kid for roots in pinning.sets_in_service(home.config, home.clock()) for kid in roots.by_kid()}
    return [sealed.kid for sealed in home.keystore.list() if sealed.use == USE_ROOT and sealed.kid in wanted]


def can_sign(home: RootsHolder) -> bool:
    """Whether this home holds enough root keys for a trust list of its own, those of former sets in service
    included.
    """
    at_hand = set(roots_at_hand(home))
    return all(
        len(at_hand & roots.by_kid().keys()) >= roots.threshold
        for roots in pinning.sets_in_service(home.config, home.clock())
    )


def sign(home: RootsHolder, content: TrustContent) -> trust_lists.TrustList:
    """The signed trust list, by every root key that was given. Raises KeystoreError when they are too few for the
    threshold.
    """
    if not can_sign(home):
        raise KeystoreError(
            f"This home holds {len(roots_at_hand(home))} of the {home.config.roots.threshold} root keys that a trust"
            " list needs. Write the change to a file with --draft, and carry it to the machines that hold them."
        )
    try:
        return trust_lists.read(trust_lists.make(content, [home.signer(kid) for kid in roots_at_hand(home)]))
    except (FormError, TrustRefused) as error:
        raise KeystoreError(f"The new trust list would not be accepted: {error}") from None
