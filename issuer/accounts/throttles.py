"""Counting tries, in the database so that every worker counts together.

Failures lock an account for a while that doubles; an address of the network is only slowed down,
since a whole prefecture may stand behind one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update

from issuer.registry.account_tables import Throttle as Row
from issuer.registry.database import reading, write


@dataclass(frozen=True)
class Limit:
    """``most`` tries in ``window`` seconds; the next one waits ``pause`` seconds, twice as long each time, ``longest`` at most."""

    most: int
    window: int
    pause: int
    longest: int


ACCOUNT = Limit(5, 15 * 60, 60, 3600)
"""Wrong passwords or codes of one account."""
ADDRESS = Limit(60, 15 * 60, 60, 15 * 60)
"""Wrong passwords or codes from one address."""


class Throttles:
    """The counters of one home; keys are keyed hashes of 64 hexadecimal digits."""

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        self.engine, self.clock = engine, clock

    def wait(self, *keys: str) -> int:
        """Seconds until a try is allowed under every key: 0 for now."""
        now = self.clock()
        with reading(self.engine) as connection:
            until = connection.execute(select(Row.until).where(Row.key.in_(keys), Row.until > now)).scalars().all()
        return max((value - now for value in until), default=0)

    def fail(self, key: str, limit: Limit) -> int:
        """Count a failure; the seconds for which the next try is refused."""
        now = self.clock()

        def work(connection: Connection) -> int:
            row = connection.execute(select(Row.count, Row.since).where(Row.key == key)).first()
            started = row is not None and now - row.since < max(limit.window, limit.longest)
            count = row.count + 1 if started else 1
            over = count - limit.most
            pause = 0 if over < 0 else min(limit.pause << min(over, 20), limit.longest)
            values = {
                "count": count,
                "since": now if pause or not started else row.since,
                "until": now + pause if pause else 0,
            }
            if row is None:
                connection.execute(insert(Row).values(key=key, **values))
            else:
                connection.execute(update(Row).where(Row.key == key).values(**values))
            return pause

        return write(self.engine, work)

    def clear(self, key: str) -> None:
        """Forget the failures of a key."""
        with reading(self.engine) as connection:
            held = connection.scalar(select(Row.key).where(Row.key == key))
        if held is not None:
            write(self.engine, lambda connection: connection.execute(delete(Row).where(Row.key == key)))

    def lease(self, key: str, window: int, most: int, size: int) -> tuple[int, int]:
        """Take up to ``size`` of the ``most`` uses of the current ``window`` (seconds): how many were left to take, and when the window ends.

        A worker takes a handful at a time and counts them itself, so that not every request writes.
        """
        now = self.clock()
        begin = now - now % window

        def work(connection: Connection) -> int:
            row = connection.execute(select(Row.count, Row.since).where(Row.key == key)).first()
            used = row.count if row is not None and row.since == begin else 0
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
