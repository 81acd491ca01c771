from calendar import isleap, monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import permutations
from typing import NamedTuple

from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR
from footfall.triggers.masks import Masks, mask_of, merged, values_in, without_subsets

Values = frozenset[int]

ALL_DAYS: Values = frozenset(range(1, 32))
ALL_MONTHS: Values = frozenset(range(1, 13))
ALL_YEARS: Values = frozenset(range(FIRST_YEAR, LAST_YEAR + 1))
ALL_WEEKDAYS: Values = frozenset(range(7))

_LEAP_YEARS: Values = frozenset(filter(isleap, ALL_YEARS))
_MONTH_LENGTHS: tuple[tuple[int, Values, Values], ...] = (
    (31, frozenset({1, 3, 5, 7, 8, 10, 12}), ALL_YEARS),
    (30, frozenset({4, 6, 9, 11}), ALL_YEARS),
    (29, frozenset({2}), _LEAP_YEARS),
    (28, frozenset({2}), ALL_YEARS - _LEAP_YEARS),
)
_FEW = 64
_ORDERS = ((0, 3, 1, 2), (2, 0, 3, 1), (2, 3, 0, 1), (3, 2, 0, 1))


class Days(NamedTuple):
    """The dates at which all four fields match; 0 is Sunday.

    A calendar of Temporal's holds one of these, so every set of dates becomes a few of them.
    """

    days: Values = ALL_DAYS
    months: Values = ALL_MONTHS
    years: Values = ALL_YEARS
    weekdays: Values = ALL_WEEKDAYS

    def within(self, other: "Days") -> "Days":
        """Give the dates that are in both."""
        return Days(*(mine & theirs for mine, theirs in zip(self, other, strict=True)))

    def exist(self) -> bool:
        """Say whether the calendar has such days at all; weekdays are looked at alone."""
        return bool(self.weekdays) and any(
            min(self.days, default=32) <= length
            for length, months, years in _MONTH_LENGTHS
            if self.months & months and self.years & years
        )

    def in_year(self, year: int) -> Iterator[tuple[int, int]]:
        """Give the dates of `year` as month and day; unordered if the fields are."""
        if year not in self.years:
            return
        every_weekday = len(self.weekdays) == len(ALL_WEEKDAYS)
        for month in self.months:
            monday_based, length = monthrange(year, month)
            for day in self.days:
                if day <= length and (every_weekday or (monday_based + day) % 7 in self.weekdays):
                    yield month, day


def last_day() -> list[Days]:
    """Give the last day of every month."""
    return [Days(frozenset({length}), *group) for length, *group in _MONTH_LENGTHS]


def nth_weekday(nth: int, weekday: int) -> Days:
    """Give the `nth` (1 to 5) `weekday` of every month that has so many."""
    return Days(frozenset(range(7 * nth - 6, min(7 * nth, 31) + 1)), weekdays=frozenset({weekday}))


def last_weekday(weekday: int) -> list[Days]:
    """Give the last `weekday` of every month."""
    return [
        Days(frozenset(range(length - 6, length + 1)), months, years, frozenset({weekday}))
        for length, months, years in _MONTH_LENGTHS
    ]


def iso_weeks(weeks: Values) -> list[Days]:
    """Give the dates that are in one of the ISO 8601 `weeks` (1 to 53)."""
    days: defaultdict[tuple[Values, int, int], set[int]] = defaultdict(set)
    for (years, month, day, weekday), week in _week_table().items():
        if week in weeks:
            days[years, month, weekday].add(day)
    return [
        Days(frozenset(of), frozenset({month}), years, frozenset({weekday}))
        for (years, month, weekday), of in days.items()
    ]


@cache
def _week_table() -> dict[tuple[Values, int, int, int], int]:
    """Tabulate the week of a date by kind of year, month, day and weekday.

    These decide it: with the weekday of one date and the length of its year, the whole year
    is known; only the first days of January hang on the length of the year before as well.
    """
    after_leap = frozenset(year for year in ALL_YEARS if isleap(year - 1))
    kinds = (_LEAP_YEARS, after_leap, ALL_YEARS - _LEAP_YEARS - after_leap)
    return {
        (years, month, day, weekday): date(year, month, day).isocalendar().week
        for years in kinds
        # 28 years hold every weekday of every date, 2000 to 2100 hold no exception to that.
        for year in sorted(years)[:28]
        for month in ALL_MONTHS
        for day in range(1, monthrange(year, month)[1] + 1)
        for weekday in (date(year, month, day).isoweekday() % 7,)
    }


def crossed(left: Iterable[Days], right: Iterable[Days]) -> list[Days]:
    """Give the dates that are in `left` and in `right`."""
    others = list(right)
    return [both for one in left for other in others if (both := one.within(other)).exist()]


def dates_in(days: Iterable[Days], year: int) -> list[tuple[int, int]]:
    """Give the dates of `year` as month and day, in order, each once."""
    return sorted({found for one in days for found in one.in_year(year)})


def compact(days: Iterable[Days]) -> list[Days]:
    """Say the same dates with few `Days`."""
    masks: list[Masks] = list(
        dict.fromkeys(tuple(map(mask_of, one)) for one in days if one.exist())
    )
    if len(masks) <= _FEW:
        masks = without_subsets(masks)
    orders = permutations(range(4)) if len(masks) <= _FEW else _ORDERS
    fewest = min((merged(masks, order) for order in orders), key=len)
    return [Days(*map(values_in, one)) for one in without_subsets(fewest)]


def by_date(days: list[Days]) -> list[Days]:
    """Say the same dates by their numbers alone, without weekdays."""
    years: defaultdict[tuple[int, Values], set[int]] = defaultdict(set)
    for year in frozenset[int]().union(*(one.years for one in days)):
        by_month: defaultdict[int, set[int]] = defaultdict(set)
        for month, day in dates_in(days, year):
            by_month[month].add(day)
        for month, numbers in by_month.items():
            years[month, frozenset(numbers)].add(year)
    return [
        Days(numbers, frozenset({month}), frozenset(of)) for (month, numbers), of in years.items()
    ]
