"""Small numbers: what a reader of the published tables can work out, by trying every possible value."""

import itertools
import random

import pytest

from issuer.applicants.suppression import SMALL, hidden, possible


def column(values):
    """Cells and sums of a column of numbers with their total."""
    cells = {f"p{n}": value for n, value in enumerate(values)}
    cells["total"] = sum(values)
    return cells, [("total", tuple(f"p{n}" for n in range(len(values))))]


def test_large_numbers_and_zeros_are_shown():
    assert hidden(*column([5, 9, 0, 20])) == set()


def test_a_small_number_takes_the_smallest_other_with_it():
    assert hidden(*column([3, 9, 0, 20])) == {"p0", "p1"}


def test_two_ones_are_not_given_away_by_their_sum():
    assert hidden(*column([1, 1, 50, 60])) == {"p0", "p1", "p2"}


def test_the_total_goes_when_nothing_else_hides_a_part():
    assert hidden(*column([2, 0, 0])) == {"p0", "total"}


def test_bounds_are_those_of_a_reader():
    cells, sums = column([3, 9, 20])
    bounds = possible(cells, sums, {"p0", "p1"})
    assert bounds["p0"] == bounds["p1"] == (1, 11) and bounds["p2"] == (20, 20)


def square(rng):
    """Two rows and two columns with their sums."""
    parts = {(r, c): rng.choice((0, 1, 2, 3, 4, 5, 6, 8, 11)) for r in "ab" for c in "xy"}
    rows = [((r, "sum"), ((r, "x"), (r, "y"))) for r in "ab"]
    columns = [(("sum", c), (("a", c), ("b", c))) for c in ("x", "y", "sum")]
    return parts, [*rows, *columns, (("sum", "sum"), (("sum", "x"), ("sum", "y")))]


def tree(rng):
    """Two groups of parts under one total."""
    parts = {name: rng.choice((0, 1, 2, 3, 4, 5, 7, 12)) for name in ("a1", "a2", "b1", "b2")}
    return parts, [("a", ("a1", "a2")), ("b", ("b1", "b2")), ("all", ("a", "b"))]


def filled(parts, sums):
    """Parts with their sums worked out, in the order in which the sums are given."""
    cells = dict(parts)
    for total, of in sums:
        cells[total] = sum(cells[part] for part in of)
    return cells


@pytest.mark.parametrize("make", [square, tree])
@pytest.mark.parametrize("seed", range(12))
def test_whoever_tries_every_value_finds_none_of_the_hidden_ones(make, seed):
    parts, sums = make(random.Random(seed))
    cells = filled(parts, sums)
    kept_back = hidden(cells, sums)
    assert {key for key, value in cells.items() if 0 < value < SMALL} <= kept_back
    free = sorted((key for key in parts if key in kept_back), key=str)
    seen = {key: set() for key in kept_back}
    for values in itertools.product(range(1, 17), repeat=len(free)):
        tried = filled({**parts, **dict(zip(free, values, strict=True))}, sums)
        if all(tried[key] == value for key, value in cells.items() if key not in kept_back):
            for key in kept_back:
                seen[key].add(tried[key])
    assert {key: found for key, found in seen.items() if len(found) < 2} == {}
