from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR, MOST_CALENDARS, Calendar, Range
from footfall.triggers.clock import END, unix_time
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.exclusion import NO_EXCLUSION
from footfall.triggers.told import Told, Window, told

_HORIZON_YEARS = 5
"""How far ahead holidays are told to Temporal; states decide anew."""

_BEFORE = timedelta(days=6 * 365)
"""How far before the horizon a plan begins, so that times of the last year can be backfilled."""

_FEW = 200
"""Calendars up to which a plan tells all changes of clocks until 2100."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a Temporal schedule is told, so that it fires when the trigger says; all in UTC.

    Attributes:
        calendars: it fires when any of them matches.
        intervals: it fires each so many seconds, the first number, counted from so many seconds
            after the Unix epoch, the second one, which is smaller.
        skip: it does not fire when any of these matches.
        start_at: nothing fires before this instant.
        end_at: nothing fires after this instant.
        jitter: seconds by which a run may be late, at random.
        horizon: from this instant on it has to be planned anew; None if it is exact until 2100.
    """

    calendars: tuple[Calendar, ...] = ()
    intervals: tuple[tuple[int, int], ...] = ()
    skip: tuple[Calendar, ...] = ()
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
    """Say to Temporal in UTC what `compiled` means, exactly from six years before `horizon` on.

    Public holidays are told until the horizon. Changes of clocks are told until 2100; where
    that takes many calendars, they too are told until the horizon only, and times after it as
    if clocks were never changed again.

    Raises:
        InvalidTriggerError: it takes more than 2,000 calendars, or Temporal would not find the
            next run behind all those that are excluded.
    """
    if compiled.instant is not None:
        return Plan(_date(compiled.instant))
    since = horizon - _BEFORE
    holidays = range(since.year, horizon.year + 1)
    window = Window(unix_time(since), END, holidays)
    found = told(compiled, window)
    is_final = not compiled.exclude.regions
    if _size(found) > _FEW:
        shorter = told(compiled, window._replace(until=unix_time(horizon)))
        if _size(shorter) < _size(found):
            found, is_final = shorter, False
    if _size(found) > MOST_CALENDARS:
        raise _too_many(compiled, found)
    return Plan(
        found.calendars,
        () if compiled.every is None else ((compiled.every, compiled.offset),),
        found.skip,
        start_at=compiled.start_at,
        end_at=compiled.end_at,
        jitter=compiled.jitter,
        horizon=None if is_final else horizon,
    )


def _date(instant: datetime) -> tuple[Calendar, ...]:
    """Give the one calendar of a date, or none before 2000, when none can be said."""
    at = instant.astimezone(UTC)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return ()
    second, minute, hour, day, month, year = (
        (Range(number, number),)
        for number in (at.second, at.minute, at.hour, at.day, at.month, at.year)
    )
    return (Calendar(second, minute, hour, day, month, year, (Range(0, 6),)),)


def _size(found: Told) -> int:
    return len(found.calendars) + len(found.skip)


def _too_many(compiled: CompiledTrigger, found: Told) -> InvalidTriggerError:
    takes = f"takes {_size(found):,} calendars, more than {MOST_CALENDARS:,}"
    if compiled.exclude != NO_EXCLUSION and len(found.skip) >= len(found.calendars):
        return InvalidTriggerError("exclude", f"{takes}; exclude fewer days")
    message = f"{takes}; make it simpler, or split it into several schedules"
    return InvalidTriggerError("trigger", message)
