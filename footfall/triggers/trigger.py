from collections.abc import Mapping
from typing import Any

from footfall.errors import FieldProblem, InvalidInputError, InvalidTriggerError
from footfall.triggers.after import parse_after
from footfall.triggers.compiler import Trigger, moments
from footfall.triggers.crontab import CrontabTrigger, parse_crontab
from footfall.triggers.date import parse_date
from footfall.triggers.fields import FIELDS, FieldsTrigger, parse_fields
from footfall.triggers.gap import smallest_gap
from footfall.triggers.interval import UNITS, parse_interval
from footfall.triggers.moments import calendars_of
from footfall.triggers.options import (
    CLOCK_OPTIONS,
    NO_OPTIONS,
    OPTIONS,
    Options,
    check_jitter,
    parse_options,
)
from footfall.triggers.problem import did_you_mean, listed, quote, raise_problems
from footfall.triggers.zone import parse_zone

_OPTIONS = {
    "interval": (*UNITS, "timezone", *OPTIONS),
    "cron": ("cron", *FIELDS, "timezone", *OPTIONS, *CLOCK_OPTIONS),
    "date": ("run_date", "timezone"),
    "after": ("after",),
}
_LONGEST_NAME = 64


def parse(config: Mapping[str, Any], *, min_interval: int | None = None) -> Trigger:
    """Read a trigger as users write it: `trigger`, its options and perhaps `timezone`, flat.

    Two runs may not be less than `min_interval` seconds apart, nor less than one, and neither may
    a run that `jitter` makes late and the next one. For cron triggers that is judged by the
    wall clock, as if it were never changed; on the day on which a clock is set back or
    forward, runs may be closer. None reads what was accepted before, and asks none of it.

    Raises:
        InvalidTriggerError: one field is wrong; says which, why, and what to write instead.
        InvalidInputError: several fields are wrong.
    """
    kind = config.get("trigger")
    if not isinstance(kind, str) or kind not in _OPTIONS:
        known = listed((repr(name) for name in _OPTIONS), "or")
        what = f"not {quote(kind)}" if "trigger" in config else "and is missing"
        raise InvalidTriggerError("trigger", f"must be {known}, {what}")
    problems = _unknown_options(config, kind)
    if nulls := _nulls(config, kind):
        raise_problems([*problems, *nulls])
    timezone, options = "UTC", NO_OPTIONS
    trigger: Trigger | None = None
    # What is wrong with one option is reported beside what is wrong with the others.
    try:
        timezone = parse_zone(config.get("timezone", "UTC"))
    except InvalidInputError as error:
        problems += error.problems
    names = _OPTIONS[kind]
    given = {name: value for name, value in config.items() if name in names}
    try:
        options = parse_options(given, timezone)
    except InvalidInputError as error:
        problems += error.problems
    try:
        trigger = _parse(config, kind, options, min_interval)
    except InvalidInputError as error:
        problems += error.problems
    raise_problems(problems)
    if trigger is None:
        raise AssertionError("a trigger that could not be read has a problem")
    return trigger


def carried_options(config: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Give those options of `config` that bound and bend times, which a trigger of `kind` has too.

    They are what a configuration keeps of another one where only its times are replaced.
    """
    names = {"timezone", *OPTIONS, *CLOCK_OPTIONS} & {*_OPTIONS[kind]}
    return {name: value for name, value in config.items() if name in names}


def _parse(
    config: Mapping[str, Any], kind: str, options: Options, min_interval: int | None
) -> Trigger:
    if kind == "interval":
        interval = parse_interval(config, options, min_interval or 1)
        if min_interval is not None:
            check_jitter(options.jitter, interval.seconds, max(1, min_interval))
        return interval
    if kind == "date":
        return parse_date(config, options.timezone)
    if kind == "after":
        return parse_after(config)
    named = [name for name in FIELDS if name in config]
    if "cron" in config and named:
        message = f"give either cron or named fields ({listed(named)}), not both"
        raise InvalidTriggerError("cron", message)
    if "cron" not in config and not named:
        message = f"a cron trigger needs 'cron', or one of {listed(FIELDS, 'or')}"
        raise InvalidTriggerError("cron", message)
    trigger = parse_crontab(config, options) if "cron" in config else parse_fields(config, options)
    field = "cron" if "cron" in config else named[-1]
    try:
        calendars_of(moments(trigger))
    except InvalidTriggerError as error:
        raise InvalidTriggerError(field, error.problems[0].message) from None
    if min_interval is not None:
        _check_apart(trigger, field, min_interval)
    return trigger


def _check_apart(trigger: CrontabTrigger | FieldsTrigger, field: str, min_interval: int) -> None:
    least, jitter = max(1, min_interval), trigger.options.jitter
    gap = smallest_gap(moments(trigger), least + jitter)
    if gap is not None and gap < min_interval:
        message = f"runs may not be closer than {min_interval} seconds, and these are {gap} apart"
        raise InvalidTriggerError(field, message)
    if gap is not None:
        check_jitter(jitter, gap, least)


def _unknown_options(config: Mapping[str, Any], kind: str) -> list[FieldProblem]:
    known = _OPTIONS[kind]
    return [
        FieldProblem(
            _field(name),
            f"is no option of the trigger {kind!r}{did_you_mean(name, known)}, "
            f"whose options are {listed(known)}",
        )
        for name in config
        if name != "trigger" and name not in known
    ]


def _nulls(config: Mapping[str, Any], kind: str) -> list[FieldProblem]:
    message = "may not be null; leave it out where it is not wanted"
    return [
        FieldProblem(name, message)
        for name in _OPTIONS[kind]
        if name in config and config[name] is None
    ]


def _field(name: Any) -> str:
    """Name a field in a message, whatever kind of key it is."""
    return name if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME else quote(name)
