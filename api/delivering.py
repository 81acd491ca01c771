import asyncio
import os
import socket
from datetime import timedelta

import structlog
from pydantic import SecretStr
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.webhooks import WebhookActivities
from footfall.config import Settings
from footfall.temporal.connection import connect_patiently
from footfall.temporal.owner_hooks import notices_queue
from footfall.webhooks.sender import Sender
from workflows.deliver_notice import DeliverNotice
from workflows.hold_hooks import HoldHooks

WORKFLOWS = (DeliverNotice, HoldHooks)
"""What an API runs; each has committed histories that replay."""

AT_ONCE = 20
"""Webhooks that one process posts at once."""

GRACE = timedelta(seconds=2)
"""How long a post may take to finish at the end; else it is repeated by another process."""

PAUSE_SECONDS = 5

_log = structlog.get_logger(__name__)


async def deliver_forever(settings: Settings) -> None:
    """Deliver the app's notices until cancelled, if the settings have a secret to sign them with.

    It is the API that delivers: a notice that no worker runs has to go out without one, and the
    secret stays away from the processes that run walkers.
    """
    secret = settings.webhooks.secret
    while secret is not None:
        try:
            await _deliver(settings, secret)
        except Exception:  # noqa: BLE001
            # Deliveries wait in Temporal meanwhile.
            _log.exception("the delivery of notices failed and goes on")
            await asyncio.sleep(PAUSE_SECONDS)


async def _deliver(settings: Settings, secret: SecretStr) -> None:
    # A client of its own: the API's connects with its first call, which no worker takes.
    client = await connect_patiently(
        settings.temporal,
        identity=f"footfall-notices-{os.getpid()}@{socket.gethostname()}",
    )
    posting = WebhookActivities(
        Sender(allow_private=settings.webhooks.allow_private),
        secret=secret,
        attempts=settings.webhooks.attempts,
    )
    worker = Worker(
        client,
        task_queue=notices_queue(settings.temporal.task_queue),
        workflows=WORKFLOWS,
        # As in a worker: the sandbox is for the tests, which replay every history in it.
        workflow_runner=UnsandboxedWorkflowRunner(),
        activities=[posting.post_webhook],
        max_concurrent_activities=AT_ONCE,
        graceful_shutdown_timeout=GRACE,
    )
    await worker.run()
