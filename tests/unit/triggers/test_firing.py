from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from footfall.errors import InvalidTriggerError
from footfall.triggers import CompiledTrigger, compile_trigger, ensure_fires, next_times, parse

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def refusal(after: datetime = NOW, **config: Any) -> tuple[str, str]:
    trigger = parse({"trigger": "cron", **config})
    with pytest.raises(InvalidTriggerError) as caught:
        ensure_fires(trigger, compile_trigger(trigger, NOW), after)
    (problem,) = caught.value.problems
    return problem.field, problem.message


@pytest.mark.parametrize(
    ("config", "field", "words"),
    [
        ({"year": 2020}, "year", "all its times in 2020 are in the past"),
        ({"year": 2026, "month": 11}, "year", "all its times in 2026 are in the past"),
        ({"year": "1999"}, "year", "no date in 1999 matches all fields"),
        ({"year": 2027, "month": 2, "day": 29}, "year", "no date in 2027 matches all fields"),
        ({"year": 2028, "month": 2, "day": 30}, "year", "no date in 2028 matches all fields"),
        (
            {"year": 2027, "month": 1, "day": 13, "day_of_week": "fri"},
            "year",
            "no date in 2027 matches all fields",
        ),
        ({"day": 30, "month": 2}, "day", "matches month='2' and day='30'"),
        ({"month": 2, "day": "30,31", "hour": 5}, "day", "matches month='2' and day='30,31'"),
        ({"week": 53, "month": 6}, "week", "matches month='6' and week='53'"),
        ({"week": 1, "month": "dec", "day_of_week": "sat"}, "week", "day_of_week='sat'"),
        ({"day": "5th fri", "month": 2, "day_of_week": "thu"}, "day", "day='5th fri'"),
    ],
)
def test_fields_that_match_no_date_are_named(
    config: dict[str, Any], field: str, words: str
) -> None:
    found, message = refusal(**config)
    assert found == field
    assert words in message


def test_other_fields_are_blamed_where_all_dates_are_over() -> None:
    after = datetime(2100, 12, 31, 12, tzinfo=UTC)
    assert refusal(after, hour=9)[0] == "hour"
    assert refusal(after, month=12, hour=9)[0] == "month"
    assert refusal(after, day_of_week="fri", hour=9)[0] == "day_of_week"
    assert refusal(after, month=12, day_of_week="fri", hour=9)[0] == "day_of_week"
    assert refusal(after, cron="0 9 * * *")[0] == "cron"
    assert refusal(after, hour=9, end_at="2100-12-31T13:00")[0] == "hour"


@pytest.mark.parametrize(
    ("config", "field", "words"),
    [
        (
            {"hour": 9, "end_at": "2026-11-24T04:00:00"},
            "end_at",
            "2026-11-24 04:00:00 UTC is in the",
        ),
        ({"hour": 9, "end_at": "2026-11-24T04:00:01"}, "end_at", "comes before the first run"),
        ({"hour": 4, "end_at": "2026-11-24T04:00:00"}, "end_at", "is in the past"),
        ({"year": 2027, "start_at": "2028-01-01"}, "start_at", "after 2028-01-01 00:00:00 UTC"),
        ({"day": 25, "month": 12, "exclude": {"holidays": "DE"}}, "exclude", "exclude less"),
    ],
)
def test_options_that_silence_a_trigger_are_named(
    config: dict[str, Any], field: str, words: str
) -> None:
    found, message = refusal(**config)
    assert found == field
    assert words in message


def test_a_trigger_that_fires_once_more_is_right() -> None:
    trigger = parse({"trigger": "cron", "hour": 9, "end_at": "2026-11-24T09:00:00"})
    compiled = compile_trigger(trigger, NOW)
    ensure_fires(trigger, compiled, NOW)
    with pytest.raises(InvalidTriggerError):
        ensure_fires(trigger, compiled, datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_nothing_fires_where_there_is_nothing() -> None:
    assert next_times(CompiledTrigger(), NOW, 1) == []
    assert CompiledTrigger() == CompiledTrigger(None, None, 0, None, "UTC")
    date = compile_trigger(parse({"trigger": "date", "run_date": "2027-01-01"}), NOW)
    assert date == CompiledTrigger(instant=datetime(2027, 1, 1, tzinfo=UTC))
    assert next_times(replace(date, instant=datetime(2101, 1, 1, tzinfo=UTC)), NOW, 1) == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin"])
def test_any_last_instant_may_be_given(zone: str) -> None:
    compiled = compile_trigger(parse({"trigger": "cron", "hour": 9, "timezone": zone}), NOW)
    assert next_times(compiled, datetime.max.replace(tzinfo=UTC), 1) == []
    assert next_times(compiled, datetime.min.replace(tzinfo=UTC), 1)
