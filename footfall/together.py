import asyncio
from collections.abc import Awaitable, Sequence

AT_ONCE = 16
"""Schedules that one request reads or writes side by side."""


async def together(doing: Sequence[Awaitable[None]]) -> None:
    """Wait for all of these, at most `AT_ONCE` of which are under way at any time."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(work: Awaitable[None]) -> None:
        async with limit:
            await work

    await asyncio.gather(*(one(work) for work in doing))
