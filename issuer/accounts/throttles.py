"""Counting tries, in the database so that every worker counts together: each is counted before its secret is compared.

Tries lock an account for a while that doubles; an address of the network, and the network around it, are only slowed
down, since a whole prefecture may stand behind one. A count goes down by one now and then, and never starts anew.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update

from issuer.registry.account_tables import Throttle as Row
from issuer.registry.database import reading, write


@dataclass(frozen=True)
class Limit:
    """``most`` tries at once; each further one waits ``pause`` seconds, twice as long each time, ``longest`` at most.
    One try is forgotten every ``leak`` seconds.
    """

    most: int
    pause: int
    longest: int
    leak: int

    @property
    def fullest(self) -> int:
        """The count at which the pause is the longest one: it grows no further."""
        return self.most + max(0, -(-self.longest // self.pause) - 1).bit_length()


ACCOUNT = Limit(5, 60, 3600, 4 * 3600)
"""Passwords or codes of one account: in the long run one an hour."""
ADDRESS = Limit(60, 60, 15 * 60, 60)
"""Passwords and codes from one address."""
NETWORK = Limit(240, 60, 15 * 60, 15)
"""Passwords and codes from one network."""
QUIET = 3 * 86_400
"""Seconds after its last try in which any count has gone down to nothing."""


@dataclass(frozen=True)
class Reservation:
    """Tries that were counted and may now be made, or the seconds to ``wait``: then nothing was counted."""

    wait: int
    until: Mapping[str, int]
    """Key → until when the next try under it is refused because of this one."""


def places_of(address: str) -> tuple[str, str]:
    """Whom an address of the network counts as, and the network around it: an IPv4 address and its /24; the /64 of an
    IPv6 one, which one subscriber has whole, and its /48. A port or zone beside it says nothing. What is no address
    counts as one.
    """
    text = address.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        read = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "?", "?"
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is not None:
        read = read.ipv4_mapped
    sizes = (32, 24) if isinstance(read, ipaddress.IPv4Address) else (64, 48)
    one, around = (str(ipaddress.ip_network(f"{read}/{size}", strict=False)) for size in sizes)
    return one, around


class Throttles:
    """The counters of one home; keys are keyed hashes of 64 hexadecimal digits."""

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        self.engine, self.clock = engine, clock

    def reserve(self, limits: Mapping[str, Limit]) -> Reservation:
        """Count one try under every key, or under none when one of them has to wait. Writers come one after the other,
        so that tries side by side cannot outrun the count.
        """
        now = self.clock()

        def work(connection: Connection) -> Reservation:
            held = {
                row.key: row._mapping
                for row in connection.execute(select(Row.__table__).where(Row.key.in_(list(limits))))
            }
            wait = max((row["until"] - now for row in held.values()), default=0)
            if wait > 0:
                return Reservation(wait, {})
            until = {}
            for key, limit in limits.items():
                row = held.get(key)
                count, since = (0, now) if row is None else _leaked(row["count"], row["since"], now, limit)
                count = min(count + 1, limit.fullest)
                over = count - limit.most
                until[key] = 0 if over < 0 else now + min(limit.pause << over, limit.longest)
                values = {"count": count, "since": since, "until": until[key]}
                if row is None:
                    connection.execute(insert(Row).values(key=key, **values))
                else:
                    connection.execute(update(Row).where(Row.key == key).values(**values))
            return Reservation(0, until)

        return write(self.engine, work)

    def give_back(self, reservation: Reservation) -> None:
        """Take a try out of the count again, and the pause that it brought: it was right."""

        def work(connection: Connection) -> None:
            for key, until in reservation.until.items():
                mine = update(Row).where(Row.key == key, Row.count > 0)
                connection.execute(mine.values(count=Row.count - 1))
                connection.execute(update(Row).where(Row.key == key, Row.until == until).values(until=0))

        write(self.engine, work)

    def clear(self, key: str) -> None:
        """Forget the tries of a key."""
        with reading(self.engine) as connection:
            held = connection.scalar(select(Row.key).where(Row.key == key))
        if held is not None:
            write(self.engine, lambda connection: connection.execute(delete(Row).where(Row.key == key)))

    def lease(self, key: str, window: int, most: int, size: int) -> tuple[int, int]:
        """Take up to ``size`` of the ``most`` uses of the current ``window`` (seconds): how many were left to take, and
        when the window ends.

        A worker takes a handful at a time and counts them itself, so that not every request writes.
        """
        now = self.clock()
        begin = now - now % window

        def work(connection: Connection) -> int:
            row = connection.execute(select(Row.count, Row.since).where(Row.key == key)).first()
            used = int(row._mapping["count"]) if row is not None and row.since == begin else 0
            taken = max(0, min(size, most - used))
            if row is None:
                connection.execute(insert(Row).values(key=key, count=taken, since=begin, until=0))
            elif taken:
                connection.execute(update(Row).where(Row.key == key).values(count=used + taken, since=begin, until=0))
            return taken

        return write(self.engine, work), begin + window

    def sweep(self, older_than: int) -> None:
        """Drop the counters untouched since UTC second ``older_than``."""
        write(
            self.engine,
            lambda connection: connection.execute(delete(Row).where(Row.since < older_than, Row.until < older_than)),
        )


def _leaked(count: int, since: int, now: int, limit: Limit) -> tuple[int, int]:
    """A count and the time from which it goes down, at UTC second ``now``."""
    forgotten = max(0, now - since) // limit.leak
    return (count - forgotten, since + forgotten * limit.leak) if forgotten < count else (0, now)
