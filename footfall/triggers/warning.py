import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime

from footfall.triggers.clock import DAY, clock_of, unix_time
from footfall.triggers.clock_warning import clock_warnings
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.compiler import Trigger
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.fields import FieldsTrigger
from footfall.triggers.interval import IntervalTrigger
from footfall.triggers.moments import Moments
from footfall.triggers.problem import listed
from footfall.triggers.wording import MONTH_NAMES, duration

_OFTEN = 1440
_SHORTEST_MONTH = 28
_CRONTAB_FIELDS = ("minute", "hour", "day", "month", "day_of_week")
_EVERY = ("*", "*/1")
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


def warnings_of(trigger: Trigger, compiled: CompiledTrigger, after: datetime) -> list[str]:
    """Say in sentences what may surprise in the runs of `trigger` after `after`.

    `compiled` is what it compiles to. Nothing that is told is an error.
    """
    found = [*_often(compiled)]
    if isinstance(trigger, CrontabTrigger | FieldsTrigger) and compiled.moments is not None:
        parts = _parts(trigger)
        found += _both_days(trigger, parts)
        found += _short_months(parts.get("day", "*"), compiled.moments, after.year)
        found += _uneven(parts)
    found += clock_warnings(trigger, compiled, after)
    if isinstance(trigger, IntervalTrigger):
        found += _drift(trigger, after)
    if compiled.jitter:
        late = f"up to {duration(compiled.jitter)} later, at random"
        found.append(f"Each run starts {late}; next_runs show the earliest.")
    return found


def _often(compiled: CompiledTrigger) -> Iterator[str]:
    about, count = "", 0
    if compiled.moments is not None:
        count = compiled.moments.per_day
    elif compiled.every is not None:
        about = "about " if DAY % compiled.every else ""
        count = round(DAY / compiled.every)
    if count >= _OFTEN:
        yield f"It fires {about}{count:,} times a day."


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


def _short_months(day: str, when: Moments, first_year: int) -> Iterator[str]:
    numbers = {int(term) for term in re.split(" *, *", day) if term.isdigit()}
    for number in sorted(number for number in numbers if number > _SHORTEST_MONTH):
        missing = sorted(
            {
                month
                for one in when.days
                if number in one.days
                for year in one.years
                if year >= first_year
                for month in one.months
                if number > monthrange(year, month)[1]
            }
        )
        if missing:
            months = listed(MONTH_NAMES[month - 1] for month in missing)
            leap = " except in leap years" if number == _SHORTEST_MONTH + 1 else ""
            yield f"Day {number} does not exist in {months}{leap}; nothing runs on it then."


def _uneven(parts: dict[str, str]) -> Iterator[str]:
    for name, text in parts.items():
        size, cycle = _CYCLES.get(name, (1, ""))
        for term in re.split(" *, *", text):
            form = _STEP.fullmatch(term)
            step = int(form[1]) if form else 1
            if step == 1 or (size is not None and size % step == 0):
                continue
            anew = f"the step starts anew each {cycle.split()[-1]}"
            label = name.replace("_", " ").capitalize()
            yield f"{label} {term} does not divide {cycle} evenly: {anew}."


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
