from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.triggers.clock import date_of, day_number
from footfall.triggers.dates import (
    ALL_DATES,
    FIRST_DAY,
    LAST_DAY,
    Dates,
    between,
    crossed,
    matcher,
    moved,
    numbered,
    outside,
    tidy,
    trimmed,
)
from footfall.triggers.days import ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS, ALL_YEARS, Days

FIRST, LAST = day_number(date(2027, 1, 1)), day_number(date(2029, 3, 2))
EVERY_DAY = range(FIRST, LAST + 1)


def some(values: frozenset[int]) -> st.SearchStrategy[frozenset[int]]:
    few = st.frozensets(st.sampled_from(sorted(values)), min_size=1)
    return st.just(values) | few | st.sampled_from(sorted(values)).map(lambda one: frozenset({one}))


years = st.just(ALL_YEARS) | st.frozensets(st.integers(2026, 2029), min_size=1)
days_of = st.builds(Days, some(ALL_DAYS), some(ALL_MONTHS), years, some(ALL_WEEKDAYS))
several = st.lists(days_of, min_size=1, max_size=3)


def told(given: list[Days]) -> list[Dates]:
    return [Dates.of(one) for one in given]


def numbers(dates: list[Dates]) -> set[int]:
    return {day for day in EVERY_DAY if any(one.has(day) for one in dates)}


def plain(given: list[Days]) -> set[int]:
    """Give the same by the standard library alone."""
    found = set()
    for day in EVERY_DAY:
        at = date_of(day)
        for one in given:
            if (
                at.day in one.days
                and at.month in one.months
                and at.year in one.years
                and at.isoweekday() % 7 in one.weekdays
            ):
                found.add(day)
    return found


@settings(deadline=None, max_examples=60)
@given(several)
def test_dates_are_those_at_which_all_fields_match(given: list[Days]) -> None:
    assert numbers(told(given)) == numbers(tidy(told(given))) == plain(given)
    matches = matcher(told(given))
    assert {day for day in EVERY_DAY if matches(day)} == plain(given)


@settings(deadline=None, max_examples=60)
@given(several, st.sampled_from([-1, 0, 1]))
def test_dates_can_be_moved_by_a_day(given: list[Days], by: int) -> None:
    later = numbers(moved(told(given), by))
    inner = set(EVERY_DAY[1:-1])
    assert later & inner == {day + by for day in plain(given)} & inner


@settings(deadline=None, max_examples=60)
@given(several, several)
def test_dates_in_both(left: list[Days], right: list[Days]) -> None:
    assert numbers(crossed(told(left), told(right))) == plain(left) & plain(right)


@settings(deadline=None, max_examples=60)
@given(st.sets(st.integers(FIRST, LAST), max_size=60))
def test_numbered_days(days: set[int]) -> None:
    assert numbers(numbered(days)) == days


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(FIRST - 900, LAST + 900), min_size=2, max_size=10, unique=True))
def test_days_between_and_outside_spans(ends: list[int]) -> None:
    ends = sorted(ends)[: len(ends) // 2 * 2]
    spans = list(zip(ends[::2], ends[1::2], strict=True))
    inside = {day for first, last in spans for day in range(first, last + 1)}
    assert numbers(between(spans)) == inside & set(EVERY_DAY)
    assert numbers(outside(spans)) == set(EVERY_DAY) - inside


def test_all_dates_stay_one_when_they_are_moved() -> None:
    assert moved([ALL_DATES], 1) == moved([ALL_DATES], -1) == [ALL_DATES]
    assert between([(FIRST_DAY - 9, LAST_DAY + 9)]) == outside([]) == [ALL_DATES]


@pytest.mark.parametrize(
    ("of", "by", "expected"),
    [
        (Days(frozenset({28}), frozenset({2})), 1, {(2, 29), (3, 1)}),
        (Days(frozenset({1}), frozenset({3})), -1, {(2, 28), (2, 29)}),
        (Days(frozenset({31}), frozenset({12})), 1, {(1, 1)}),
        (Days(frozenset({1}), frozenset({1})), -1, {(12, 31)}),
        (Days(frozenset({31}), frozenset({4})), 1, set()),
    ],
)
def test_months_end(of: Days, by: int, expected: set[tuple[int, int]]) -> None:
    found = [date_of(day) for day in numbers(moved([Dates.of(of)], by))]
    assert {(at.month, at.day) for at in found} == expected


def test_what_no_calendar_can_say_is_left_out() -> None:
    assert numbered([FIRST_DAY - 1, LAST_DAY + 1]) == []
    assert not ALL_DATES.has(FIRST_DAY - 1)
    assert date_of(LAST_DAY) + timedelta(days=1) == date(2101, 1, 1)


def of(day: date) -> Dates:
    return numbered([day_number(day)])[0]


@pytest.mark.parametrize(
    ("day", "by", "expected"),
    [
        (date(2027, 12, 31), 1, {date(2028, 1, 1)}),
        (date(2028, 1, 1), -1, {date(2027, 12, 31)}),
        (date(2027, 12, 30), 1, {date(2027, 12, 31)}),
        (date(2028, 1, 2), -1, {date(2028, 1, 1)}),
        (date(2027, 2, 28), 1, {date(2027, 3, 1)}),
        (date(2028, 2, 28), 1, {date(2028, 2, 29)}),
        (date(2028, 3, 1), -1, {date(2028, 2, 29)}),
        (date(2100, 3, 1), -1, {date(2100, 2, 28)}),
        (date(2027, 4, 30), 1, {date(2027, 5, 1)}),
        (date(2027, 5, 1), -1, {date(2027, 4, 30)}),
        (date(2027, 8, 1), -1, {date(2027, 7, 31)}),
        (date(2000, 1, 1), -1, set()),
        (date(2100, 12, 31), 1, set()),
        # The time before 2000 is like its beginning, and what comes after 2100 like its end.
        (date(2000, 12, 31), 1, {date(2000, 1, 1), date(2001, 1, 1)}),
        (date(2100, 1, 1), -1, {date(2099, 12, 31), date(2100, 12, 31)}),
    ],
)
def test_single_dates_are_moved_to_their_neighbours(
    day: date, by: int, expected: set[date]
) -> None:
    found = moved([of(day)._replace(weekdays=ALL_DATES.weekdays)], by)
    near = range(day_number(day) - 800, day_number(day) + 800)
    ends = (range(FIRST_DAY, FIRST_DAY + 800), range(LAST_DAY - 800, LAST_DAY + 1))
    days = {at for part in (near, *ends) for at in part if any(one.has(at) for one in found)}
    assert {date_of(at) for at in days} == expected


@pytest.mark.parametrize(
    ("days", "month", "year", "expected"),
    [
        (ALL_DATES.days, 2, 2027, ALL_DATES.days),
        (ALL_DATES.days & ~2, 2, 2027, (1 << 29) - 4),
        (ALL_DATES.days & ~2, 2, 2028, (1 << 30) - 4),
        (ALL_DATES.days & ~2, 4, 2027, (1 << 31) - 4),
        (ALL_DATES.days & ~2, 5, 2027, ALL_DATES.days & ~2),
    ],
)
def test_days_that_no_month_has_are_left_out(
    days: int, month: int, year: int, expected: int
) -> None:
    assert trimmed(days, 1 << month, 1 << year - 2000) == expected


@pytest.mark.parametrize(
    "nothing",
    [
        Dates(days=0),
        Dates(months=0),
        Dates(years=0),
        Dates(weekdays=0),
        Dates(1 << 31, 1 << 4),
        Dates(1 << 30, 1 << 2),
        Dates(1 << 29, 1 << 2, 1 << 27),
    ],
)
def test_what_never_comes_is_dropped(nothing: Dates) -> None:
    assert tidy([nothing]) == crossed([ALL_DATES], [nothing]) == []
    assert tidy([nothing, ALL_DATES]) == [ALL_DATES]
    assert not any(nothing.has(day) for day in EVERY_DAY)


def test_whole_months_are_alike_however_long_they_are() -> None:
    year = day_number(date(2027, 1, 1))
    (found,) = between([(year, year + 364)])
    assert found == ALL_DATES._replace(years=1 << 27)
    (found,) = between([(year + 4, year + 30), (year + 35, year + 58)])
    assert found == Dates(ALL_DATES.days & ~0b11110, 0b110, 1 << 27)
    parts = between([(year, year + 29), (year + 31, year + 57)])
    assert [(one.days, one.months) for one in parts] == [
        ((1 << 31) - 2, 1 << 1), ((1 << 28) - 2, 1 << 2),
    ]  # fmt: skip


def test_single_days_of_a_month_and_of_years_are_together() -> None:
    days = [date(2027, 1, 5), date(2027, 1, 9), date(2030, 1, 5), date(2030, 1, 9)]
    (found,) = numbered([day_number(day) for day in days])
    assert found == Dates(1 << 5 | 1 << 9, 1 << 1, 1 << 27 | 1 << 30)
    both = numbered([day_number(date(2027, 3, 5)), day_number(date(2027, 7, 5))])
    assert both == [Dates(1 << 5, 1 << 3 | 1 << 7, 1 << 27)]
