"""Every stored token held against the trust list and its own row: what a restored registry must prove."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, Row, func, select

from issuer.attestation.claims import decode
from issuer.attestation.token import signed_bytes, split
from issuer.errors import UnreadableSource
from issuer.registry.database import reading
from issuer.registry.models import Archive, Attestation
from keys import ed25519
from keys.errors import FormError
from keys.trust_content import USE_ATTESTATION, TrustContent, TrustedKey

PAGE = 2_000
"""Tokens read at a time."""


def check(
    engine: Engine, trust: TrustContent, now: int, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Check every stored token; how many there were. ``now`` is UTC seconds.

    A key that the trust list has dropped, once all it signed had expired, is unknown: its tokens are held by the
    audit chain alone. Raises UnreadableSource naming the first number that fails.
    """
    keys = {key.kid: key for key in trust.keys if key.use == USE_ATTESTATION}
    columns = (
        Attestation.id,
        Attestation.number,
        Attestation.list_number,
        Attestation.list_index,
        Attestation.expires,
        Archive.token,
    )
    query = (
        select(*columns).join(Archive, Archive.attestation_id == Attestation.id).order_by(Attestation.id).limit(PAGE)
    )
    with reading(engine) as connection:
        total = connection.scalar(select(func.count()).select_from(Archive)) or 0
    last = checked = done = 0
    while True:
        with reading(engine) as connection:
            rows = connection.execute(query.where(Attestation.id > last)).all()
        for row in rows:
            checked += _check(row, keys, now)
        done += len(rows)
        progress(done, total)
        if len(rows) < PAGE:
            return checked
        last = rows[-1].id


def _check(row: Row[*tuple[Any, ...]], keys: dict[bytes, TrustedKey], now: int) -> bool:
    try:
        parts = split(bytes(row.token))
        key = keys.get(parts.kid)
        if key is None and row.expires <= now:
            return False
        if key is not None and ed25519.verify_checked(
            key.public_key, signed_bytes(parts.kid, parts.payload), parts.signature
        ):
            claims = decode(parts.payload)
            if (claims.number, tuple(claims.status)) == (row.number, (row.list_number, row.list_index)):
                return True
    except FormError:
        pass
    raise UnreadableSource(
        f"The stored token of attestation {row.number} does not bear a valid signature. Nothing was kept; use another"
        " backup."
    )
