"""An API whose projection is filled directly: `filled_api.py PORT SCHEDULES RUNS`.

Temporal is away, so that nothing else is projected. The schedules belong to the user `bench`;
all runs are those of the first one, but for one run each of every other schedule.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched

import uvicorn
import uvloop

from api.app import build_app
from api.process import wired_services
from footfall.config import load_settings
from footfall.listener import listen
from footfall.projection.store import Store
from footfall.schedules.run import RunKind, RunStatus, RunSummary
from footfall.schedules.schedule import Change, ChangeKind, ScheduledWalk, ScheduleSnapshot

OWNER = "bench"
FIRST = "schedule-0"
START = datetime.now(UTC).replace(microsecond=0)
BATCH = 1000


def snapshots(app: str, count: int) -> Iterator[ScheduleSnapshot]:
    """Give schedules of ten walkers with a hundred tags, all of which run in the next days."""
    for number in range(count):
        # Scattered, so that no sort finds them in order.
        scattered = number * 7919 % max(count, 1)
        created = START - timedelta(seconds=scattered)
        walk = ScheduledWalk(
            schedule_id=f"schedule-{number}",
            app=app,
            name=f"name {scattered}",
            walker_name=f"walker_{number % 10}",
            owner=OWNER,
            root=OWNER,
            tags=(f"tag-{number % 100}",),
            config={"trigger": "interval", "seconds": 3600 + number % 1000},
            anchor=created,
            created_at=created,
            change=Change(kind=ChangeKind.CREATED, by=OWNER, at=created, token=f"t{number}"),
        )
        first = START + timedelta(days=1, seconds=scattered)
        times = tuple(first + timedelta(hours=hour) for hour in range(5))
        yield ScheduleSnapshot(walk=walk, paused=number % 7 == 0, note="", next_times=times)


def runs(app: str, schedules: int, count: int) -> Iterator[RunSummary]:
    """Give runs of the first schedule, one a second, and one of each other."""
    for number in range(count):
        yield _run(app, 0, number)
    for number in range(1, schedules):
        yield _run(app, number, number * 7919 % schedules)


def _run(app: str, schedule: int, seconds: int) -> RunSummary:
    at = START - timedelta(days=2) + timedelta(seconds=seconds)
    return RunSummary(
        id=f"walker_{schedule % 10}-schedule-{schedule}-{at:%Y-%m-%dT%H:%M:%SZ}",
        temporal_run_id=f"00000000-0000-0000-{schedule:012}-{seconds:012}",
        schedule_id=f"schedule-{schedule}",
        app=app,
        owner=OWNER,
        walker_name=f"walker_{schedule % 10}",
        kind=RunKind.SCHEDULED,
        status=RunStatus.FAILED if seconds % 50 == 0 else RunStatus.SUCCEEDED,
        scheduled_at=at,
        started_at=at,
        closed_at=at + timedelta(milliseconds=200),
    )


async def fill(store: Store, app: str, schedules: int, run_count: int) -> None:
    """Put all of them into a store."""
    for some in batched(snapshots(app, schedules), BATCH):
        await store.put_schedules(some)
    for found in batched(runs(app, schedules, run_count), BATCH):
        await store.put_runs(found)
    await store.set_watermark(START)


async def serve(port: int, schedules: int, run_count: int) -> None:
    """Serve as `footfall api` does, once everything is filled."""
    settings = load_settings(environ=os.environ)
    listener = listen("127.0.0.1", port, option="PORT")
    async with wired_services(settings) as services:
        if services is None:
            raise RuntimeError("the scheduler is disabled")
        await fill(services.store, settings.temporal.task_queue, schedules, run_count)
        config = uvicorn.Config(
            build_app(services),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
        )
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    uvloop.run(serve(*map(int, sys.argv[1:])))
