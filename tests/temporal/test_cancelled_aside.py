"""A run that is cancelled in the very moment in which it makes way for others ends."""

import asyncio
import uuid

import pytest
from support.walks import a_walk
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from footfall.schedules.occasion import RunEnd
from footfall.schedules.request import ROOT_BUSY, RunRequest, Stepped
from footfall.schedules.run import RunOutcome, RunStatus
from workflows.run_walker import RunWalker


async def test_a_run_that_is_cancelled_as_it_steps_aside_ends(
    client: Client, app_name: str
) -> None:
    begun = asyncio.Event()

    @activity.defn(name="run_walker")
    async def step_aside(request: RunRequest) -> RunOutcome:
        assert request.steps_aside
        begun.set()
        while True:
            activity.heartbeat()
            try:
                await asyncio.sleep(0.1)
            except asyncio.CancelledError:
                # It had decided before it heard of it.
                raise ApplicationError(
                    "busy", Stepped(lost=0), type=ROOT_BUSY, non_retryable=True
                ) from None

    @activity.defn(name="root_has_room")
    async def never(root: str) -> None:
        raise ApplicationError(root)

    @activity.defn(name="tell_followers")
    async def tell(end: RunEnd) -> None:
        assert end.status is RunStatus.CANCELLED

    async with (
        Worker(
            client,
            task_queue=app_name,
            workflows=[RunWalker],
            activities=[step_aside],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
        Worker(client, task_queue=f"{app_name}.chores", activities=[never, tell]),
    ):
        handle = await client.start_workflow(
            RunWalker.run, a_walk(app_name), id=uuid.uuid4().hex, task_queue=app_name
        )
        await begun.wait()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as failure:
            async with asyncio.timeout(30):
                await handle.result()
    assert isinstance(failure.value.cause, CancelledError)
