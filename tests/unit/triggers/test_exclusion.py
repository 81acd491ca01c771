from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import InvalidInputError
from footfall.triggers.clock import EPOCH
from footfall.triggers.exclusion import WEEKDAYS, Exclusion, parse_exclusion
from footfall.triggers.public_holidays import region_name


def day(written: str) -> int:
    return date.fromisoformat(written).toordinal() - EPOCH.toordinal()


def covered(exclusion: Exclusion, *days: str) -> list[bool]:
    return [exclusion.covers(day(one)) for one in days]


def test_dates_and_ranges_include_both_ends() -> None:
    found = parse_exclusion({"dates": ["2027-01-02", {"from": "2027-12-24", "to": "2028-01-01"}]})
    assert covered(found, "2027-01-01", "2027-01-02", "2027-01-03") == [False, True, False]
    days = ("2027-12-23", "2027-12-24", "2027-12-31", "2028-01-01", "2028-01-02")
    assert covered(found, *days) == [False, True, True, True, False]


def test_spans_that_touch_are_one() -> None:
    dates = ["2027-01-03", "2027-01-01", {"from": "2027-01-02", "to": "2027-01-04"}, "2027-01-06"]
    found = parse_exclusion({"dates": dates})
    assert found.spans == ((day("2027-01-01"), day("2027-01-04")), (day("2027-01-06"),) * 2)


def test_weekdays() -> None:
    found = parse_exclusion({"weekdays": ["sat", "SUN"]})
    assert covered(found, "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30") == [
        False,
        True,
        True,
        False,
    ]


def test_holidays_of_a_country_and_of_a_region() -> None:
    womens_day, all_saints, unity = "2027-03-08", "2027-11-01", "2027-10-03"
    country, berlin, bavaria = (
        parse_exclusion({"holidays": region}) for region in ("DE", "DE-BE", ["DE-BY"])
    )
    assert covered(country, womens_day, all_saints, unity) == [False, False, True]
    assert covered(berlin, womens_day, all_saints, unity) == [True, False, True]
    assert covered(bavaria, womens_day, all_saints, unity) == [False, True, True]
    both = parse_exclusion({"holidays": ["DE-BE", "DE-BY", "DE-BE"]})
    assert covered(both, womens_day, all_saints, unity) == [True, True, True]
    assert both.regions == ("DE-BE", "DE-BY")


def test_regions_have_names() -> None:
    assert region_name("DE-BE") == "Berlin"
    assert region_name("DE") == "Germany"
    assert region_name("US") == "United States"
    assert region_name("GB-SCT") == "Scotland"


def test_nothing_is_excluded_unless_asked_for() -> None:
    assert not Exclusion()
    assert parse_exclusion({"weekdays": "mon"})
    assert parse_exclusion({"dates": "2027-01-01"})
    assert parse_exclusion({"holidays": "DE"})


@given(st.integers(10_957, 47_481))
def test_each_day_has_one_weekday(number: int) -> None:
    covering = [name for name in WEEKDAYS if parse_exclusion({"weekdays": name}).covers(number)]
    shown = date.fromordinal(EPOCH.toordinal() + number).strftime("%a").lower()
    assert covering == [shown]


@pytest.mark.parametrize(
    ("written", "field", "words"),
    [
        (None, "exclude", "must be an object"),
        ([], "exclude", "must be an object"),
        ({}, "exclude", "is empty"),
        ("2027-01-01", "exclude", "must be an object"),
        ({"holiday": "DE"}, "exclude", "'holiday' is no part"),
        ({"dates": []}, "exclude.dates", "1 to 366"),
        ({"dates": ["2027-01-01"] * 367}, "exclude.dates", "1 to 366"),
        ({"dates": "2027-02-29"}, "exclude.dates", "no date"),
        ({"dates": "20270101"}, "exclude.dates", "no date"),
        ({"dates": "2027-W01-1"}, "exclude.dates", "no date"),
        ({"dates": 5}, "exclude.dates", "5 is no date"),
        ({"dates": {"from": "2027-01-01"}}, "exclude.dates", "a range is"),
        ({"dates": {"from": "2027-01-02", "to": "2027-01-01"}}, "exclude.dates", "before"),
        ({"dates": {"from": 1, "to": "2027-01-01"}}, "exclude.dates", "1 is no date"),
        ({"weekdays": "saturday"}, "exclude.weekdays", "use mon, tue"),
        ({"weekdays": [6]}, "exclude.weekdays", "6 is no weekday"),
        ({"weekdays": list(WEEKDAYS)}, "exclude.weekdays", "no day to run on"),
        ({"holidays": "XX"}, "exclude.holidays", "'XX' is no country"),
        ({"holidays": "UK"}, "exclude.holidays", "did you mean 'GB'"),
        ({"holidays": "uk-eng"}, "exclude.holidays", "did you mean 'GB-ENG'"),
        ({"holidays": "Germany"}, "exclude.holidays", "did you mean 'DE'"),
        ({"holidays": "DE-XX"}, "exclude.holidays", "BE"),
        ({"holidays": "DE-"}, "exclude.holidays", "no region"),
        ({"holidays": 49}, "exclude.holidays", "49"),
        ({"holidays": "Germany"}, "exclude.holidays", "no country"),
    ],
)
def test_refuses(written: Any, field: str, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_exclusion(written)
    problem = caught.value.problems[0]
    assert problem.field == field
    assert words in problem.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just("2027-01-01"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from", "to", "dates", "weekdays", "holidays"]), inner)
    ),
    max_leaves=6,
)


@given(JSON)
def test_whatever_is_written_is_read_or_refused(written: Any) -> None:
    try:
        found = parse_exclusion(written)
    except InvalidInputError as error:
        fields = [problem.field for problem in error.problems]
    else:
        fields = ["exclude"] if found else []
    assert fields
    assert all(field.startswith("exclude") for field in fields)
