"""Light runs: within the task of their workflow where they can be, and else like any other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from support.scene import Scene, running_scene
from support.waiting import until
from support.walks import a_walk
from support.workers import workers
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from footfall.schedules.light import LONGEST_LIGHT
from footfall.schedules.policy import Execution, Policies
from footfall.schedules.run import RunOutcome, RunStatus
from footfall.schedules.schedule import ScheduledWalk

LIGHT_EVENTS = 6
"""Of the history of a light run: begun, three of its one task, the walker's, ended."""

TASK_SECONDS = 10
"""After so long Temporal gives the task of a workflow to another worker."""


@pytest.fixture(scope="module")
async def scene(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with running_scene(client, tmp_path_factory.mktemp("light"), app="light") as scene:
        yield scene


async def one_run(
    scene: Scene, walker: str, *, time_limit: int = LONGEST_LIGHT, **fields: Any
) -> tuple[ScheduledWalk, RunOutcome]:
    walk = await scene.create(
        walker, execution="light", max_runs=1, time_limit=time_limit, **fields
    )
    (run,) = await scene.closed(walk)
    outcome = await scene.outcome(run)
    assert outcome.status is run.status
    return walk, outcome


async def events(scene: Scene, walk: ScheduledWalk) -> list[EventType.ValueType]:
    (run,) = await scene.runs(walk)
    history = await scene.client.get_workflow_handle(run.id).fetch_history()
    return [event.event_type for event in history.events]


async def test_it_costs_half_the_events(scene: Scene) -> None:
    walk, outcome = await one_run(scene, "work")
    assert (outcome.status, outcome.attempts) == (RunStatus.SUCCEEDED, 1)
    assert outcome.worker
    assert outcome.walker_started_at
    assert len(scene.ledger.ends(walk.schedule_id)) == 1
    assert len(await events(scene, walk)) == LIGHT_EVENTS


async def test_it_fails_as_a_durable_one_does(scene: Scene) -> None:
    walk = await scene.create("attempts", args={"fates": "f"}, max_runs=1)
    (run,) = await scene.closed(walk)
    durable = await scene.outcome(run)
    _, light = await one_run(scene, "attempts", args={"fates": "f"})
    assert light.status is durable.status is RunStatus.FAILED
    assert light.error == durable.error
    assert light.attempts == durable.attempts == 1


async def test_it_is_retried_and_paused_as_its_policies_say(scene: Scene) -> None:
    (again, retried), (_, slow), (failing, failed) = await asyncio.gather(
        one_run(scene, "attempts", args={"fates": "ffo"}, retry={"max_attempts": 3}),
        one_run(scene, "attempts", args={"fates": "h"}, time_limit=1),
        one_run(scene, "attempts", args={"fates": "f"}, pause_on_failure=1),
    )
    assert (retried.status, retried.attempts) == (RunStatus.SUCCEEDED, 3)
    assert [line.attempt for line in scene.ledger.starts(again.schedule_id)] == [1, 2, 3]
    assert slow.status is RunStatus.TIMED_OUT
    assert failed.status is RunStatus.FAILED

    async def paused() -> bool:
        return (await scene.schedules.read(failing.schedule_id)).paused

    await until(paused, what="the pause after a failure")


async def test_one_whose_root_is_busy_is_made_durable(scene: Scene) -> None:
    flag = scene.flag("go")
    holder = await scene.create("wait", args={"flag": str(flag)}, max_runs=1)
    await scene.started(holder)
    walk = a_walk(
        scene.app,
        walker_name="work",
        root=holder.root,
        args={"ledger": str(scene.ledger)},
        config={"trigger": "interval", "seconds": 1},
        timeout=LONGEST_LIGHT,
        policies=Policies(max_runs=1, execution=Execution.LIGHT),
    )
    await scene.schedules.create(walk)

    async def has_an_activity() -> bool:
        scheduled = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
        return bool(await scene.runs(walk)) and scheduled in await events(scene, walk)

    await until(has_an_activity, what="a durable start")
    assert not scene.ledger.starts(walk.schedule_id)
    flag.touch()
    (run,) = await scene.closed(walk)
    outcome = await scene.outcome(run)
    assert (outcome.status, outcome.attempts) == (RunStatus.SUCCEEDED, 1)
    assert len(scene.ledger.starts(walk.schedule_id)) == 1


async def test_an_unknown_walker_is_told_as_ever(scene: Scene) -> None:
    _, outcome = await one_run(scene, "nobody")
    assert outcome.error
    assert outcome.error.type == "WalkerNotFound"


async def test_one_whose_worker_is_lost_is_run_by_another(client: Client, tmp_path: Path) -> None:
    scene = Scene(client, "light-and-lost", tmp_path)
    async with workers(client, scene.app, tmp_path) as worker:
        first = await worker()
        # The first letter is for the first time that it begins: a light start has no number.
        walk = await scene.create(
            "runs", args={"fates": "ho"}, execution="light", max_runs=1, time_limit=LONGEST_LIGHT
        )
        await scene.started(walk)
        first.tree()
        first.kill_everything()
        await worker()
        (run,) = await scene.closed(walk)
        assert (await scene.outcome(run)).status is RunStatus.SUCCEEDED
    lost, ended = scene.ledger.starts(walk.schedule_id)
    assert lost.process != ended.process
    assert ended.at - lost.at > LONGEST_LIGHT
