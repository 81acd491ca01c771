import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from apscheduler.triggers.cron import CronTrigger
from scenario import Scenario

from footfall.triggers import compile_trigger, next_times, parse

NUMBER = 800
START = datetime(2027, 1, 1, tzinfo=UTC)
EXPRESSIONS = {
    "every 5 minutes": {"minute": "*/5"},
    "weekdays at 9, Berlin": {"day_of_week": "mon-fri", "hour": 9, "timezone": "Europe/Berlin"},
    "last Friday of the month": {"day": "last fri", "hour": 17},
}


@asynccontextmanager
async def next_times_scenarios() -> AsyncIterator[list[Scenario]]:
    """800 next times: ours, against APScheduler's trigger asked 800 times."""
    yield [
        Scenario(
            f"800 next times: {name}",
            "ms of CPU",
            _timed(lambda fields=fields: _ours(fields)),  # type: ignore[misc]
            _timed(lambda fields=fields: _apscheduler(fields)),  # type: ignore[misc]
        )
        for name, fields in EXPRESSIONS.items()
    ]


def _timed(work: Callable[[], None]) -> Callable[[], object]:
    async def run() -> float:
        started = time.process_time()
        work()
        return (time.process_time() - started) * 1000

    return run


def _ours(fields: dict[str, object]) -> None:
    compiled = compile_trigger(parse({"trigger": "cron", **fields}), START)
    assert len(next_times(compiled, START, NUMBER)) == NUMBER  # noqa: S101


def _apscheduler(fields: dict[str, object]) -> None:
    trigger = CronTrigger(**{"timezone": "UTC", **fields})
    at = START
    for _ in range(NUMBER):
        at = trigger.get_next_fire_time(at, at)
