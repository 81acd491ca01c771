"""What runs as a benchmark wants: our worker, or the plain SDK's, on some server."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from deployment import deployment
from stock_worker import stock_worker
from support.walks import a_walk
from temporal_server import TemporalServer
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
)
from ticks import Tick, read_ticks

from footfall.schedules.light import LONGEST_LIGHT
from footfall.schedules.policy import Execution, OverlapPolicy, Policies
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.action import planned, to_schedule
from footfall.triggers.clock import utc

LIGHT: dict[str, Any] = {
    "policies": Policies(execution=Execution.LIGHT, overlap=OverlapPolicy.ALLOW_ALL),
    "timeout": LONGEST_LIGHT,
}
"""Options of schedules whose runs are light; none is left out since another one is under way."""

ROOTS = 64
"""Graph roots of the runs; two runs on one root would take turns."""


@dataclass(frozen=True)
class Runner:
    """A worker on a server, and the schedules whose runs note when they began.

    Attributes:
        options: of the definitions of our schedules; None: they are the plain SDK's.
        queue: the task queue, which is our app's name.
        pid: of the worker.
    """

    server: TemporalServer
    queue: str
    pid: int
    ledger: Path
    options: dict[str, Any] | None

    def schedule(self, name: str, *, seconds: int = 1, first: int | None = None) -> Schedule:
        """Give a schedule that runs every so many seconds; `name` is what its runs note.

        The `first` run is at a Unix time, if it is given.
        """
        if self.options is None:
            return Schedule(
                action=ScheduleActionStartWorkflow(
                    "Stock", args=[str(self.ledger), name], id=name, task_queue=self.queue
                ),
                spec=ScheduleSpec(
                    intervals=[
                        ScheduleIntervalSpec(
                            every=timedelta(seconds=seconds),
                            offset=timedelta(seconds=(first or 0) % seconds),
                        )
                    ],
                    start_at=None if first is None else utc(first),
                ),
            )
        walk, _, plan = planned(self._walk(name, seconds, first, self.options))
        return to_schedule(walk, plan, paused=False, note="", runs_left=None)

    async def start(self, number: int) -> str:
        """Start one run at once, as its schedule would; give its workflow id."""
        action = self.schedule(f"run-{number % ROOTS}").action
        assert isinstance(action, ScheduleActionStartWorkflow)  # noqa: S101
        run_id = secrets.token_hex(10)
        await self.server.client.start_workflow(
            action.workflow,
            args=action.args,
            id=run_id,
            task_queue=action.task_queue,
            search_attributes=action.typed_search_attributes,
        )
        return run_id

    async def events(self, run_id: str) -> int:
        """Give how many events the history of a run has, once it is closed."""
        handle = self.server.client.get_workflow_handle(run_id)
        await handle.result()
        return len((await handle.fetch_history()).events)

    def ticks(self) -> list[Tick]:
        """Give what has run so far."""
        return read_ticks(self.ledger)

    async def warm_up(self) -> None:
        """Wait until a first run has closed."""
        await self.server.client.get_workflow_handle(await self.start(0)).result()

    def _walk(
        self, name: str, seconds: int, first: int | None, options: dict[str, Any]
    ) -> ScheduledWalk:
        begin = {} if first is None else {"start_at": utc(first).isoformat()}
        return a_walk(
            self.queue,
            schedule_id=name,
            walker_name="tick",
            args={"ledger": str(self.ledger)},
            root=name,
            config={"trigger": "interval", "seconds": seconds, **begin},
            **options,
        )


@asynccontextmanager
async def our_runner(server: TemporalServer, folder: Path, **options: Any) -> AsyncIterator[Runner]:
    """Run our worker and API; `options` are of each schedule's definition."""
    async with deployment(server) as ours:
        ledger = folder / f"ours-{secrets.token_hex(4)}"
        pid = ours.worker.process.pid
        yield await _warm(Runner(server, ours.app, pid, ledger, options))


@asynccontextmanager
async def stock_runner(server: TemporalServer, folder: Path) -> AsyncIterator[Runner]:
    """Run the plain SDK's worker."""
    async with stock_worker(server) as stock:
        ledger = folder / f"stock-{secrets.token_hex(4)}"
        yield await _warm(Runner(server, stock.queue, stock.pid, ledger, None))


async def _warm(runner: Runner) -> Runner:
    await asyncio.wait_for(runner.warm_up(), 60)
    return runner
