"""Waiting for conditions with a deadline, never for a fixed time."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until[Value](
    probe: Callable[[], Awaitable[Value | None]],
    *,
    seconds: float = 60.0,
    what: str = "the condition",
    every: float = 0.05,
) -> Value:
    """Give the probe's first true value."""
    deadline = time.monotonic() + seconds
    while True:
        value = await probe()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about within {seconds} s: {value!r}")
        await asyncio.sleep(every)
