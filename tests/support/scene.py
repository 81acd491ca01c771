"""Schedules of the ledger app, and what became of their runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support.ledger import APP, Ledger
from support.waiting import until
from support.walks import a_walk
from support.worker import running_worker
from temporalio.client import Client, ScheduleInfo
from temporalio.service import RPCError, RPCStatusCode

from footfall.schedules.policy import Policies
from footfall.schedules.run import RunOutcome, RunStatus, RunSummary
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway

EVERY_SECOND = {"trigger": "interval", "seconds": 1}
SECOND = timedelta(seconds=1)


class Scene:
    """One app in one Temporal, with the ledger that its walkers write."""

    def __init__(self, client: Client, app: str, folder: Path) -> None:
        self.client = client
        self.app = app
        self.folder = folder
        self.ledger = Ledger(folder)
        self.schedules = ScheduleGateway(client, app=app)
        self._runs = RunGateway(client, app=app)

    async def create(
        self,
        walker_name: str,
        *,
        args: dict[str, Any] | None = None,
        config: dict[str, Any] | None = None,
        paused: bool = False,
        time_limit: int = 300,
        **policies: Any,
    ) -> ScheduledWalk:
        """Make a schedule, every second unless `config` says otherwise, on a root of its own."""
        walk = a_walk(
            self.app,
            walker_name=walker_name,
            args={"ledger": str(self.ledger), **(args or {})},
            config=config or EVERY_SECOND,
            timeout=time_limit,
            policies=Policies(**policies),
        )
        # Runs on one root take turns, which is not what is looked at here.
        walk = walk.model_copy(update={"root": walk.schedule_id})
        await self.schedules.create(walk, paused=paused)
        return walk

    async def info(self, walk: ScheduledWalk) -> ScheduleInfo:
        """Give Temporal's own counters of a schedule."""
        return (await self.client.get_schedule_handle(walk.schedule_id).describe()).info

    async def runs(self, walk: ScheduledWalk) -> list[RunSummary]:
        """Give the runs of a schedule by their scheduled times."""
        found = [run async for run in self._runs.listed(schedule_id=walk.schedule_id)]
        return sorted(found, key=lambda run: run.scheduled_at or run.started_at)

    async def only_run(self, walk: ScheduledWalk) -> RunSummary:
        """Wait for the one run of a schedule: its walker may begin before lists show it."""
        (run,) = await until(lambda: self.runs(walk), what="the run in the list", seconds=60)
        return run

    async def trigger(self, walk: ScheduledWalk) -> None:
        """Have Temporal start a run, in a second that has none: of two it makes one."""
        due = [run.scheduled_at for run in await self.runs(walk) if run.scheduled_at]
        free_at = max((at.replace(microsecond=0) + SECOND for at in due), default=None)

        async def is_free() -> bool:
            return free_at is None or datetime.now(UTC) >= free_at

        await until(is_free, what="a second without a run")
        await self.client.get_schedule_handle(walk.schedule_id).trigger()

    async def closed(self, walk: ScheduledWalk, count: int = 1) -> list[RunSummary]:
        """Wait until so many runs of a schedule have ended, and give them."""

        async def ended() -> list[RunSummary] | None:
            found = [run for run in await self.runs(walk) if run.closed_at]
            return found if len(found) >= count else None

        return await until(ended, what=f"the end of {count} runs", seconds=60)

    async def settled(self, walk: ScheduledWalk, *, cancel: bool = False) -> list[RunSummary]:
        """Wait until no run of a schedule that makes no more is under way, and give all.

        With `cancel` those that are under way are cancelled.
        """

        async def still() -> list[RunSummary] | None:
            found = await self.runs(walk)
            under_way = [run for run in found if run.status is RunStatus.RUNNING]
            for run in under_way if cancel else ():
                await self._cancel(run)
            known = len(found) >= (await self.info(walk)).num_actions
            return found if known and not under_way else None

        return await until(still, what="the end of all runs", seconds=60, every=0.2)

    async def settled_chain(self, walk: ScheduledWalk, count: int) -> list[RunSummary]:
        """Wait until so many runs of a schedule have ended and none is under way; give all."""

        async def still() -> list[RunSummary] | None:
            found = await self.runs(walk)
            return found if len(found) >= count and all(run.closed_at for run in found) else None

        return await until(still, what="the end of all runs", seconds=60)

    async def outcome(self, run: RunSummary) -> RunOutcome:
        """Give what a run gave."""
        outcome = await self._runs.outcome(run)
        assert outcome is not None
        return outcome

    async def started(self, walk: ScheduledWalk, count: int = 1) -> None:
        """Wait until a schedule's walker was started so often."""

        async def begun() -> bool:
            return len(self.ledger.starts(walk.schedule_id)) >= count

        await until(begun, what=f"{count} starts", seconds=60)

    async def _cancel(self, run: RunSummary) -> None:
        try:
            await self.client.get_workflow_handle(run.id).cancel()
        except RPCError as error:
            # It has ended since it was listed.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    def flag(self, name: str) -> Path:
        """Give the path of a file that is not there."""
        return self.folder / name


@asynccontextmanager
async def running_scene(
    client: Client,
    folder: Path,
    *,
    app: str,
    processes: int = 4,
) -> AsyncIterator[Scene]:
    """Give a scene with a worker."""
    async with running_worker(
        client.service_client.config.target_host,
        app_name=app,
        app=APP,
        data_dir=folder / "data",
        FOOTFALL_PROCESSES=str(processes),
    ):
        yield Scene(client, app, folder)
