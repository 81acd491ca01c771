import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    PollActivityTaskQueueRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

from footfall.schedules.schedule import utc_now
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors

_POLL = timedelta(seconds=30)
_PATIENCE_SECONDS = 5.0
_EVERY_SECONDS = 0.05


async def clock_difference(
    client: Client, now: Callable[[], datetime] = utc_now
) -> timedelta | None:
    """Give by how much Temporal's clock is ahead of this process's, at least; None if unknown.

    Temporal tells nobody its time. It does tell when a worker asked for work last, so this asks for
    work on a queue of its own, on which there never is any. The time that the answer is under way
    counts for no difference.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
    """
    queue, identity = f"footfall-clock-{uuid.uuid4().hex}", f"footfall-clock@{uuid.uuid4().hex}"
    earliest = now()
    polling = asyncio.create_task(_poll(client, queue, identity))
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                asked_at = await _asked_at(client, queue, identity)
                if asked_at is not None:
                    return outside(asked_at, earliest, now())
                await asyncio.sleep(_EVERY_SECONDS)
    except TimeoutError:
        return None
    finally:
        polling.cancel()
        with suppress(asyncio.CancelledError, RPCError):
            await polling


async def _asked_at(client: Client, queue: str, identity: str) -> datetime | None:
    with translated_errors():
        found = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            ),
            timeout=RPC_TIMEOUT,
        )
    times = [one.last_access_time for one in found.pollers if one.identity == identity]
    return times[0].ToDatetime(UTC) if times else None


async def _poll(client: Client, queue: str, identity: str) -> None:
    request = PollActivityTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), identity=identity
    )
    # It ends by its deadline: there is no work.
    with suppress(RPCError):
        await client.workflow_service.poll_activity_task_queue(request, timeout=_POLL)


def outside(at: datetime, earliest: datetime, latest: datetime) -> timedelta:
    """Give how far an instant is from those between which it must be."""
    return at - min(max(at, earliest), latest)
