"""Publishing: sign every status list and put it with the trust list where the verifier's server reads them.

1. Take the publishers' lock of the database and the folder's: publishers go one after the other, on this machine and on
others.
2. In one writing transaction: give due decisions their effect, draw up every list, sign it with an
   issue time later than any before, check it as a verifier would, record it in the audit chain.
3. Once committed, move the files into place: status lists, the log's tiles and its checkpoint, audit head, trust list
last. A publisher
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
from issuer.desk.context import DeskContext
from issuer.desk.errors import PublicationRefused
from issuer.registry import chain, lists, store, told
from issuer.registry.database import PUBLISHING, alone, write
from keys import durable, trust
from keys.errors import StatusRefused, TrustRefused
from keys.signer import Signer
from keys.trust_content import StatusListEntry, TrustContent

CLOCK_SLACK = 120
"""Seconds by which the clock may lag behind the last publication: verifiers accept at most 300 s of future."""
LOCK = ".publishing"
"""The file in the public folder that a publisher holds."""
TRUST_FILE = "trust.cose"
HEAD_FILE = "audit-head.json"
"""The head of the audit chain, for anybody to keep: later it shows whether the trail was cut or rewritten."""


@dataclass(frozen=True)
class Published:
    """A publication: its issue time (UTC seconds), the head of the audit chain, the files by name, the decisions that
    took effect.
    """

    issued_at: int
    head: chain.Head
    files: tuple[str, ...]
    settled: int


def publish(
    context: DeskContext,
    folder: Path,
    trust_cose: bytes,
    signers: Callable[[bytes], Signer],
    author: str,
    *,
    ttl: int = status.DEFAULT_TTL,
    lifetime: int = status.DEFAULT_LIFETIME,
    acts: Sequence[chain.Act] = (),
    back: bool = False,
) -> Published:
    """Publish into ``folder``, as steps 1 to 3 say.

    ``trust_cose`` is the signed trust list; ``signers(kid)`` gives the status key of an 8-byte kid;
    ``ttl`` and ``lifetime`` are seconds; ``acts``, on keys, are written in the audit chain before the publication.
    ``back``: what was published in the future, by a clock that ran ahead, is taken back first; no verifier with a right
    clock accepted it.
    Raises PublicationRefused, RegistryError or KeystoreError.
    """
    chain.check_actor(author)
    content = _read_trust(trust_cose)
    signer_of = {status_list.kid: signers(status_list.kid) for status_list in content.status_lists}
    note_signers = [signers(kid) for kid in transparency.signing(content, context.clock())]
    logs: list[int] = []
    try:
        durable.make_folder(folder, durable.PUBLIC_FOLDER)
        with alone(context.engine, PUBLISHING), durable.alone(folder / LOCK):  # 1
            durable.clear_unfinished(folder)
            held = {status_list.number: _held(folder, status_list) for status_list in content.status_lists}
            times = [0 if listed is None else listed.issued_at for listed in held.values()]
            latest = context.clock() + CLOCK_SLACK
            floor = max((time for time in times if not back or time <= latest), default=0)
            _refuse_older_trust(folder, content)

            def work(connection: Connection) -> tuple[dict[str, bytes], int, chain.Head, int]:
                if back:
                    lists.withdraw(connection, context.clock(), context.clock() + CLOCK_SLACK, author)
                log = transparency.draw(connection, folder, content, note_signers, context.clock(), author)
                if log is not None:
                    logs.append(log.before)
                return _draw_up(
                    context,
                    connection,
                    content,
                    trust_cose,
                    author,
                    signer_of=signer_of,
                    held=held,
                    floor=floor,
                    ttl=ttl,
                    lifetime=lifetime,
                    acts=acts,
                    log=log,
                )

            files, issued_at, head, settled = write(context.engine, work)  # 2
            for name, data in files.items():  # 3
                path = folder / name
                durable.make_folder(path.parent, durable.PUBLIC_FOLDER)
                durable.write(path, data, durable.PUBLIC)
            if logs:
                transparency.clear_partial(folder, logs[-1])
    except OSError as error:
        raise PublicationRefused(
            f"The folder of public files cannot be written ({error.strerror}). Check its rights and the room on its"
            " disk, then publish again."
        ) from None
    return Published(issued_at, head, tuple(files), settled)


def _read_trust(trust_cose: bytes) -> TrustContent:
    try:
        return trust.read(trust_cose)
    except TrustRefused as error:
        raise PublicationRefused(f"The trust list cannot be read, so nothing was published. {error}") from None


def _held(folder: Path, status_list: StatusListEntry) -> status.StatusList | None:
    """The list in place, which a restored database may not know of; None when there is none that can be read."""
    path = folder / status_list.path
    try:
        return status.read(path.read_bytes(), status_list.number) if path.exists() else None
    except StatusRefused:
        return None


def _refuse_older_trust(folder: Path, content: TrustContent) -> None:
    path = folder / TRUST_FILE
    if not path.exists():
        return
    try:
        held = trust.read(path.read_bytes())
    except TrustRefused:
        return
    if held.version > content.version:
        raise PublicationRefused(
            f"The published trust list is version {held.version} and this one is version {content.version}: verifiers"
            " would refuse it. Publish the newest trust list."
        )


def _draw_up(
    context: DeskContext,
    connection: Connection,
    content: TrustContent,
    trust_cose: bytes,
    author: str,
    *,
    signer_of: dict[bytes, Signer],
    held: dict[int, status.StatusList | None],
    floor: int,
    ttl: int,
    lifetime: int,
    acts: Sequence[chain.Act],
    log: transparency.Drawn | None,
) -> tuple[dict[str, bytes], int, chain.Head, int]:
    now = context.clock()
    if lists.uncompared_restore(connection):
        raise PublicationRefused(
            "This registry was restored by a program that compared it with nothing, so a publication could turn revoked"
            ' papers valid. Back it up ("wif backup"), and restore that backup elsewhere with this version, which'
            " compares it with what is published."
        )
    last = max(lists.last_issued_at(connection), floor)
    if last > now + CLOCK_SLACK:
        raise PublicationRefused(
            f"The clock of this machine is {last - now} seconds behind the last publication. Set it right, then publish"
            ' again; if it is right, and the last publication was made by a clock ahead, run "wif publish --go-back".'
        )
    issued_at = lists.unused_second(connection, max(now, last + 1))
    listed = {status_list.number for status_list in content.status_lists}
    missing = [number for number in lists.opened(connection) if number not in listed]
    if missing:
        raise PublicationRefused(
            f"The trust list does not name status list {missing[0]}, which attestations depend on. Add it and sign the"
            " trust list again."
        )
    settled = store.settle(connection, now, author)
    files: dict[str, bytes] = {}
    published = []
    marks = _marks(connection, held)
    for status_list in content.status_lists:
        uri = f"{content.origins[0]}/{status_list.path}"
        data = status.make(
            uri, issued_at, issued_at + lifetime, ttl, marks[status_list.number], signer_of[status_list.kid]
        )
        _check_as_verifier(data, status_list, content, now)
        files[status_list.path] = data
        published.append(
            lists.Published(status_list.number, issued_at, issued_at + lifetime, status_list.kid, sha256(data).digest())
        )
    chain.append(connection, now, author, acts)
    head = lists.add_publication(
        connection, now, author, published, sha256(trust_cose).digest(), (log.size, log.root) if log else None
    )
    files |= log.files if log else {}
    files[HEAD_FILE] = json.dumps({**head.to_json(), "published_at": issued_at}).encode() + b"\n"
    files[TRUST_FILE] = trust_cose
    return files, issued_at, head, settled


def _marks(connection: Connection, held: dict[int, status.StatusList | None]) -> dict[int, bytes]:
    """The values of each list, which tables and trail must agree on: a state written in the database by hand is not
    published. Raises RegistryError.
    """
    files = {number: None if listed is None else listed.cose for number, listed in held.items()}
    by_trail = told.values(connection, files, {number: listed.values for number, listed in held.items() if listed})
    for number, packed in by_trail.items():
        found = lists.values(connection, number)
        if found != packed:
            byte = next(place for place in range(len(packed)) if packed[place] != found[place])
            index = next(byte * 4 + part for part in range(4) if (packed[byte] ^ found[byte]) >> part * 2 & 3)
            raise told.tampered(lists.number_at(connection, number, index) or f"of place {index} in list {number}")
    return by_trail


def _check_as_verifier(data: bytes, status_list: StatusListEntry, content: TrustContent, now: int) -> None:
    try:
        status.accept(data, status_list.number, content, None, now)
    except StatusRefused as refusal:
        raise PublicationRefused(
            f"Verifiers would refuse status list {status_list.number}, so nothing was published. {refusal}"
        ) from None
