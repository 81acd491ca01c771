"""A schedule that wants to go when it is completed goes after its last run."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from support.scene import Scene, running_scene
from support.waiting import until
from temporalio.client import Client

from footfall.projection.memory import MemoryStore
from footfall.projection.projector import Projector
from footfall.projection.witness import Witness
from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduledWalk, ScheduleStatus
from footfall.temporal.namespace import read_retention
from footfall.temporal.runs import RunGateway


@pytest.fixture(scope="module")
async def scene(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("completion")
    async with running_scene(client, folder, app="completion") as scene:
        yield scene


async def test_it_stays_while_its_last_run_is_under_way(scene: Scene) -> None:
    flag = scene.flag("go")
    projector = Projector(
        scene.schedules,
        RunGateway(scene.client, app=scene.app),
        MemoryStore(),
        retention=lambda: read_retention(scene.client),
        witness=Witness(scene.schedules, scene.schedules.changes),
    )

    async def under_way(overlap: OverlapPolicy, after: str) -> ScheduledWalk:
        walk = await scene.create(
            "wait", args={"flag": str(flag)}, max_runs=1, overlap=overlap, after_completion=after
        )
        await scene.started(walk)
        return walk

    *going, kept = await asyncio.gather(
        under_way(OverlapPolicy.SKIP, "delete"),
        under_way(OverlapPolicy.ALLOW_ALL, "delete"),
        under_way(OverlapPolicy.SKIP, "keep"),
    )
    for _ in range(2):
        # A row has to be there before the next sweep can find it completed.
        await projector.sweep()
        for walk in (*going, kept):
            snapshot = await scene.schedules.read(walk.schedule_id)
            assert snapshot.status is ScheduleStatus.COMPLETED

    flag.touch()
    for walk in (*going, kept):
        (run,) = await scene.closed(walk)
        assert run.status is RunStatus.SUCCEEDED

    async def are_gone() -> bool:
        # Temporal's schedule learns of its run's end a moment later.
        await projector.sweep()
        return not any([await scene.schedules.find(walk.schedule_id) for walk in going])

    await until(are_gone, what="the deletion of those that are completed")
    assert await scene.schedules.find(kept.schedule_id)
