from datetime import UTC, datetime
from typing import Any

import pytest

from footfall.errors import InvalidInputError, InvalidTriggerError
from footfall.triggers import (
    CrontabTrigger,
    DstGap,
    DstOverlap,
    FieldsTrigger,
    IntervalTrigger,
    compile_config,
    compile_trigger,
    ensure_fires,
    parse,
    read_config,
)
from footfall.triggers.exclusion import NO_EXCLUSION
from footfall.triggers.options import NO_OPTIONS, Options

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def cron(**options: Any) -> CrontabTrigger | FieldsTrigger:
    trigger = parse({"trigger": "cron", **options})
    assert isinstance(trigger, CrontabTrigger | FieldsTrigger)
    return trigger


def test_a_window_is_meant_in_the_zone_unless_it_says_otherwise() -> None:
    options = cron(
        hour=9,
        timezone="Europe/Berlin",
        start_at="2027-01-01T09:00:00",
        end_at="2027-06-01T09:00:00-05:00",
    ).options
    assert options.start_at == datetime(2027, 1, 1, 8, tzinfo=UTC)
    assert options.end_at == datetime(2027, 6, 1, 14, tzinfo=UTC)


def test_nothing_is_bent_unless_asked_for() -> None:
    plain = Options("UTC", None, None, NO_EXCLUSION, 0, None, None)
    assert cron(hour=9).options == Options() == NO_OPTIONS == plain


def test_a_window_may_be_one_instant() -> None:
    noon = "2027-01-01T12:00:00"
    options = cron(hour=12, start_at=noon, end_at=noon).options
    assert options.start_at == options.end_at == datetime(2027, 1, 1, 12, tzinfo=UTC)


def test_a_zone_may_be_written_in_any_case() -> None:
    trigger = cron(hour=9, timezone="europe/BERLIN")
    assert trigger.options.timezone == "Europe/Berlin"
    assert trigger.config["timezone"] == "europe/BERLIN"
    assert cron(hour=9, timezone="utc").options.timezone == "UTC"


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"start_at": 5}, "start_at", "must be text"),
        ({"start_at": "tomorrow"}, "start_at", "no date and time"),
        ({"end_at": "2027-02-29"}, "end_at", "does not exist"),
        ({"end_at": "2027-01-01T00:00:00.5"}, "end_at", "whole seconds"),
        ({"start_at": "2101-01-01"}, "start_at", "2100"),
        ({"start_at": "2027-01-02", "end_at": "2027-01-01"}, "end_at", "before start_at"),
        ({"jitter": -1}, "jitter", "0 to 86400"),
        ({"jitter": 86_401}, "jitter", "0 to 86400"),
        ({"jitter": 1.0}, "jitter", "whole seconds"),
        ({"jitter": "5"}, "jitter", "whole seconds"),
        ({"jitter": True}, "jitter", "whole seconds"),
        ({"dst_gap": "once"}, "dst_gap", "'run' or 'skip'"),
        ({"dst_gap": None}, "dst_gap", "null; leave it out"),
        ({"jitter": None}, "jitter", "null; leave it out"),
        ({"end_at": "2027-01-01T00:00+25:00"}, "end_at", "offset that no clock has"),
        ({"dst_overlap": ["once"]}, "dst_overlap", "'once' or 'twice'"),
        ({"dst_overlap": "ONCE"}, "dst_overlap", "'ONCE'"),
    ],
)
def test_refuses(options: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        cron(hour=9, **options)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in problem.message


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        cron(hour=99, jitter=-1, start_at="no", timezone="Nowhere", exclude={"weekdays": "x"})
    fields = [problem.field for problem in caught.value.problems]
    assert sorted(fields) == ["exclude.weekdays", "hour", "jitter", "start_at", "timezone"]


@pytest.mark.parametrize("jitter", [0, 1, 86_400])
def test_jitter_is_kept(jitter: int) -> None:
    assert compile_trigger(cron(hour=9, jitter=jitter), NOW).jitter == jitter
    interval = parse({"trigger": "interval", "hours": 1, "jitter": jitter})
    assert isinstance(interval, IntervalTrigger)
    assert compile_trigger(interval, NOW).jitter == jitter


RUN, SKIP, ONCE, TWICE = DstGap.RUN, DstGap.SKIP, DstOverlap.ONCE, DstOverlap.TWICE


@pytest.mark.parametrize(
    ("options", "gap", "overlap"),
    [
        ({"cron": "30 2 * * *"}, RUN, ONCE),
        # What is every n minutes is decided by the values, however they are written.
        ({"cron": "0,30 2 * * *"}, RUN, TWICE),
        ({"cron": "*/15 2 * * *"}, RUN, TWICE),
        ({"cron": "0,15,30,45 2 * * *"}, RUN, TWICE),
        ({"cron": "0-45/15 2 * * *"}, RUN, TWICE),
        ({"cron": "5-59/15 2 * * *"}, RUN, TWICE),
        ({"cron": "*/60 2 * * *"}, RUN, ONCE),
        ({"cron": "*/7 2 * * *"}, RUN, ONCE),
        ({"cron": "0,40 2 * * *"}, RUN, ONCE),
        ({"cron": "4-59/8 2 * * *"}, RUN, ONCE),
        ({"cron": "0 */2 * * *"}, RUN, ONCE),
        ({"cron": "*/30 2 * * *"}, RUN, TWICE),
        ({"cron": "* 2 * * *"}, RUN, TWICE),
        ({"cron": "30 * * * *"}, SKIP, TWICE),
        ({"cron": "30 0-23 * * *"}, SKIP, TWICE),
        ({"cron": "@hourly"}, SKIP, TWICE),
        ({"cron": "@daily"}, RUN, ONCE),
        ({"hour": 2}, RUN, ONCE),
        ({"hour": 2, "minute": "0-30"}, RUN, ONCE),
        ({"hour": 2, "minute": "*/5"}, RUN, TWICE),
        ({"hour": 2, "second": 5}, RUN, TWICE),
        ({"hour": 2, "minute": "0,15,30,45"}, RUN, TWICE),
        ({"hour": 2, "minute": "0-45/15"}, RUN, TWICE),
        ({"hour": 2, "minute": "*/7"}, RUN, ONCE),
        ({"hour": 2, "minute": 5, "second": "*/5"}, RUN, TWICE),
        ({"hour": 2, "minute": 5, "second": "0,30"}, RUN, TWICE),
        ({"hour": 2, "minute": 5, "second": "0,5"}, RUN, ONCE),
        ({"minute": "*/5"}, SKIP, TWICE),
        ({"minute": 5}, SKIP, TWICE),
        ({"second": 5}, SKIP, TWICE),
        ({"cron": "30 * * * *", "dst_gap": "run", "dst_overlap": "once"}, RUN, ONCE),
        ({"cron": "30 2 * * *", "dst_gap": "skip", "dst_overlap": "twice"}, SKIP, TWICE),
    ],
)
def test_the_policy_for_changes_of_clocks(
    options: dict[str, Any], gap: DstGap, overlap: DstOverlap
) -> None:
    compiled = compile_trigger(cron(**options), NOW)
    assert (compiled.dst_gap, compiled.dst_overlap) == (gap, overlap)


@pytest.mark.parametrize(
    ("config", "field", "words"),
    [
        ({"hour": 9, "end_at": "2026-11-24"}, "end_at", "in the past"),
        (
            {"hour": 9, "start_at": "2027-01-01T10:00", "end_at": "2027-01-02T08:00"},
            "end_at",
            "before the first run",
        ),
        (
            {"month": 12, "day": 25, "hour": 9, "exclude": {"holidays": "DE"}},
            "exclude",
            "leaves no time",
        ),
        ({"year": 2027, "start_at": "2028-01-01"}, "start_at", "nothing runs after"),
        ({"cron": "0 0 30 2 *", "end_at": "2027-01-01"}, "cron", "never fires"),
    ],
)
def test_a_trigger_that_its_options_silence_says_which(
    config: dict[str, Any], field: str, words: str
) -> None:
    trigger = cron(**config)
    with pytest.raises(InvalidTriggerError) as caught:
        ensure_fires(trigger, compile_trigger(trigger, NOW), NOW)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in problem.message


@pytest.mark.parametrize(
    ("config", "least", "largest"),
    [
        ({"trigger": "interval", "minutes": 1}, 1, 59),
        ({"trigger": "interval", "minutes": 1}, 45, 15),
        ({"trigger": "interval", "seconds": 2}, 1, 1),
        ({"trigger": "interval", "days": 2}, 1, 86_400),
        ({"trigger": "cron", "cron": "*/5 * * * *"}, 1, 299),
        ({"trigger": "cron", "cron": "*/7 * * * *"}, 1, 239),
        ({"trigger": "cron", "cron": "0 9 * * *"}, 60, 86_340),
        ({"trigger": "cron", "cron": "0 9 * * 1,3"}, 1, 86_400),
        ({"trigger": "cron", "hour": "1,23"}, 1, 7199),
        ({"trigger": "cron", "cron": "59 23 1 * *"}, 1, 86_400),
    ],
)
def test_jitter_leaves_room_before_the_next_run(
    config: dict[str, Any], least: int, largest: int
) -> None:
    assert parse({**config, "jitter": largest}, min_interval=least)
    if largest == 86_400:
        return
    with pytest.raises(InvalidTriggerError) as caught:
        parse({**config, "jitter": largest + 1}, min_interval=least)
    (problem,) = caught.value.problems
    assert problem.field == "jitter"
    assert f"the largest is {largest}" in problem.message


def test_jitter_may_have_no_room_at_all() -> None:
    for seconds in (1, 5):
        with pytest.raises(InvalidTriggerError, match=r"jitter: .*leave it out"):
            parse({"trigger": "interval", "seconds": seconds, "jitter": 1}, min_interval=seconds)
    assert parse({"trigger": "interval", "seconds": 1, "jitter": 0}, min_interval=1)
    # What was accepted before such limits can still be read.
    assert parse({"trigger": "interval", "seconds": 1, "jitter": 1})


def test_equal_configurations_are_read_once() -> None:
    config = {"trigger": "cron", "hour": 9, "timezone": "europe/berlin"}
    reading = read_config(config)
    assert (reading.words, reading.timezone) == ("At 09:00, Europe/Berlin", "Europe/Berlin")
    assert read_config(dict(config)) is reading
    date = {"trigger": "date", "run_date": "2027-01-01", "timezone": "asia/tokyo"}
    assert read_config(date).timezone == "Asia/Tokyo"
    assert compile_config(config, NOW) is compile_config(dict(config), NOW)
    assert compile_config(config, NOW) == compile_trigger(parse(config), NOW)
    # What is equal in Python alone is no equal configuration.
    assert read_config({"trigger": "interval", "hours": 1}).words == "Every hour"
    with pytest.raises(InvalidInputError):
        read_config({"trigger": "interval", "hours": True})
