import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime

from footfall.triggers.after import AfterTrigger
from footfall.triggers.clock import BEGIN, DAY, END, clock_of, unix_time, utc
from footfall.triggers.clock_warning import clock_warnings
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.compiler import Trigger
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.days import Days
from footfall.triggers.fields import FieldsTrigger
from footfall.triggers.interval import IntervalTrigger
from footfall.triggers.moments import Moments
from footfall.triggers.problem import listed
from footfall.triggers.window_warning import window_warnings
from footfall.triggers.wording import MONTH_NAMES, duration, in_ranges
from footfall.triggers.zone import zone_of

_OFTEN = 1440
_SHORTEST_MONTH = 28
_LONGEST_MONTH = 31
_CRONTAB_FIELDS = ("minute", "hour", "day", "month", "day_of_week")
_EVERY = ("*", "*/1")
_FIXED = {"EST": "America/New_York", "MST": "America/Denver"}
_STEP = re.compile(r"\*/(\d+)", re.ASCII)
_CYCLES = {
    "month": (12, "a year"),
    "day": (None, "every month"),
    "week": (None, "every year"),
    "day_of_week": (7, "a week"),
    "hour": (24, "a day"),
    "minute": (60, "an hour"),
    "second": (60, "a minute"),
}
"""What the values of a field fill, and how many of them do; None where the number changes."""

_LONGEST = {"day": _LONGEST_MONTH, "week": 53}
"""How many values fill it at most, where the number changes."""


def warnings_of(trigger: Trigger, compiled: CompiledTrigger, after: datetime) -> list[str]:
    """Say in sentences what may surprise in the runs of `trigger` after `after`.

    `compiled` is what it compiles to. Nothing that is told is an error.
    """
    if isinstance(trigger, AfterTrigger):
        return []
    found = [*_often(compiled), *window_warnings(trigger, compiled, after)]
    if isinstance(trigger, CrontabTrigger | FieldsTrigger) and compiled.moments is not None:
        parts = _parts(trigger)
        found += _both_days(trigger, parts)
        found += _short_months(parts.get("day", "*"), compiled, compiled.moments, after)
        found += _uneven(parts)
    found += clock_warnings(trigger, compiled, after)
    if compiled.timezone in _FIXED:
        place = _FIXED[compiled.timezone]
        found.append(f"{compiled.timezone} is never on summer time; {place!r} is.")
    if isinstance(trigger, IntervalTrigger):
        found += _drift(trigger, after)
    return found


def _often(compiled: CompiledTrigger) -> Iterator[str]:
    about, count = "", 0
    if compiled.moments is not None:
        count = compiled.moments.per_day
    elif compiled.every is not None:
        about = "about " if DAY % compiled.every else ""
        count = round(DAY / compiled.every)
    if count >= _OFTEN:
        on_all = not compiled.exclude and (
            compiled.moments is None or Days() in compiled.moments.days
        )
        days = "" if on_all else ", on the days on which it fires"
        yield f"It fires {about}{count:,} times a day{days}."


def _parts(trigger: CrontabTrigger | FieldsTrigger) -> dict[str, str]:
    """Give what is written for each field, by the names of the named fields."""
    if isinstance(trigger, CrontabTrigger):
        return dict(zip(_CRONTAB_FIELDS, trigger.expression.split(), strict=True))
    return dict(trigger.fields)


def _both_days(trigger: CrontabTrigger | FieldsTrigger, parts: dict[str, str]) -> Iterator[str]:
    written = [parts.get(name, "*") for name in ("day", "day_of_week")]
    if any(text in _EVERY for text in written):
        return
    both = "Day of month and day of week are both set: it fires on days that match"
    if isinstance(trigger, FieldsTrigger):
        yield f"{both} both."
    elif any(text.startswith("*") for text in written):
        yield f"{both} both, since one of them begins with '*'."
    else:
        yield f"{both} either of them."


def _short_months(
    day: str, compiled: CompiledTrigger, when: Moments, after: datetime
) -> Iterator[str]:
    for term in dict.fromkeys(re.split(" *, *", day)):
        numbers = _numbers(term)
        if not numbers or min(numbers) <= _SHORTEST_MONTH:
            continue
        missing = sorted(
            {
                month
                for one in when.days
                if one.days & numbers
                for year, month in _months(compiled, after)
                if year in one.years and month in one.months
                if min(numbers) > monthrange(year, month)[1]
            }
        )
        if missing:
            single = len(numbers) == 1
            days = f"Day {min(numbers)} does" if single else f"Days {in_ranges(numbers)} do"
            months = listed(MONTH_NAMES[month - 1] for month in missing)
            leap = " except in leap years" if min(numbers) == _SHORTEST_MONTH + 1 else ""
            on_it = "on it" if single else "on them"
            yield f"{days} not exist in {months}{leap}; nothing runs {on_it} then."


def _numbers(term: str) -> frozenset[int]:
    """Give the days of the month that a term names; none for a word or one from ``*`` on."""
    form = re.fullmatch(r"(\d+)(?:-(\d+))?(?:/(\d+))?", term, re.ASCII)
    if form is None:
        return frozenset()
    first = int(form[1])
    last = int(form[2]) if form[2] else _LONGEST_MONTH if form[3] else first
    return frozenset(range(first, last + 1, int(form[3] or 1)))


def _months(compiled: CompiledTrigger, after: datetime) -> Iterator[tuple[int, int]]:
    """Give the months, with their years, in which anything can run after an instant."""
    zone = zone_of(compiled.timezone)
    first = max(after, compiled.start_at or after, utc(BEGIN)).astimezone(zone)
    last = min(compiled.end_at or utc(END), utc(END)).astimezone(zone)
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield month // 12, month % 12 + 1


def _uneven(parts: dict[str, str]) -> Iterator[str]:
    for name, text in parts.items():
        if name not in _CYCLES:
            continue
        size, cycle = _CYCLES[name]
        label = name.replace("_", " ")
        for term in re.split(" *, *", text):
            form = _STEP.fullmatch(term)
            step = int(form[1]) if form else 1
            if step == 1 or (size is not None and size % step == 0):
                continue
            shown, unit = f"{label.capitalize()} {term}", cycle.split()[-1]
            if step >= (size or _LONGEST[name]):
                longer = cycle if size else f"a {unit}"
                yield f"{shown} is longer than {longer}: it means once {cycle}."
            else:
                anew = f"the step starts anew each {unit}"
                yield f"{shown} does not divide {cycle} evenly: {anew}."


def _drift(trigger: IntervalTrigger, after: datetime) -> Iterator[str]:
    options = trigger.options
    first = unix_time(after)
    last = unix_time(options.end_at) if options.end_at else None
    changes = (
        change
        for change in clock_of(options.timezone).changes()
        if change.at > first and (last is None or change.at <= last)
    )
    change = None if trigger.seconds % DAY else next(changes, None)
    if change is not None:
        by = duration(abs(change.after - change.before))
        yield (
            f"A day of an interval is 24 hours: it drifts by {by} against the local time when the "
            f"clocks of {options.timezone} change; use a cron trigger to keep the time of day."
        )
