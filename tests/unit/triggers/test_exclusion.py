import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import InvalidInputError
from footfall.triggers.clock import EPOCH
from footfall.triggers.exclusion import WEEKDAYS, Exclusion, ensure_holidays, parse_exclusion
from footfall.triggers.public_holidays import holidays_in, region_name


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
        ({"weekdays": ["sat"] * 8}, "exclude.weekdays", "1 to 7, not 8"),
        ({"weekdays": []}, "exclude.weekdays", "1 to 7, not 0"),
        ({"holidays": ["DE"] * 21}, "exclude.holidays", "1 to 20, not 21"),
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
    ],
)
def test_refuses(written: Any, field: str, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_exclusion(written)
    problem = caught.value.problems[0]
    assert problem.field == field
    assert words in problem.message


def test_as_many_as_allowed_may_be_named() -> None:
    most = {"dates": ["2027-01-01"] * 366, "weekdays": ["sat"] * 7, "holidays": ["de"] * 20}
    found = parse_exclusion(most)
    assert (found.weekdays, found.regions) == ({6}, ("DE",))
    assert len(found.spans) == 1
    assert parse_exclusion({"weekdays": (" Sat", "FRI ")}).weekdays == {5, 6}
    days = [day for day in WEEKDAYS if day != "wed"]
    assert parse_exclusion({"weekdays": days}).weekdays == {0, 1, 2, 4, 5, 6}


def test_several_problems_of_one_part_are_told_once_each() -> None:
    written = {"dates": ["x", "x", {"from": "x", "to": "y"}], "weekdays": ["u"], "holidays": [5]}
    with pytest.raises(InvalidInputError) as caught:
        parse_exclusion(written)
    told = [(problem.field, problem.message.split()[0]) for problem in caught.value.problems]
    assert told == [
        ("exclude.dates", "'x'"), ("exclude.dates", "'y'"),
        ("exclude.weekdays", "'u'"), ("exclude.holidays", "5"),
    ]  # fmt: skip


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


def test_a_region_may_be_written_in_any_case() -> None:
    found = parse_exclusion({"holidays": ["de-be", "DE-BE", "fr", "fr-zone a", "AU-nsw western"]})
    assert found.regions == ("DE-BE", "FR", "FR-Zone A", "AU-NSW Western")


@pytest.mark.parametrize("region", ["UA", "BV", "IO", "HM"])
def test_a_region_without_any_holidays_is_refused(region: str) -> None:
    with pytest.raises(InvalidInputError, match="would exclude nothing") as caught:
        ensure_holidays(parse_exclusion({"holidays": ["DE", region]}), date(2026, 11, 24))
    assert caught.value.problems[0].field == "exclude.holidays"
    ensure_holidays(parse_exclusion({"holidays": "UA"}), date(2020, 1, 1))


def test_a_region_is_refused_when_its_data_have_ended() -> None:
    found = parse_exclusion({"holidays": "LK"})
    last = max(year for year in range(2020, 2040) if holidays_in("LK", year))
    ensure_holidays(found, date(last, 12, 31))
    with pytest.raises(InvalidInputError, match="would exclude nothing"):
        ensure_holidays(found, date(last + 1, 1, 1))


def test_what_the_library_warns_of_is_no_error() -> None:
    # It warns of India's years after 2035, of which it knows a part.
    assert holidays_in("IN", 2036)
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda year: holidays_in("IN-MH", year), range(2036, 2060)))
    with pytest.raises(UserWarning, match="still an error"):
        warnings.warn("still an error", UserWarning, stacklevel=1)
