from collections.abc import Iterable, Iterator
from datetime import datetime

from footfall.triggers.calendar import FIRST_YEAR
from footfall.triggers.clock import date_of
from footfall.triggers.days import Values
from footfall.triggers.exclusion import DaySpan, Exclusion
from footfall.triggers.interval import UNITS
from footfall.triggers.options import Options
from footfall.triggers.problem import listed
from footfall.triggers.public_holidays import region_name
from footfall.triggers.zone import zone_of

WEEKDAY_NAMES = (
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
)  # fmt: skip
"""Their places are their numbers."""

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
"""January comes first, at 0."""

_FEW = 3
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def bounds_in_words(options: Options) -> Iterator[str]:
    """Say what a trigger's options make of its times, as parts of a sentence.

    They are "except public holidays in Berlin", "from 2027-01-01 09:00 until 2027-06-01 09:00"
    in local time, and "up to 30 seconds later"; none where nothing bounds or bends it.
    """
    if options.exclude:
        yield f"except {listed(_excluded(options.exclude))}"
    ends = (("from", options.start_at), ("until", options.end_at))
    window = [f"{word} {_local(at, options.timezone)}" for word, at in ends if at is not None]
    if window:
        yield " ".join(window)
    if options.jitter:
        yield f"up to {duration(options.jitter)} later"


def duration(seconds: int) -> str:
    """Say how long `seconds` are: "1 hour 30 minutes"."""
    parts: list[str] = []
    for unit, size in UNITS.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit[:-1] if count == 1 else unit}")
    return " ".join(parts)


def every(seconds: int) -> str:
    """Say how often: "Every day", "Every 15 minutes", "Every 1 hour 30 minutes"."""
    unit = next((unit for unit, size in UNITS.items() if size == seconds), None)
    return f"Every {unit[:-1] if unit else duration(seconds)}"


def ordinal(number: int) -> str:
    """Write a number as in "the 2nd"."""
    teen = number // 10 % 10 == 1
    return f"{number}{'th' if teen else _ORDINALS.get(number % 10, 'th')}"


def in_ranges(values: Values) -> str:
    """List numbers, three or more in a row by the first and the last: "1 to 5, 7 and 9"."""
    runs: list[list[int]] = []
    for value in sorted(values):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if len(run) >= _FEW else map(str, run)
    return listed(words)


def from_monday(weekdays: Values) -> list[int]:
    """Give weekdays in order; a week begins with Monday in the ears of most."""
    return sorted(weekdays, key=lambda day: (day - 1) % 7)


def _excluded(exclude: Exclusion) -> Iterator[str]:
    yield from (f"{WEEKDAY_NAMES[day]}s" for day in from_monday(exclude.weekdays))
    if len(exclude.spans) > _FEW:
        yield f"on {_count(exclude.spans):,} dates"
    else:
        yield from map(_span, exclude.spans)
    if exclude.regions:
        yield f"public holidays in {listed(map(region_name, exclude.regions))}"


def _count(spans: Iterable[DaySpan]) -> int:
    return sum(last - first + 1 for first, last in spans)


def _span(span: DaySpan) -> str:
    first, last = map(date_of, span)
    return f"on {first}" if first == last else f"from {first} to {last}"


def _local(at: datetime, timezone: str) -> str:
    # Nothing runs before 2000, and the first of all years has no local time in the west.
    early = at.year < FIRST_YEAR
    shown = at if early else at.astimezone(zone_of(timezone))
    seconds = "seconds" if shown.second else "minutes"
    written = shown.replace(tzinfo=None).isoformat(" ", timespec=seconds)
    return f"{written} UTC" if early else written
