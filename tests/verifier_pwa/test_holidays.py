"""The table of public holidays: held against the law as it reads, and, day by day through the phone's own module, against
the library.
"""

import json
import re
import subprocess
from datetime import date, timedelta

import pytest
from holidays import country_holidays

from tests.suite import find_node
from verifier_pwa.composition import NODE_MODULES, SOURCES, compose, read_sources
from verifier_pwa.holidays_table import SUBDIVISIONS, holidays_module, table
from verifier_pwa.site_data import Anchors

MADE = (2025, 2029)
"""Together the tables of these years hold 2024 to 2035."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, day + 1)


def days(made: dict, part: str, year: int, code: str | None = None) -> list[str]:
    return [day for day in (made[part] if code is None else made[part][code]) if day.startswith(str(year))]


def by_law(year: int, *more: date) -> list[str]:
    """L3133-1."""
    moving = [easter(year) + timedelta(days=after) for after in (1, 39, 50)]
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    return sorted({day.isoformat() for day in [*moving, *(date(year, *one) for one in fixed), *more]})


ABOLITION = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27), "977": (10, 9)}
"""L3422-2; Saint-Martin (978) is not certain."""


@pytest.mark.parametrize("made_in", MADE)
def test_the_days_are_those_of_the_code_and_what_is_beyond_it_is_not_called_certain(made_in):
    made = table(made_in)
    assert (made["from"], made["to"]) == (made_in - 1, made_in + 6)
    assert set(made["certain"]) == set(made["unsure"]) == set(SUBDIVISIONS)
    for year in range(made_in - 1, made_in + 7):
        sunday = easter(year)
        friday, mid_lent = (sunday - timedelta(days=before) for before in (2, 24))
        custom = {
            "971": [mid_lent, friday, date(year, 7, 21)],
            "972": [date(year, 7, 21)],
            "978": [date(year, 5, 27), date(year, 5, 28), date(year, 7, 21)],
        } | {code: [friday] for code in ("57", "67", "68")}  # L3134-13: where there is a Protestant temple
        certain = {code: [date(year, *day)] for code, day in ABOLITION.items()}
        certain |= {code: [date(year, 12, 26)] for code in ("57", "67", "68")}
        assert days(made, "common", year) == by_law(year)
        for code in SUBDIVISIONS:
            # A day of both kinds (27 May may be the Monday of Pentecost) needs to stand in one place only.
            legal = set(by_law(year))
            assert (
                set(days(made, "certain", year, code)) | legal == {d.isoformat() for d in certain.get(code, [])} | legal
            )
            assert (
                set(days(made, "unsure", year, code)) | legal == {d.isoformat() for d in custom.get(code, [])} | legal
            )


@pytest.mark.parametrize("made_in", MADE)
def test_on_the_phone_each_day_counts_as_the_library_says_in_each_zone(made_in, tmp_path):
    node = find_node()
    if node is None:
        pytest.skip("Node.js is not on this machine")
    for name in ("working-days.js", "places.js"):
        (tmp_path / name).write_bytes((SOURCES / "js" / name).read_bytes())
    (tmp_path / "holidays.js").write_text(holidays_module(made_in), "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    codes = ["01", "2A", "75", *SUBDIVISIONS]
    script = """
        const { isWorkingDay, nextDay, years } = await import(process.argv[1]);
        const [from, to] = years(), free = {};
        for (const code of JSON.parse(process.argv[2])) {
            free[code] = [];
            for (let day = `${from}-01-01`; day <= `${to}-12-31`; day = nextDay(day)) if (!isWorkingDay(day, code)) free[code].push(day);
        }
        console.log(JSON.stringify(free));
    """
    module = (tmp_path / "working-days.js").as_uri()
    done = subprocess.run(
        [node, "--input-type=module", "-e", script, module, json.dumps(codes)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    free = json.loads(done.stdout)
    years = range(made_in - 1, made_in + 7)
    all_days = [
        date(years[0], 1, 1) + timedelta(days=n)
        for n in range((date(years[-1], 12, 31) - date(years[0], 1, 1)).days + 1)
    ]
    for code in codes:
        here = country_holidays("FR", subdiv=SUBDIVISIONS.get(code), years=years, observed=False)
        expected = {day for day in all_days if day.weekday() == 6 or day in here}
        if code == "978":
            expected |= {date(year, 5, 27) for year in years}
        assert free[code] == [day.isoformat() for day in sorted(expected)], code


def test_the_source_folder_holds_such_a_table_and_a_site_that_of_its_own_years(sources):
    written = (SOURCES / "js/holidays.js").read_text("utf-8")
    year = int(re.search(r"from: (\d{4})", written)[1]) + 1
    made = table(year)
    wanted = [
        *made["common"],
        *(day for part in ("certain", "unsure") for code in SUBDIVISIONS for day in made[part][code]),
    ]
    assert sorted(re.findall(r"'(\d{4}-\d\d-\d\d)'", written)) == sorted(wanted)
    (sources / "js/holidays.js").write_text(written, "utf-8")
    anchors = Anchors(roots=(bytes(range(32)),), origins=("https://verif.example",), build_time=1_900_000_000)  # 2030
    composed = compose(anchors, read_sources(sources), NODE_MODULES)
    (module,) = (text.decode() for path, text in composed.files.items() if path.endswith("/js/holidays.js"))
    assert '"from":2029,"to":2036,' in module.replace(" ", "")


def test_a_year_that_the_library_does_not_know_is_left_out():
    assert table(2098)["to"] == 2100
    nothing = table(9999)
    assert nothing["to"] < nothing["from"] and nothing["common"] == []
