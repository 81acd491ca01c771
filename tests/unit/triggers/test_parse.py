from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.errors import FieldProblem, InvalidInputError, InvalidTriggerError
from footfall.triggers import (
    CrontabTrigger,
    DateTrigger,
    FieldsTrigger,
    IntervalTrigger,
    compile_trigger,
    describe,
    next_times,
    parse,
)
from footfall.triggers.trigger import _OPTIONS

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NAMES = ["trigger", "timezone", *(name for names in _OPTIONS.values() for name in names)]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.text("0123456789*/-,LW#?@ afrinos", max_size=14)
    | st.sampled_from(["interval", "cron", "date", "UTC", "Europe/Berlin", "0 9 * * 1-5", "*/2"])
    | st.sampled_from(["2027-01-01", "2027-01-01T00:00:00+01:00", "last", "2nd fri", 10**400])
)
VALUES = st.recursive(
    SCALARS,
    lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(max_size=3), of, max_size=3),
    max_leaves=4,
)
KINDS = st.sampled_from(["interval", "cron", "date", "after"])
CONFIGS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=6), VALUES, max_size=5)
LIKELY = st.one_of(
    [
        st.fixed_dictionaries(
            {"trigger": st.just(kind)}, optional=dict.fromkeys((*names, "timezone"), SCALARS)
        )
        for kind, names in _OPTIONS.items()
    ]
)


@settings(max_examples=500, deadline=None)
@given(CONFIGS | LIKELY | st.tuples(CONFIGS, KINDS).map(lambda of: of[0] | {"trigger": of[1]}))
@example({"trigger": "cron", "cron": "\ud800 * * * *"})
@example({"trigger": "cron", "hour": "\x00"})
@example({"trigger": "date", "run_date": "\ud800", "timezone": "\x00"})
@example({"trigger": "interval", "timezone": "../../etc/passwd", "seconds": 1})
@example({"trigger": [], "\ud800" * 80: 1})
@example({1: 2, "trigger": "interval", "seconds": 1})
def test_whatever_is_given_is_read_or_refused(config: Any) -> None:
    problems = problems_of(config)
    for problem in problems:
        assert problem.field
        assert 5 < len(problem.message) < 600
    if problems:
        return
    trigger = parse(config)
    assert trigger.config == config
    assert hash(trigger) == hash(parse(config))
    assert describe(trigger)
    compiled = compile_trigger(trigger, NOW)
    assert hash(compiled) == hash(compile_trigger(parse(config), NOW))
    assert len(next_times(compiled, NOW, 3)) <= 3


def problems_of(config: Any) -> tuple[FieldProblem, ...]:
    try:
        compile_trigger(parse(config), NOW)
    except InvalidInputError as error:
        return error.problems
    return ()


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"trigger": "interval", "hours": 1}, IntervalTrigger),
        ({"trigger": "cron", "cron": "0 9 * * *", "timezone": "UTC"}, CrontabTrigger),
        ({"timezone": "Asia/Tokyo", "trigger": "cron", "minute": 0, "hour": "9"}, FieldsTrigger),
        ({"trigger": "date", "run_date": "2025-12-31T23:59:59"}, DateTrigger),
    ],
)
def test_config_is_given_back_as_written(config: Any, kind: type) -> None:
    trigger = parse(config)
    assert type(trigger) is kind
    assert list(trigger.config.items()) == list(config.items())


@pytest.mark.parametrize(
    ("config", "field", "words"),
    [
        ({}, "trigger", "missing"),
        ({"trigger": None}, "trigger", "'interval', 'cron', 'date' or 'after'"),
        ({"trigger": "cron", "cron": None}, "cron", "null; leave it out"),
        ({"trigger": "cron", "hour": 1, "minutes": 5}, "minutes", "did you mean 'minute'?"),
        ({"trigger": "cron", "hour": [9, 17]}, "hour", "write '9,17'"),
        ({"trigger": "Cron"}, "trigger", "'Cron'"),
        ({"trigger": "cron"}, "cron", "needs"),
        ({"trigger": "cron", "cron": "* * * * *", "hour": 3}, "cron", "not both"),
        ({"trigger": "cron", "run_date": "2027-01-01", "hour": 1}, "run_date", "no option"),
        ({"trigger": "cron", "hours": 1, "hour": 1}, "hours", "no option"),
        ({"trigger": "interval", "seconds": 5, "dst_gap": "run"}, "dst_gap", "no option"),
        ({"trigger": "date", "run_date": "2027-01-01", "jitter": 1}, "jitter", "no option"),
        ({"trigger": "cron", "hour": 1, "timezone": "europe/berln"}, "timezone", "Europe/Berlin"),
        ({"trigger": "cron", "hour": 1, "timezone": "Europe/Berln"}, "timezone", "Europe/Berlin"),
        ({"trigger": "cron", "hour": 1, "timezone": ""}, "timezone", "IANA"),
        ({"trigger": "cron", "hour": 1, "timezone": "Local"}, "timezone", "IANA"),
        ({"trigger": "cron", "hour": 1, "timezone": "localtime"}, "timezone", "IANA"),
        ({"trigger": "cron", "hour": 1, "timezone": "posixrules"}, "timezone", "IANA"),
        ({"trigger": "cron", "hour": 1, "timezone": "+01:00"}, "timezone", "IANA"),
        ({"trigger": "cron", "hour": 1, "timezone": " UTC"}, "timezone", "IANA"),
        ({"trigger": "cron", "hour": 1, "timezone": None}, "timezone", "null; leave it out"),
        ({"trigger": "date", "run_date": "2027-01-01", "timezone": 5}, "timezone", "5"),
    ],
)
def test_refuses(config: Any, field: str, words: str) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        parse(config)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in problem.message


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("", "''"),
        (5, "5"),
        ("x", "x"),
        pytest.param("x" * 64, "x" * 64, id="64"),
        pytest.param("x" * 65, repr("x" * 60) + "...", id="65"),
    ],
)
def test_any_key_can_be_named(name: Any, field: str) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "cron", "hour": 1, name: 1})
    assert caught.value.problems[0].field == field


@pytest.mark.parametrize(
    ("options", "gap"),
    [
        ({"second": "*"}, 1),
        ({"second": "*/7"}, 4),  # from 56 to 60
        ({"minute": "*"}, 60),
        ({"cron": "* * * * *"}, 60),
        ({"cron": "*/15 * * * *"}, 900),
        ({"cron": "0,59 0,23 * * *"}, 60),
        ({"cron": "59 23 * * *"}, 86_400),
        ({"hour": "0,23", "minute": "0"}, 3600),
        ({"day": "1,3"}, 2 * 86_400),
        ({"day": "1,31"}, 86_400),
        ({"day": "last"}, 28 * 86_400),
        ({"day": "1", "hour": "0,23"}, 23 * 3600),
        ({"month": 1}, 365 * 86_400),
    ],
)
def test_the_least_interval_is_kept_by_cron_too(options: dict[str, Any], gap: int) -> None:
    config = {"trigger": "cron", **options}
    assert parse(config, min_interval=gap)
    with pytest.raises(InvalidTriggerError, match=f"these are {gap} apart"):
        parse(config, min_interval=gap + 1)
