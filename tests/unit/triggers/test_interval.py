from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import InvalidTriggerError
from footfall.triggers import compile_trigger, ensure_fires, next_times, parse
from footfall.triggers.zone import zone_of

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
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "interval", "weeks": 0, "seconds": 3_162_240_001})
    assert caught.value.problems[0].field == "seconds"


def test_an_interval_whose_last_run_has_passed_never_fires() -> None:
    trigger = parse({"trigger": "interval", "weeks": 1})
    compiled = compile_trigger(trigger, NOW)
    ensure_fires(trigger, compiled, NOW)
    with pytest.raises(InvalidTriggerError):
        ensure_fires(trigger, compiled, datetime(2100, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ("30", "write 30 without quotes"),
        ("999999999", "write 999999999 without quotes"),
        ("1000000000", "such as 30, not '1000000000'"),
        ("1.5", "such as 30, not '1.5'"),
        ("\u0663", "such as 30"),
        ("", "such as 30, not ''"),
        (True, "such as 30, not True"),
        (1.5, "such as 30, not 1.5"),
        (-1, "must be 0 or more, not -1"),
        (0, "at least 1 second, not 0 seconds"),
        (3_162_240_001, "after 2100"),
    ],
)
def test_a_refusal_says_what_to_write(seconds: Any, words: str) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "interval", "seconds": seconds})
    assert words in caught.value.problems[0].message


def test_the_longest_interval_is_a_century() -> None:
    assert (
        parse({"trigger": "interval", "seconds": 3_162_240_000}).config["seconds"] == 3_162_240_000
    )
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "interval", "minutes": 0, "weeks": 5228, "seconds": 345_601})
    assert caught.value.problems[0].field == "weeks"


def test_the_least_interval_is_a_second_or_more() -> None:
    assert parse({"trigger": "interval", "seconds": 60}, min_interval=60)
    assert parse({"trigger": "interval", "seconds": 1}, min_interval=0)
    with pytest.raises(InvalidTriggerError, match="at least 60 seconds, not 59"):
        parse({"trigger": "interval", "minutes": 0, "seconds": 59}, min_interval=60)
    with pytest.raises(InvalidTriggerError, match="at least 1 second, not 0"):
        parse({"trigger": "interval", "seconds": 0}, min_interval=0)


def test_the_first_run_must_come_before_2101() -> None:
    anchor = datetime(2100, 12, 31, 23, 59, 58, tzinfo=UTC)
    config = {"trigger": "interval", "minutes": 0, "seconds": 1}
    assert next_times(compile_trigger(parse(config), anchor), anchor, 9) == [
        datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)
    ]
    for options in ({"seconds": 2}, {"hours": 1}):
        late = parse({"trigger": "interval", "minutes": 0, **options})
        with pytest.raises(InvalidTriggerError, match="after 2100") as caught:
            compile_trigger(late, anchor)
        assert [caught.value.problems[0].field] == list(options)
    # Nothing runs after what was compiled in time.
    trigger = parse(config)
    with pytest.raises(InvalidTriggerError, match="never fires") as caught:
        ensure_fires(trigger, compile_trigger(trigger, anchor), datetime(2101, 1, 1, tzinfo=UTC))
    assert caught.value.problems[0].field == "trigger"


def test_the_first_run_is_at_the_start() -> None:
    config = {"trigger": "interval", "hours": 5, "start_at": "2027-01-01T01:00:00"}
    compiled = compile_trigger(parse(config), NOW)
    first = datetime(2027, 1, 1, 1, tzinfo=UTC)
    assert next_times(compiled, NOW, 2) == [first, first + timedelta(hours=5)]
    assert compiled.start_at == first


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Asia/Kolkata"])
def test_excluded_days_are_those_that_the_clock_shows(zone: str) -> None:
    config = {"trigger": "interval", "minutes": 45, "timezone": zone}
    plain = compile_trigger(parse(config), NOW)
    spared = compile_trigger(parse({**config, "exclude": {"weekdays": ["sat", "mon"]}}), NOW)
    for month, day in ((3, 11), (3, 26), (10, 29), (11, 5)):
        after = datetime(2027, month, day, 7, tzinfo=UTC)
        expected = [
            at
            for at in next_times(plain, after, 200)
            if at.astimezone(zone_of(zone)).weekday() not in {5, 0}
        ]
        assert next_times(spared, after, len(expected)) == expected
