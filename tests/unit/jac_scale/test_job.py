"""Jobs as jac-scale stores them, and the schedules that take them over."""

from datetime import UTC, datetime
from typing import Any

import pytest
from apscheduler.triggers.cron import CronTrigger

from footfall.jac_scale.job import Job, UntakenError, Weekdays
from footfall.triggers import compile_config, next_times

NOON = datetime(2027, 3, 1, 12, 0, 30, tzinfo=UTC)


def stored(trigger: str = "interval", value: Any = 60.0, **fields: Any) -> dict[str, Any]:
    kinds = {"interval": None, "cron": None, "date": None, trigger: value}
    return {
        "job_id": "41c950ac-589e-45ed-a33c-4989c480e55e",
        "name": "water",
        "created_by": "6f5369bc",
        "is_walker": True,
        "created_at": "2026-11-28T10:33:30.857281+00:00",
        "status": "active",
        "trigger": trigger,
        **kinds,
        **fields,
    }


def declared(
    trigger: str = "interval", value: Any = 60.0, weekdays: Weekdays | None = None, **fields: Any
) -> dict[str, Any]:
    return Job.read(stored(trigger, value, **fields)).declared(weekdays)


def test_a_job_becomes_a_schedule_that_is_known_by_its_id() -> None:
    assert declared() == {
        "name": "jac-scale/41c950ac-589e-45ed-a33c-4989c480e55e",
        "walker_name": "water",
        "tags": ["jac-scale"],
        "trigger": "interval",
        "seconds": 60,
    }
    assert declared("date", "2027-01-01 00:00:00")["run_date"] == "2027-01-01 00:00:00"
    assert declared("cron", " 0 9  * * mon-fri ")["cron"] == "0 9 * * mon-fri"


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (stored(value=1.5), "every 1.5 s"),
        (stored(status="orphaned"), "orphaned at jac-scale"),
        (stored("weekly", 1), "trigger is weekly"),
        (stored("cron", "* * *"), "no crontab of five fields"),
        (stored("cron", "0 9 * * 0"), "--weekdays"),
        (stored("cron", "0 9 1 * mon"), "--weekdays"),
    ],
)
def test_what_cannot_be_a_schedule_says_why(job: dict[str, Any], why: str) -> None:
    with pytest.raises(UntakenError, match=why):
        Job.read(job).declared(None)


CRONS = [
    "*/5 * * * *",
    "0 9-17 * * *",
    "0 9 * * mon",
    "0 9 * * mon-fri",
    "0 9 * * 0",
    "0 9 * * 1-5",
    "0 9 * * */2",
    "0 9 * * 6",
    "0 9 1,15 * mon",
    "0 9 1-7 * 4",
    "0 9 last * *",
    "0 9 1 jan,jul *",
]


@pytest.mark.parametrize("cron", CRONS)
def test_as_run_it_runs_when_jac_scale_ran_it(cron: str) -> None:
    minute, hour, day, month, day_of_week = cron.split()
    theirs = CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=day_of_week, timezone=UTC
    )
    options = declared("cron", cron, weekdays="as-run")
    config = {key: options[key] for key in options.keys() - {"name", "walker_name", "tags"}}
    at, expected = NOON, []
    for _ in range(20):
        found = theirs.get_next_fire_time(at if expected else None, at)
        assert found is not None
        expected.append(found)
        at = found
    assert next_times(compile_config(config, NOON), NOON, 20) == expected


@pytest.mark.parametrize("cron", ["0 9 * * mon-fri", "*/5 * * * *", "0 9 1 * *", "0 9 last * *"])
def test_where_both_read_the_same_nothing_has_to_be_said(cron: str) -> None:
    assert declared("cron", cron) == declared("cron", cron, weekdays="as-run")


def test_as_written_a_number_is_a_weekday_of_crontab() -> None:
    options = declared("cron", "0 9 * * 0", weekdays="as-written")
    (at,) = next_times(compile_config({"trigger": "cron", "cron": options["cron"]}, NOON), NOON, 1)
    assert at.strftime("%A") == "Sunday"


@pytest.mark.parametrize(
    "date", ["2027-01-01T00:00:00.101877+00:00", "2027-01-01T00:00:00.123Z", "2027-01-01T00:00:00Z"]
)
def test_a_date_loses_its_fraction_of_a_second(date: str) -> None:
    found = declared("date", date)["run_date"]
    assert found.startswith("2027-01-01T00:00:00")
    assert "." not in found
    assert datetime.fromisoformat(found) == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("job_id", ["../../user/x?y#z", "", None, "None", "X" * 36])
def test_a_job_without_an_id_of_jac_scales_is_none(job_id: Any) -> None:
    with pytest.raises(UntakenError, match="its id"):
        declared(job_id=job_id)


@pytest.mark.parametrize("value", [None, "abc", [1], float("nan")])
def test_an_interval_that_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(UntakenError):
        declared("interval", value)
