import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

from footfall.walkers.watch import Watch

LOOK_SECONDS = 0.5
"""How often a walker is looked at; what is new is told Temporal with the next heartbeat."""

QUIET_SECONDS = 2.0
"""How often a heartbeat is sent when there is nothing new. It also brings the news that the run
was cancelled or terminated."""


@asynccontextmanager
async def watched(watch: Watch) -> AsyncIterator[None]:
    """Tell Temporal with each heartbeat what is seen of a walker, until the block ends.

    A walker that ends at once costs no heartbeat.
    """
    beating = asyncio.create_task(_beat(watch))
    try:
        yield
    finally:
        beating.cancel()


async def _beat(watch: Watch) -> None:
    told, told_at = None, time.monotonic()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        seen = watch.look()
        if seen != told or time.monotonic() - told_at >= QUIET_SECONDS:
            activity.heartbeat(seen)
            told, told_at = seen, time.monotonic()
