"""What waits for a worker that is full is taken in the order of its schedule's priority."""

from pathlib import Path

from support.scene import Scene, running_scene
from support.waiting import until
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client

from footfall.schedules.schedule import ScheduledWalk
from worker.process import SLOTS_PER_HOST

WAITING = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
TAKEN = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED

ORDER = [5, 3, 1, 5, 3, 1]


async def test_urgent_runs_overtake_those_that_wait(client: Client, tmp_path: Path) -> None:
    async with running_scene(client, tmp_path, app="priority", processes=1) as scene:
        flag = scene.flag("never")
        # A worker takes some runs for each host process ahead; these fill it.
        taken = [await wait(scene, flag) for _ in range(SLOTS_PER_HOST)]
        for walk in taken:
            await stands(scene, walk, TAKEN)
        waiting = [await wait(scene, flag, priority=level) for level in ORDER]
        for walk in waiting:
            await stands(scene, walk, WAITING)
        # One place after another becomes free; each goes to the most urgent that waits.
        for level in sorted(ORDER):
            await end(scene, taken.pop(0))
            walk = await the_one_taken(scene, waiting)
            assert walk.policies.priority == level
            waiting.remove(walk)
            taken.append(walk)
        for walk in taken:
            await end(scene, walk)


async def wait(scene: Scene, flag: Path, **policies: int) -> ScheduledWalk:
    return await scene.create("wait", args={"flag": str(flag)}, max_runs=1, **policies)


async def the_one_taken(scene: Scene, walks: list[ScheduledWalk]) -> ScheduledWalk:
    async def one() -> ScheduledWalk | None:
        found = [walk for walk in walks if await state_of(scene, walk) == TAKEN]
        assert len(found) <= 1
        return found[0] if found else None

    return await until(one, what="a run that was taken", seconds=60)


async def end(scene: Scene, walk: ScheduledWalk) -> None:
    (run,) = await scene.runs(walk)
    await scene.client.get_workflow_handle(run.id).cancel()
    await scene.closed(walk)


async def stands(scene: Scene, walk: ScheduledWalk, state: int) -> None:
    """Wait until the activity of a schedule's run waits for a worker, or was taken by it."""

    async def is_so() -> bool:
        return await state_of(scene, walk) == state

    await until(is_so, what="the run's activity", seconds=60)


async def state_of(scene: Scene, walk: ScheduledWalk) -> int | None:
    """Give how the activity of a schedule's run stands; None before there is one."""
    for run in await scene.runs(walk):
        found = await scene.client.get_workflow_handle(run.id).describe()
        raw = found.raw_description
        assert raw.workflow_execution_info.priority.priority_key == walk.policies.priority
        for activity in raw.pending_activities:
            return activity.state
    return None
