import sys
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, Schedule, ScheduleActionStartWorkflow
from temporalio.testing import WorkflowEnvironment

from footfall.temporal.spec import to_schedule_spec
from footfall.triggers import Plan, compile_trigger, horizon_of, next_times, parse, plan
from footfall.triggers.clock import clock_of, utc

NOW = datetime.now(UTC)
CRONTABS = [
    "* * * * *",
    "*/7 * * * *",
    "5/20 * * * *",
    "0 9 * * 0",
    "0 9 * * 7",
    "0 9 * * 1-5",
    "0 9 * * sun,wed",
    "0,30 8-17/3 * * *",
    "0 0 13 * 5",
    "0 0 */2 * 5",
    "0 0 1,15 * *",
    "0 0 L * *",
    "0 0 L 2 *",
    "0 0 1,L * 3",
    "0 0 * * 5L",
    "0 0 * * 0L",
    "0 0 * * 5#2",
    "0 0 * * mon#1,fri#3",
    "0 0 * * 3#5",
    "0 0 29 2 *",
    "0 0 31 * *",
    "0 12 24-26 dec *",
    "@yearly",
    "@monthly",
    "@weekly",
    "@daily",
    "@hourly",
]
FIELDS: list[dict[str, Any]] = [
    {"hour": 9, "minute": 0},
    {"second": "*"},
    {"second": "*/17"},
    {"minute": "3/11", "second": "5,6"},
    {"day_of_week": 0},
    {"day_of_week": "mon-fri", "hour": "8-18/2"},
    {"day": "2nd fri"},
    {"day": "last fri", "hour": 17},
    {"day": "last"},
    {"day": "1st mon,last,15", "minute": 30},
    {"day": "5th thu"},
    {"month": "1-6/2", "day": 31},
    {"month": "*/5"},
    {"week": 1},
    {"week": 53},
    {"week": 10, "day_of_week": "mon"},
    {"week": "*/2", "day_of_week": "tue,fri", "hour": 6},
    {"week": "50-53", "day": "25-31"},
    {"year": "2027-2030/3", "month": 2, "day": "last"},
    {"year": 2100, "month": "11-12", "day": "last"},
    {"year": "*/7", "day": "1-3"},
]
ZONED = [
    ("0 9 * * *", "Asia/Tokyo"),
    ("30 0 * * 1", "Asia/Kolkata"),
    ("15 23 L * *", "America/New_York"),
    ("0 2 * * *", "Pacific/Auckland"),
    # Where a server's time zone database may be of another release than ours.
    ("0 9 * * *", "Africa/Casablanca"),
    ("30 1 * * 0", "America/Vancouver"),
]
DENSE: list[dict[str, Any]] = [
    {"minute": "*/10", "year": 2060, "timezone": "Europe/Berlin"},
    {"minute": "*", "year": 2027, "timezone": "Europe/Berlin"},
    {"second": "*/30", "year": "2027-2030", "timezone": "Europe/Berlin"},
    {"second": "*/10", "month": "10-12", "timezone": "Europe/Berlin"},
    {"second": "*", "day": "25-31", "timezone": "Europe/Berlin"},
    {"second": "*", "timezone": "Australia/Lord_Howe"},
    {"second": "*", "timezone": "Africa/Casablanca", "dst_overlap": "once"},
    {"second": "*/10", "hour": 2, "timezone": "Europe/Berlin"},
    {"second": "*", "timezone": "Antarctica/Troll", "dst_gap": "run"},
    {"second": "*/20", "minute": "0-47", "hour": "2-3", "timezone": "Africa/Casablanca"},
    {"second": "*", "timezone": "Europe/Berlin", "exclude": {"holidays": "DE-BE"}},
]
INTERVALS: list[dict[str, Any]] = [
    {"seconds": 1},
    {"minutes": 7},
    {"hours": 1, "minutes": 30},
    {"days": 1},
    {"weeks": 2, "seconds": 3},
    {"days": 9000},
]
DATES = [("2031-02-03T04:05:06", "UTC"), ("2030-10-27T02:30:00", "Europe/Berlin")]
CONFIGS = [
    *({"trigger": "cron", "cron": text} for text in CRONTABS),
    *({"trigger": "cron", **fields} for fields in FIELDS),
    *({"trigger": "cron", "cron": text, "timezone": zone} for text, zone in ZONED),
    *({"trigger": "cron", **fields} for fields in DENSE),
    *({"trigger": "interval", **options} for options in INTERVALS),
    *({"trigger": "date", "run_date": text, "timezone": zone} for text, zone in DATES),
]

# Changes of clocks: by whole hours and by half ones, west and east, at midnight too.
ZONES = [
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Halifax",
    "America/Santiago",
    "America/Nuuk",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kyiv",
    "Asia/Beirut",
    "Asia/Jerusalem",
    "Asia/Gaza",
    "Africa/Cairo",
    "Asia/Hebron",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Antarctica/Troll",
]
CHANGE_OPTIONS: list[dict[str, Any]] = [
    {"cron": "*/30 * * * *"},
    {"cron": "30 2 * * *"},
    {"cron": "30 2 * * *", "dst_gap": "skip", "dst_overlap": "twice"},
    {"cron": "0 1 * * *"},
    {"cron": "0,20 0-3 * * *"},
    {"cron": "0,20 0-3 * * *", "dst_gap": "skip", "dst_overlap": "twice"},
    {"cron": "0 12 * * 0,6", "exclude": {"holidays": "DE-BE"}},
    {"cron": "45 0,1,23 * * 6,0"},
    {"minute": 15, "second": "0,30", "day_of_week": "sat,sun"},
    {"hour": "*/2", "dst_overlap": "twice"},
    {"minute": 45, "dst_gap": "run", "dst_overlap": "once"},
    {"cron": "59 23 L * 5"},
    {"second": "*/10", "hour": "1,2", "dst_overlap": "once"},
    {"day": "last sun", "hour": "0-4", "minute": 59},
]
BOUNDED: list[dict[str, Any]] = [
    {"trigger": "cron", "hour": 9, "exclude": {"holidays": ["DE-BE", "US"], "weekdays": "sun"}},
    {"trigger": "cron", "hour": 9, "timezone": "Asia/Tokyo", "exclude": {"holidays": "JP"}},
    {"trigger": "cron", "day": "last", "exclude": {"weekdays": ["sat", "sun"]}},
    {
        "trigger": "cron",
        "cron": "*/20 * * * *",
        "exclude": {"dates": [{"from": "2026-12-01", "to": "2027-02-03"}, "2027-02-05"]},
    },
    {"trigger": "cron", "hour": 9, "start_at": "2027-05-05T09:00:00", "end_at": "2027-05-08T09:00"},
    {"trigger": "interval", "hours": 7, "exclude": {"weekdays": ["sat", "sun"]}},
    {"trigger": "interval", "seconds": 1, "exclude": {"weekdays": ["sat", "sun"]}},
    {
        "trigger": "interval",
        "hours": 12,
        "timezone": "America/New_York",
        "exclude": {"holidays": "US-NY", "dates": "2026-12-24"},
    },
    {"trigger": "interval", "days": 14, "start_at": "2026-11-02T09:00:00+01:00"},
    {"trigger": "interval", "weeks": 1, "end_at": "2027-01-31"},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client() -> AsyncIterator[Client]:
    server = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
        dev_server_log_level="error",
    )
    async with server:
        yield server.client


async def theirs(client: Client, told: Plan, start: datetime) -> list[datetime]:
    spec = to_schedule_spec(told)
    spec.start_at = max(start, told.start_at or start)
    action = ScheduleActionStartWorkflow("Nothing", id="nothing", task_queue="nowhere")
    handle = await client.create_schedule(
        f"times-{uuid.uuid4()}", Schedule(action=action, spec=spec)
    )
    try:
        return list((await handle.describe()).info.next_action_times)
    finally:
        await handle.delete()


async def agree(client: Client, config: dict[str, Any], start: datetime) -> None:
    """Check that Temporal fires at the next 10 times that we say, from `start` on."""
    compiled = compile_trigger(parse(config), NOW)
    expected = next_times(compiled, start - timedelta(seconds=1), 10)
    # Far times are planned when their horizon has come.
    horizon = horizon_of(NOW)
    while expected and expected[-1] >= horizon and plan(compiled, horizon).horizon:
        horizon = horizon_of(horizon)
    assert await theirs(client, plan(compiled, horizon), start) == expected


@pytest.mark.parametrize("config", [*CONFIGS, *BOUNDED], ids=str)
async def test_temporal_fires_when_we_say(client: Client, config: dict[str, Any]) -> None:
    # From some minutes ahead on, so that nothing comes due while the server is asked.
    start = (datetime.now(UTC) + timedelta(minutes=5)).replace(microsecond=0)
    assert next_times(compile_trigger(parse(config), NOW), start, 1)
    await agree(client, config, start)


@pytest.mark.parametrize("options", CHANGE_OPTIONS, ids=str)
@pytest.mark.parametrize("zone", ZONES)
async def test_temporal_fires_when_we_say_as_clocks_change(
    client: Client, zone: str, options: dict[str, Any]
) -> None:
    config = {"trigger": "cron", "timezone": zone, **options}
    changes = [
        utc(change.at)
        for change in clock_of(zone).changes()
        if NOW + timedelta(days=3) < utc(change.at) < NOW + timedelta(days=430)
    ]
    assert len(changes) >= 2
    for change in changes:
        for hours in (30, 4, 1):
            await agree(client, config, change - timedelta(hours=hours))


async def test_a_plan_of_hundreds_of_calendars_is_kept(client: Client) -> None:
    dates = [f"{2027 + at // 12}-{at % 12 + 1:02}-{at % 27 + 1:02}" for at in range(366)]
    config = {
        "trigger": "interval",
        "minutes": 1,
        "timezone": "Pacific/Chatham",
        "exclude": {"dates": dates},
    }
    told = plan(compile_trigger(parse(config), NOW), horizon_of(NOW))
    assert len(told.skip) > 200
    for day in ("2027-04-04", "2028-02-14", "2031-06-06"):
        noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
        await agree(client, config, noon - timedelta(days=2, minutes=20))
