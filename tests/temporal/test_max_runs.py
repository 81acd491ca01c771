"""A schedule with `max_runs` makes exactly so many, whatever is done to it meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from support.scene import Scene, running_scene
from support.waiting import until
from support.walks import a_change
from temporalio.client import Client

from footfall.errors import ConflictError, TemporalUnavailableError
from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot, ScheduleStatus
from footfall.temporal.draft import Draft, Edit
from footfall.temporal.schedules import ScheduleGateway

WRITERS = 8


@pytest.fixture(scope="module")
async def scene(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with running_scene(client, tmp_path_factory.mktemp("runs"), app="max-runs") as scene:
        yield scene


def edit(*, paused: bool | None = None, most: int | None = None, tag: str = "") -> Edit:
    def change(before: ScheduleSnapshot) -> Draft:
        policies = before.walk.policies
        if most is not None:
            policies = policies.model_copy(update={"max_runs": most})
        walk = before.walk.changed(a_change(), tags=(tag,), policies=policies)
        held = before.paused if paused is None else paused
        return Draft(walk=walk, paused=held, note="")

    return change


async def completed(scene: Scene, walk: ScheduledWalk) -> int:
    """Wait until a schedule is completed, and count the starts of its walker."""

    async def used_up() -> bool:
        snapshot = await scene.schedules.read(walk.schedule_id)
        return snapshot.status is ScheduleStatus.COMPLETED

    await until(used_up, what="the completion", seconds=60)
    assert (await scene.schedules.read(walk.schedule_id)).runs_left == 0
    runs = await scene.settled(walk)
    assert {run.status for run in runs} == {RunStatus.SUCCEEDED}
    starts = scene.ledger.starts(walk.schedule_id)
    assert len(starts) == len(runs)
    return len(runs)


async def test_nothing_follows_the_last_run(scene: Scene) -> None:
    walk = await scene.create("work", max_runs=3, overlap="allow_all")
    assert await completed(scene, walk) == 3
    last = (await scene.runs(walk))[-1]
    other = await scene.create("work", max_runs=3, overlap="allow_all")
    await completed(scene, other)
    assert (await scene.runs(walk))[-1] == last


@pytest.mark.timeout(400)
async def test_writes_at_the_same_time_neither_add_nor_take_runs(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A write that lost against a run must not wait for a revision that never comes.
    monkeypatch.setattr("footfall.temporal.schedules.SETTLE_SECONDS", 100)
    most = 10
    walk = await scene.create("work", max_runs=most, overlap="allow_all")
    # A gateway serialises its own writers, as one process does: several gateways collide.
    gateways = [ScheduleGateway(scene.client, app=scene.app) for _ in range(WRITERS)]

    async def write(number: int) -> int:
        done, left = 0, True
        while left:
            # Two of them pause and resume it again and again.
            paused = done % 2 == 0 if number < 2 else None
            # A busy server turns some of so many calls away.
            with suppress(ConflictError, TemporalUnavailableError):
                left = bool((await gateways[number].read(walk.schedule_id)).runs_left)
                await gateways[number].commit(
                    walk.schedule_id, edit(paused=paused, tag=f"{number}-{done}")
                )
            done += 1
        return done

    async with asyncio.timeout(300):
        await asyncio.gather(*(write(number) for number in range(WRITERS)))
    revision = (await scene.schedules.read(walk.schedule_id)).walk.revision
    assert revision > most
    assert await completed(scene, walk) == most


async def test_a_new_limit_counts_what_has_run(scene: Scene) -> None:
    async def limited(before: int | None, after: int) -> int:
        walk = await scene.create("work", max_runs=before, overlap="allow_all")
        await scene.started(walk)
        snapshot = await scene.schedules.commit(walk.schedule_id, edit(most=after))
        assert snapshot.runs_left is not None
        assert snapshot.runs_left < after
        return await completed(scene, walk)

    raised, lowered, given = await asyncio.gather(limited(4, 8), limited(1000, 8), limited(None, 8))
    assert (raised, lowered, given) == (8, 8, 8)


async def test_runs_by_hand_do_not_count(scene: Scene) -> None:
    walk = await scene.create(
        "work", config={"trigger": "interval", "seconds": 2}, max_runs=2, overlap="allow_all"
    )
    await scene.trigger(walk)
    await scene.started(walk)
    assert await completed(scene, walk) == 3
    # Temporal starts it by hand even when none is left.
    await scene.trigger(walk)
    await scene.closed(walk, 4)
    assert (await scene.schedules.read(walk.schedule_id)).status is ScheduleStatus.COMPLETED
