import asyncio
from collections.abc import Awaitable, Callable, Iterable

AT_ONCE = 16
"""How much is done side by side where one request, or one run, needs very much."""


async def together[Item, Value](
    do: Callable[[Item], Awaitable[Value]], items: Iterable[Item]
) -> list[Value]:
    """Do something with each item, with at most `AT_ONCE` at any time; give what came of each."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(item: Item) -> Value:
        async with limit:
            return await do(item)

    return list(await asyncio.gather(*(one(item) for item in items)))
