import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, Schedule, ScheduleActionStartWorkflow
from temporalio.testing import WorkflowEnvironment

from footfall.temporal.spec import to_schedule_spec
from footfall.triggers import CompiledTrigger, compile_trigger, next_times, parse

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
    *({"trigger": "interval", **options} for options in INTERVALS),
    *({"trigger": "date", "run_date": text, "timezone": zone} for text, zone in DATES),
]

# Days around changes of clocks: whole hours and half ones, west and east, at midnight too.
CHANGES = {
    "America/New_York": ("2027-03-14", "2027-11-07"),
    "Europe/London": ("2027-03-28", "2027-10-31"),
    "Europe/Berlin": ("2027-03-28", "2027-10-31"),
    "America/Havana": ("2027-03-14", "2027-11-07"),
    "America/Santiago": ("2027-04-04", "2027-09-05"),
    "Asia/Beirut": ("2027-03-28", "2027-10-31"),
    "Australia/Lord_Howe": ("2027-04-04", "2027-10-03"),
    "Antarctica/Troll": ("2027-03-28", "2027-10-31"),
    "Africa/Casablanca": ("2027-02-07", "2027-03-14"),
    "Africa/Cairo": ("2027-04-30", "2027-10-29"),
    "Atlantic/Azores": ("2027-03-28", "2027-10-31"),
}
CHANGE_CRONTABS = ["*/30 * * * *", "30 2 * * *", "0 1 * * *", "0 12 * * 0", "45 0,1,23 * * 6,0"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client() -> AsyncIterator[Client]:
    server = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
        dev_server_log_level="error",
    )
    async with server:
        yield server.client


async def theirs(client: Client, compiled: CompiledTrigger, start: datetime) -> list[datetime]:
    spec = to_schedule_spec(compiled)
    spec.start_at = max(start, compiled.start_at or start)
    action = ScheduleActionStartWorkflow("Nothing", id="nothing", task_queue="nowhere")
    handle = await client.create_schedule("times", Schedule(action=action, spec=spec))
    try:
        return list((await handle.describe()).info.next_action_times)
    finally:
        await handle.delete()


@pytest.mark.parametrize("config", CONFIGS, ids=str)
async def test_temporal_fires_when_we_say(client: Client, config: dict[str, Any]) -> None:
    # From some minutes ahead on, so that nothing comes due while the server is asked.
    start = (NOW + timedelta(minutes=5)).replace(microsecond=0)
    compiled = compile_trigger(parse(config), NOW)
    expected = next_times(compiled, start - timedelta(seconds=1), 10)
    assert expected
    assert await theirs(client, compiled, start) == expected


@pytest.mark.parametrize("crontab", CHANGE_CRONTABS)
@pytest.mark.parametrize(
    ("zone", "day"), [(zone, day) for zone, days in CHANGES.items() for day in days]
)
async def test_temporal_fires_when_we_say_as_clocks_change(
    client: Client, zone: str, day: str, crontab: str
) -> None:
    compiled = compile_trigger(parse({"trigger": "cron", "cron": crontab, "timezone": zone}), NOW)
    change = datetime.fromisoformat(day).replace(tzinfo=UTC)
    for hours in (36, 4):
        start = change - timedelta(hours=hours)
        expected = next_times(compiled, start - timedelta(seconds=1), 10)
        assert await theirs(client, compiled, start) == expected
