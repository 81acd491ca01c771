from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from footfall.errors import InvalidTriggerError
from footfall.triggers import (
    Trigger,
    compile_trigger,
    ensure_fires,
    horizon_of,
    next_times,
    parse,
    plan,
)

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def date_trigger(run_date: Any, **more: Any) -> Trigger:
    return parse({"trigger": "date", "run_date": run_date, **more})


@pytest.mark.parametrize(
    ("run_date", "zone", "expected"),
    [
        ("2027-12-31T23:59:59", "UTC", "2027-12-31T23:59:59"),
        ("2027-12-31 23:59:59", "UTC", "2027-12-31T23:59:59"),
        ("2027-12-31T23:59", "UTC", "2027-12-31T23:59:00"),
        ("2027-12-31", "UTC", "2027-12-31T00:00:00"),
        ("2027-12-31T23:59:59.000", "UTC", "2027-12-31T23:59:59"),
        ("2027-12-31T23:59:59Z", "Asia/Tokyo", "2027-12-31T23:59:59"),
        ("2027-12-31t23:59:59z", "UTC", "2027-12-31T23:59:59"),
        ("2027-12-31T23:59:59+05:30", "Asia/Tokyo", "2027-12-31T18:29:59"),
        ("2027-12-31T23:59:59-0100", "UTC", "2028-01-01T00:59:59"),
        ("2027-07-01T12:00:00", "Europe/Berlin", "2027-07-01T10:00:00"),
        ("2027-03-28T02:30:00", "Europe/Berlin", "2027-03-28T01:00:00"),  # in the gap
        ("2027-03-28T02:59:59", "Europe/Berlin", "2027-03-28T01:00:00"),
        ("2027-03-28T03:00:00", "Europe/Berlin", "2027-03-28T01:00:00"),
        ("2027-10-31T02:30:00", "Europe/Berlin", "2027-10-31T00:30:00"),  # the first of two
        ("2027-03-14T02:30:00", "America/New_York", "2027-03-14T07:00:00"),
        ("2027-11-07T01:30:00", "America/New_York", "2027-11-07T05:30:00"),
        ("2027-10-03T02:15:00", "Australia/Lord_Howe", "2027-10-02T15:30:00"),
        ("2028-02-29T00:00:00", "UTC", "2028-02-29T00:00:00"),
        ("2027-12-31T23:59:59+23:59", "UTC", "2027-12-31T00:00:59"),
        ("2100-12-31T23:59:59", "UTC", "2100-12-31T23:59:59"),
        pytest.param(f"2027-12-31T23:59:59.{'0' * 44}", "UTC", "2027-12-31T23:59:59", id="long"),
        ("2011-12-30T12:00:00", "Pacific/Apia", "2011-12-30T10:00:00"),  # a day that never was
    ],
)
def test_fires_once_at(run_date: Any, zone: str, expected: Any) -> None:
    trigger = date_trigger(run_date, timezone=zone)
    compiled = compile_trigger(trigger, NOW)
    instant = datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert plan(compiled, horizon_of(NOW)).horizon is None
    assert next_times(compiled, instant - timedelta(days=3), 5) == [instant]
    assert next_times(compiled, instant, 5) == []
    assert trigger.config == {"trigger": "date", "run_date": run_date, "timezone": zone}


@pytest.mark.parametrize(
    "run_date",
    [
        None,
        5,
        True,
        "",
        "tomorrow",
        "2027-13-01",
        "2027-02-29T00:00:00",
        "2027-01-01T24:00:00",
        "2027-01-01T23:59:60",
        "2027-01-01T00:00:00.5",
        "2027-01-01T00:00:00.0000000001",
        "2027-01-01T00:00:00,5",
        "2027-01-01T00:00:00+25:00",
        "2027-01-01x00:00:00",
        "2027-W01-1",
        "20270101T000000",
        "2101-01-01T00:00:00",
        "2100-12-31T23:59:59-01:00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "\u0662027-01-01",
        "2027-01-01" + " " * 100,
        datetime(2027, 1, 1, tzinfo=UTC),
    ],
)
def test_refuses(run_date: Any) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        date_trigger(run_date)
    assert [problem.field for problem in caught.value.problems] == ["run_date"]


@pytest.mark.parametrize(
    ("run_date", "words"),
    [
        (5, "must be text, not 5"),
        ("tomorrow", "no date and time"),
        (f"2027-12-31T23:59:59.{'0' * 45}", "no date and time"),
        ("2027-01-01T00:00:00.50", "leave out .50"),
        ("2027-01-01T00:00:00+24:00", "no clock has"),
        ("2027-01-01T00:00:00+05:60", "no clock has"),
        ("2027-01-01T00:00:00-24", "no clock has"),
        ("2027-02-29T00:00:00", "does not exist"),
        ("2101-01-01", "2100 or before"),
        ("9999-12-31T23:59:59-23:59", "2000 to 2100"),
    ],
)
def test_a_refusal_says_what_is_wrong(run_date: Any, words: str) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        date_trigger(run_date)
    (problem,) = caught.value.problems
    assert problem.field == "run_date"
    assert words in problem.message


def test_refuses_none_at_all() -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "date"})
    assert caught.value.problems[0].field == "run_date"


@pytest.mark.parametrize("run_date", ["2025-12-31T23:59:59", "1970-01-01", "0001-01-01"])
def test_a_past_date_can_be_read_but_never_fires(run_date: Any) -> None:
    trigger = date_trigger(run_date)
    compiled = compile_trigger(trigger, NOW)
    with pytest.raises(InvalidTriggerError, match="is in the past") as caught:
        ensure_fires(trigger, compiled, NOW)
    assert caught.value.problems[0].field == "run_date"


def test_a_date_still_to_come_fires() -> None:
    trigger = date_trigger("2026-11-24T04:00:01")
    compiled = compile_trigger(trigger, NOW)
    ensure_fires(trigger, compiled, NOW)
    with pytest.raises(InvalidTriggerError):
        ensure_fires(trigger, compiled, NOW + timedelta(seconds=1))
