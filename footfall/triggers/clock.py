from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR
from footfall.triggers.zone import zone_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
"""Seconds of a day without a change of clocks."""

_STEP = 6 * DAY
_EPOCH_ORDINAL = EPOCH.toordinal()
_EPOCH_WEEKDAY = 4


def unix_time(moment: datetime) -> int:
    """Give the whole seconds from the Unix epoch to `moment`, which has an offset."""
    return (moment - EPOCH) // timedelta(seconds=1)


def utc(seconds: int) -> datetime:
    """Give the instant with Unix time `seconds`."""
    return EPOCH + timedelta(seconds=seconds)


def day_number(day: date) -> int:
    """Give the days from the Unix epoch to a date."""
    return day.toordinal() - _EPOCH_ORDINAL


def date_of(number: int) -> date:
    """Give the date that is so many days after the Unix epoch."""
    return date.fromordinal(_EPOCH_ORDINAL + number)


def weekday_of(number: int) -> int:
    """Give the weekday of a day numbered from the Unix epoch; 0 is Sunday."""
    return (number + _EPOCH_WEEKDAY) % 7


BEGIN = unix_time(datetime(FIRST_YEAR - 1, 12, 1, tzinfo=UTC))
"""Unix time of the first instant that a clock knows."""

END = unix_time(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC))
"""Unix time of the first instant at which nothing fires any more."""


class Change(NamedTuple):
    """A clock is set forward or back.

    The wall times from `low` up to but not including `high` are skipped, where the offset
    `after` the instant `at` is larger than the one `before`; else they are shown twice.
    """

    at: int
    before: int
    after: int

    @property
    def is_gap(self) -> bool:
        """Say whether the clock is set forward."""
        return self.after > self.before

    @property
    def low(self) -> int:
        """Give the first wall time that is skipped or shown twice."""
        return self.at + min(self.before, self.after)

    @property
    def high(self) -> int:
        """Give the first wall time after those that are skipped or shown twice."""
        return self.at + max(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clocks of a time zone show between 2000 and 2100.

    A *wall* time is the Unix time at which a clock set to UTC would show the same.

    Attributes:
        starts: Unix times from which an offset is in force, in order; the first is `BEGIN`.
        offsets: seconds that the clocks are ahead of UTC from each of them on.
    """

    starts: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset(self, instant: int) -> int:
        """Give the seconds that the clock is ahead of UTC at a Unix time."""
        return self.offsets[max(bisect_right(self.starts, instant) - 1, 0)]

    def wall(self, instant: int) -> int:
        """Give what the clock shows at a Unix time."""
        return instant + self.offset(instant)

    def changes(self) -> tuple[Change, ...]:
        """Give the changes of the clock, in order; their skipped or double times never meet."""
        return tuple(
            Change(at, before, after)
            for at, (before, after) in zip(self.starts[1:], pairwise(self.offsets), strict=True)
        )


@lru_cache(maxsize=256)
def clock_of(timezone: str) -> Clock:
    """Give the clock of the time zone with this IANA name.

    Two changes that cancel each other within six days would be missed. No zone has such ones:
    of all from 2000 to 2100, Gaza's in 2054 are the closest, 6.96 days apart.
    """
    zone = zone_of(timezone)
    changes, offsets = [BEGIN], [offset_at(zone, BEGIN)]
    for start in range(BEGIN, END + _STEP, _STEP):
        if offset_at(zone, start + _STEP) != offsets[-1]:
            changes.append(change_between(zone, start, start + _STEP))
            offsets.append(offset_at(zone, start + _STEP))
    return Clock(tuple(changes), tuple(offsets))


def offset_at(zone: ZoneInfo, instant: int) -> int:
    """Give the seconds that the clocks of `zone` are ahead of UTC at a Unix time."""
    offset = utc(instant).astimezone(zone).utcoffset()
    return int((offset or timedelta()).total_seconds())


def change_between(zone: ZoneInfo, early: int, late: int) -> int:
    """Give the Unix time of the one change of `zone`'s offset in (`early`, `late`]."""
    before = offset_at(zone, early)
    while late - early > 1:
        middle = (early + late) // 2
        if offset_at(zone, middle) == before:
            early = middle
        else:
            late = middle
    return late
