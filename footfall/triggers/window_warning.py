from collections.abc import Iterator
from datetime import date, datetime

from footfall.triggers.calendar import LAST_YEAR
from footfall.triggers.clock import BEGIN, DAY, clock_of, unix_time, utc
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.compiler import Trigger
from footfall.triggers.evaluator import instants
from footfall.triggers.public_holidays import holidays_in, region_name
from footfall.triggers.wording import duration, in_ranges

_AHEAD_DAYS = 400
_AHEAD_YEARS = 5
"""As far ahead as Temporal is told of holidays, see `horizon_of`."""


def window_warnings(trigger: Trigger, compiled: CompiledTrigger, after: datetime) -> Iterator[str]:
    """Warn of what `end_at`, `exclude` and `jitter` make of the runs after `after`."""
    yield from _bare_end(trigger)
    yield from _unknown_holidays(compiled, after)
    yield from _late(compiled, after)


def _bare_end(trigger: Trigger) -> Iterator[str]:
    written = trigger.config.get("end_at")
    try:
        day = date.fromisoformat(str(written))
    except ValueError:
        return
    yield (
        f"end_at {day} means 00:00 of that day, on which nothing runs later; "
        f"write '{day}T23:59:59' to have it with its runs."
    )


def _unknown_holidays(compiled: CompiledTrigger, after: datetime) -> Iterator[str]:
    first = max(after, compiled.start_at or after, utc(BEGIN)).year
    last = min(first + _AHEAD_YEARS, LAST_YEAR)
    if compiled.end_at is not None:
        last = min(last, compiled.end_at.year)
    for region in compiled.exclude.regions:
        unknown = frozenset(
            year for year in range(first, last + 1) if not holidays_in(region, year)
        )
        if unknown:
            years = in_ranges(unknown)
            name = region_name(region)
            yield f"No public holidays in {name} are known for {years}; none is excluded then."


def _late(compiled: CompiledTrigger, after: datetime) -> Iterator[str]:
    """Warn of jitter; the window and the excluded days bound the time before it."""
    if not compiled.jitter:
        return
    late = duration(compiled.jitter)
    yield f"Each run starts up to {late} later, at random; next_runs show the earliest."
    if compiled.end_at is not None:
        begin = max(unix_time(compiled.end_at) - compiled.jitter, unix_time(after)) + 1
        if next(instants(compiled, begin), None) is not None:
            yield f"With its jitter, a run may start up to {late} after end_at."
    day = _day_reached(compiled, unix_time(after)) if compiled.exclude else None
    if day is not None:
        yield f"With its jitter, a run may start on a day that is excluded, such as {day}."


def _day_reached(compiled: CompiledTrigger, after: int) -> date | None:
    """Give the first excluded day into which jitter can carry a run."""
    clock = clock_of(compiled.timezone)
    begin = max(after, BEGIN)
    if compiled.start_at is not None:
        begin = max(begin, unix_time(compiled.start_at))
    today = clock.wall(begin) // DAY
    starts = {first for first, _ in compiled.exclude.spans if first > today + _AHEAD_DAYS}
    for day in [*range(today + 1, today + _AHEAD_DAYS), *sorted(starts)]:
        if not compiled.exclude.covers(day) or compiled.exclude.covers(day - 1):
            continue
        wall = day * DAY
        midnight = wall - clock.offset(wall - clock.offset(wall))
        start = max(midnight - compiled.jitter, after + 1)
        run = next(instants(compiled, start), None)
        if run is not None and run < midnight:
            return utc(wall).date()
    return None
