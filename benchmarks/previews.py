from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import process_time

from apscheduler.triggers.cron import CronTrigger
from filled import Filled, filled_api
from row import Figures
from scenario import Measure, Scenario, Size

COUNT = 1000
"""Times of a preview, as many as one may have."""

TRIGGERS = {
    "every 5 minutes": {"minute": "*/5"},
    "weekdays at 9, Berlin": {"day_of_week": "mon-fri", "hour": 9, "timezone": "Europe/Berlin"},
    "twice a month": {"day": "1,15", "hour": 17},
}


@asynccontextmanager
async def preview_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """CPU of a request for 1,000 next times, against APScheduler's trigger without any request."""
    times = size.of(20, quick=10)
    async with filled_api() as api:
        yield [
            Scenario(
                f"preview of 1,000 times, {name}",
                "APScheduler, in process",
                _previews(api, fields, times),
                _asked(fields),
            )
            for name, fields in TRIGGERS.items()
        ]


def _previews(api: Filled, fields: dict[str, object], times: int) -> Measure:
    body = {"trigger": "cron", **fields, "count": COUNT}

    async def run() -> Figures:
        before = api.cpu_seconds()
        for _ in range(times):
            data = await api.caller.data("POST", "/schedule/preview", body)
            if len(data["next_runs"]) != COUNT:
                raise RuntimeError(f"a preview has only {len(data['next_runs'])} runs")
        return {("", "ms of CPU"): 1000 * (api.cpu_seconds() - before) / times}

    return run


def _asked(fields: dict[str, object]) -> Measure:
    async def run() -> Figures:
        trigger = CronTrigger(**{"timezone": "UTC", **fields})
        at, started = datetime.now(UTC), process_time()
        for _ in range(COUNT):
            at = trigger.get_next_fire_time(at, at)
        return {("", "ms of CPU"): 1000 * (process_time() - started)}

    return run
