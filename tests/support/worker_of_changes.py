"""A worker that only keeps changes, without an app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client
from temporalio.worker import Worker

from workflows.record_changes import RecordChanges


@asynccontextmanager
async def recording_worker(client: Client, app: str) -> AsyncIterator[None]:
    async with Worker(client, task_queue=app, workflows=[RecordChanges]):
        yield
