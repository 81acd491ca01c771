import json
from collections.abc import Iterator
from typing import Any

import typer

from footfall.cli.definition_options import (
    After,
    Arg,
    Args,
    At,
    Attempts,
    Catchup,
    Cron,
    Description,
    Every,
    Execution,
    LateAfter,
    MaxRuns,
    On,
    Overlap,
    PauseOnFailure,
    Priority,
    Set,
    Tag,
    Timeout,
    Timezone,
)
from footfall.cli.duration import duration_parts, parse_duration
from footfall.cli.server import given


def definition(
    *,
    every: Every = None,
    cron: Cron = None,
    at: At = None,
    after: After = None,
    on: On = None,
    timezone: Timezone = None,
    arg: Arg = None,
    args: Args = None,
    description: Description = None,
    tag: Tag = None,
    timeout: Timeout = None,
    overlap: Overlap = None,
    catchup: Catchup = None,
    attempts: Attempts = None,
    max_runs: MaxRuns = None,
    pause_on_failure: PauseOnFailure = None,
    priority: Priority = None,
    execution: Execution = None,
    late_after: LateAfter = None,
    field: Set = None,
) -> dict[str, Any]:
    """Give the fields of a schedule that the options name.

    Raises:
        BadParameter: an option is wrong, or two exclude each other.
    """
    retry = None if attempts is None else {"max_attempts": attempts}
    return {
        **_trigger(every=every, cron=cron, at=at, after=after, on=on),
        **_arguments(arg, args),
        **given(
            timezone=timezone,
            description=description,
            tags=tag,
            timeout=_seconds("--timeout", timeout),
            overlap=overlap,
            catchup_window=_seconds("--catchup-window", catchup),
            retry=retry,
            max_runs=max_runs,
            pause_on_failure=pause_on_failure,
            priority=priority,
            execution=execution,
            late_after=_seconds("--late-after", late_after),
        ),
        **dict(pairs("--set", field)),
    }


def _trigger(
    *, every: str | None, cron: str | None, at: str | None, after: str | None, on: list[str] | None
) -> dict[str, Any]:
    named = given(every=every, cron=cron, at=at, after=after)
    if len(named) > 1:
        raise typer.BadParameter(f"give one of them: {', '.join(f'--{one}' for one in named)}")
    if on and after is None:
        raise typer.BadParameter("it goes with --after", param_hint="--on")
    if every is not None:
        return {"trigger": "interval", **_interval(every)}
    if cron is not None:
        return {"trigger": "cron", "cron": cron}
    if at is not None:
        return {"trigger": "date", "run_date": at}
    if after is not None:
        return {"trigger": "after", "after": {"schedule": after, **given(on=on)}}
    return {}


def _interval(every: str) -> dict[str, int]:
    units: dict[str, int] = {}
    try:
        for unit, count in duration_parts(every):
            units[unit] = units.get(unit, 0) + count
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--every") from error
    return units


def _seconds(option: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        if text.isdecimal():
            return int(text)
        return round(parse_duration(text).total_seconds())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _arguments(arg: list[str] | None, args: str | None) -> dict[str, Any]:
    found = arguments(arg, args)
    return {} if found is None else {"args": found}


def arguments(arg: list[str] | None, args: str | None) -> dict[str, Any] | None:
    """Give the walker's fields that the options name; None where they name none.

    Raises:
        BadParameter: they are no fields.
    """
    if args is not None:
        try:
            whole = json.loads(args)
        except (ValueError, RecursionError) as error:
            raise typer.BadParameter(f"it is no JSON: {error}", param_hint="--args") from error
        if not isinstance(whole, dict):
            raise typer.BadParameter("it must be an object of fields", param_hint="--args")
        return {**whole, **dict(pairs("--arg", arg))}
    return dict(pairs("--arg", arg)) if arg else None


def pairs(option: str, written: list[str] | None) -> Iterator[tuple[str, Any]]:
    """Give names with their values: what is JSON as such, and else text.

    Raises:
        BadParameter: one has no `=`.
    """
    for one in written or ():
        name, equals, value = one.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{one!r} must be NAME=VALUE", param_hint=option)
        try:
            # JSON knows neither NaN nor Infinity; Python would read them.
            yield name, json.loads(value, parse_constant=str)
        except (ValueError, RecursionError):
            yield name, value
