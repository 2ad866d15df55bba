"""Publishing: sign every status list and put it with the trust list where the verifier's server reads them.

1. Take the publishers' lock of the database and the folder's: publishers go one after the other, on this machine and on others.
2. In one writing transaction: give due decisions their effect, draw up every list, sign it with an
   issue time later than any before, check it as a verifier would, record it in the audit chain.
3. Once committed, move the files into place: status lists, the log's tiles and its checkpoint, audit head, trust list last. A publisher
   killed between 2 and 3 leaves the former files, whole; the next publication mends it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from issuer.attestation import status
from issuer.desk import transparency
from issuer.desk.errors import PublicationRefused
from issuer.desk.files import alone_in, write_whole
from issuer.desk.means import Means
from issuer.registry import chain, lists, store
from issuer.registry.database import alone, write
from keys import trust
from keys.content import StatusListEntry, TrustContent
from keys.errors import StatusRefused, TrustRefused
from keys.signer import Signer

CLOCK_SLACK = 120
"""Seconds by which the clock may lag behind the last publication: verifiers accept at most 300 s of future."""
PUBLISHING = 0x57494650
"""Key of the lock that publishers on several machines take in PostgreSQL."""
TRUST_FILE = "trust.cose"
HEAD_FILE = "audit-head.json"
"""The head of the audit chain, for anybody to keep: later it shows whether the trail was cut or rewritten."""


@dataclass(frozen=True)
class Published:
    """A publication: its issue time (UTC seconds), the head of the audit chain, the files by name, the decisions that took effect."""

    issued_at: int
    head: chain.Head
    files: tuple[str, ...]
    settled: int


def publish(
    means: Means,
    folder: Path,
    trust_cose: bytes,
    signers: Callable[[bytes], Signer],
    author: str,
    ttl: int = status.DEFAULT_TTL,
    lifetime: int = status.DEFAULT_LIFETIME,
    acts: Sequence[chain.Act] = (),
) -> Published:
    """Publish into ``folder``, as steps 1 to 3 say.

    ``trust_cose`` is the signed trust list; ``signers(kid)`` gives the status key of an 8-byte kid;
    ``ttl`` and ``lifetime`` are seconds; ``acts``, on keys, are written in the audit chain before the publication. Raises PublicationRefused, RegistryError or KeystoreError.
    """
    chain.check_actor(author)
    content = _read_trust(trust_cose)
    signer_of = {entry.kid: signers(entry.kid) for entry in content.status_lists}
    note_signers = [signers(kid) for kid in transparency.signing(content, means.clock())]
    logs: list[int] = []
    try:
        with alone(means.engine, PUBLISHING), alone_in(folder):  # 1
            floor = (
                max(_held_issue_time(folder, entry) for entry in content.status_lists) if content.status_lists else 0
            )
            _refuse_older_trust(folder, content, trust_cose)

            def work(connection: Connection) -> tuple[dict[str, bytes], int, chain.Head, int]:
                log = transparency.draw(connection, folder, content, note_signers, means.clock(), author)
                if log is not None:
                    logs.append(log.before)
                return _draw_up(
                    means, connection, content, trust_cose, signer_of, author, floor, ttl, lifetime, acts, log
                )

            files, issued_at, head, settled = write(means.engine, work)  # 2
            for name, data in files.items():  # 3
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, data)
            if logs:
                transparency.clear_partial(folder, logs[-1])
    except OSError as error:
        raise PublicationRefused(
            f"The folder of public files cannot be written ({error.strerror}). Check its rights and the room on its disk, then publish again."
        ) from None
    return Published(issued_at, head, tuple(files), settled)


def _read_trust(trust_cose: bytes) -> TrustContent:
    try:
        content = trust.read(trust_cose)
    except TrustRefused as error:
        raise PublicationRefused(f"The trust list cannot be read, so nothing was published. {error}") from None
    for entry in content.status_lists:
        if {".", ".."} & set(entry.path.split("/")):
            raise PublicationRefused(
                f"The trust list gives status list {entry.number} a path outside the public folder. Sign one with a plain path."
            )
    return content


def _held_issue_time(folder: Path, entry: StatusListEntry) -> int:
    """The iat of the file in place, which a restored database may not know of; 0 when there is none that can be read."""
    path = folder / entry.path
    try:
        return status.read(path.read_bytes(), entry.number).issued_at if path.exists() else 0
    except StatusRefused:
        return 0


def _refuse_older_trust(folder: Path, content: TrustContent, trust_cose: bytes) -> None:
    path = folder / TRUST_FILE
    if not path.exists():
        return
    try:
        held = trust.read(path.read_bytes())
    except TrustRefused:
        return
    if held.version > content.version:
        raise PublicationRefused(
            f"The published trust list is version {held.version} and this one is version {content.version}: verifiers would refuse it. "
            "Publish the newest trust list."
        )


def _draw_up(
    means: Means,
    connection: Connection,
    content: TrustContent,
    trust_cose: bytes,
    signer_of: dict[bytes, Signer],
    author: str,
    floor: int,
    ttl: int,
    lifetime: int,
    acts: Sequence[chain.Act],
    log: transparency.Drawn | None,
) -> tuple[dict[str, bytes], int, chain.Head, int]:
    now = means.clock()
    last = max(lists.last_issued_at(connection), floor)
    if last > now + CLOCK_SLACK:
        raise PublicationRefused(
            f"The clock of this machine is {last - now} seconds behind the last publication. Set it right, then publish again."
        )
    issued_at = max(now, last + 1)
    listed = {entry.number for entry in content.status_lists}
    missing = [number for number in lists.opened(connection) if number not in listed]
    if missing:
        raise PublicationRefused(
            f"The trust list does not name status list {missing[0]}, which attestations depend on. Add it and sign the trust list again."
        )
    settled = store.settle(connection, now, author)
    files: dict[str, bytes] = {}
    published = []
    for entry in content.status_lists:
        uri = f"{content.origins[0]}/{entry.path}"
        data = status.make(
            uri, issued_at, issued_at + lifetime, ttl, lists.values(connection, entry.number), signer_of[entry.kid]
        )
        _check_as_verifier(data, entry, content, now)
        files[entry.path] = data
        published.append(
            lists.Published(entry.number, issued_at, issued_at + lifetime, entry.kid, sha256(data).digest())
        )
    chain.append(connection, now, author, acts)
    head = lists.add_publication(
        connection, now, author, published, sha256(trust_cose).digest(), (log.size, log.root) if log else None
    )
    files |= log.files if log else {}
    files[HEAD_FILE] = json.dumps({**head.to_json(), "published_at": issued_at}).encode() + b"\n"
    files[TRUST_FILE] = trust_cose
    return files, issued_at, head, settled


def _check_as_verifier(data: bytes, entry: StatusListEntry, content: TrustContent, now: int) -> None:
    try:
        status.accept(data, entry.number, content, None, now)
    except StatusRefused as refusal:
        raise PublicationRefused(
            f"Verifiers would refuse status list {entry.number}, so nothing was published. {refusal}"
        ) from None
