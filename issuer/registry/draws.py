"""Random numbers and status list indexes that are not taken yet.

They are looked up before use, inside the writing transaction; the uniqueness constraints of the
table have the last word, and a collision there makes the whole transaction start again.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from issuer.attestation.numbers import draw_number
from issuer.registry.models import LIST_SIZE, Attestation, CarriedMark, StatusList
from keys.errors import WifError

Below = Callable[[int], int]
"""``below(n)`` draws an integer of 0 … n−1, as ``secrets.randbelow`` does."""

NEXT_LIST_AT = LIST_SIZE * 9 // 10
"""Indexes taken of a list when the next one named by the trust list is opened."""
FULL_AT = LIST_SIZE * 98 // 100
"""Indexes taken of a list at most: beyond, drawing at random would take too many tries."""

CHUNK = 500
"""Values of one ``IN``."""


class ListsFull(WifError):
    """No status list has room left."""


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterable[Sequence[Any]]:
    """``values`` cut into pieces of ``size``."""
    return (values[start : start + size] for start in range(0, len(values), size))


def draw_numbers(connection: Connection, count: int, below: Below) -> list[int]:
    """``count`` distinct attestation numbers that the registry does not hold."""
    drawn: set[int] = set()
    while len(drawn) < count:
        fresh = {draw_number(below) for _ in range(count - len(drawn))} - drawn
        for chunk in chunks(list(fresh)):
            fresh -= set(connection.scalars(select(Attestation.number).where(Attestation.number.in_(chunk))))
        drawn |= fresh
    return list(drawn)


def draw_indexes(
    connection: Connection, count: int, below: Below, lists: Sequence[int], now: int
) -> list[tuple[int, int]]:
    """``count`` distinct ``(list, index)`` that the registry does not hold, and counts them as taken.

    ``lists`` are the list numbers that the trust list names, in the order in which they are
    filled: a list takes over when the one before is 90 % full; with no other left, up to 98 %.
    ``now`` (UTC seconds) dates a list that is opened. Raises ListsFull.
    """
    used = dict(connection.execute(select(StatusList.number, StatusList.used)).all())
    drawn: list[tuple[int, int]] = []
    for limit in (NEXT_LIST_AT, FULL_AT):
        for number in lists:
            room = min(limit - used.get(number, 0), count - len(drawn))
            if room > 0:
                if number not in used:
                    connection.execute(insert(StatusList).values(number=number, used=0, opened_at=now))
                drawn += [
                    (number, index) for index in _free(connection, number, used.get(number, 0), room, below, drawn)
                ]
                used[number] = used.get(number, 0) + room
                connection.execute(update(StatusList).where(StatusList.number == number).values(used=used[number]))
    if len(drawn) < count:
        raise ListsFull(
            "Every status list of the trust list is full. Add a status list to the trust list, then issue again."
        )
    return drawn


def _free(
    connection: Connection, number: int, used: int, count: int, below: Below, drawn: list[tuple[int, int]]
) -> set[int]:
    taken_now = {index for listed, index in drawn if listed == number}
    free: set[int] = set()
    while len(free) < count:
        tries = (count - len(free)) * LIST_SIZE // (LIST_SIZE - used) + 1
        fresh = {below(LIST_SIZE) for _ in range(tries)} - free - taken_now
        for chunk in chunks(list(fresh)):
            for table in (Attestation, CarriedMark):
                taken = select(table.list_index).where(table.list_number == number, table.list_index.in_(chunk))
                fresh -= set(connection.scalars(taken))
        for index in fresh:
            if len(free) < count:
                free.add(index)
    return free
