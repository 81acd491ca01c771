import hashlib
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from footfall.temporal.connection import RPC_TIMEOUT, translated_errors

_PREFIX = "footfall-worker-"
_SILENT = timedelta(seconds=75)
"""After which a worker that asked for no work is taken for gone; it asks once a minute at least."""


def worker_identity(version: str) -> str:
    """Give what Temporal shows as a worker of a version of the app: its process, host, version."""
    return f"{_PREFIX}{os.getpid()}@{_place()}/{version}"


def _place() -> str:
    """Name the host, and where its process numbers count.

    Containers may have one hostname, and each has processes of these numbers of its own.
    """
    host = socket.gethostname()
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        numbers = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:  # no Linux, and no such containers
        return host
    return f"{host}#{hashlib.sha256(f'{boot}{numbers}'.encode()).hexdigest()[:8]}"


def version_of(identity: str) -> str:
    """Give the version in a worker's identity; empty for what is no worker of ours."""
    is_ours = identity.startswith(_PREFIX)
    return identity.rpartition("/")[2] if is_ours and "/" in identity else ""


def process_of(identity: str) -> int | None:
    """Give the number of a worker's process on its host; None for what is no worker."""
    process, _, _ = identity.removeprefix(_PREFIX).partition("@")
    return int(process) if identity.startswith(_PREFIX) and process.isdecimal() else None


def host_of(identity: str) -> str:
    """Give the host in a worker's identity; empty for what names none."""
    return _place_of(identity).partition("#")[0]


def _place_of(identity: str) -> str:
    return identity.partition("@")[2].rpartition("/")[0]


def has_ended(identity: str) -> bool:
    """Say whether a worker of this machine and container has certainly ended."""
    process = process_of(identity)
    if process is None or _place_of(identity) != _place():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def is_alive(asked_at: datetime, now: datetime) -> bool:
    """Say whether a worker that asked last at an instant is there still, as far as is known."""
    return now - asked_at < _SILENT


async def pollers(client: Client, *, app: str) -> dict[str, datetime]:
    """Give the workers of an app by identity, with the time (UTC) at which each asked last.

    Temporal goes on showing one for five minutes after it ended; one that is there asks again
    once a minute at least.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
    """
    with translated_errors():
        found = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=app),
                # For activities one that has no slot left does not ask.
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            ),
            timeout=RPC_TIMEOUT,
        )
    latest: dict[str, datetime] = {}
    for poller in found.pollers:
        at = poller.last_access_time.ToDatetime(UTC)
        latest[poller.identity] = max(at, latest.get(poller.identity, at))
    return latest
