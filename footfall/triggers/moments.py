from functools import lru_cache
from typing import NamedTuple

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import MOST_CALENDARS, Calendar, Ranges, ranges_of
from footfall.triggers.days import ALL_YEARS, Days, Values, compact

_HOURS_OF_A_DAY = 24
_SIXTY = 60


class Moments(NamedTuple):
    """What the wall clock shows when a cron trigger fires: a time of day, and a date."""

    seconds: Values
    minutes: Values
    hours: Values
    days: tuple[Days, ...]

    @property
    def per_day(self) -> int:
        """How often they come on each of the days."""
        return len(self.hours) * len(self.minutes) * len(self.seconds)

    @property
    def is_hourly(self) -> bool:
        """Whether they come in every hour of the days: a rhythm, and no time of day."""
        return len(self.hours) == _HOURS_OF_A_DAY

    @property
    def is_repeated(self) -> bool:
        """Whether they come every n minutes of their hours, or every n seconds of their minutes.

        What counts is the values, not how they are written: at least two minutes, evenly
        spaced over the whole hour, or so many seconds, evenly spaced over the whole minute.
        """
        return any(_is_even(values) for values in (self.minutes, self.seconds))


@lru_cache(maxsize=256)
def compacted(days: tuple[Days, ...]) -> tuple[Days, ...]:
    """Say the same dates with few `Days`; it takes some milliseconds where they are many."""
    return tuple(compact(days))


@lru_cache(maxsize=256)
def calendars_of(moments: Moments) -> tuple[Calendar, ...]:
    """Give the calendars that hold exactly `moments`.

    Raises:
        InvalidTriggerError: there would be too many of them.
    """
    days = compacted(moments.days)
    if len(days) > MOST_CALENDARS:
        message = f"needs {len(days)} calendars, more than {MOST_CALENDARS}; make it simpler"
        raise InvalidTriggerError("trigger", message)
    second, minute, hour = map(ranges_of, (moments.seconds, moments.minutes, moments.hours))
    return tuple(
        Calendar(
            second,
            minute,
            hour,
            ranges_of(one.days),
            ranges_of(one.months),
            _year_ranges(one.years),
            ranges_of(one.weekdays),
        )
        for one in sorted(days, key=lambda one: [sorted(field) for field in one])
    )


def _is_even(values: Values) -> bool:
    if len(values) <= 1 or _SIXTY % len(values):
        return False
    return values == frozenset(range(min(values), _SIXTY, _SIXTY // len(values)))


def _year_ranges(years: Values) -> Ranges:
    return () if years == ALL_YEARS else ranges_of(years)
