"""A walker that fails is started again as its schedule's retry policy says."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.scene import Scene, running_scene
from support.waiting import until
from support.workers import workers
from temporalio.client import Client

from footfall.schedules.run import RunOutcome, RunStatus


@pytest.fixture(scope="module")
async def scene(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with running_scene(client, tmp_path_factory.mktemp("retries"), app="retries") as scene:
        yield scene


class Ended:
    """The one run of a schedule: what it gave, and when its walker was started."""

    def __init__(self, outcome: RunOutcome, starts: list[float], attempts: list[int]) -> None:
        self.outcome = outcome
        self.starts = starts
        self.attempts = attempts

    def pauses(self) -> list[float]:
        return [after - before for before, after in pairwise(self.starts)]


async def one_run(scene: Scene, fates: str, *, time_limit: int = 300, **retry: Any) -> Ended:
    walk = await scene.create(
        "attempts", args={"fates": fates}, time_limit=time_limit, max_runs=1, retry=retry
    )
    (run,) = await scene.closed(walk)
    outcome = await scene.outcome(run)
    assert outcome.status is run.status
    starts = scene.ledger.starts(walk.schedule_id)
    assert {line.run_id for line in starts} == {run.id}
    return Ended(outcome, [line.at for line in starts], [line.attempt for line in starts])


async def test_it_is_started_again_after_growing_pauses(scene: Scene) -> None:
    good, bad, final, slow = await asyncio.gather(
        one_run(scene, "ffo", max_attempts=3, backoff=3),
        one_run(scene, "f", max_attempts=3, backoff=1),
        one_run(scene, "fko", max_attempts=5, non_retryable_errors=["KeyError"]),
        one_run(scene, "hho", time_limit=2, max_attempts=3, initial_interval=3, backoff=1),
    )
    assert (good.outcome.status, good.outcome.attempts) == (RunStatus.SUCCEEDED, 3)
    assert good.attempts == [1, 2, 3]
    first, second = good.pauses()
    assert first >= 1
    assert second >= 3

    assert (bad.outcome.status, bad.outcome.attempts) == (RunStatus.FAILED, 3)
    assert bad.attempts == [1, 2, 3]
    assert bad.outcome.error
    assert bad.outcome.error.type == "ValueError"

    assert (final.outcome.status, final.outcome.attempts) == (RunStatus.FAILED, 2)
    assert final.attempts == [1, 2]
    assert final.outcome.error
    assert final.outcome.error.type == "KeyError"

    assert (slow.outcome.status, slow.outcome.attempts) == (RunStatus.SUCCEEDED, 3)
    assert slow.attempts == [1, 2, 3]
    assert all(pause >= 3 for pause in slow.pauses())


async def test_a_timeout_can_be_the_last_word(scene: Scene) -> None:
    by_default, named = await asyncio.gather(
        one_run(scene, "h", time_limit=1),
        one_run(scene, "h", time_limit=1, max_attempts=3, non_retryable_errors=["WalkerTimeout"]),
    )
    for ended in (by_default, named):
        assert (ended.outcome.status, ended.attempts) == (RunStatus.TIMED_OUT, [1])


async def test_a_run_can_be_cancelled_between_two_attempts(scene: Scene) -> None:
    walk = await scene.create(
        "attempts",
        args={"fates": "f"},
        max_runs=1,
        retry={"max_attempts": 2, "initial_interval": 3600},
    )
    await scene.started(walk)

    async def waits() -> str | None:
        """Give the run's id once no activity is under way and a timer runs."""
        (run,) = await scene.runs(walk) or (None,)
        if run is None:
            return None
        history = await scene.client.get_workflow_handle(run.id).fetch_history()
        timers = [one for one in history.events if one.HasField("timer_started_event_attributes")]
        return run.id if timers else None

    run_id = await until(waits, what="the pause between the attempts")
    await scene.client.get_workflow_handle(run_id).cancel()
    (run,) = await scene.closed(walk)
    assert run.status is RunStatus.CANCELLED
    assert len(scene.ledger.starts(walk.schedule_id)) == 1


async def test_a_lost_worker_is_no_failure_of_the_walker(client: Client, tmp_path: Path) -> None:
    scene = Scene(client, "retries-of-lost-workers", tmp_path)
    async with workers(client, scene.app, tmp_path) as worker:
        first = await worker()
        walk = await scene.create(
            "attempts", args={"fates": "hfo"}, max_runs=1, retry={"max_attempts": 2}
        )
        await scene.started(walk)
        first.tree()
        first.kill_everything()
        await worker()
        (run,) = await scene.closed(walk)
        outcome = await scene.outcome(run)
    assert (outcome.status, outcome.attempts) == (RunStatus.SUCCEEDED, 3)
    starts = scene.ledger.starts(walk.schedule_id)
    assert [line.attempt for line in starts] == [1, 2, 3]
    assert len({line.process for line in starts}) == 2


async def test_a_run_that_is_cancelled_while_its_worker_is_lost_has_not_failed(
    client: Client, tmp_path: Path
) -> None:
    scene = Scene(client, "cancels-of-lost-workers", tmp_path)
    async with workers(client, scene.app, tmp_path) as worker:
        first = await worker()
        walk = await scene.create("attempts", args={"fates": "h"}, max_runs=1, pause_on_failure=1)
        await scene.started(walk)
        run = await scene.only_run(walk)
        first.tree()
        first.kill_everything()
        await client.get_workflow_handle(run.id).cancel(reason="enough")
        await worker()
        (run,) = await scene.closed(walk)
        assert run.status is RunStatus.CANCELLED
        assert run.error
        assert run.error.message == "enough"
        assert not (await scene.schedules.read(walk.schedule_id)).paused
