import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.triggers import (
    DateTrigger,
    IntervalTrigger,
    compile_trigger,
    describe,
    next_times,
    normalised,
    parse,
)

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"trigger": "interval", "hours": 0, "minutes": 90, "jitter": 0},
            {"trigger": "interval", "minutes": 90, "timezone": "UTC"},
        ),
        (
            {"trigger": "cron", "cron": " 0  9 * * mon-fri ", "timezone": "europe/berlin"},
            {
                "trigger": "cron",
                "cron": "0 9 * * MON-FRI",
                "timezone": "Europe/Berlin",
                "dst_gap": "run",
                "dst_overlap": "once",
            },
        ),
        (
            {"trigger": "cron", "cron": "@Hourly", "jitter": 30},
            {
                "trigger": "cron",
                "cron": "0 * * * *",
                "timezone": "UTC",
                "jitter": 30,
                "dst_gap": "skip",
                "dst_overlap": "twice",
            },
        ),
        (
            {"trigger": "cron", "day_of_week": " MON-fri ", "hour": "09", "dst_gap": "skip"},
            {
                "trigger": "cron",
                "year": "*",
                "month": "*",
                "day": "*",
                "week": "*",
                "day_of_week": "mon-fri",
                "hour": 9,
                "minute": 0,
                "second": 0,
                "timezone": "UTC",
                "dst_gap": "skip",
                "dst_overlap": "once",
            },
        ),
        (
            {"trigger": "cron", "year": 2027},
            {
                "trigger": "cron",
                "year": 2027,
                "month": 1,
                "day": 1,
                "week": "*",
                "day_of_week": "*",
                "hour": 0,
                "minute": 0,
                "second": 0,
                "timezone": "UTC",
                "dst_gap": "run",
                "dst_overlap": "once",
            },
        ),
        (
            {"trigger": "date", "run_date": "2027-12-31T23:59:59", "timezone": "EUROPE/berlin"},
            {
                "trigger": "date",
                "run_date": "2027-12-31T22:59:59Z",
                "timezone": "Europe/Berlin",
            },
        ),
        (
            {
                "trigger": "interval",
                "days": 1,
                "timezone": "Europe/Berlin",
                "start_at": "2027-01-01T09:00",
                "end_at": "2027-06-01",
                "exclude": {
                    "holidays": "DE-BE",
                    "weekdays": ["SUN", "sat", "sun"],
                    "dates": [
                        "2027-12-25",
                        "2027-12-24",
                        {"from": "2027-03-01", "to": "2027-03-01"},
                    ],
                },
            },
            {
                "trigger": "interval",
                "days": 1,
                "timezone": "Europe/Berlin",
                "start_at": "2027-01-01T08:00:00Z",
                "end_at": "2027-05-31T22:00:00Z",
                "exclude": {
                    "dates": ["2027-03-01", {"from": "2027-12-24", "to": "2027-12-25"}],
                    "weekdays": ["sat", "sun"],
                    "holidays": ["DE-BE"],
                },
            },
        ),
    ],
)
def test_what_a_configuration_means(config: Any, expected: Any) -> None:
    found = normalised(parse(config))
    assert found == expected
    assert list(found) == list(expected)


def choice(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


DATES = st.dates(datetime(2026, 1, 1, tzinfo=UTC).date(), datetime(2029, 1, 1, tzinfo=UTC).date())
SPANS = st.lists(DATES, min_size=2, max_size=2).map(
    lambda ends: {"from": min(ends).isoformat(), "to": max(ends).isoformat()}
)
EXCLUDE = st.fixed_dictionaries(
    {},
    optional={
        "dates": st.lists(DATES.map(str) | SPANS, min_size=1, max_size=5),
        "weekdays": st.lists(choice("mon", "Tue", "SAT", "sun"), min_size=1, max_size=5),
        "holidays": choice("DE-BE", ["US", "DE"], ["JP"]),
    },
).filter(bool)
ZONES = {"timezone": choice("UTC", "utc", "europe/berlin", "America/New_York", "asia/kolkata")}
OPTIONS = {
    **ZONES,
    "start_at": choice("2026-12-01", "2027-03-28T02:30", "2027-01-01T00:00:00-05:00"),
    "end_at": choice("2028-01-01", "2029-10-29T02:30:00Z"),
    "exclude": EXCLUDE,
    "jitter": st.integers(0, 86_400),
}
POLICIES = {"dst_gap": choice("run", "skip"), "dst_overlap": choice("once", "twice")}
INTERVALS = st.fixed_dictionaries(
    {"trigger": st.just("interval"), "minutes": st.integers(1, 10_000)},
    optional={**OPTIONS, "hours": st.integers(0, 50), "weeks": st.integers(0, 2)},
)
CRONTABS = st.fixed_dictionaries(
    {
        "trigger": st.just("cron"),
        "cron": choice(
            "30 2 * * *", "@daily", " @HOURLY", "*/7 2-3 * * *", "0\t0 13 * fri", "0 0 */2 * 1-5",
            "15 0,12 L * *", "0 9 * jan-mar mon#2", "5 * 1 * 7L",
        ),
    },
    optional={**OPTIONS, **POLICIES},
)  # fmt: skip
FIELDS = st.fixed_dictionaries(
    {"trigger": st.just("cron"), "hour": st.integers(0, 23) | choice("*", "*/5", "2", "01-3, 5")},
    optional={
        **OPTIONS,
        **POLICIES,
        "year": choice("2027-2029", "*"),
        "month": choice("JAN-jun", 5, "*/5"),
        "day": choice("last", "2nd Fri, 15", "*/2", 31),
        "week": choice("*/4", 10),
        "day_of_week": choice("mon-FRI", 6, "*"),
        "minute": choice("*/7", 30, "0", "0, 59"),
        "second": choice(0, "*/20", "*"),
    },
)
COARSE = st.fixed_dictionaries(
    {"trigger": st.just("cron")},
    optional={
        **OPTIONS,
        **POLICIES,
        "year": choice(2027, "2027-2030"),
        "month": choice(5, "*/3"),
        "week": choice(10, "*/7"),
    },
).filter(lambda config: config.keys() & {"year", "month", "week"})
ONCE = st.fixed_dictionaries(
    {
        "trigger": st.just("date"),
        "run_date": choice("2027-03-28T02:30", "2027-10-31 02:30:00", "2027-01-01T00:00:00+09:00"),
    },
    optional=ZONES,
)


@settings(max_examples=300, deadline=None)
@given(INTERVALS | CRONTABS | FIELDS | COARSE | ONCE, st.integers(0, 3 * 365 * 86_400))
def test_it_is_a_configuration_that_means_the_same(config: Any, seconds: int) -> None:
    trigger = parse(config)
    found = normalised(trigger)
    assert json.loads(json.dumps(found)) == found
    again = parse(found)
    assert normalised(again) == found
    compiled, meant = (compile_trigger(one, NOW) for one in (trigger, again))
    assert meant == compiled
    after = NOW + timedelta(seconds=seconds)
    assert next_times(meant, after, 20) == next_times(compiled, after, 20)
    if isinstance(trigger, IntervalTrigger | DateTrigger):
        assert describe(again) == describe(trigger)
