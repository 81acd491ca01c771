"""A start that a network held up is left to the worker that has the run by then."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollActivityTaskQueueRequest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from activities.watching import OUT_OF_TOUCH, SURPRISING, watched
from footfall.walkers.watch import Watch


@workflow.defn(sandboxed=False)
class Starts:
    """Starts one activity on a queue of its own."""

    @workflow.run
    async def run(self, queue: str) -> None:
        await workflow.execute_activity(
            "late", task_queue=queue, start_to_close_timeout=timedelta(minutes=1)
        )


@pytest.mark.parametrize("is_taken", [True, False])
async def test_a_start_that_comes_late_asks_whose_it_is(client: Client, *, is_taken: bool) -> None:
    queue = f"late-{secrets.token_hex(4)}"
    async with Worker(client, task_queue=f"{queue}-workflows", workflows=[Starts]):
        handle = await client.start_workflow(
            Starts.run, queue, id=queue, task_queue=f"{queue}-workflows"
        )
        task = await client.workflow_service.poll_activity_task_queue(
            PollActivityTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=queue),
                identity="held up",
            ),
        )
        assert task.task_token
        if is_taken:
            await handle.terminate()
        environment = ActivityEnvironment(client=client)
        environment.info = replace(
            environment.info,
            task_token=task.task_token,
            started_time=datetime.now(UTC) - 2 * SURPRISING,
        )
        begun: list[bool] = []

        async def start() -> None:
            async with watched(Watch(1, 1)):
                begun.append(True)

        if is_taken:
            with pytest.raises(ApplicationError) as refused:
                await environment.run(start)
            assert refused.value.type == OUT_OF_TOUCH
        else:
            await environment.run(start)
            await handle.terminate()
        assert begun == ([] if is_taken else [True])
