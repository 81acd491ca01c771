"""What waits for a worker that is full is taken in the order of its schedule's priority."""

from pathlib import Path

from support.scene import Scene, running_scene
from support.waiting import until
from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.client import Client

from footfall.schedules.schedule import ScheduledWalk
from worker.process import SLOTS_PER_HOST

WAITING = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
TAKEN = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED


async def test_urgent_runs_overtake_those_that_wait(client: Client, tmp_path: Path) -> None:
    async with running_scene(client, tmp_path, app="priority", processes=1) as scene:
        flag = scene.flag("never")
        # A worker takes some runs for each host process ahead; these fill it.
        taken = [
            await scene.create("wait", args={"flag": str(flag)}, max_runs=1)
            for _ in range(SLOTS_PER_HOST)
        ]
        for walk in taken:
            await stands(scene, walk, TAKEN)
        order = [5, 3, 1, 5, 3, 1]
        walks = [await scene.create("work", max_runs=1, priority=level) for level in order]
        for walk in walks:
            await stands(scene, walk, WAITING)
        # One place after another becomes free; each goes to the most urgent that waits.
        for walk in taken:
            (run,) = await scene.runs(walk)
            await scene.client.get_workflow_handle(run.id).cancel()
            await scene.closed(walk)
        for walk in walks:
            await scene.closed(walk)
        begun = sorted([(await taken_at(scene, walk), walk.policies.priority) for walk in walks])
        assert [level for _, level in begun] == [1, 1, 3, 3, 5, 5]


async def taken_at(scene: Scene, walk: ScheduledWalk) -> float:
    """Give when a worker took the activity of a schedule's run; only its end writes it down."""
    (run,) = await scene.runs(walk)
    async for event in scene.client.get_workflow_handle(run.id).fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            return event.event_time.ToNanoseconds() / 1e9
    raise AssertionError("no worker took it")


async def stands(scene: Scene, walk: ScheduledWalk, state: int) -> None:
    """Wait until the activity of a schedule's run waits for a worker, or was taken by it."""

    async def is_so() -> bool:
        for run in await scene.runs(walk):
            found = await scene.client.get_workflow_handle(run.id).describe()
            raw = found.raw_description
            priority = raw.workflow_execution_info.priority.priority_key
            assert priority == walk.policies.priority
            pending = raw.pending_activities
            return any(activity.state == state for activity in pending)
        return False

    await until(is_so, what="the run's activity", seconds=60)
