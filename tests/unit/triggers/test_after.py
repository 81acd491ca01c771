from datetime import UTC, datetime
from typing import Any

import pytest

from footfall.errors import InvalidInputError
from footfall.triggers import (
    NEVER,
    AfterTrigger,
    compile_trigger,
    describe,
    ensure_fires,
    horizon_of,
    next_times,
    normalised,
    parse,
    plan,
    read_config,
    warnings_of,
)

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def after(**options: Any) -> dict[str, Any]:
    return {"trigger": "after", "after": {"schedule": "abc", **options}}


def test_without_on_what_succeeded_is_followed() -> None:
    trigger = parse(after())
    assert isinstance(trigger, AfterTrigger)
    assert (trigger.schedule, trigger.on) == ("abc", ("succeeded",))
    assert trigger.config == after()
    assert normalised(trigger) == after(on=["succeeded"])
    assert parse(normalised(trigger)).config == normalised(trigger)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (["succeeded"], "After each run of abc that succeeded"),
        (["failed", "timed_out"], "After each run of abc that failed or timed out"),
        (["cancelled", "cancelled"], "After each run of abc that was cancelled"),
    ],
)
def test_words(on: list[str], words: str) -> None:
    trigger = parse(after(on=on))
    assert describe(trigger) == words
    assert read_config(after(on=on)).timezone == "UTC"


def test_its_only_time_is_one_that_never_comes() -> None:
    trigger = parse(after())
    compiled = compile_trigger(trigger, NOW)
    ensure_fires(trigger, compiled, NOW)
    assert next_times(compiled, NOW, 5) == [NEVER]
    assert next_times(compiled, NEVER, 5) == []
    assert len(plan(compiled, horizon_of(NOW)).calendars) == 1
    assert warnings_of(trigger, compiled, NOW) == []


@pytest.mark.parametrize(
    ("config", "field", "says"),
    [
        ({"trigger": "after"}, "after", "must be an object such as {'schedule'"),
        ({"trigger": "after", "after": "abc"}, "after", "not 'abc'"),
        ({"trigger": "after", "after": {}}, "after.schedule", "must be the id of a schedule"),
        (after(schedule=7), "after.schedule", "not 7"),
        (after(schedule=""), "after.schedule", "not ''"),
        (after(schedule="x" * 301), "after.schedule", "not 'xxx"),
        (after(on="succeeded"), "after.on", "must be a list of some of 'succeeded', 'failed'"),
        (after(on=[]), "after.on", "not []"),
        (after(on=["terminated"]), "after.on", "not ['terminated']"),
        (after(on=[["succeeded"]]), "after.on", "not [a value of type list]"),
        (after(on=["no"] * 6), "after.on", "'no', ...]"),
        (after(onn=["succeeded"]), "after.onn", "did you mean 'on'?"),
        ({**after(), "timezone": "UTC"}, "timezone", "is no option of the trigger 'after'"),
        ({**after(), "jitter": 5}, "jitter", "is no option of the trigger 'after'"),
        ({**after(), "trigger": "cron"}, "after", "is no option of the trigger 'cron'"),
    ],
)
def test_what_is_refused(config: dict[str, Any], field: str, says: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(config)
    problems = {problem.field: problem.message for problem in caught.value.problems}
    assert says in problems[field]


def test_each_part_that_is_wrong_is_named() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse({"trigger": "after", "after": {"on": [], "other": 1, 7: 2}})
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["after.other", "after", "after.schedule", "after.on"]
