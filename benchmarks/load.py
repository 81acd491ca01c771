import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

from row import Figures


def percentile(values: Sequence[float], percent: float) -> float:
    """Give the value below or at which so many percent of the values are."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


async def spread[Item](
    items: Iterable[Item], callers: int, do: Callable[[Item], Awaitable[object]], what: str = ""
) -> Figures:
    """Do something with every item, each caller with one after the other; say how fast that is."""
    left = iter(items)
    taken: list[float] = []

    async def call() -> None:
        for item in left:
            started = time.perf_counter()
            await do(item)
            taken.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    seconds = time.perf_counter() - started
    return {
        (what, "per second"): len(taken) / seconds,
        (what, "ms (p50)"): 1000 * percentile(taken, 50),
        (what, "ms (p99)"): 1000 * percentile(taken, 99),
    }


async def latency(times: int, do: Callable[[], Awaitable[object]]) -> Figures:
    """Do something again and again, one after the other; say how long it takes."""
    found = await spread(range(times), 1, lambda _: do())
    return {key: value for key, value in found.items() if key[1] == "ms (p50)"}
