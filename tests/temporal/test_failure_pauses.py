"""A schedule is paused after so many failures in a row."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from support.scene import Scene, running_scene
from support.waiting import until
from support.walks import a_walk
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from api.edits import Author, held
from footfall.schedules.attributes import MEMO_ERROR
from footfall.schedules.run import FAILURES, RunError
from footfall.schedules.schedule import ChangeKind, ScheduledWalk, ScheduleSnapshot
from footfall.temporal.action import RUN_WALKER
from footfall.temporal.attributes import run_attributes
from footfall.temporal.failures import Failures
from footfall.tokens import Principal

AUTHOR = Author(Principal(user="ada", is_admin=False))


@pytest.fixture(scope="module")
async def scene(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with running_scene(client, tmp_path_factory.mktemp("pauses"), app="pauses") as scene:
        yield scene


async def paused(scene: Scene, walk: ScheduledWalk, revision: int) -> ScheduleSnapshot:
    """Wait until a schedule is paused by this revision, and its last run has ended."""

    async def is_paused() -> ScheduleSnapshot | None:
        found = await scene.schedules.read(walk.schedule_id)
        return found if found.paused and found.walk.revision >= revision else None

    found = await until(is_paused, what="the pause", seconds=60)
    await scene.settled(walk)
    return found


async def failures(scene: Scene, walk: ScheduledWalk) -> str:
    """Give a letter for each run: f for a failure, o for a success."""
    return "".join("f" if run.status in FAILURES else "o" for run in await scene.runs(walk))


async def test_three_failures_in_a_row_pause_it_and_again_after_it_was_resumed(
    scene: Scene,
) -> None:
    walk = await scene.create("runs", args={"fates": "f"}, pause_on_failure=3)
    found = await paused(scene, walk, 2)
    assert found.note == "Paused after 3 failures in a row"
    change = found.walk.change
    assert (change.kind, change.by) == (ChangeKind.PAUSED, "system")
    assert change.reason == "after 3 failures in a row"
    assert await failures(scene, walk) == "fff"

    await scene.schedules.commit(
        walk.schedule_id, lambda before: held(before, AUTHOR, paused=False)
    )
    again = await paused(scene, walk, 4)
    assert again.walk.revision == 4
    assert again.note == found.note
    assert await failures(scene, walk) == "ffffff"

    # Resumed in Temporal's Web UI, which makes no revision.
    await scene.client.get_schedule_handle(walk.schedule_id).unpause()
    await paused(scene, walk, 5)
    assert await failures(scene, walk) == "fffffffff"


async def test_a_success_starts_the_count_anew_and_a_timeout_counts(scene: Scene) -> None:
    broken, late, one = await asyncio.gather(
        scene.create("runs", args={"fates": "ffoffof"}, pause_on_failure=3),
        scene.create("runs", args={"fates": "h"}, time_limit=1, pause_on_failure=2),
        scene.create("runs", args={"fates": "f"}, pause_on_failure=1, retry={"max_attempts": 2}),
    )
    found = await asyncio.gather(*(paused(scene, walk, 2) for walk in (broken, late, one)))
    assert await failures(scene, broken) == "ffoffofff"
    assert await failures(scene, late) == "ff"
    assert await failures(scene, one) == "f"
    assert len(scene.ledger.starts(one.schedule_id)) == 2
    assert found[2].note == "Paused after a failure"


@pytest.mark.parametrize("overlap", ["buffer_all", "allow_all"])
async def test_failures_that_come_at_once_pause_it_once(scene: Scene, overlap: str) -> None:
    # The first run takes so long that the others come right after it.
    walk = await scene.create("runs", args={"fates": "sf"}, overlap=overlap, pause_on_failure=3)
    found = await paused(scene, walk, 2)
    assert found.walk.revision == 2
    runs = await failures(scene, walk)
    # What had been started already is not taken back.
    assert runs == "fff" if overlap == "buffer_all" else runs.startswith("fff")
    assert set(runs) == {"f"}


async def test_runs_that_fail_at_the_same_time_see_each_other(
    client: Client, app_name: str
) -> None:
    walk = a_walk(app_name)
    counter = Failures(client, app=app_name)

    async def count(run_id: str = "the third") -> int:
        return await counter.before(run_id, schedule_id=walk.schedule_id, most=9, since=None)

    async def two() -> bool:
        return await count() == 2

    async with Worker(
        client,
        task_queue=app_name,
        workflows=[Failing],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        runs = [
            await client.start_workflow(
                RUN_WALKER,
                walk,
                id=f"{walk.schedule_id}-{number}",
                task_queue=app_name,
                search_attributes=run_attributes(walk),
            )
            for number in range(2)
        ]
        await until(two, what="both runs that fail")
        assert await count(runs[0].id) == 1
        for run in runs:
            await run.signal(Failing.close)
            with pytest.raises(WorkflowFailureError):
                await run.result()
            # Whether the list shows it as running or as closed, it is one failure.
            assert await count() == 2


@workflow.defn(name=RUN_WALKER)
class Failing:
    """A run that has failed, and is not closed before it is told."""

    def __init__(self) -> None:
        self._is_told = False

    @workflow.signal
    def close(self) -> None:
        self._is_told = True

    @workflow.run
    async def run(self, _walk: ScheduledWalk) -> None:
        workflow.upsert_memo({MEMO_ERROR: RunError(type="ValueError", message="not yet")})
        await workflow.wait_condition(lambda: self._is_told)
        raise ApplicationError("not yet")
