from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from footfall.triggers.clock import DAY, Change, Clock, clock_of
from footfall.triggers.dates import ALL_DATES, LAST_DAY, Dates, between
from footfall.triggers.exclusion import DaySpan


class Stretch(NamedTuple):
    """A part of a day (UTC) in which a clock is not changed, in minutes from its midnight."""

    begin: int
    end: int
    offset: int


@dataclass(frozen=True, slots=True)
class Frames:
    """The dates (UTC) of some years by how far a clock is ahead of UTC on them.

    Attributes:
        dates: those that lie wholly between two changes, by the seconds that it is ahead.
        days: those that a change touches, numbered from the Unix epoch, and their stretches.
        changes: the changes, in order.
    """

    dates: dict[int, tuple[Dates, ...]]
    days: dict[int, tuple[Stretch, ...]]
    changes: tuple[Change, ...]


def frames_of(timezone: str, since: int, until: int) -> Frames:
    """Give the frames of a clock, from the last change before a Unix time until another one.

    From there on they go on for ever with the offset that is then in force. If there is no
    change between them, all dates are in one frame.
    """
    starts = clock_of(timezone).starts
    first = max(bisect_right(starts, since), 1)
    return _frames(timezone, first, max(first, bisect_left(starts, until)))


def steady_frames(offset: int) -> Frames:
    """Give the one frame of a clock that is never changed."""
    return Frames({offset: (ALL_DATES,)}, {}, ())


@lru_cache(maxsize=256)
def _frames(timezone: str, first: int, last: int) -> Frames:
    """Give the frames of the changes with these numbers, the last one excluded."""
    clock = clock_of(timezone)
    changes = clock.changes()[first - 1 : last - 1]
    if not changes:
        return steady_frames(clock.offsets[first - 1])
    touched = sorted({day for change in changes for day in _touched(change)})
    spans: defaultdict[int, list[DaySpan]] = defaultdict(list)
    begin = clock.starts[first - 1] // DAY + 1
    for day in (*touched, LAST_DAY + 1):
        if begin < day:
            spans[clock.offset(begin * DAY)].append((begin, day - 1))
        begin = day + 1
    return Frames(
        {offset: tuple(between(found)) for offset, found in spans.items()},
        {day: _stretches(clock, day) for day in touched},
        changes,
    )


def _touched(change: Change) -> range:
    """Give the days (UTC) on which times may be shown for the second time."""
    again = 0 if change.is_gap else change.before - change.after - 1
    return range(change.at // DAY, (change.at + again) // DAY + 1)


def _stretches(clock: Clock, day: int) -> tuple[Stretch, ...]:
    begin, end = day * DAY, (day + 1) * DAY
    inside = clock.starts[bisect_right(clock.starts, begin) : bisect_left(clock.starts, end)]
    ends = (*inside, end)
    return tuple(
        Stretch((low - begin) // 60, (high - begin) // 60, clock.offset(low))
        for low, high in zip((begin, *inside), ends, strict=True)
    )
