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
