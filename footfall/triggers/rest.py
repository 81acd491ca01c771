from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from footfall.triggers.clock import weekday_of
from footfall.triggers.dates import LAST_DAY
from footfall.triggers.days import Values
from footfall.triggers.exclusion import DaySpan, Exclusion, joined_spans
from footfall.triggers.public_holidays import holidays_in

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Rest:
    """The local days of some years on which nothing fires.

    Attributes:
        spans: dates and public holidays, in order and apart.
        weekdays: 0 is Sunday.
    """

    spans: tuple[DaySpan, ...] = ()
    weekdays: Values = frozenset()

    def covers(self, day: int) -> bool:
        """Say whether a day, numbered from the Unix epoch, is one of them."""
        at = bisect_right(self.spans, (day, LAST_DAY)) - 1
        return weekday_of(day) in self.weekdays or (at >= 0 and day <= self.spans[at][1])

    def longest(self) -> int:
        """Give how many of them follow each other at most."""
        best = max(self._after(day) for day in range(_WEEK))
        begin, end = 0, -1
        for first, last in self.spans:
            # Weekdays may close the way to the span before.
            early = first - self._before(first)
            begin = begin if begin <= end and early <= end + 1 else early
            end = last + self._after(last)
            best = max(best, end - begin + 1)
        return best

    def _after(self, day: int) -> int:
        """Give how many weekdays follow a day."""
        return next(n for n in range(_WEEK) if weekday_of(day + n + 1) not in self.weekdays)

    def _before(self, day: int) -> int:
        return next(n for n in range(_WEEK) if weekday_of(day - n - 1) not in self.weekdays)


def rest_of(exclude: Exclusion, days: range, years: Iterable[int]) -> Rest:
    """Give what `exclude` leaves out of `days`, with the public holidays of `years`."""
    single = {
        day for region in exclude.regions for year in years for day in holidays_in(region, year)
    }
    spans = (
        [
            (max(first, days[0]), min(last, days[-1]))
            for first, last in joined_spans((*exclude.spans, *((day, day) for day in single)))
            if last >= days[0] and first <= days[-1]
        ]
        if days
        else []
    )
    return Rest(tuple(spans), exclude.weekdays)
