from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from heapq import merge
from itertools import groupby, islice, takewhile
from typing import NamedTuple

from footfall.triggers.calendar import LAST_YEAR, Calendar, Ranges, values_of
from footfall.triggers.clock import BEGIN, DAY, END, EPOCH, Clock, clock_of, unix_time, utc
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.days import ALL_YEARS, Days, dates_in
from footfall.triggers.stepper import Stepper, steps

_EPOCH_ORDINAL = EPOCH.toordinal()
_LAST_DAY = date(LAST_YEAR, 12, 31).toordinal() - _EPOCH_ORDINAL


class _Group(NamedTuple):
    """Calendars that share their times of day."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]
    days: tuple[Days, ...]


def next_times(compiled: CompiledTrigger, after: datetime, count: int) -> list[datetime]:
    """Give the next `count` times (UTC) strictly after `after`, as a Temporal server fires.

    That is Temporal's rule on days on which clocks change too, see `Stepper`. Fewer times are
    given where no more follow until the end of 2100 (UTC), when Temporal's calendars end.
    """
    start = unix_time(after) + 1
    if compiled.start_at is not None:
        start = max(start, unix_time(compiled.start_at))
    end = END
    if compiled.end_at is not None:
        end = min(end, unix_time(compiled.end_at) + 1)
    if compiled.every is not None:
        first = start + (compiled.offset - start) % compiled.every
        return [utc(instant) for instant in islice(range(first, end, compiled.every), count)]
    found = takewhile(lambda instant: instant < end, _instants(compiled, max(start, BEGIN)))
    return [utc(instant) for instant in islice(found, count)]


def _instants(compiled: CompiledTrigger, start: int) -> Iterator[int]:
    """Give every instant from `start` on, in order, each once."""
    clock, groups = clock_of(compiled.timezone), _groups(compiled.calendars)
    years = [_Years(group) for group in groups]
    day = clock.wall(start) // DAY
    blocks = clock.blocks()
    for first, last in blocks[bisect_left(blocks, day, key=lambda block: block[1]) :]:
        yield from _plain(groups, years, clock, (day, first - 1), start)
        after = max(start, clock.instant(first * DAY)) - 1
        yield from steps(_steppers(groups, clock, first, last), after, last)
        day = last + 1
    yield from _plain(groups, years, clock, (day, _LAST_DAY), start)


def _steppers(groups: tuple[_Group, ...], clock: Clock, first: int, last: int) -> list[Stepper]:
    dates = {day: date.fromordinal(_EPOCH_ORDINAL + day) for day in range(first - 1, last + 1)}
    found: list[Stepper] = []
    for group in groups:
        times = (group.hours, group.minutes, group.seconds)
        for days in group.days:
            matching = frozenset(
                number
                for number, on in dates.items()
                if on.day in days.days and on.month in days.months and on.year in days.years
            )
            if matching:
                found.append(Stepper(*times, days.weekdays, clock, matching))
    return found


class _Years(dict[int, list[int]]):
    """The numbers of the days of each year that a group fires on, found when asked for."""

    def __init__(self, group: _Group) -> None:
        super().__init__()
        self._days = group.days

    def __missing__(self, year: int) -> list[int]:
        self[year] = [
            date(year, *found).toordinal() - _EPOCH_ORDINAL for found in dates_in(self._days, year)
        ]
        return self[year]


def _plain(
    groups: tuple[_Group, ...],
    years: list[_Years],
    clock: Clock,
    span: tuple[int, int],
    start: int,
) -> Iterator[int]:
    """Give the instants from `start` on in a span of days that all have the same offset."""
    if span[0] > span[1]:
        return iter(())
    offset = clock.offset(span[0] * DAY)
    found = [
        _group_plain(group, of, span, offset, start)
        for group, of in zip(groups, years, strict=True)
    ]
    return found[0] if len(found) == 1 else (instant for instant, _ in groupby(merge(*found)))


def _group_plain(
    group: _Group, years: _Years, span: tuple[int, int], offset: int, start: int
) -> Iterator[int]:
    first, last = (date.fromordinal(_EPOCH_ORDINAL + day).year for day in span)
    for year in range(first, last + 1):
        days = years[year]
        for day in days[bisect_left(days, span[0]) : bisect_right(days, span[1])]:
            base = day * DAY - offset
            for time in _times(group, start - base):
                yield base + time


def _times(group: _Group, low: int) -> Iterator[int]:
    """Give the times of day from `low` on, in seconds, in order."""
    for hour in group.hours:
        if hour * 3600 + 3600 <= low:
            continue
        for minute in group.minutes:
            of_minute = hour * 3600 + minute * 60
            if of_minute + 60 <= low:
                continue
            for second in group.seconds:
                if of_minute + second >= low:
                    yield of_minute + second


@lru_cache(maxsize=64)
def _groups(calendars: tuple[Calendar, ...]) -> tuple[_Group, ...]:
    days: defaultdict[tuple[Ranges, Ranges, Ranges], list[Days]] = defaultdict(list)
    for one in calendars:
        days[one.hour, one.minute, one.second].append(
            Days(
                values_of(one.day_of_month),
                values_of(one.month),
                values_of(one.year) or ALL_YEARS,
                values_of(one.day_of_week),
            )
        )
    return tuple(
        _Group(_sorted(hour), _sorted(minute), _sorted(second), tuple(of))
        for (hour, minute, second), of in days.items()
    )


def _sorted(ranges: Ranges) -> tuple[int, ...]:
    return tuple(sorted(values_of(ranges)))
