"""Runs that wait for their root leave the worker to others meanwhile."""

from pathlib import Path

from support.scene import Scene, running_scene
from support.waiting import until
from support.walks import a_walk
from temporalio.client import Client

from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduledWalk
from worker.process import SLOTS_PER_HOST

PROCESSES = 2
SLOTS = PROCESSES * SLOTS_PER_HOST


async def once(scene: Scene, walker: str, root: str, **args: str) -> ScheduledWalk:
    """Make a schedule that runs once on a root, in a second."""
    walk = a_walk(
        scene.app,
        walker_name=walker,
        root=root,
        args={"ledger": str(scene.ledger), **args},
        config={"trigger": "interval", "seconds": 1},
    )
    policies = walk.policies.model_copy(update={"max_runs": 1})
    walk = walk.model_copy(update={"policies": policies})
    await scene.schedules.create(walk)
    return walk


async def test_a_crowd_on_one_root_leaves_room_for_others(client: Client, tmp_path: Path) -> None:
    async with running_scene(client, tmp_path, app="crowd", processes=PROCESSES) as scene:
        flag = scene.flag("go")
        crowd = [
            await once(scene, "wait", "crowded", flag=str(flag)) for _ in range(SLOTS + PROCESSES)
        ]

        async def one_runs() -> bool:
            begun = [walk for walk in crowd if scene.ledger.starts(walk.schedule_id)]
            runs = [run for walk in crowd for run in await scene.runs(walk)]
            return len(begun) == 1 and len(runs) == len(crowd)

        await until(one_runs, what="the first of the crowd", seconds=60)
        for number in range(3):
            other = await once(scene, "work", f"other{number}")
            (run,) = await scene.closed(other)
            assert run.status is RunStatus.SUCCEEDED

        waiting = next(walk for walk in crowd if not scene.ledger.starts(walk.schedule_id))
        (run,) = await scene.runs(waiting)
        await client.get_workflow_handle(run.id).cancel()
        (run,) = await scene.closed(waiting)
        assert run.status is RunStatus.CANCELLED
        assert not scene.ledger.starts(waiting.schedule_id)

        flag.touch()
        for walk in crowd:
            if walk is waiting:
                continue
            (run,) = await scene.closed(walk)
            assert run.status is RunStatus.SUCCEEDED
            assert (await scene.outcome(run)).attempts == 1
            assert len(scene.ledger.ends(walk.schedule_id)) == 1
