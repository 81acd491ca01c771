from datetime import UTC, datetime

import pytest

from footfall.triggers.days import (
    ALL_MONTHS,
    ALL_WEEKDAYS,
    ALL_YEARS,
    Days,
    by_date,
    compact,
    crossed,
    dates_in,
    iso_weeks,
    last_day,
    last_weekday,
    nth_weekday,
)


def days(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


@pytest.mark.parametrize(
    ("of", "exist"),
    [
        (Days(), True),
        (Days(days(31), days(4, 6, 9, 11)), False),
        (Days(days(31), days(2, 12)), True),
        (Days(days(30), days(2)), False),
        (Days(days(30), days(4)), True),
        (Days(days(29), days(2), days(2027)), False),
        (Days(days(29), days(2), days(2028)), True),
        (Days(days(29), days(2), days(2100)), False),
        (Days(days(28, 31), days(2), days(2027)), True),
        (Days(days()), False),
        (Days(months=days()), False),
        (Days(years=days()), False),
        (Days(weekdays=days()), False),
        (Days(days(31), days(4), weekdays=days(1)), False),
    ],
)
def test_some_days_do_not_exist(of: Days, *, exist: bool) -> None:
    assert of.exist() == exist
    assert crossed([Days()], [of]) == ([of] if exist else [])
    assert bool(compact([of])) == exist


def test_dates_of_a_year_are_in_order_and_once() -> None:
    of = Days(days(1, 13), days(2, 3), days(2027), days(6, 0, 1))
    assert dates_in([of, of, Days(days(7), days(2))], 2027) == [
        (2, 1),
        (2, 7),
        (2, 13),
        (3, 1),
        (3, 13),
    ]
    assert dates_in([of], 2028) == []
    assert dates_in([Days(days(29, 30, 31), days(2))], 2028) == [(2, 29)]
    assert dates_in([Days(days(29, 30, 31), days(2), weekdays=days(2))], 2028) == [(2, 29)]
    assert len(dates_in([Days()], 2100)) == 365


def test_the_nth_weekday_is_in_its_week_of_the_month() -> None:
    weeks = [nth_weekday(nth, 3) for nth in range(1, 6)]
    assert [(min(one.days), max(one.days)) for one in weeks] == [
        (1, 7), (8, 14), (15, 21), (22, 28), (29, 31),
    ]  # fmt: skip
    assert {one.weekdays for one in weeks} == {days(3)}
    assert {(one.months, one.years) for one in weeks} == {(ALL_MONTHS, ALL_YEARS)}


def test_the_last_day_and_the_last_weekday_hang_on_the_month() -> None:
    lasts = {length: (months, years) for (length,), months, years, _ in map(tuple, last_day())}
    assert sorted(lasts) == [28, 29, 30, 31]
    assert lasts[31] == (days(1, 3, 5, 7, 8, 10, 12), ALL_YEARS)
    assert lasts[30] == (days(4, 6, 9, 11), ALL_YEARS)
    assert lasts[29][0] == lasts[28][0] == days(2)
    assert lasts[29][1] == {year for year in range(2000, 2100) if year % 4 == 0}
    assert lasts[28][1] == ALL_YEARS - lasts[29][1]
    found = last_weekday(5)
    assert sorted((min(one.days), max(one.days)) for one in found) == [
        (22, 28), (23, 29), (24, 30), (25, 31),
    ]  # fmt: skip
    assert all(lasts[max(one.days)] == (one.months, one.years) for one in found)
    assert {one.weekdays for one in found} == {days(5)}
    assert {one.weekdays for one in last_day()} == {ALL_WEEKDAYS}


@pytest.mark.parametrize("week", [1, 2, 9, 26, 52, 53])
def test_dates_of_a_week_are_those_that_python_says(week: int) -> None:
    found = iso_weeks(days(week))
    for year in (2000, 2004, 2009, 2010, 2015, 2020, 2026, 2027, 2032, 2099, 2100):
        expected = [
            (at.month, at.day)
            for at in (datetime.fromordinal(number) for number in ordinals(year))
            if at.isocalendar().week == week
        ]
        assert dates_in(found, year) == expected


def ordinals(year: int) -> range:
    begin, end = (datetime(of, 1, 1, tzinfo=UTC).toordinal() for of in (year, year + 1))
    return range(begin, end)


def test_the_same_dates_take_few_days() -> None:
    several = [Days(days(day), days(month)) for day in (1, 2) for month in (3, 4)]
    assert compact(several) == [Days(days(1, 2), days(3, 4))]
    # What lies in another one is left out.
    assert compact([Days(), Days(days(5)), Days(weekdays=days(1))]) == [Days()]
    assert len(compact(last_day())) == 4
    every = [Days(days(day), days(month)) for day in range(1, 29) for month in range(1, 13)]
    assert compact(every) == [Days(frozenset(range(1, 29)))]
    years = [Days(days(1), days(1), days(year)) for year in sorted(ALL_YEARS)]
    assert compact(years) == [Days(days(1), days(1))]


def test_dates_by_their_numbers_alone() -> None:
    mondays = [Days(years=days(2027, 2028), weekdays=days(1))]
    found = by_date(mondays)
    for year in (2026, 2027, 2028):
        expected = dates_in(mondays, year) if year > 2026 else []
        assert dates_in(found, year) == expected
    assert {one.weekdays for one in found} == {ALL_WEEKDAYS}
    # Years in which a month has the same dates are together.
    (january,) = by_date([Days(days(5), days(1), days(2027, 2029))])
    assert january == Days(days(5), days(1), days(2027, 2029))
    assert by_date([]) == []
