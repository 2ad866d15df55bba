"""Making a home of a backup, and proving that it is whole before it is used.

1. The place is empty: no home, no table.
2. Every block of the sealed file is verified; files and database are laid down.
3. The tables are brought to this version.
4. The audit chain is whole and holds the head of the backup and every head given; the tables agree with it.
5. Every stored token bears the signature of a key that the pinned roots vouch for, and is what its row says.
6. The transparency log agrees with registry and trail, and continues the published one; the published lists are those
that the registry signed, and nothing goes back: see :mod:`issuer.home.continuity`.
7. The restore itself is written in the chain.

What fails leaves nothing behind.
"""

import json
import shutil
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from sqlalchemy import Connection, Engine, MetaData, inspect, select

from issuer.accounts import auditing
from issuer.attestation import status
from issuer.desk import reconciling, transparency
from issuer.errors import ConfigError, UnreadableSource
from issuer.home import continuity, dumps, rights, tokens
from issuer.home.backup import DATABASE, FORM
from issuer.home.home import Home
from issuer.registry import chain
from issuer.registry.database import open_registry, reading, write
from issuer.registry.models import Publication
from keys import durable
from keys.errors import StatusRefused
from keys.sealedstream import SealedReader
from keys.trust_content import TrustContent

LARGEST_FILE = 1 << 28
"""Bytes of one member: a published file, a key, a part of the database."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Restored:
    """What was restored and proven: when the backup was made (UTC seconds), the audit head it held, the attestations
    whose signature was checked, and, where acts made after the backup were given up, the marks that were carried
    over.
    """

    made_at: int
    head: chain.Head
    signatures: int
    lost: int
    carried: int


def restore(
    path: Path,
    file: Path,
    passphrase: str,
    keystore_passphrase: Callable[[], str],
    database_url: str | None = None,
    *,
    public: Path | str | None = None,
    nothing_published: bool = False,
    heads: Sequence[chain.Head] = (),
    accept_loss: bool = False,
    author: str = "restore",
    progress: Progress = lambda step, done, total: None,
) -> Restored:
    """Make the home ``path`` of the backup ``file``, in the steps above.

    ``public`` is the folder or the address of the published files that verifiers have now (None: the origin's), which
    ``nothing_published`` says there are none of; ``heads`` are kept audit heads. With
    ``accept_loss`` acts made after the backup are given up, but no published mark is. Raises ConfigError,
    SealError, UnreadableSource or RegistryError.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):  # 1
        raise ConfigError(f"{path} is not empty. Set WIF_HOME to a new folder: a backup never overwrites a home.")
    engine = open_registry(database_url or str(path / DATABASE))
    home: Home | None = None
    existed = path.exists()
    filled = False
    try:
        if dumps.kind(engine) != "sqlite":
            with reading(engine) as connection:
                if inspect(connection).get_table_names():
                    raise ConfigError(
                        "The database of WIF_DATABASE_URL is not empty. Make a new one: a backup never overwrites a"
                        " database."
                    )
            filled = True
        with file.open("rb") as source:
            manifest = _lay_down(path, engine, SealedReader(source, passphrase), progress)  # 2
        engine.dispose()
        home = Home(path, keystore_passphrase, database_url)
        home.upgrade()  # 3
        with continuity.compared_with(home, public, nothing_published) as folder:
            restored = _prove(home, manifest, folder, heads, accept_loss, author, progress)
        home.keep_private()
        home.close()
        return restored
    except BaseException as error:
        if home is not None:
            home.close()
        engine.dispose()
        _clear(path, existed)
        if filled:
            _empty(engine)
            engine.dispose()
        if isinstance(error, OSError):
            raise ConfigError(
                f"The backup cannot be restored ({error.strerror}: {error.filename or path}). Check the file, the"
                " rights and the room on the disk."
            ) from None
        raise


def _lay_down(path: Path, engine: Engine, sealed: SealedReader, progress: Progress) -> dict:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=sealed, mode="r|") as archive:  # type: ignore[call-overload]  # a stream needs read alone
            members = iter(archive)
            manifest = _manifest(archive, next(members, None))
            if manifest["database"] != dumps.kind(engine):
                other = (
                    "Set WIF_DATABASE_URL to an empty database"
                    if manifest["database"] == "postgresql"
                    else "Unset WIF_DATABASE_URL"
                )
                raise ConfigError(
                    f"The backup holds a database of {manifest['database']}. {other}, then restore again."
                )
            first = _lay_down_files(path, archive, members)
            parts = _parts(archive, first, members, progress)
            if manifest["database"] == "sqlite":
                dumps.load_sqlite(path / DATABASE, parts)
            else:
                dumps.load_postgres(engine, parts)
            for _rest in parts:
                pass
    except tarfile.TarError:
        raise UnreadableSource(
            "The backup opens but is not laid out as this program does. Restore it with the version that made it."
        ) from None
    sealed.finish()
    return manifest


def _manifest(archive: tarfile.TarFile, member: tarfile.TarInfo | None) -> dict:
    if member is not None and member.name == "manifest.json" and member.size < 65_536:
        manifest = json.loads(_data(archive, member))
        if manifest.get("form") == FORM:
            return manifest
    raise UnreadableSource("The backup was made by another version of this program. Restore it with that version.")


def _lay_down_files(path: Path, archive: tarfile.TarFile, members: Iterator[tarfile.TarInfo]) -> tarfile.TarInfo | None:
    """Write the home's files; the first member that is none of them."""
    for member in members:
        name = PurePosixPath(member.name)
        if name.parts[:1] != ("home",):
            return member
        if len(name.parts) < 2 or any(part.startswith(".") for part in name.parts) or name.name.startswith(DATABASE):
            raise UnreadableSource("The backup names a file outside a home. It was not made by this program.")
        target = path.joinpath(*name.parts[1:])
        served = name.parts[1] in rights.SERVED
        durable.make_folder(target.parent, durable.PUBLIC_FOLDER if served else durable.PRIVATE_FOLDER)
        mode = durable.PUBLIC if served else durable.PRIVATE
        durable.write(target, _data(archive, member), mode, replace=False)
    return None


def _parts(
    archive: tarfile.TarFile, first: tarfile.TarInfo | None, members: Iterator[tarfile.TarInfo], progress: Progress
) -> Iterator[bytes]:
    place, member = 0, first
    while member is not None:
        if member.name != f"database/{place:06d}":
            raise UnreadableSource(
                "The parts of the database are out of order. The backup was not made by this program."
            )
        yield _data(archive, member)
        place += 1
        progress("opening", place, 0)
        member = next(members, None)


def _data(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.isreg() and member.size <= LARGEST_FILE else None
    if file is None:
        raise UnreadableSource("The backup holds something else than files. It was not made by this program.")
    return file.read()


def _prove(
    home: Home,
    manifest: dict,
    public: Path | None,
    heads: Sequence[chain.Head],
    accept_loss: bool,
    author: str,
    progress: Progress,
) -> Restored:
    engine = home.engine
    held = chain.head(engine)
    progress("chain", 0, held.seq)
    later = [head for head in continuity.heads(public, heads) if head.seq > held.seq]
    earlier = [head for head in continuity.heads(public, heads) if head.seq <= held.seq]
    check = auditing.verify(
        engine, [chain.Head.from_json(manifest["head"]), *continuity.heads(home.public, ()), *earlier]
    )  # 4
    if check.problems:
        raise UnreadableSource(
            f"The restored registry is not whole: {check.problems[0]}. Nothing was kept; use another backup, and keep"
            " this one for the security officer."
        )
    progress("chain", held.seq, held.seq)
    trust = home.trust()
    signatures = tokens.check(engine, trust, home.clock(), lambda done, total: progress("signatures", done, total))  # 5
    found = reconciling.reconcile(engine, home.public, trust)
    if found.problems:
        raise UnreadableSource(
            f"Log and registry of the backup do not agree: {found.problems[0]}. Nothing was kept; keep this backup for"
            " the security officer."
        )
    _check_lists(engine, home.public, trust)  # 6
    comparison = continuity.compare(home, public)
    lost = max((head.seq for head in later), default=held.seq) - held.seq
    if (lost or comparison.marks) and not accept_loss:
        raise UnreadableSource(
            f"The backup is older than what was published: {lost:,} entries of the audit trail and"
            f" {len(comparison.marks):,} marks of the status lists came after it. Restore a newer backup. If there is"
            " none, --accept-loss gives up those acts and keeps every published mark."
        )

    log = transparency.published(public, trust) if public else None

    def work(connection: Connection) -> int:
        if public:
            transparency.follow(connection, public, log, home.clock(), author)
        return continuity.carry(connection, home.clock(), author, manifest, comparison, lost, public)

    carried = write(engine, work)  # 7
    continuity.take_newer_files(home.public, comparison)
    continuity.take_newer_log(home.public, public, log)
    engine.dispose()
    return Restored(manifest["made_at"], held, signatures, lost, carried)


def _check_lists(engine: Engine, public: Path, trust: TrustContent) -> None:
    """Each published file of the backup is the one that the registry recorded at its issue time."""
    for status_list in trust.status_lists:
        try:
            data = (public / status_list.path).read_bytes()
            listed = status.read(data, status_list.number)
        except FileNotFoundError:
            continue
        except StatusRefused as error:
            raise UnreadableSource(f"Status list {status_list.number} of the backup cannot be read. {error}") from None
        with reading(engine) as connection:
            recorded = connection.scalar(
                select(Publication.digest).where(
                    Publication.list_number == status_list.number, Publication.issued_at == listed.issued_at
                )
            )
        if recorded is None or bytes(recorded) != sha256(data).digest():
            raise UnreadableSource(
                f"Status list {status_list.number} of the backup is not one that its registry signed. Use another"
                " backup."
            )


def _clear(path: Path, existed: bool) -> None:
    if path.is_dir():
        for item in path.iterdir():
            shutil.rmtree(item) if item.is_dir() else item.unlink(missing_ok=True)
        if not existed:
            path.rmdir()


def _empty(engine: Engine) -> None:
    """Drop what was laid down in a database that was empty before."""
    found = MetaData()
    with engine.begin() as connection:
        found.reflect(connection)
        found.drop_all(connection)
