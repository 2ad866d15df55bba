"""Random numbers and indexes: never twice, spread over the whole list, the next list in time."""

import itertools
import random

import pytest
from sqlalchemy import insert

from issuer.attestation.numbers import is_number
from issuer.registry import draws
from issuer.registry.database import write
from issuer.registry.models import LIST_SIZE, StatusList

NOW = 1_772_452_800


def draw(engine, count, lists=(1, 2), seed=1):
    below = random.Random(seed).randrange
    return write(engine, lambda connection: draws.draw_indexes(connection, count, below, lists, NOW))


def set_used(engine, **used):
    rows = [{"number": int(name[1:]), "used": count, "opened_at": NOW} for name, count in used.items()]
    write(engine, lambda connection: connection.execute(insert(StatusList), rows))


def use(engine):
    from issuer.registry import list_use

    return list_use(engine)


def test_indexes_are_distinct_and_lie_all_over_the_list(engine):
    drawn = draw(engine, 2_000)
    assert len(set(drawn)) == 2_000 and {number for number, _ in drawn} == {1}
    indexes = [index for _, index in drawn]
    assert min(indexes) < LIST_SIZE // 100 and max(indexes) > LIST_SIZE * 99 // 100 and max(indexes) < LIST_SIZE
    assert use(engine) == {1: 2_000}


def test_the_order_of_indexes_tells_nothing_of_the_order_of_issue(engine):
    indexes = [index for _, index in draw(engine, 2_000)]
    rises = sum(later > earlier for earlier, later in itertools.pairwise(indexes))
    assert 800 < rises < 1_200


def test_the_next_list_takes_over_at_nine_tenths(engine):
    set_used(engine, n1=draws.NEXT_LIST_AT - 3)
    drawn = draw(engine, 10)
    assert [number for number, _ in drawn].count(1) == 3 and [number for number, _ in drawn].count(2) == 7
    assert use(engine) == {1: draws.NEXT_LIST_AT, 2: 7}


def test_without_a_next_list_the_last_one_goes_on_until_it_is_nearly_full(engine):
    set_used(engine, n1=draws.NEXT_LIST_AT)
    assert {number for number, _ in draw(engine, 10, lists=(1,))} == {1}


def test_full_lists_are_said_and_nothing_is_taken(engine):
    set_used(engine, n1=draws.FULL_AT - 3)
    with pytest.raises(draws.ListsFull):
        draw(engine, 10, lists=(1,))
    assert use(engine) == {1: draws.FULL_AT - 3}


def test_numbers_are_distinct_and_bear_a_check_digit(engine):
    numbers = write(engine, lambda connection: draws.draw_numbers(connection, 1_000, random.Random(1).randrange))
    assert len(set(numbers)) == 1_000 and all(map(is_number, numbers))
