"""What ends a start of a walker is told apart: the walker itself, its root, its worker."""

import asyncio
import uuid
from typing import Any

import pytest
from support.starts import interrupted, starting_by
from support.walks import a_walk
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError

from activities.watching import OUT_OF_TOUCH
from footfall.schedules.attributes import OUTCOME
from footfall.schedules.light import NOT_LIGHTLY
from footfall.schedules.policy import Policies, RetryPolicy
from footfall.schedules.request import ROOT_BUSY, ROOT_LOST, RunRequest, Stepped
from footfall.schedules.run import (
    WALKER_NOT_FOUND,
    WALKER_TIMEOUT,
    RunError,
    RunOutcome,
    RunStatus,
)
from footfall.schedules.schedule import utc_now
from workflows.run_walker import RunWalker

BUSY = ApplicationError("busy", Stepped(lost=0), type=ROOT_BUSY, non_retryable=True)
AWAY = ApplicationError("away", type=OUT_OF_TOUCH, non_retryable=True)


@pytest.mark.parametrize("error", [BUSY, AWAY], ids=["root busy", "out of touch"])
async def test_a_run_that_is_cancelled_just_when_its_start_ends_without_a_walker_ends(
    client: Client, app_name: str, error: ApplicationError
) -> None:
    begun = asyncio.Event()
    walk = a_walk(app_name)
    policies = walk.policies.model_copy(update={"retry": RetryPolicy(max_attempts=3)})
    walk = walk.model_copy(update={"policies": policies})
    async with starting_by(client, app_name, interrupted(error, begun)):
        handle = await client.start_workflow(
            RunWalker.run, walk, id=uuid.uuid4().hex, task_queue=app_name
        )
        await begun.wait()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as failure:
            async with asyncio.timeout(30):
                await handle.result()
    assert isinstance(failure.value.cause, CancelledError)


@pytest.mark.parametrize(
    ("execution", "kind"),
    [
        ("durable", ROOT_BUSY),
        ("light", NOT_LIGHTLY),
        ("durable", OUT_OF_TOUCH),
        ("durable", ROOT_LOST),
        ("light", WALKER_NOT_FOUND),
        ("durable", WALKER_TIMEOUT),
    ],
)
async def test_a_walkers_own_error_may_be_called_like_one_of_ours(
    client: Client, app_name: str, execution: Any, kind: str
) -> None:
    starts = 0

    async def start(request: RunRequest) -> RunOutcome:
        nonlocal starts
        starts += 1
        outcome = RunOutcome(
            status=RunStatus.FAILED,
            error=RunError(type=kind, message="its own"),
            attempts=request.starts_before + 1,
            walker_started_at=utc_now(),
            owner_listens=False,
            is_followed=False,
        )
        raise ApplicationError(request.walker_name, outcome, type=kind, non_retryable=True)

    retry = RetryPolicy(max_attempts=2, initial_interval=1)
    policies = Policies(execution=execution, retry=retry)
    walk = a_walk(app_name).model_copy(update={"policies": policies})
    run_id = uuid.uuid4().hex
    async with starting_by(client, app_name, start):
        with pytest.raises(WorkflowFailureError) as failure:
            async with asyncio.timeout(30):
                await client.execute_workflow(RunWalker.run, walk, id=run_id, task_queue=app_name)
    assert isinstance(failure.value.cause, ActivityError)
    assert isinstance(failure.value.cause.cause, ApplicationError)
    assert (failure.value.cause.cause.type, starts) == (kind, 2)
    # By this lists know a walker whose time was up.
    found = await client.get_workflow_handle(run_id).describe()
    assert SearchAttributeKey.for_keyword(OUTCOME) not in found.typed_search_attributes
