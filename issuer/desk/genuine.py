"""What a stolen key signed for the service itself: gathered, held against the log, written for the revoking trust list.

A thief inside the server signs through registry and log, and everything agrees. So only what stood in the log when a
checkpoint was
kept elsewhere, before the theft was noticed, is taken as it is; what came after stays out until a person other than
its author
confirmed it against its dossier.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, select

from issuer.attestation import genuine
from issuer.desk import transparency
from issuer.desk.errors import PublicationRefused
from issuer.desk.reconciling import reconcile
from issuer.registry.database import reading
from issuer.registry.models import Archive, Attestation, Audit, LogLeaf
from keys import durable, note
from keys.errors import FormError
from keys.trust_content import TrustContent

FOLDER = "genuine"


@dataclass(frozen=True)
class Gathered:
    """What a list of the genuine would hold: whole tokens; the numbers that stay out; how many are erased already, so
    that
    nothing is left to name; how many of the tokens rest on a person's word.
    """

    tokens: tuple[bytes, ...]
    left_out: tuple[str, ...]
    erased: int
    confirmed: int


def gather(
    engine: Engine, public: Path, content: TrustContent, kid: bytes, kept: Iterable[bytes], confirmed: Mapping[str, str]
) -> Gathered:
    """Gather what the key signed. ``kept``: checkpoints that were kept elsewhere before the theft was noticed;
    ``confirmed``: who
    confirmed each number (10 digits) against its dossier.

    Raises PublicationRefused when log, registry and checkpoints contradict each other, or someone confirms an own
    paper.
    """
    kept = list(kept)
    problems = reconcile(engine, public, content, kept).problems
    if problems:
        raise PublicationRefused(
            f"No list of the genuine is made: {problems[0]}. Keep everything as it is, and call the security officer."
        )
    name, keys = transparency.name_of(content), transparency.receipt_keys(content)
    try:
        size = max((note.read(data, name, keys).size for data in kept), default=0)
    except FormError as error:
        raise PublicationRefused(f"A kept checkpoint cannot be read: {error}") from None
    query = (
        select(LogLeaf.place, Attestation.number, Archive.token, Audit.actor)
        .join(Attestation, Attestation.id == LogLeaf.attestation_id)
        .outerjoin(Archive, Archive.attestation_id == LogLeaf.attestation_id)
        .outerjoin(Audit, Audit.seq == LogLeaf.attestation_id)
        .where(Attestation.kid == kid)
        .order_by(LogLeaf.place)
    )
    tokens, left_out, erased, by_word = list[bytes](), list[str](), 0, 0
    with reading(engine) as connection:
        for row in connection.execute(query):
            number = str(row.number)
            if row.token is None:
                erased += 1
            elif row.place < size:
                tokens.append(bytes(row.token))
            elif number not in confirmed:
                left_out.append(number)
            elif confirmed[number] == row.actor:
                raise PublicationRefused(
                    f"The attestation {number} is confirmed by its own author. Another person must."
                )
            else:
                tokens.append(bytes(row.token))
                by_word += 1
    return Gathered(tuple(tokens), tuple(left_out), erased, by_word)


def write(public: Path, kid: bytes, gathered: Gathered, salt: bytes) -> tuple[str, bytes]:
    """Put the files in place, parts before their index; the path and the SHA-256 that the trust list shall name.

    ``salt`` is 16 fresh random bytes. A list that was written before stays: trust lists in use may name it.
    """
    path = f"{FOLDER}/{kid.hex()}-{salt[:4].hex()}.cbor"
    files = genuine.make(gathered.tokens, salt, path)
    durable.make_folder(public / FOLDER, durable.PUBLIC_FOLDER)
    for name in sorted(files, key=lambda one: one == path):
        durable.write(public / name, files[name], durable.PUBLIC)
    return path, sha256(files[path]).digest()
