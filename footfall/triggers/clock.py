from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
"""Seconds of a day without a change of clocks."""

_STEP = 6 * DAY


def unix_time(moment: datetime) -> int:
    """Give the whole seconds from the Unix epoch to `moment`, which has an offset."""
    return (moment - EPOCH) // timedelta(seconds=1)


def utc(seconds: int) -> datetime:
    """Give the instant with Unix time `seconds`."""
    return EPOCH + timedelta(seconds=seconds)


BEGIN = unix_time(datetime(FIRST_YEAR - 1, 12, 1, tzinfo=UTC))
"""Unix time of the first instant that a clock knows."""

END = unix_time(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC))
"""Unix time of the first instant at which nothing fires any more."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clocks of a time zone show between 2000 and 2100.

    A *wall* time is the Unix time at which a clock set to UTC would show the same.

    Attributes:
        changes: Unix times at which the offset changes, in order; the first is `BEGIN`.
        offsets: seconds that the clocks are ahead of UTC from each change on.
    """

    changes: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset(self, instant: int) -> int:
        """Give the seconds that the clock is ahead of UTC at a Unix time."""
        return self.offsets[max(bisect_right(self.changes, instant) - 1, 0)]

    def wall(self, instant: int) -> int:
        """Give what the clock shows at a Unix time."""
        return instant + self.offset(instant)

    def instant(self, wall: int) -> int:
        """Give the Unix time at which the clock shows `wall`, as Go's ``time.Date`` does.

        For a time that is skipped or shown twice, which instant it is hangs on the sign of
        the offset (https://pkg.go.dev/time#Date promises neither); Temporal inherits that.
        """
        guess = self.offset(wall)
        return wall - (guess and self.offset(wall - guess))

    def blocks(self) -> tuple[tuple[int, int], ...]:
        """Give the first and last day of each run of days that are near a change.

        Days are numbered from the Unix epoch. Away from these, every day has one offset.
        """
        found: list[tuple[int, int]] = []
        for at, change in enumerate(self.changes[1:], start=1):
            walls = [change + offset for offset in self.offsets[at - 1 : at + 1]]
            first, last = (min(walls) - 1) // DAY - 1, max(walls) // DAY + 1
            if found and first <= found[-1][1]:
                first = found.pop()[0]
            found.append((first, last))
        return tuple(found)


@lru_cache(maxsize=256)
def clock_of(timezone: str) -> Clock:
    """Give the clock of the time zone with this IANA name.

    Two changes that cancel each other within six days would be missed. No zone has such ones:
    of all from 2000 to 2100, Gaza's in 2054 are the closest, 6.96 days apart.
    """
    zone = ZoneInfo(timezone)
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
