"""Write the histories of the workflows that run walkers, made by today's code.

    python tests/replay/record_runs.py

Those that are there stay as they are: a history of an older release is what must replay. What
only this machine knows, such as its name and its folders, is taken out of them.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from support.dev_server import dev_server
from support.histories import TESTS, keep, stand_ins
from support.starts import interrupted, starting_by
from support.waiting import until
from support.walks import a_walk
from support.worker import running_worker
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from footfall.schedules.backfill import Backfill, BackfillOrder, BackfillOverlap
from footfall.schedules.hook import Hook
from footfall.schedules.occasion import Occasion, RunReference
from footfall.schedules.policy import Execution, Policies, RetryPolicy
from footfall.schedules.request import ROOT_BUSY, ROOT_LOST, Stepped
from footfall.schedules.run import WALKER_TIMEOUT, RunKind
from footfall.schedules.schedule import ScheduledWalk, utc_now
from footfall.temporal.backfills import BackfillGateway
from footfall.temporal.followers import FollowerGateway
from footfall.temporal.run_control import RunControl
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway

APP = "replay"
RELEASE = 2
"""Counts up where a workflow has been changed, and is recorded anew."""

ENDED_WITHIN = 60
MANUAL = Occasion(kind=RunKind.MANUAL, by="alice")


class Recorder:
    """Makes runs of every kind, and keeps what Temporal wrote of them."""

    def __init__(self, client: Client, secrets: dict[str, str]) -> None:
        self._client = client
        self._secrets = secrets
        runs = RunGateway(client, app=APP)
        self._control = RunControl(client, runs)
        self._schedules = ScheduleGateway(client, app=APP)

    async def all(self) -> None:
        """Record each case."""
        hook = Hook(url="http://127.0.0.1:1/hook")
        await self._run("succeeded", "greet")
        await self._run("failed", "boom", policies=Policies(pause_on_failure=5))
        await self._run("told", "boom", notify=(hook,))
        await self._run("timed_out", "sleepy", timeout=1)
        retry = RetryPolicy(max_attempts=3, initial_interval=1, backoff=1)
        await self._run("retried", "boom", policies=Policies(retry=retry))
        await self._run("unknown", "nobody")
        light = Policies(execution=Execution.LIGHT)
        await self._run("light", "greet", policies=light, timeout=5)
        await self._run("light_failed", "boom", policies=light, timeout=5)
        await self._run("light_unknown", "nobody", policies=light, timeout=5)
        await self._run("cancelled", "sleepy", cancels=True)
        for kind in (ROOT_LOST, WALKER_TIMEOUT):
            args = {"kind": kind}
            again = Policies(retry=RetryPolicy(max_attempts=2, initial_interval=1))
            await self._run(f"own_{kind}", "misnamed", args=args, policies=again)
        await self._cancelled_aside()
        waits = RunReference(id="run-succeeded", temporal_run_id="")
        await self._run(
            "waited", "greet", occasion=MANUAL.model_copy(update={"waits_for": (waits,)})
        )
        await self._withdrawn()
        await self._stepped()
        await self._backfill()
        await self._chain()

    async def _run(
        self, case: str, walker: str, *, cancels: bool = False, **fields: Any
    ) -> ScheduledWalk:
        walk = self._walk(case, walker, **{"occasion": MANUAL, **fields})
        await self._control.start(walk, f"run-{case}")
        if cancels:
            await until(lambda: self._is_heartbeating(f"run-{case}"), what="the walker")
            await self._client.get_workflow_handle(f"run-{case}").cancel()
        await self._keep(f"run-{case}", f"run_walker-{case}")
        return walk

    async def _withdrawn(self) -> None:
        """Cancel a run that waits for another one, before its walker began."""
        await self._control.start(self._walk("other", "sleepy", occasion=MANUAL), "run-other")
        other = self._client.get_workflow_handle("run-other")
        waits = RunReference(id=other.id, temporal_run_id=(await other.describe()).run_id or "")
        occasion = MANUAL.model_copy(update={"waits_for": (waits,)})
        walk = self._walk("withdrawn", "greet", occasion=occasion)
        await self._control.start(walk, "run-withdrawn")

        async def asks() -> bool:
            found = await self._client.get_workflow_handle("run-withdrawn").describe()
            return any(one.attempt > 1 for one in found.raw_description.pending_activities)

        await until(asks, what="the second time that it asks")
        await self._client.get_workflow_handle("run-withdrawn").cancel()
        await self._keep("run-withdrawn", "run_walker-withdrawn")
        await other.terminate()

    async def _stepped(self) -> None:
        """Have a run step aside, since another one has its root for longer than it waits."""
        await self._control.start(self._walk("ahead", "sleepy", occasion=MANUAL), "run-ahead")
        ahead = self._client.get_workflow_handle("run-ahead")
        await until(lambda: self._is_heartbeating(ahead.id), what="the walker")
        # Behind the first in the line, who waits longest, others wait a second.
        for case in ("behind", "stepped"):
            await self._control.start(self._walk(case, "greet", occasion=MANUAL), f"run-{case}")
            await until(lambda case=case: self._is_heartbeating(f"run-{case}"), what="its waiting")
        stepped = self._client.get_workflow_handle("run-stepped")

        async def asks() -> bool:
            history = await stepped.fetch_history()
            return "root_has_room" in history.to_json()

        await until(asks, what="that it steps aside")
        await ahead.terminate()
        await self._keep(stepped.id, "run_walker-stepped")

    async def _cancelled_aside(self) -> None:
        """Cancel a run whose walker does not begin, and steps aside before it hears of that."""
        app, begun = f"{APP}.aside", asyncio.Event()
        busy = ApplicationError("busy", Stepped(lost=0), type=ROOT_BUSY, non_retryable=True)
        async with starting_by(self._client, app, interrupted(busy, begun)):
            walk = a_walk(app, schedule_id="schedule-aside", walker_name="greet", occasion=MANUAL)
            control = RunControl(self._client, RunGateway(self._client, app=app))
            await control.start(walk, "run-aside")
            await begun.wait()
            await self._client.get_workflow_handle("run-aside").cancel()
            await self._keep("run-aside", "run_walker-cancelled_aside")

    async def _backfill(self) -> None:
        walk = self._walk("backfill", "greet", occasion=Occasion(kind=RunKind.BACKFILL, by="alice"))
        now = utc_now().replace(microsecond=0)
        order = BackfillOrder(
            id="b1", schedule_id=walk.schedule_id, start=now, end=now,
            overlap=BackfillOverlap.BUFFER_ALL, total=2, by="alice", at=now,
        )  # fmt: skip
        times = (now.replace(hour=1), now.replace(hour=2))
        backfill = Backfill(order=order, walk=walk, run_prefix="backfilled-", times=times)
        gateway = BackfillGateway(self._client, app=APP)
        await gateway.start(backfill, fingerprint=None)
        found = [one async for one in self._client.list_workflows("WorkflowType='RunBackfill'")]
        while not found:
            found = [one async for one in self._client.list_workflows("WorkflowType='RunBackfill'")]
        await self._keep(found[0].id, "run_backfill-done")

    async def _chain(self) -> None:
        first = self._walk("first", "greet", occasion=MANUAL)
        after = {"trigger": "after", "after": {"schedule": first.schedule_id}}
        second = self._walk("second", "greet", config=after, policies=Policies(max_runs=3))
        await self._schedules.create(second)
        followers = FollowerGateway(self._client, app=APP)
        await until(lambda: self._follows(followers, first), what="the follower in the list")
        await asyncio.sleep(1.5)  # So old may be what the worker knows.
        await self._control.start(first, "run-followed")
        await self._keep("run-followed", "run_walker-followed")

        async def spent() -> bool:
            return (await self._schedules.read(second.schedule_id)).runs_left == 2

        await until(spent, what="the run that follows")
        await self._write(f"{APP}.chain.{second.schedule_id}", "run_chain-told")

    async def _follows(self, followers: FollowerGateway, walk: ScheduledWalk) -> bool:
        return walk.schedule_id in await followers.followed()

    def _walk(self, case: str, walker: str, **fields: Any) -> ScheduledWalk:
        return a_walk(APP, schedule_id=f"schedule-{case}", walker_name=walker, **fields)

    async def _is_heartbeating(self, run_id: str) -> bool:
        found = await self._client.get_workflow_handle(run_id).describe()
        return any(one.heartbeat_details for one in found.raw_description.pending_activities)

    async def _keep(self, workflow_id: str, name: str) -> None:
        handle = self._client.get_workflow_handle(workflow_id)

        async def is_over() -> bool:
            try:
                return (await handle.describe()).close_time is not None
            except RPCError:
                return False

        await until(is_over, seconds=ENDED_WITHIN, what=f"the end of {workflow_id}")
        await self._write(workflow_id, name)

    async def _write(self, workflow_id: str, name: str) -> None:
        await keep(self._client, workflow_id, f"{name}-{RELEASE}", self._secrets)


async def main() -> None:
    async with dev_server() as server:
        address = server.client.service_client.config.target_host
        with tempfile.TemporaryDirectory() as folder:
            secrets = stand_ins(folder)
            async with running_worker(
                address, app_name=APP, app=TESTS / "apps" / "python_runs", data_dir=Path(folder)
            ):
                client = await Client.connect(
                    address, data_converter=server.client.data_converter, identity="replay"
                )
                await Recorder(client, secrets).all()


if __name__ == "__main__":
    asyncio.run(main())
