"""How far each synchronisation has come, and the leases by which one process at a time does it."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, Engine, insert, select, update

from issuer.registry.database import reading, write
from issuer.registry.request_tables import DemarcheSync, Lease


@dataclass(frozen=True)
class Progress:
    """The state of one démarche's synchronisation: the columns of its table. Instants are UTC seconds."""

    demarche: int
    since: int = 0
    cursor: str | None = None
    newest: int = 0
    deleted_since: int = 0
    started_at: int | None = None
    finished_at: int | None = None
    error: str | None = None
    dossiers: int = 0
    requests: int = 0


_COLUMNS = tuple(getattr(DemarcheSync, field.name) for field in fields(Progress))


def progress(connection: Connection, demarche: int) -> Progress:
    """How far this démarche's synchronisation has come; a fresh one when it never ran."""
    row = connection.execute(select(*_COLUMNS).where(DemarcheSync.demarche == demarche)).first()
    return Progress(demarche) if row is None else Progress(**row._mapping)


def every_progress(engine: Engine) -> list[Progress]:
    """The state of every démarche's synchronisation."""
    with reading(engine) as connection:
        return [
            Progress(**row._mapping) for row in connection.execute(select(*_COLUMNS).order_by(DemarcheSync.demarche))
        ]


def save(connection: Connection, state: Progress) -> None:
    """Write it."""
    values = vars(state)
    if not connection.execute(
        update(DemarcheSync).where(DemarcheSync.demarche == state.demarche).values(**values)
    ).rowcount:
        connection.execute(insert(DemarcheSync).values(**values))


def take_lease(engine: Engine, name: str, holder: str, now: int, seconds: int) -> bool:
    """Take or renew a lease for so many seconds; False while another holds it."""

    def work(connection: Connection) -> bool:
        row = connection.execute(select(Lease.holder, Lease.until).where(Lease.name == name)).first()
        if row is None:
            connection.execute(insert(Lease).values(name=name, holder=holder, until=now + seconds))
            return True
        if row.holder != holder and row.until > now:
            return False
        connection.execute(update(Lease).where(Lease.name == name).values(holder=holder, until=now + seconds))
        return True

    return write(engine, work)


def lease_until(engine: Engine, name: str) -> int:
    """Until when a lease is held, in UTC seconds; 0 when it never was."""
    with reading(engine) as connection:
        return connection.scalar(select(Lease.until).where(Lease.name == name)) or 0


def give_back(engine: Engine, name: str, holder: str) -> None:
    """End a lease that is held."""
    write(
        engine,
        lambda connection: connection.execute(
            update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=0)
        ),
    )
