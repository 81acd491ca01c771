import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from apscheduler.triggers.cron import CronTrigger
from row import Figures
from scenario import Measure, Scenario, Size

from footfall.triggers import compile_trigger, next_times, parse

NUMBER = 800
START = datetime(2027, 1, 1, tzinfo=UTC)
EXPRESSIONS: dict[str, dict[str, object]] = {
    "every 5 minutes": {"minute": "*/5"},
    "weekdays at 9, Berlin": {"day_of_week": "mon-fri", "hour": 9, "timezone": "Europe/Berlin"},
    "last Friday of the month": {"day": "last fri", "hour": 17},
    "at 02:30, Berlin": {"hour": 2, "minute": 30, "timezone": "Europe/Berlin"},
    "every second": {"second": "*"},
}
LEFT_OUT = {"exclude": {"holidays": ["DE-BE", "US"], "weekdays": ["sat", "sun"]}}


@asynccontextmanager
async def next_times_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """800 next times: ours, against APScheduler's trigger asked 800 times.

    The last one also leaves out weekends and public holidays, which APScheduler cannot.
    """
    daily = {"hour": 9, "timezone": "Europe/Berlin"}
    compared = {name: (fields, fields) for name, fields in EXPRESSIONS.items()}
    compared["at 9, Berlin, except holidays (ours only)"] = ({**daily, **LEFT_OUT}, daily)
    del size
    yield [
        Scenario(
            f"800 next times, {name}",
            "APScheduler",
            _timed(lambda fields=ours: _ours(fields)),  # type: ignore[misc]
            _timed(lambda fields=theirs: _apscheduler(fields)),  # type: ignore[misc]
        )
        for name, (ours, theirs) in compared.items()
    ]


def _timed(work: Callable[[], None]) -> Measure:
    async def run() -> Figures:
        started = time.process_time()
        work()
        return {("", "ms of CPU"): (time.process_time() - started) * 1000}

    return run


def _ours(fields: Mapping[str, object]) -> None:
    compiled = compile_trigger(parse({"trigger": "cron", **fields}), START)
    assert len(next_times(compiled, START, NUMBER)) == NUMBER  # noqa: S101


def _apscheduler(fields: Mapping[str, object]) -> None:
    trigger = CronTrigger(**{"timezone": "UTC", **fields})
    at = START
    for _ in range(NUMBER):
        at = trigger.get_next_fire_time(at, at)
