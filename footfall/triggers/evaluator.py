from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, islice, takewhile
from operator import itemgetter

from footfall.triggers.calendar import LAST_YEAR
from footfall.triggers.clock import (
    BEGIN,
    DAY,
    END,
    Change,
    Clock,
    clock_of,
    date_of,
    day_number,
    unix_time,
    utc,
)
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.days import Days, dates_in
from footfall.triggers.exclusion import Exclusion
from footfall.triggers.moments import Moments
from footfall.triggers.options import DstGap, DstOverlap

_LAST_WALL = (day_number(date(LAST_YEAR, 12, 31)) + 1) * DAY


_FEW = 300
"""Times of a day up to which they are all made at once."""


def next_times(compiled: CompiledTrigger, after: datetime, count: int) -> list[datetime]:
    """Give the next `count` times (UTC) strictly after `after`, excluded days left out.

    Fewer are given where no more follow until the end of 2100 (UTC), when Temporal's calendars
    end. Jitter is not in them: each run may be that much later.
    """
    return [utc(instant) for instant in next_instants(compiled, after, count)]


def next_instants(compiled: CompiledTrigger, after: datetime, count: int) -> list[int]:
    """Give the Unix times of the next `count` times strictly after `after`; see `next_times`."""
    return list(islice(instants(compiled, unix_time(after) + 1), count))


def instants(compiled: CompiledTrigger, start: int) -> Iterator[int]:
    """Give every Unix time from `start` on at which `compiled` fires, in order, each once."""
    if compiled.start_at is not None:
        start = max(start, unix_time(compiled.start_at))
    end = END
    if compiled.end_at is not None:
        end = min(end, unix_time(compiled.end_at) + 1)
    return takewhile(end.__gt__, _unbounded(compiled, max(start, BEGIN)))


def _unbounded(compiled: CompiledTrigger, start: int) -> Iterator[int]:
    clock = clock_of(compiled.timezone)
    if compiled.moments is not None:
        found = _of_clock(compiled, _Walls(compiled.moments, compiled.exclude), start)
        # Each once.
        return map(itemgetter(0), groupby(found))
    if compiled.every is not None:
        first = start + (compiled.offset - start) % compiled.every
        if not compiled.exclude:
            return iter(range(first, END, compiled.every))
        return _of_interval(first, compiled.every, clock, compiled.exclude)
    only = unix_time(compiled.instant) if compiled.instant else END
    return iter([only] if only >= start else [])


class _Walls:
    """The wall times that match, in order, without those on excluded days."""

    def __init__(self, moments: Moments, exclude: Exclusion) -> None:
        self._moments = moments
        self._hours, self._minutes, self._seconds = map(
            sorted, (moments.hours, moments.minutes, moments.seconds)
        )
        self._of_day = list(self._from(0)) if moments.per_day <= _FEW else None
        self._exclude = exclude
        self._years: dict[int, Sequence[int]] = {}

    def excludes(self, wall: int) -> bool:
        return self._exclude.covers(wall // DAY)

    def between(self, low: int, high: int, offset: int = 0) -> Iterator[int]:
        """Give those from `low` up to but not including `high`, each less `offset`."""
        first, last = low // DAY, (high - 1) // DAY
        for day in self._days(first, last):
            base = day * DAY
            times = self._times(low - base if day == first else 0)
            if day == last:
                times = takewhile((high - base).__gt__, times)
            base -= offset
            for time in times:
                yield base + time

    def _days(self, first: int, last: int) -> Iterator[int]:
        for year in range(date_of(first).year, min(date_of(last).year, LAST_YEAR) + 1):
            days = self._in_year(year)
            yield from days[bisect_left(days, first) : bisect_right(days, last)]

    def _in_year(self, year: int) -> Sequence[int]:
        if year not in self._years:
            days = _numbers(self._moments.days, year)
            covers = self._exclude.covers
            self._years[year] = [day for day in days if not covers(day)] if self._exclude else days
        return self._years[year]

    def _times(self, low: int) -> Iterable[int]:
        """Give the times of day from `low` on, in seconds."""
        if self._of_day is None:
            return self._from(low)
        return self._of_day[bisect_left(self._of_day, low) :] if low > 0 else self._of_day

    def _from(self, low: int) -> Iterator[int]:
        for hour in self._hours:
            if hour * 3600 + 3600 <= low:
                continue
            for minute in self._minutes:
                of_minute = hour * 3600 + minute * 60
                if of_minute + 60 <= low:
                    continue
                for second in self._seconds:
                    if of_minute + second >= low:
                        yield of_minute + second


@lru_cache(maxsize=256)
def _numbers(days: tuple[Days, ...], year: int) -> Sequence[int]:
    """Give the days of a year, in order, numbered from the Unix epoch."""
    return tuple(day_number(date(year, *found)) for found in dates_in(days, year))


def _of_clock(compiled: CompiledTrigger, walls: _Walls, start: int) -> Iterator[int]:
    """Give the instants from `start` on at which the clock shows a matching wall time.

    Between changes of the clock there is one for each; at a change the policies decide.
    """
    clock = clock_of(compiled.timezone)
    changes = clock.changes()
    # The one before `start` may still be showing its times for the second time.
    at = max(bisect_right(clock.starts, start) - 2, 0)
    low = 0  # What is before `start` is left out anyhow.
    for change in changes[at:]:
        yield from _shown(walls, low, change.low, change.before, start)
        yield from _at_change(compiled, walls, change, start)
        low = change.high
    yield from _shown(walls, low, _LAST_WALL, clock.offsets[-1], start)


def _shown(walls: _Walls, low: int, high: int, offset: int, start: int) -> Iterator[int]:
    """Give the instants of the wall times from `low` to `high`, at one offset."""
    low = max(low, start + offset)
    return walls.between(low, high, offset) if low < high else iter(())


def _at_change(
    compiled: CompiledTrigger, walls: _Walls, change: Change, start: int
) -> Iterator[int]:
    low, high = change.low, change.high
    if change.is_gap:
        runs = compiled.dst_gap is DstGap.RUN and start <= change.at
        # A gap at midnight may end on a day that is excluded although the one before is not.
        if runs and not walls.excludes(high) and any(True for _ in walls.between(low, high)):
            yield change.at
        return
    yield from _shown(walls, low, high, change.before, start)
    if compiled.dst_overlap is DstOverlap.TWICE:
        yield from _shown(walls, low, high, change.after, start)


def _of_interval(first: int, every: int, clock: Clock, exclude: Exclusion) -> Iterator[int]:
    instant = first
    while instant < END:
        if exclude.covers(clock.wall(instant) // DAY):
            # Leap over the rest of the day, since an interval may be a second.
            later = _next_day(clock, instant)
            instant = later + (instant - later) % every
        else:
            until = _next_day(clock, instant)
            yield from range(instant, until, every)
            instant = until + (instant - until) % every


def _next_day(clock: Clock, instant: int) -> int:
    """Give the first later instant at which the clock shows another day, or changes."""
    wall = clock.wall(instant)
    midnight = instant + DAY - wall % DAY
    at = bisect_right(clock.starts, instant)
    return min([midnight, *clock.starts[at : at + 1]])
