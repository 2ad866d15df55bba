"""Keys, lists and tokens for unit tests, made with the project's own issuing code."""

from issuer.attestation import qr, record, status, token
from issuer.attestation.claims import Claims, encode
from keys import trust
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import StatusListEntry, TrustContent, TrustedKey
from tests.support import records
from tests.vectors.wire import Key

ORIGIN = "https://verif.workinfrance.example"
NOW = 1_770_000_000
"""2026-02-02T02:40:00Z."""
ISSUED = 1_767_000_000
DAY = 86_400

ROOT, SIGNER, STATUS, RECEIPT, STRANGER = (
    SeedSigner(Key(f"unit {name}").seed) for name in ("root", "attestation", "status", "receipt", "stranger")
)
PINNED = RootSet(1, (ROOT.public_key,))
RECORD = {"reference": "DS-44950", **records.RECORD}


def entry(signer: SeedSigner, use: int, **changes: object) -> TrustedKey:
    """A key of the trust list, in use for ever and for every département unless changed."""
    fields = dict(
        kid=signer.kid,
        public_key=signer.public_key,
        use=use,
        not_before=0,
        not_after=4_000_000_000,
        state=1,
        authority="Préfecture d'exemple",
        departments=(),
    )
    return TrustedKey(**fields | changes)


def content(**changes: object) -> TrustContent:
    """A trust list's content, issued a thousand seconds before NOW."""
    fields = dict(
        version=1,
        issued=NOW - 1000,
        next_update=NOW + 7 * DAY,
        expires=NOW + 30 * DAY,
        roots=PINNED,
        keys=(entry(SIGNER, 1), entry(STATUS, 2), entry(RECEIPT, 3)),
        status_lists=(StatusListEntry(1, "status-1.cose", STATUS.kid),),
        origins=(ORIGIN,),
    )
    return TrustContent(**fields | changes)


def held_trust(**changes: object) -> trust.TrustList:
    """An accepted trust list."""
    return trust.accept(trust.make(content(**changes), [ROOT]), PINNED, None, NOW).trust


def status_bytes(values: bytes = bytes(status.MAX_BYTES), issued: int = NOW - 500) -> bytes:
    """A signed status list 1."""
    return status.make(f"{ORIGIN}/status-1.cose", issued, issued + 7 * DAY, DAY, values, STATUS)


def held_status(values: bytes = bytes(status.MAX_BYTES)) -> status.StatusList:
    """An accepted status list 1."""
    return status.accept(status_bytes(values), 1, held_trust(), None, NOW)


def claims(**changes: object) -> Claims:
    """The claims of RECORD with changes by their JSON names."""
    return record.read_record(RECORD | changes).to_claims(4829130571, (1, 524_287), ISSUED)


def signed(payload: bytes) -> str:
    """The QR text of a payload signed with the trusted key."""
    return qr.encode_text(ORIGIN, token.sign(payload, SIGNER))


REFERENCE_PAYLOAD = encode(claims())
REFERENCE_TOKEN = token.sign(REFERENCE_PAYLOAD, SIGNER)
REFERENCE_TEXT = qr.encode_text(ORIGIN, REFERENCE_TOKEN)
