from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from footfall.errors import FieldProblem, InvalidTriggerError
from footfall.triggers.clock import END, utc
from footfall.triggers.problem import did_you_mean, listed, quote, raise_problems

NEVER = utc(END - 1)
"""The last second of 2100, at which a schedule without times of its own is told to fire.

Temporal drops a schedule that it knows no more times of after seven days.
"""

OUTCOMES = {
    "succeeded": "succeeded",
    "failed": "failed",
    "timed_out": "timed out",
    "cancelled": "was cancelled",
}
"""How a run may have ended after which another schedule runs, and how that is said in words.
One that was terminated has no moment left in which anything could follow."""

_OPTIONS = ("schedule", "on")
_LONGEST_ID = 300


@dataclass(frozen=True, slots=True)
class AfterTrigger:
    """Fires when a run of another schedule ends.

    Attributes:
        written: the configuration as the user wrote it.
        schedule: id of the other schedule.
        on: how its run must have ended, some of `OUTCOMES`.
    """

    written: tuple[tuple[str, Any], ...]
    schedule: str
    on: tuple[str, ...]

    @property
    def config(self) -> dict[str, Any]:
        """Configuration as the user wrote it, flat."""
        return dict(self.written)


def parse_after(config: Mapping[str, Any]) -> AfterTrigger:
    """Read `after`, which names another schedule by its id, and on which ends it follows.

    Without `on` only runs that succeeded are followed. Whether there is such a schedule is for
    others to judge.

    Raises:
        InvalidTriggerError: one part of it is missing or invalid.
        InvalidInputError: several are.
    """
    example = "such as {'schedule': '<id>', 'on': ['succeeded']}"
    after = config.get("after")
    if not isinstance(after, Mapping):
        found = f", not {quote(after)}" if "after" in config else ""
        raise InvalidTriggerError("after", f"must be an object {example}{found}")
    problems = [
        FieldProblem(
            f"after.{name}" if isinstance(name, str) else "after",
            f"is no option of `after`{did_you_mean(name, _OPTIONS)}, whose options are "
            f"{listed(_OPTIONS)}",
        )
        for name in after
        if name not in _OPTIONS
    ]
    schedule = after.get("schedule")
    if not isinstance(schedule, str) or not 0 < len(schedule) <= _LONGEST_ID:
        found = f", not {quote(schedule)}" if "schedule" in after else f", {example}"
        problems.append(FieldProblem("after.schedule", f"must be the id of a schedule{found}"))
    on = after.get("on", ["succeeded"])
    if not isinstance(on, list | tuple) or not on or not all(map(_is_outcome, on)):
        message = f"must be a list of some of {listed(map(repr, OUTCOMES))}, not {_shown(on)}"
        problems.append(FieldProblem("after.on", message))
    raise_problems(problems)
    return AfterTrigger(tuple(config.items()), str(schedule), tuple(dict.fromkeys(on)))


def _is_outcome(name: Any) -> bool:
    return isinstance(name, str) and name in OUTCOMES


def _shown(on: Any) -> str:
    if isinstance(on, list | tuple):
        return f"[{', '.join(quote(one) for one in on[:5])}{', ...' if len(on) > 5 else ''}]"  # noqa: PLR2004
    return quote(on)
