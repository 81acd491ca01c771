from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from footfall.triggers.clock import DAY, Change, clock_of, unix_time, utc
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.compiler import Trigger
from footfall.triggers.date import DateTrigger
from footfall.triggers.evaluator import instants
from footfall.triggers.options import DstGap, DstOverlap
from footfall.triggers.problem import listed
from footfall.triggers.wording import MONTH_NAMES

_AHEAD = 400 * DAY
"""A year and a bit, so that the next spring and the next autumn are always in it."""

_FEW = 3


def clock_warnings(trigger: Trigger, compiled: CompiledTrigger, after: datetime) -> Iterator[str]:
    """Warn of local times that clocks skip, and of those that they show twice.

    Only the first change of either kind that concerns the trigger is told, and only if it comes
    within 400 days of `after`. What fires in every hour goes on as it was, unless the user
    wants something else of it, and needs no warning.
    """
    if isinstance(trigger, DateTrigger):
        yield from _of_date(trigger)
    if compiled.moments is None:
        return
    hourly = compiled.moments.is_hourly
    first = unix_time(after)
    changes = [
        change
        for change in clock_of(compiled.timezone).changes()
        if first < change.at <= first + _AHEAD
    ]
    if not (hourly and compiled.dst_gap is DstGap.SKIP):
        yield from _first(_gap(compiled, change) for change in changes if change.is_gap)
    if not (hourly and compiled.dst_overlap is DstOverlap.TWICE):
        yield from _first(_overlap(compiled, change) for change in changes if not change.is_gap)


def _first(found: Iterator[str | None]) -> Iterator[str]:
    words = next(filter(None, found), None)
    if words:
        yield words


def _gap(compiled: CompiledTrigger, change: Change) -> str | None:
    walls = _walls(compiled, change.low, change.high)
    if not walls or not _in_window(compiled, change.at):
        return None
    words = _skipped(walls, compiled.timezone)
    # A gap at midnight may end on a day on which nothing runs.
    if next(instants(compiled, change.at), None) != change.at:
        return f"{words}; it is skipped."
    once = "once " if len(walls) > 1 else ""
    instead = "instead"
    if _walls(compiled, change.high, change.high + 1):
        once, instead = "once ", "as on other days"
    return f"{words}; it runs {once}at {_target(walls[0], change.high)} {instead}."


def _overlap(compiled: CompiledTrigger, change: Change) -> str | None:
    walls = [
        wall
        for wall in _walls(compiled, change.low, change.high)
        if _in_window(compiled, wall - change.before) and _in_window(compiled, wall - change.after)
    ]
    if not walls:
        return None
    twice = compiled.dst_overlap is DstOverlap.TWICE
    how = "both times" if twice else "the first time only"
    return f"{_doubled(walls, compiled.timezone)}; it runs {how}."


def _of_date(trigger: DateTrigger) -> Iterator[str]:
    local = datetime.fromisoformat(str(trigger.config["run_date"]).upper())
    if local.tzinfo is not None:
        return
    wall, instant = unix_time(local.replace(tzinfo=utc(0).tzinfo)), unix_time(trigger.instant)
    for change in clock_of(trigger.timezone).changes():
        if not change.low <= wall < change.high:
            continue
        if change.is_gap:
            words = _skipped([wall], trigger.timezone)
            yield f"{words}; it runs at {_target(wall, change.high)} instead."
        elif instant == wall - change.before:
            yield f"{_doubled([wall], trigger.timezone)}; it runs the first time only."


def _walls(compiled: CompiledTrigger, low: int, high: int) -> list[int]:
    """Give the wall times from `low` up to but not including `high` at which it would fire."""
    # In UTC every wall time is an instant, and no clock is ever changed.
    shown = replace(compiled, timezone="UTC", start_at=None, end_at=None)
    return list(takewhile(lambda wall: wall < high, instants(shown, low)))


def _in_window(compiled: CompiledTrigger, instant: int) -> bool:
    start, end = compiled.start_at, compiled.end_at
    return (start is None or unix_time(start) <= instant) and (
        end is None or instant <= unix_time(end)
    )


def _skipped(walls: list[int], timezone: str) -> str:
    verb = "does" if len(walls) == 1 else "do"
    return f"{_times(walls)} {verb} not exist in {timezone} on {_date(walls[0])}"


def _doubled(walls: list[int], timezone: str) -> str:
    verb = "comes" if len(walls) == 1 else "come"
    return f"{_times(walls)} {verb} twice in {timezone} on {_date(walls[0])}"


def _times(walls: list[int]) -> str:
    if len(walls) <= _FEW:
        return listed(map(_time, walls))
    return f"{len(walls):,} local times from {_time(walls[0])} to {_time(walls[-1])}"


def _target(wall: int, other: int) -> str:
    same = wall // DAY == other // DAY
    return _time(other) if same else f"{_time(other)} on {_date(other)}"


def _time(wall: int) -> str:
    shown = utc(wall)
    return f"{shown:%H:%M:%S}" if shown.second else f"{shown:%H:%M}"


def _date(wall: int) -> str:
    shown = utc(wall)
    return f"{shown.day} {MONTH_NAMES[shown.month - 1]} {shown.year}"
