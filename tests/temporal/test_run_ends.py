"""The end of a run is told once, though its worker forgets and replays it after each step."""

import uuid
from datetime import datetime

from support.walks import a_walk
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from footfall.schedules.request import RunRequest
from footfall.schedules.run import RunOutcome, RunStatus
from footfall.schedules.schedule import ScheduledWalk
from worker.run_ends import TellingRunEnds
from workflows.run_walker import RunWalker

RUNS = 4


class Ends:
    def __init__(self) -> None:
        self.told: list[tuple[str, RunStatus]] = []

    def ended(
        self, walk: ScheduledWalk, outcome: RunStatus, started_at: datetime, at: datetime
    ) -> None:
        assert started_at < at
        self.told.append((walk.schedule_id, outcome))


class Broken:
    def ended(self, *_: object) -> None:
        raise ValueError("a bug")


@activity.defn(name="run_walker")
async def succeed(request: RunRequest) -> RunOutcome:
    assert request.run_id
    return RunOutcome(status=RunStatus.SUCCEEDED)


async def test_each_end_is_told_once_whoever_else_cannot_take_it(
    client: Client, app_name: str
) -> None:
    ends = Ends()
    walks = [a_walk(app_name) for _ in range(RUNS)]
    async with Worker(
        client,
        task_queue=app_name,
        workflows=[RunWalker],
        activities=[succeed],
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[TellingRunEnds(Broken(), ends)],
        max_cached_workflows=0,
        max_concurrent_workflow_task_polls=1,
    ):
        for walk in walks:
            await client.execute_workflow(
                RunWalker.run, walk, id=uuid.uuid4().hex, task_queue=app_name
            )
    assert ends.told == [(walk.schedule_id, RunStatus.SUCCEEDED) for walk in walks]
