"""Starts of walkers that end as a test wants, in place of a worker's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from footfall.schedules.occasion import RunEnd
from footfall.schedules.request import RunRequest
from footfall.schedules.run import RunOutcome, RunStatus
from workflows.chores import chores_queue_of
from workflows.run_walker import RunWalker

type Start = Callable[[RunRequest], Awaitable[RunOutcome]]


@asynccontextmanager
async def starting_by(client: Client, app: str, start: Start) -> AsyncIterator[None]:
    """Run workflows whose walkers are started by a function."""

    @activity.defn(name="run_walker")
    async def durably(request: RunRequest) -> RunOutcome:
        return await start(request)

    @activity.defn(name="run_walker_lightly")
    async def lightly(request: RunRequest, _: str) -> RunOutcome:
        return await start(request)

    @activity.defn(name="root_has_room")
    async def never(root: str) -> None:
        raise ApplicationError(root)

    @activity.defn(name="tell_followers")
    async def tell(end: RunEnd) -> None:
        assert end.status is RunStatus.CANCELLED

    async with (
        Worker(
            client,
            task_queue=app,
            workflows=[RunWalker],
            activities=[durably, lightly],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
        Worker(client, task_queue=chores_queue_of(app), activities=[never, tell]),
    ):
        yield


def interrupted(error: ApplicationError, begun: asyncio.Event) -> Start:
    """Give a start that ends with an error when its run is cancelled, and begins no walker.

    Args:
        error: it had come about before it heard of that.
        begun: is set when it waits.
    """

    async def start(request: RunRequest) -> RunOutcome:
        assert request.steps_aside
        begun.set()
        while True:
            activity.heartbeat()
            try:
                await asyncio.sleep(0.1)
            except asyncio.CancelledError:
                raise error from None

    return start
