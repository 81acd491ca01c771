from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR, MOST_CALENDARS, Calendar, Range
from footfall.triggers.clock import BEGIN, DAY, END, unix_time
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.correction import Correction, correct, dates_of
from footfall.triggers.days import ALL_WEEKDAYS, Days, crossed
from footfall.triggers.exclusion import Exclusion
from footfall.triggers.moments import Moments, calendars_of
from footfall.triggers.public_holidays import holidays_in

HORIZON_YEARS = 5
"""How far ahead holidays and changes of clocks are told to Temporal; states decide anew."""

_BEFORE = timedelta(days=6 * 365)
"""How far before the horizon they begin, so that times of the last year can be backfilled."""

MOST_SKIPPED = 500_000
"""Runs in a row that may be excluded; a server gives up looking for the next one after 1.2
million (measured on 1.32), and the schedule would be dead."""

_WHOLE_DAY = (frozenset(range(60)), frozenset(range(60)), frozenset(range(24)))
_EPOCH_WEEKDAY = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """What a Temporal schedule is told, so that it fires when the trigger says.

    Attributes:
        calendars: it fires when any of them matches the wall clock of `timezone`.
        every: seconds between two runs; None where it fires by `calendars`.
        offset: seconds between the Unix epoch and a run, 0 <= offset < every.
        instants: Unix times at which it fires beside that.
        skip: it does not fire when any of these matches the wall clock.
        timezone: IANA name; the one that `calendars` and `skip` are in.
        start_at: nothing fires before this instant (UTC).
        end_at: nothing fires after this instant (UTC).
        jitter: seconds by which a run may be late, at random.
        horizon: from this instant (UTC) on it has to be planned anew; None if it is final.
    """

    calendars: tuple[Calendar, ...] = ()
    every: int | None = None
    offset: int = 0
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
    return month.replace(year=month.year + HORIZON_YEARS)


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
    moments = compiled.moments
    correction = Correction(())
    exclude = compiled.exclude
    if moments is not None:
        weekdays = Days(weekdays=ALL_WEEKDAYS - exclude.weekdays)
        moments = moments._replace(days=tuple(crossed(moments.days, [weekdays])))
        correction = correct(compiled, moments, unix_time(since), unix_time(horizon))
        exclude = Exclusion(exclude.spans, regions=exclude.regions)
    skip = _skipped(compiled, exclude, since.year, horizon.year)
    found = Plan(
        tuple(one for part in correction.moments for one in calendars_of(part)),
        compiled.every,
        compiled.offset,
        correction.instants,
        skip,
        timezone=compiled.timezone,
        start_at=compiled.start_at,
        end_at=compiled.end_at,
        jitter=compiled.jitter,
        horizon=None if correction.is_final and not exclude.regions else horizon,
    )
    count = len(found.calendars) + len(found.instants) + len(found.skip)
    if count > MOST_CALENDARS:
        message = f"needs {count} calendars, more than {MOST_CALENDARS}; make it simpler"
        if len(found.instants) > MOST_CALENDARS // 2:
            message += ", or let it fire in every hour, or set dst_gap to 'skip' and dst_overlap"
        raise InvalidTriggerError("trigger", message)
    return found


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
    compiled: CompiledTrigger, exclude: Exclusion, first: int, last: int
) -> tuple[Calendar, ...]:
    """Give the calendars of all excluded days; their holidays in the years `first` to `last`."""
    if not exclude:
        return ()
    numbers = {
        day
        for begin, end in exclude.spans
        for day in range(max(begin, BEGIN // DAY), min(end, END // DAY) + 1)
    }
    for region in exclude.regions:
        for year in range(first, last + 1):
            numbers |= holidays_in(region, year)
    _check_streak(compiled, _streak(sorted(numbers), exclude))
    days = dates_of(numbers)
    if exclude.weekdays:
        days.append(Days(weekdays=exclude.weekdays))
    return calendars_of(Moments(*_WHOLE_DAY, tuple(days)))


def _streak(numbers: Sequence[int], exclude: Exclusion) -> int:
    """Give the most excluded days that follow each other."""
    longest = run = 0
    before = None
    for day in numbers:
        run = run + day - before if before is not None and _between(before, day, exclude) else 1
        longest, before = max(longest, run), day
    # At either end of them the weekdays of one more week may follow.
    return longest + 2 * len(exclude.weekdays)


def _between(before: int, day: int, exclude: Exclusion) -> bool:
    """Say whether every day between two excluded ones is excluded for its weekday."""
    return day - before <= len(ALL_WEEKDAYS) and all(
        (number + _EPOCH_WEEKDAY) % 7 in exclude.weekdays for number in range(before + 1, day)
    )


def _check_streak(compiled: CompiledTrigger, days: int) -> None:
    per_day = DAY // compiled.every if compiled.every else 0
    if compiled.moments is not None:
        times = (compiled.moments.hours, compiled.moments.minutes, compiled.moments.seconds)
        per_day = len(times[0]) * len(times[1]) * len(times[2])
    if days * per_day > MOST_SKIPPED:
        message = (
            f"would leave out {days * per_day:,} runs in a row, more than {MOST_SKIPPED:,}, for "
            "which Temporal gives up; exclude fewer days, or let it fire less often"
        )
        raise InvalidTriggerError("exclude", message)
