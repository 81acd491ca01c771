from collections.abc import Iterable, Iterator
from math import gcd
from typing import NamedTuple

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import Calendar
from footfall.triggers.changeover import Changeover
from footfall.triggers.clock import DAY, END, clock_of, day_number, unix_time, utc
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.dates import ALL_DATES, Dates, between, crossed, matcher, outside, tidy
from footfall.triggers.days import ALL_WEEKDAYS
from footfall.triggers.entries import calendars, fewest, listed, regular
from footfall.triggers.frames import Frames, frames_of, steady_frames
from footfall.triggers.masks import mask_of
from footfall.triggers.minutes import WHOLE_DAY, Share, in_utc, joined, minutes_of
from footfall.triggers.moments import Moments, compacted
from footfall.triggers.options import DstGap, DstOverlap
from footfall.triggers.rest import Rest, rest_of

MOST_SKIPPED = 604_800
"""Runs in a row that may be left out, a week of seconds. Finding the next one then takes a
server 70 ms; after 1.2 million it gives up, and the schedule would be dead (measured on 1.32).
Where a cron trigger has more, its calendars leave the days out, which takes more of them."""

_HOUR = 3600
_FIRST = 5 * 366 * DAY
"""How far a trigger that begins late is told at least, or it would look as if it never ran."""

_ALL_SECONDS = frozenset(range(60))
_START = frozenset({0})


class Window(NamedTuple):
    """The years that are told: Unix times, and the years whose public holidays are."""

    since: int
    until: int
    holidays: range


class Told(NamedTuple):
    """The calendars (UTC) at which something fires, and those at which it does not."""

    calendars: tuple[Calendar, ...] = ()
    skip: tuple[Calendar, ...] = ()


def told(compiled: CompiledTrigger, window: Window) -> Told:
    """Say in UTC when a cron trigger fires, or on which days an interval does not.

    Raises:
        InvalidTriggerError: Temporal would not find the next run behind those that are excluded.
    """
    window = _cut(compiled, window)
    if window.since >= window.until:
        return Told()
    if compiled.moments is not None:
        return _cron(compiled, compiled.moments, window)
    if compiled.every is not None and compiled.exclude:
        return _interval(compiled, compiled.every, window)
    return Told()


def _cut(compiled: CompiledTrigger, window: Window) -> Window:
    """Leave out the time at which the trigger does not fire anyhow; tell its first years."""
    since, last = window.since, END
    if compiled.start_at is not None:
        since = max(since, unix_time(compiled.start_at))
    if compiled.end_at is not None:
        last = min(last, unix_time(compiled.end_at) + 1)
    if compiled.moments is not None:
        years = frozenset[int]().union(*(one.years for one in compiled.moments.days))
        if not years:
            return window._replace(until=since)
        since = max(since, _new_year(min(years)) - DAY)
        last = min(last, _new_year(max(years) + 1) + DAY)
    return window._replace(since=since, until=min(last, max(window.until, since + _FIRST)))


def _new_year(year: int) -> int:
    return day_number(utc(0).replace(year=year).date()) * DAY


def _cron(compiled: CompiledTrigger, moments: Moments, window: Window) -> Told:
    rest = _rest(compiled, window)
    weekdays = ALL_DATES._replace(weekdays=mask_of(ALL_WEEKDAYS - rest.weekdays))
    dates = tidy(crossed(map(Dates.of, compacted(moments.days)), [weekdays]))
    spans = rest.spans
    if sum(last - first + 1 for first, last in spans) * moments.per_day > MOST_SKIPPED:
        dates, spans = tidy(crossed(dates, outside(spans))), ()
    wall = minutes_of(moments.hours, moments.minutes)
    frames = _frames(compiled, window, is_rhythm=_is_rhythm(compiled, moments, dates))

    matches = matcher(dates)
    change = Changeover(frames, wall, lambda day: matches(day) and not rest.covers(day))
    entries = [
        *regular(frames, lambda offset: in_utc(wall, offset), dates),
        *listed(change.minutes(twice=compiled.dst_overlap is DstOverlap.TWICE)),
    ]
    found = calendars(fewest(entries), moments.seconds)
    if compiled.dst_gap is DstGap.RUN:
        # What is skipped runs at the first second after the gap.
        gaps = fewest(listed(change.gaps(rest.covers)))
        found += calendars(gaps, _START)

    def skipped(offset: int) -> Iterator[Share]:
        return _resting(offset, joined(share.minutes for share in in_utc(wall, offset)))

    skip = regular(frames, skipped, _near(between(spans), dates))
    return Told(found, calendars(fewest(skip), _ALL_SECONDS))


def _interval(compiled: CompiledTrigger, every: int, window: Window) -> Told:
    rest = _rest(compiled, window)
    _check_streak(rest.longest() * -(-DAY // every))
    dates = [*between(rest.spans), ALL_DATES._replace(weekdays=mask_of(rest.weekdays))]
    frames = _frames(compiled, window, is_rhythm=False)
    step = gcd(every, DAY)
    fires = joined(1 << at // 60 for at in range(compiled.offset % step, DAY, max(step, 60)))
    change = Changeover(frames, WHOLE_DAY, rest.covers)
    entries = [
        *regular(frames, lambda offset: _resting(offset, fires), dates),
        *listed(change.minutes(twice=True)),
    ]
    return Told(skip=calendars(fewest(entries), _ALL_SECONDS))


def _rest(compiled: CompiledTrigger, window: Window) -> Rest:
    clock = clock_of(compiled.timezone)
    days = range(clock.wall(window.since) // DAY, clock.wall(window.until - 1) // DAY + 1)
    return rest_of(compiled.exclude, days, window.holidays)


def _resting(offset: int, fires: int) -> Iterator[Share]:
    """Give the minutes (UTC) of a local day on which nothing may fire.

    Where something fires at some minutes only, others are left out of them or taken in: so it
    often becomes a whole day.
    """
    for share in in_utc(WHOLE_DAY, offset):
        if share.minutes & fires:
            yield share if fires & ~share.minutes else Share(share.carry, WHOLE_DAY)


def _near(rest: Iterable[Dates], dates: Iterable[Dates]) -> list[Dates]:
    """Give those of the days that are in a month of `dates`."""
    return [
        one
        for one in rest
        if any(one.months & its.months and one.years & its.years for its in dates)
    ]


def _is_rhythm(compiled: CompiledTrigger, moments: Moments, dates: list[Dates]) -> bool:
    """Say whether it fires in every hour of all days, whatever clocks do."""
    goes_on = (compiled.dst_gap, compiled.dst_overlap) == (DstGap.SKIP, DstOverlap.TWICE)
    return goes_on and moments.is_hourly and dates == [ALL_DATES]


def _frames(compiled: CompiledTrigger, window: Window, *, is_rhythm: bool) -> Frames:
    # A change shortly before may still be showing times for the second time.
    frames = frames_of(compiled.timezone, window.since - 2 * DAY, window.until + 2 * DAY)
    ahead = {offset % _HOUR for offset in frames.dates}
    return steady_frames(next(iter(ahead))) if is_rhythm and len(ahead) == 1 else frames


def _check_streak(runs: int) -> None:
    """Check that Temporal finds the next run behind those that it has to skip."""
    if runs > MOST_SKIPPED:
        message = (
            f"would leave out {runs:,} runs in a row, more than {MOST_SKIPPED:,}, for "
            "which Temporal gives up; exclude fewer days, make the interval longer, or use a cron "
            "trigger"
        )
        raise InvalidTriggerError("exclude", message)
