from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from footfall.errors import FieldProblem
from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR
from footfall.triggers.options import NO_OPTIONS, Options
from footfall.triggers.problem import listed, quote, raise_problems

UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
"""Seconds of each option of an interval."""

_LONGEST = (LAST_YEAR - FIRST_YEAR) * 366 * 86_400


@dataclass(frozen=True, slots=True)
class IntervalTrigger:
    """Fires each time that so many seconds have passed.

    Attributes:
        written: the configuration as the user wrote it.
        seconds: time between two runs.
        options: what bounds it; its time zone says which days are excluded.
    """

    written: tuple[tuple[str, Any], ...]
    seconds: int
    options: Options = NO_OPTIONS

    @property
    def config(self) -> dict[str, Any]:
        """Configuration as the user wrote it, flat."""
        return dict(self.written)


def parse_interval(
    config: Mapping[str, Any], options: Options, min_interval: int
) -> IntervalTrigger:
    """Read an interval of at least `min_interval` seconds.

    Raises:
        InvalidInputError: an option is no whole number of at least 0, or their sum is too
            small, or so large that it would never pass before 2100 has.
    """
    given = {unit: config[unit] for unit in UNITS if unit in config}
    problems = [
        FieldProblem(unit, message)
        for unit, value in given.items()
        if (message := _number_problem(value))
    ]
    raise_problems(problems)
    if not given:
        units = listed(UNITS, "or")
        raise_problems([FieldProblem("trigger", f"an interval needs at least one of {units}")])
    total = sum(value * UNITS[unit] for unit, value in given.items())
    fields = [unit for unit, value in given.items() if value] or list(given)
    least = max(1, min_interval)
    if total < least:
        message = f"the interval must be at least {_seconds(least)}, not {_seconds(total)}"
        raise_problems([FieldProblem(fields[-1], message)])
    if total > _LONGEST:
        raise_problems([FieldProblem(fields[0], too_long())])
    return IntervalTrigger(tuple(config.items()), total, options)


def too_long() -> str:
    """Say that an interval is too long."""
    return f"the first run would come after {LAST_YEAR}, when nothing runs; make it shorter"


def _seconds(count: int) -> str:
    return f"{count} second" if count == 1 else f"{count} seconds"


def _number_problem(value: Any) -> str | None:
    if isinstance(value, str):
        return (
            f"must be a whole number, not text; write {value} without quotes"
            if (
                value.isascii() and value.isdigit() and len(value) < 10  # noqa: PLR2004
            )
            else f"must be a whole number such as 30, not {quote(value)}"
        )
    if isinstance(value, bool) or not isinstance(value, int):
        return f"must be a whole number such as 30, not {quote(value)}"
    if value < 0:
        return f"must be 0 or more, not {quote(value)}"
    return None
