from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.triggers.clock import day_number, weekday_of
from footfall.triggers.exclusion import Exclusion
from footfall.triggers.rest import Rest, rest_of

NEW_YEAR = day_number(date(2027, 1, 1))
DAYS = range(NEW_YEAR, NEW_YEAR + 60)

weekdays = st.frozensets(st.integers(0, 6), max_size=6)


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    ends = sorted(draw(st.sets(st.integers(0, 29), max_size=8)))
    ends = ends[: len(ends) // 2 * 2]
    pairs = zip(ends[::2], ends[1::2], strict=True)
    # Spans are apart, and may be of one day.
    return tuple((NEW_YEAR + 2 * low, NEW_YEAR + 2 * high - 2) for low, high in pairs)


@settings(deadline=None)
@given(spans(), weekdays)
def test_the_longest_rest_is_counted_day_by_day(
    spans: tuple[tuple[int, int], ...], weekdays: frozenset[int]
) -> None:
    rest = Rest(spans, weekdays)
    best = run = 0
    for day in range(NEW_YEAR - 14, NEW_YEAR + 80):
        closed = weekday_of(day) in weekdays or any(low <= day <= high for low, high in spans)
        assert rest.covers(day) == closed
        run = run + 1 if closed else 0
        best = max(best, run)
    assert rest.longest() == best


@pytest.mark.parametrize(
    ("spans", "weekdays", "longest"),
    [
        ((), frozenset(), 0),
        (((100, 100),), frozenset(), 1),
        (((0, 0),), frozenset(), 1),
        (((100, 105), (107, 108)), frozenset(), 6),
        (((-9, -3), (0, 1)), frozenset(), 7),
        ((), frozenset({0, 6}), 2),
        ((), frozenset({1, 2, 3, 5}), 3),
        ((), frozenset(range(6)), 6),
        # 1970-01-01 is a Thursday.
        (((1, 1),), frozenset({6, 0}), 3),
        (((4, 4),), frozenset({6, 0}), 3),
        (((1, 1), (4, 4)), frozenset({6, 0}), 4),
        (((1, 1), (4, 4), (7, 7)), frozenset({6, 0}), 4),
        (((1, 1), (4, 8)), frozenset({6, 0}), 10),
        (((0, 1), (11, 11)), frozenset({6, 0}), 4),
        (((1, 1), (3, 3)), frozenset({6}), 3),
    ],
)
def test_weekdays_join_spans(
    spans: tuple[tuple[int, int], ...], weekdays: frozenset[int], longest: int
) -> None:
    assert Rest(spans, weekdays).longest() == longest


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((DAYS[0] - 5, DAYS[0] - 1), ()),
        ((DAYS[0] - 5, DAYS[0]), ((DAYS[0], DAYS[0]),)),
        ((DAYS[0] - 5, DAYS[-1] + 5), ((DAYS[0], DAYS[-1]),)),
        ((DAYS[-1], DAYS[-1] + 5), ((DAYS[-1], DAYS[-1]),)),
        ((DAYS[-1] + 1, DAYS[-1] + 5), ()),
        ((DAYS[3], DAYS[4]), ((DAYS[3], DAYS[4]),)),
    ],
)
def test_only_days_of_the_window_rest(
    span: tuple[int, int], expected: tuple[tuple[int, int], ...]
) -> None:
    assert rest_of(Exclusion((span,)), DAYS, ()) == Rest(expected)
    assert rest_of(Exclusion((span,)), range(0), ()) == Rest()


def test_public_holidays_of_some_years_rest_with_the_dates_that_touch_them() -> None:
    exclude = Exclusion(((NEW_YEAR + 1, NEW_YEAR + 2),), frozenset({3}), ("DE",))
    expected = Rest(((NEW_YEAR, NEW_YEAR + 2),), frozenset({3}))
    assert rest_of(exclude, DAYS, [2027]) == expected
    assert rest_of(exclude, DAYS, [2028]).spans == ((NEW_YEAR + 1, NEW_YEAR + 2),)
