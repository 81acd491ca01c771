import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

HEARTBEAT_SECONDS = 1.0
"""How often the worker tells Temporal that an activity is alive; for so long a walker may go on
after its run was cancelled or terminated."""


@asynccontextmanager
async def heartbeats() -> AsyncIterator[None]:
    """Tell Temporal that the present activity is alive, until the block ends."""
    beating = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beating.cancel()


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT_SECONDS)
