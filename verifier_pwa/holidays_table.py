"""The public holidays by département, as the small table that a phone reckons *jours ouvrables* with.

The days come from the library; which of them the Code du travail names stands here, with the article. What the library
has beyond that (custom, a holiday of some communes only) and what the texts contradict each other in is kept apart as
not certain: the phone counts such a day as a holiday, which makes a last day earlier and a silence later, and says so.
"""

from __future__ import annotations

import json
from datetime import date

from holidays import country_holidays

SUBDIVISIONS = {
    "57": "57", "67": "6AE", "68": "6AE", "971": "971", "972": "972", "973": "973", "974": "974", "975": "PM",
    "976": "976", "977": "BL", "978": "MF",
}  # fmt: skip
"""The library's name of each département or collectivité with holidays of its own; every other is the metropole. Those
of the Pacific (986 to 988) have a labour law of their own and no entry: nothing is reckoned for them."""
BEFORE, AFTER = 1, 6
"""Years in the table before and after the one it is made in."""
_SAINT_STEPHEN, _MAY_27, _MAY_28 = (12, 26), (5, 27), (5, 28)
_BY_LAW = {
    # L3134-13: 26 December, and Good Friday in the communes that have a Protestant temple or a mixed church, which a
    # département does not tell: that one stays not certain.
    "57": _SAINT_STEPHEN, "67": _SAINT_STEPHEN, "68": _SAINT_STEPHEN,
    # L3422-2: the day of the abolition of slavery.
    "971": _MAY_27, "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27), "977": (10, 9),
}  # fmt: skip
# Saint-Martin keeps 28 May; the text of L3422-2 as we know it says 27 May.
_CONTRADICTED = {"978": (_MAY_27, _MAY_28)}


def table(year: int) -> dict[str, object]:
    """Returns the table made in `year`: `from` and `to`, both included, `common` (days of L3133-1), `certain` and
    `unsure` (further days by code of département), each day as YYYY-MM-DD in order.

    A year that the library knows nothing of is left out; where none is left, `to` is below `from`.
    """
    metropole = {
        one: set(country_holidays("FR", years=one, observed=False))
        for one in range(year - BEFORE, year + AFTER + 1)
        if date.min.year <= one <= date.max.year
    }
    years = sorted(one for one, days in metropole.items() if days)
    certain: dict[str, list[str]] = {}
    unsure: dict[str, list[str]] = {}
    for code, name in SUBDIVISIONS.items():
        here = {day for one in years for day in country_holidays("FR", subdiv=name, years=one, observed=False)}
        here -= {day for one in years for day in metropole[one]}
        named = {date(one, *_BY_LAW[code]) for one in years} if code in _BY_LAW else set()
        doubtful = here | {date(one, *day) for one in years for day in _CONTRADICTED.get(code, ())}
        certain[code] = _written(named)
        unsure[code] = _written(doubtful - named)
    return {
        "from": years[0] if years else year,
        "to": years[-1] if years else year - 1,
        "common": _written({day for one in years for day in metropole[one]}),
        "certain": certain,
        "unsure": unsure,
    }


def _written(days: set[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


def holidays_module(year: int) -> str:
    """Returns the source of js/holidays.js as made in `year`."""
    return (
        "// Made by holidays_table.py for each site; the types are in the source folder's module of the same name.\n"
        f"export const holidays = Object.freeze({json.dumps(table(year))});\n"
    )
