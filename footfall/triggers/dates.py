from calendar import isleap, monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR
from footfall.triggers.clock import date_of, day_number, weekday_of
from footfall.triggers.days import Days
from footfall.triggers.exclusion import DaySpan
from footfall.triggers.masks import mask_of, merged, values_in

ALL_DAYS = mask_of(frozenset(range(1, 32)))
ALL_MONTHS = mask_of(frozenset(range(1, 13)))
ALL_YEARS = mask_of(frozenset(range(LAST_YEAR - FIRST_YEAR + 1)))
ALL_WEEKDAYS = mask_of(frozenset(range(7)))

FIRST_DAY = day_number(date(FIRST_YEAR, 1, 1))
LAST_DAY = day_number(date(LAST_YEAR, 12, 31))

_JANUARY, _DECEMBER = 1 << 1, 1 << 12
_LEAP = mask_of(frozenset(y - FIRST_YEAR for y in range(FIRST_YEAR, LAST_YEAR + 1) if isleap(y)))
_LENGTHS = (
    (31, mask_of(frozenset({1, 3, 5, 7, 8, 10, 12})), ALL_YEARS),
    (30, mask_of(frozenset({4, 6, 9, 11})), ALL_YEARS),
    (29, 1 << 2, _LEAP),
    (28, 1 << 2, ALL_YEARS & ~_LEAP),
)
_ORDER = (2, 0, 1, 3)


class Dates(NamedTuple):
    """The dates from 2000 to 2100 at which all four fields match, as bits.

    Attributes:
        days: bit 1 is the first of a month; days that a month does not have are never meant.
        months: bit 1 is January.
        years: bit 0 is 2000.
        weekdays: bit 0 is Sunday.
    """

    days: int = ALL_DAYS
    months: int = ALL_MONTHS
    years: int = ALL_YEARS
    weekdays: int = ALL_WEEKDAYS

    @classmethod
    def of(cls, days: Days) -> "Dates":
        """Give the same dates."""
        years = mask_of(frozenset(year - FIRST_YEAR for year in days.years))
        return cls(mask_of(days.days), mask_of(days.months), years, mask_of(days.weekdays))

    def has(self, day: int) -> bool:
        """Say whether a day, numbered from the Unix epoch, is one of them."""
        at = date_of(day)
        return bool(
            at.year >= FIRST_YEAR
            and self.years >> (at.year - FIRST_YEAR) & 1
            and self.months >> at.month & 1
            and self.days >> at.day & 1
            and self.weekdays >> weekday_of(day) & 1
        )

    def moved(self, by: int) -> Iterator["Dates"]:
        """Give the dates one day later (`by` is 1) or earlier (-1).

        What is before 2000 is taken to be as the beginning of 2000 is, and so after 2100.
        """
        if by > 0:
            return self._later()
        return self._earlier()

    def _later(self) -> Iterator["Dates"]:
        weekdays = (self.weekdays << 1 | self.weekdays >> 6) & ALL_WEEKDAYS
        yield Dates(self.days << 1 & ALL_DAYS, self.months, self.years, weekdays)
        for length, of, at in _LENGTHS:
            if self.days >> length & 1:
                after = (of & self.months) << 1 & ALL_MONTHS
                yield Dates(1 << 1, after, at & self.years, weekdays)
        if self.days >> 31 & 1 and self.months & _DECEMBER:
            years = self.years << 1 & ALL_YEARS | self.years & 1
            yield Dates(1 << 1, _JANUARY, years, weekdays)

    def _earlier(self) -> Iterator["Dates"]:
        weekdays = self.weekdays >> 1 | (self.weekdays & 1) << 6
        before = self.months >> 1 & ALL_MONTHS
        for length, of, at in _LENGTHS:
            days = (self.days & _up_to(length)) >> 1 & ALL_DAYS
            yield Dates(days, of & self.months, at & self.years, weekdays)
            if self.days >> 1 & 1:
                yield Dates(1 << length, of & before, at & self.years, weekdays)
        if self.days >> 1 & 1 and self.months & _JANUARY:
            last = 1 << (LAST_YEAR - FIRST_YEAR)
            yield Dates(1 << 31, _DECEMBER, self.years >> 1 | self.years & last, weekdays)


ALL_DATES = Dates()


def _up_to(day: int) -> int:
    return (1 << day + 1) - 2


def crossed(left: Iterable[Dates], right: Iterable[Dates]) -> list[Dates]:
    """Give the dates that are in `left` and in `right`."""
    others = list(right)
    return [
        Dates(days, months, years, weekdays)
        for mine in left
        for its in others
        if (months := mine[1] & its[1])
        and (years := mine[2] & its[2])
        and (days := mine[0] & its[0])
        and (weekdays := mine[3] & its[3])
        and (days & _up_to(28) or _exist(days, months, years))
    ]


def matcher(dates: Iterable[Dates]) -> Callable[[int], bool]:
    """Give what says whether a day, numbered from the Unix epoch, is in any of them."""
    months: defaultdict[int, list[Dates]] = defaultdict(list)
    for one in dates:
        for month in values_in(one.months):
            months[month].append(one)
    return lambda day: any(one.has(day) for one in months[date_of(day).month])


def moved(dates: Iterable[Dates], by: int) -> list[Dates]:
    """Give the dates `by` days later, which is -1, 0 or 1."""
    if not by:
        return list(dates)
    return tidy(found for one in dates for found in one.moved(by))


def tidy(dates: Iterable[Dates]) -> list[Dates]:
    """Say the same dates with few of them."""
    found = [
        Dates(_filled(*one[:3]), *one[1:])
        for one in dates
        if all(one) and _exist(one.days, one.months, one.years)
    ]
    return [Dates(*one) for one in merged(found, _ORDER)]


def trimmed(days: int, months: int, years: int) -> int:
    """Give `days` without those that no month has, unless all are meant."""
    return days if days == ALL_DAYS else days & _up_to(_longest(months, years))


def numbered(days: Iterable[int]) -> list[Dates]:
    """Give days, numbered from the Unix epoch, by their dates; what no calendar can say drops."""
    months: defaultdict[tuple[int, int], int] = defaultdict(int)
    for number in days:
        if FIRST_DAY <= number <= LAST_DAY:
            at = date_of(number)
            months[at.year, at.month] |= 1 << at.day
    return _grouped(months)


def between(spans: Iterable[DaySpan]) -> list[Dates]:
    """Give the days of `spans`, numbered from the Unix epoch, by their dates."""
    months: defaultdict[tuple[int, int], int] = defaultdict(int)
    for first, last in spans:
        day, end = max(first, FIRST_DAY), min(last, LAST_DAY)
        while day <= end:
            at = date_of(day)
            length = monthrange(at.year, at.month)[1]
            until = min(length, at.day + end - day)
            months[at.year, at.month] |= _up_to(until) & ~_up_to(at.day - 1)
            day += length - at.day + 1
    return _grouped(months)


def outside(spans: Iterable[DaySpan]) -> list[Dates]:
    """Give all days but those of `spans`, which are in order and apart."""
    ends = [(0, FIRST_DAY - 1), *spans, (LAST_DAY + 1, 0)]
    return between((last + 1, first - 1) for (_, last), (first, _) in pairwise(ends))


def _grouped(months: dict[tuple[int, int], int]) -> list[Dates]:
    by_years: defaultdict[tuple[int, int], int] = defaultdict(int)
    for (year, month), days in months.items():
        at = 1 << (year - FIRST_YEAR)
        by_years[_filled(days, 1 << month, at), month] |= at
    by_months: defaultdict[tuple[int, int], int] = defaultdict(int)
    for (days, month), years in by_years.items():
        by_months[days, years] |= 1 << month
    return tidy(Dates(days, of, years) for (days, years), of in by_months.items())


def _filled(days: int, months: int, years: int) -> int:
    """Give `days` so that whole months are alike, however long they are."""
    longest = _longest(months, years)
    rest = ALL_DAYS & ~_up_to(longest)
    return days | rest if days >> longest & 1 else days & ~rest


def _longest(months: int, years: int) -> int:
    return next(length for length, of, at in _LENGTHS if months & of and years & at)


def _exist(days: int, months: int, years: int) -> bool:
    return bool(days & _up_to(_longest(months, years)))
