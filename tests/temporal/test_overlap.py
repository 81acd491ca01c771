"""What runs of a schedule that is due every second while its walker takes 3.5 s."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from itertools import pairwise

import psutil
import pytest
from support.ledger import Line
from support.scene import Scene, running_scene
from support.waiting import until
from temporalio.client import Client

from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.run import RunStatus, RunSummary

SECOND = timedelta(seconds=1)
CLOSED = 3


class Played:
    """What a schedule did until three of its runs had ended; those that had not were cancelled.

    `skipped` is how often, by Temporal's own count, it did not start a run.
    """

    def __init__(
        self, runs: list[RunSummary], *, starts: list[Line], ends: list[Line], skipped: int
    ) -> None:
        self.runs = runs
        self.starts = starts
        self.ends = ends
        self.skipped = skipped

    def first(self) -> set[RunStatus]:
        return {run.status for run in self.runs[:CLOSED]}

    def overlaps(self) -> list[bool]:
        """Say of each run but the first whether it began before the one before it had ended."""
        return [
            one.closed_at is None or other.started_at < one.closed_at
            for one, other in pairwise(self.runs)
        ]

    def gaps(self) -> list[int]:
        """Give the seconds between the times for which runs were made."""
        due = [run.scheduled_at for run in self.runs if run.scheduled_at]
        return [round((other - one) / SECOND) for one, other in pairwise(due)]


@pytest.fixture(scope="module")
async def scene(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("overlap")
    async with running_scene(client, folder, app="overlap", processes=6) as scene:
        yield scene


@pytest.fixture(scope="module")
async def played(scene: Scene) -> Mapping[OverlapPolicy, Played]:
    async def play(overlap: OverlapPolicy) -> Played:
        stops = overlap in (OverlapPolicy.CANCEL_OTHER, OverlapPolicy.TERMINATE_OTHER)
        # So long that Temporal may look at a time more than a second late.
        seconds = 600 if stops else 3.5
        walk = await scene.create("work", args={"seconds": seconds}, overlap=overlap)
        await scene.started(walk)
        await scene.closed(walk, CLOSED)
        await scene.client.get_schedule_handle(walk.schedule_id).pause()
        skipped = (await scene.info(walk)).num_actions_skipped_overlap
        return Played(
            await scene.settled(walk, cancel=True),
            starts=scene.ledger.starts(walk.schedule_id),
            ends=scene.ledger.ends(walk.schedule_id),
            skipped=skipped,
        )

    found = await asyncio.gather(*(play(overlap) for overlap in OverlapPolicy))
    return dict(zip(OverlapPolicy, found, strict=True))


async def test_skip_leaves_out_what_is_due_meanwhile(
    played: Mapping[OverlapPolicy, Played],
) -> None:
    skip = played[OverlapPolicy.SKIP]
    assert skip.first() == {RunStatus.SUCCEEDED}
    assert not any(skip.overlaps()), skip.runs
    assert all(gap >= 3 for gap in skip.gaps())
    assert skip.skipped >= sum(gap - 1 for gap in skip.gaps())


async def test_buffer_one_runs_the_first_of_those_afterwards(
    played: Mapping[OverlapPolicy, Played],
) -> None:
    one = played[OverlapPolicy.BUFFER_ONE]
    assert one.first() == {RunStatus.SUCCEEDED}
    assert not any(one.overlaps()), one.runs
    for before, after in pairwise(one.runs):
        assert before.closed_at
        assert after.scheduled_at
        assert after.scheduled_at < before.closed_at
    assert one.gaps()[0] == 1
    assert max(one.gaps()) > 1
    assert one.skipped >= sum(gap - 1 for gap in one.gaps())


async def test_buffer_all_runs_each_one_after_the_other(
    played: Mapping[OverlapPolicy, Played],
) -> None:
    every = played[OverlapPolicy.BUFFER_ALL]
    assert every.first() == {RunStatus.SUCCEEDED}
    assert not any(every.overlaps()), every.runs
    assert set(every.gaps()) == {1}
    assert every.skipped == 0


async def test_allow_all_starts_each_in_time_but_walkers_on_one_root_take_turns(
    played: Mapping[OverlapPolicy, Played],
) -> None:
    every = played[OverlapPolicy.ALLOW_ALL]
    assert len([run for run in every.runs if run.status is RunStatus.SUCCEEDED]) >= CLOSED
    assert all(every.overlaps()[:CLOSED])
    assert set(every.gaps()) == {1}
    assert every.skipped == 0
    begun = {line.run_id: line.at for line in every.starts}
    for end in every.ends:
        meanwhile = [at for at in begun.values() if begun[end.run_id] < at < end.at]
        assert not meanwhile


async def test_a_walker_is_soon_cancelled(played: Mapping[OverlapPolicy, Played]) -> None:
    runs = played[OverlapPolicy.CANCEL_OTHER].runs[:CLOSED]
    lasted = [run.closed_at - run.started_at for run in runs if run.closed_at]
    # Of these a second passes before the next run is due. The SDK itself would hold heartbeats
    # back for eight.
    assert min(lasted) < 7 * SECOND


@pytest.mark.parametrize(
    ("overlap", "status"),
    [
        (OverlapPolicy.CANCEL_OTHER, RunStatus.CANCELLED),
        (OverlapPolicy.TERMINATE_OTHER, RunStatus.TERMINATED),
    ],
)
async def test_the_other_is_stopped_and_so_is_its_walker(
    played: Mapping[OverlapPolicy, Played], overlap: OverlapPolicy, status: RunStatus
) -> None:
    stopped = played[overlap]
    assert stopped.first() == {status}
    assert not any(stopped.overlaps()), stopped.runs
    assert stopped.starts
    assert not stopped.ends
    processes = {line.process for line in stopped.starts}

    async def gone() -> bool:
        return not any(psutil.pid_exists(process) for process in processes)

    await until(gone, what="the end of the walkers' processes")
