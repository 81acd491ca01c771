from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from footfall.errors import FieldProblem, InvalidInputError, InvalidTriggerError
from footfall.triggers.exclusion import NO_EXCLUSION, Exclusion, parse_exclusion
from footfall.triggers.instant import parse_instant
from footfall.triggers.problem import listed, quote, raise_problems

LONGEST_JITTER = 86_400
"""Seconds that a run may be delayed at random."""

OPTIONS = ("start_at", "end_at", "exclude", "jitter")
"""The options that intervals and cron triggers have alike."""

CLOCK_OPTIONS = ("dst_gap", "dst_overlap")
"""The options of cron triggers for local times that clocks skip or show twice."""


class DstGap(StrEnum):
    """What becomes of a local time that does not exist, because clocks are set forward."""

    RUN = "run"
    SKIP = "skip"


class DstOverlap(StrEnum):
    """How often a local time fires that comes twice, because clocks are set back."""

    ONCE = "once"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Options:
    """What bounds and bends the times of a trigger.

    Attributes:
        timezone: IANA name.
        start_at: nothing fires before this instant (UTC).
        end_at: nothing fires after this instant (UTC).
        exclude: the local days on which nothing fires.
        jitter: seconds by which a run may be late, at random.
        dst_gap: None if the user leaves it to the trigger.
        dst_overlap: the same.
    """

    timezone: str = "UTC"
    start_at: datetime | None = None
    end_at: datetime | None = None
    exclude: Exclusion = NO_EXCLUSION
    jitter: int = 0
    dst_gap: DstGap | None = None
    dst_overlap: DstOverlap | None = None


NO_OPTIONS = Options()
"""Bounds and bends nothing; in UTC."""


def parse_options(config: Mapping[str, Any], timezone: str) -> Options:
    """Read the options of `config` that are not the trigger's own.

    Raises:
        InvalidInputError: one of them is invalid.
    """
    problems: list[FieldProblem] = []

    def read[T](field: str, parse: Callable[[Any], T], default: T) -> T:
        if field not in config:
            return default
        try:
            return parse(config[field])
        except InvalidInputError as error:
            problems.extend(error.problems)
            return default

    def instant(field: str) -> datetime | None:
        return read(field, lambda written: parse_instant(field, written, timezone), None)

    options = Options(
        timezone=timezone,
        start_at=instant("start_at"),
        end_at=instant("end_at"),
        exclude=read("exclude", parse_exclusion, NO_EXCLUSION),
        jitter=read("jitter", _jitter, 0),
        dst_gap=read("dst_gap", lambda value: _choice(DstGap, "dst_gap", value), None),
        dst_overlap=read(
            "dst_overlap", lambda value: _choice(DstOverlap, "dst_overlap", value), None
        ),
    )
    if options.start_at and options.end_at and options.end_at < options.start_at:
        problems.append(FieldProblem("end_at", "must not be before start_at"))
    raise_problems(problems)
    return options


def check_jitter(jitter: int, gap: int, least: int) -> None:
    """Check that so many seconds of jitter leave `least` seconds before the next run.

    `gap` is the least time in seconds between two runs.

    Raises:
        InvalidTriggerError: they leave less; says how many do not.
    """
    if not jitter or jitter <= gap - least:
        return
    largest = min(gap - least, LONGEST_JITTER)
    remedy = f"the largest is {largest}" if largest > 0 else "leave it out"
    late = f"a run that is {jitter} seconds late may come less than {least} before the next one"
    message = f"{late}, as runs are {gap} seconds apart; {remedy}"
    raise InvalidTriggerError("jitter", message)


def _jitter(value: Any) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not 0 <= value <= LONGEST_JITTER:
        message = f"must be whole seconds from 0 to {LONGEST_JITTER}, not {quote(value)}"
        raise InvalidTriggerError("jitter", message)
    return int(value)


def _choice[T: StrEnum](kind: type[T], field: str, value: Any) -> T:
    names = [choice.value for choice in kind]
    if value not in names:
        message = f"must be {listed(map(repr, names), 'or')}, not {quote(value)}"
        raise InvalidTriggerError(field, message)
    return kind(value)
