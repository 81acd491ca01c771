from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

FIRST_YEAR = 2000
"""First year of a calendar, set by Temporal."""

LAST_YEAR = 2100
"""Last year of a calendar, set by Temporal; nothing fires later."""

MOST_CALENDARS = 2000
"""Calendars that one trigger may need; a schedule of 5,000 takes Temporal 0.3 s a call."""


class Range(NamedTuple):
    """The values `start`, `start + step`, ... up to and including `end`."""

    start: int
    end: int
    step: int = 1


Ranges = tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Moments of the wall clock: those at which every field matches one of its ranges.

    The fields are those of Temporal's ``StructuredCalendarSpec``
    (https://docs.temporal.io/schedule#spec).

    Attributes:
        second: 0 to 59.
        minute: 0 to 59.
        hour: 0 to 23.
        day_of_month: 1 to 31.
        month: 1 to 12.
        year: 2000 to 2100; empty means every one of them. A field that always matches is
            otherwise written out in full, since empty means never in all other fields.
        day_of_week: 0 (Sunday) to 6.
    """

    second: Ranges
    minute: Ranges
    hour: Ranges
    day_of_month: Ranges
    month: Ranges
    year: Ranges
    day_of_week: Ranges


def values_of(ranges: Ranges) -> frozenset[int]:
    """Give every value that `ranges` hold."""
    return frozenset(value for start, end, step in ranges for value in range(start, end + 1, step))


def ranges_of(values: Collection[int]) -> Ranges:
    """Give few ranges that hold exactly `values` (they may overlap), in order."""
    return _ranges_of(frozenset(values))


@lru_cache(maxsize=1024)
def _ranges_of(values: frozenset[int]) -> Ranges:
    remaining = set(values)
    chosen: list[Range] = []
    while remaining:
        start = min(remaining)
        best, gain = Range(start, start), 1
        # The smallest value left has to be covered by some range; take the one that covers
        # most of the rest, and of several equal ones the one with the smallest step.
        for step in range(1, max(remaining) - start + 1):
            end = start
            while end + step in values:
                end += step
            covered = len(remaining.intersection(range(start, end + 1, step)))
            if covered > gain and (covered > 2 or step == 1):  # noqa: PLR2004
                best, gain = Range(start, end, step), covered
        chosen.append(best)
        remaining.difference_update(range(best.start, best.end + 1, best.step))
    return tuple(chosen)
