from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR, MOST_CALENDARS, Calendar, Range
from footfall.triggers.clock import BEGIN, DAY, END, clock_of, unix_time, utc
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.correction import correct, dates_of, deviations
from footfall.triggers.days import ALL_WEEKDAYS, Days, crossed, dates_in
from footfall.triggers.exclusion import DaySpan, Exclusion
from footfall.triggers.moments import Moments, calendars_of
from footfall.triggers.public_holidays import holidays_in
from footfall.triggers.rhythm import rhythm_of

_HORIZON_YEARS = 5
"""How far ahead holidays and changes of clocks are told to Temporal; states decide anew."""

_BEFORE = timedelta(days=6 * 365)
"""How far before the horizon they begin, so that times of the last year can be backfilled."""

MOST_SKIPPED = 604_800
"""Runs in a row that may be left out, a week of seconds. Finding the next one then takes a
server 70 ms; after 1.2 million it gives up, and the schedule would be dead (measured on 1.32)."""

_WHOLE_DAY = (frozenset(range(60)), frozenset(range(60)), frozenset(range(24)))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a Temporal schedule is told, so that it fires when the trigger says.

    Attributes:
        calendars: it fires when any of them matches the wall clock of `timezone`.
        intervals: it fires each so many seconds, the first number, counted from so many seconds
            after the Unix epoch, the second one, which is smaller.
        instants: Unix times at which it fires beside that.
        skip: it does not fire when any of these matches the wall clock.
        timezone: IANA name; the one that `calendars` and `skip` are in.
        start_at: nothing fires before this instant (UTC).
        end_at: nothing fires after this instant (UTC).
        jitter: seconds by which a run may be late, at random.
        horizon: from this instant (UTC) on it has to be planned anew; None if it is final.
    """

    calendars: tuple[Calendar, ...] = ()
    intervals: tuple[tuple[int, int], ...] = ()
    instants: tuple[int, ...] = ()
    skip: tuple[Calendar, ...] = ()
    timezone: str = "UTC"
    start_at: datetime | None = None
    end_at: datetime | None = None
    jitter: int = 0
    horizon: datetime | None = None


def horizon_of(now: datetime) -> datetime:
    """Give the instant (UTC) up to which what is planned at `now` is exact.

    It is the first of a month, so that equal triggers of one month share their plan.
    """
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return month.replace(year=month.year + _HORIZON_YEARS)


@lru_cache(maxsize=256)
def plan(compiled: CompiledTrigger, horizon: datetime) -> Plan:
    """Say to Temporal what `compiled` means, exactly from six years before `horizon` until it.

    What does not hang on public holidays or on changes of clocks is exact for ever.

    Raises:
        InvalidTriggerError: it takes more than 2,000 calendars, or Temporal would not find the
            next run behind all those that are excluded.
    """
    if compiled.instant is not None:
        return Plan(_date(compiled.instant))
    since = horizon - _BEFORE
    timing = _timing(compiled, unix_time(since), unix_time(horizon))
    exclude = compiled.exclude
    if compiled.moments is not None:
        exclude = Exclusion(exclude.spans, regions=exclude.regions)
    skip = _skipped(exclude, timing.pauses, since.year, horizon.year)
    _check_streak(compiled, exclude, skip, range(since.year, horizon.year + 1))
    found = Plan(
        timing.calendars,
        timing.intervals,
        timing.instants,
        calendars_of(Moments(*_WHOLE_DAY, skip)) if skip else (),
        timezone=compiled.timezone,
        start_at=compiled.start_at,
        end_at=_end(compiled, timing.instants),
        jitter=compiled.jitter,
        horizon=horizon if exclude.regions or not timing.is_final else None,
    )
    _check_size(found)
    return found


class _Timing(NamedTuple):
    """When a plan fires, but for the days that are excluded."""

    calendars: tuple[Calendar, ...] = ()
    intervals: tuple[tuple[int, int], ...] = ()
    instants: tuple[int, ...] = ()
    pauses: tuple[Days, ...] = ()
    is_final: bool = True


def _timing(compiled: CompiledTrigger, since: int, horizon: int) -> _Timing:
    if compiled.every is not None:
        return _Timing(intervals=((compiled.every, compiled.offset),))
    if compiled.moments is None:
        return _Timing()
    weekdays = Days(weekdays=ALL_WEEKDAYS - compiled.exclude.weekdays)
    moments = compiled.moments._replace(days=tuple(crossed(compiled.moments.days, [weekdays])))
    wrong = deviations(compiled, moments, since)
    if not wrong:
        return _Timing(calendars_of(moments))
    rhythm = rhythm_of(compiled, moments, clock_of(compiled.timezone), since)
    if rhythm is not None:
        intervals = tuple((rhythm.every, offset) for offset in rhythm.offsets)
        return _Timing(intervals=intervals, pauses=rhythm.pauses)
    correction = correct(compiled, moments, [one for one in wrong if one.at <= horizon])
    calendars = tuple(one for part in correction.moments for one in calendars_of(part))
    return _Timing(calendars, instants=correction.instants, is_final=False)


def _end(compiled: CompiledTrigger, instants: tuple[int, ...]) -> datetime | None:
    """Give the end before any of the instants, told as intervals, comes round again."""
    if not instants:
        return compiled.end_at
    again = utc(2 * min(instants) - 1)
    return min(again, compiled.end_at or again)


def _date(instant: datetime) -> tuple[Calendar, ...]:
    """Give the one calendar (UTC) of a date, or none before 2000, when none can be said."""
    at = instant.astimezone(UTC)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return ()
    second, minute, hour, day, month, year = (
        (Range(number, number),)
        for number in (at.second, at.minute, at.hour, at.day, at.month, at.year)
    )
    return (Calendar(second, minute, hour, day, month, year, (Range(0, 6),)),)


def _skipped(
    exclude: Exclusion, pauses: tuple[Days, ...], first: int, last: int
) -> tuple[Days, ...]:
    """Give all days without runs; their public holidays in the years `first` to `last`."""
    numbers = {day for span in exclude.spans for day in _days_of(span)}
    for region in exclude.regions:
        for year in range(first, last + 1):
            numbers |= holidays_in(region, year)
    weekdays = (Days(weekdays=exclude.weekdays),) if exclude.weekdays else ()
    return (*dates_of(numbers), *weekdays, *pauses)


def _days_of(span: DaySpan) -> range:
    """Give those of the days on which anything can run."""
    return range(max(span[0], BEGIN // DAY), min(span[1], END // DAY) + 1)


def _check_streak(
    compiled: CompiledTrigger, exclude: Exclusion, skip: tuple[Days, ...], years: range
) -> None:
    """Check that Temporal finds the next run behind the days that it has to skip."""
    if not skip:
        return
    days = sorted(
        date(year, *found).toordinal() for year in years for found in dates_in(skip, year)
    )
    longest = max((len(_days_of(span)) for span in exclude.spans), default=0)
    begin = 0
    for at, day in enumerate(days):
        if at and day > days[at - 1] + 1:
            begin = at
        longest = max(longest, at - begin + 1)
    per_day = DAY // compiled.every if compiled.every else 0
    if compiled.moments is not None:
        per_day = compiled.moments.per_day
    if longest * per_day > MOST_SKIPPED:
        message = (
            f"would leave out {longest * per_day:,} runs in a row, more than {MOST_SKIPPED:,}, for "
            "which Temporal gives up; exclude fewer days, or let it fire less often"
        )
        raise InvalidTriggerError("exclude", message)


def _check_size(plan: Plan) -> None:
    parts = (plan.calendars, plan.intervals, plan.instants, plan.skip)
    count = sum(map(len, parts))
    if count <= MOST_CALENDARS:
        return
    message = f"needs {count} calendars, more than {MOST_CALENDARS}; make it simpler"
    if len(plan.instants) > len(plan.calendars):
        message = (
            f"fires too often in the hours in which the clocks of {plan.timezone} change: they "
            f"take {count} calendars, more than {MOST_CALENDARS}; leave these hours out, let it "
            "fire in all hours, or use the timezone 'UTC'"
        )
    raise InvalidTriggerError("trigger", message)
