from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import InvalidTriggerError
from footfall.triggers import compile_trigger, ensure_fires, next_times, parse

NOW = datetime(2026, 11, 24, 4, 0, 7, 654_321, tzinfo=UTC)


def seconds_after_2000(seconds: int) -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@given(
    st.integers(1, 10**8),
    st.integers(0, 50 * 366 * 86_400).map(seconds_after_2000),
)
def test_first_run_is_one_interval_after_the_anchor(seconds: int, anchor: datetime) -> None:
    compiled = compile_trigger(parse({"trigger": "interval", "seconds": seconds}), anchor)
    whole = anchor.replace(microsecond=0)
    assert 0 <= compiled.offset < compiled.every == seconds
    expected = [whole + timedelta(seconds=seconds * run) for run in range(1, 6)]
    assert next_times(compiled, anchor - timedelta(days=1), 5) == expected
    assert next_times(compiled, expected[1], 3) == expected[2:]


def test_units_add_up() -> None:
    trigger = parse(
        {"trigger": "interval", "weeks": 1, "days": 2, "hours": 3, "minutes": 4, "seconds": 5}
    )
    assert compile_trigger(trigger, NOW).every == 604_800 + 2 * 86_400 + 3 * 3600 + 4 * 60 + 5


def test_config_is_given_back_as_written() -> None:
    config = {"hours": 1, "trigger": "interval", "minutes": 0, "timezone": "Europe/Berlin"}
    assert list(parse(config).config.items()) == list(config.items())
    assert "timezone" not in parse({"trigger": "interval", "hours": 1}).config


def test_nothing_fires_after_2100() -> None:
    compiled = compile_trigger(parse({"trigger": "interval", "weeks": 1}), NOW)
    times = next_times(compiled, datetime(2100, 12, 1, tzinfo=UTC), 10)
    assert len(times) == 4
    assert times[-1].year == 2100


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "trigger"),
        ({"seconds": 0}, "seconds"),
        ({"hours": 0, "seconds": 0}, "seconds"),
        ({"hours": 1, "minutes": -1}, "minutes"),
        ({"seconds": True}, "seconds"),
        ({"seconds": 1.5}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"seconds": float("inf")}, "seconds"),
        ({"seconds": "30"}, "seconds"),
        ({"seconds": None}, "seconds"),
        ({"seconds": [30]}, "seconds"),
        ({"seconds": 10**400}, "seconds"),
        pytest.param({"seconds": 10**5000}, "seconds", id="huge"),
        pytest.param({"weeks": -(10**5000)}, "weeks", id="huge negative"),
        ({"weeks": 6000}, "weeks"),
        ({"seconds": 5, "timezone": "Local"}, "timezone"),
        ({"seconds": 5, "hour": 5}, "hour"),
    ],
)
def test_refuses(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "interval", **options})
    assert [problem.field for problem in caught.value.problems] == [field]


def test_text_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidTriggerError, match="write 30 without quotes"):
        parse({"trigger": "interval", "seconds": "30"})


def test_the_least_interval_is_kept() -> None:
    with pytest.raises(InvalidTriggerError, match="at least 60 seconds, not 59"):
        parse({"trigger": "interval", "seconds": 59}, min_interval=60)
    assert parse({"trigger": "interval", "seconds": 60}, min_interval=60)


def test_a_first_run_after_2100_is_refused() -> None:
    trigger = parse({"trigger": "interval", "weeks": 4000})
    with pytest.raises(InvalidTriggerError, match="2100") as caught:
        compile_trigger(trigger, NOW)
    assert caught.value.problems[0].field == "weeks"


def test_an_interval_whose_last_run_has_passed_never_fires() -> None:
    trigger = parse({"trigger": "interval", "weeks": 1})
    compiled = compile_trigger(trigger, NOW)
    ensure_fires(trigger, compiled, NOW)
    with pytest.raises(InvalidTriggerError):
        ensure_fires(trigger, compiled, datetime(2100, 12, 31, tzinfo=UTC))
