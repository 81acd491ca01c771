from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from filled import Filled, filled_api
from filled_api import FIRST
from lists import asking
from row import Figures
from scenario import Measure, Scenario, Size
from support.mongod import running_mongod

QUERIES = {"newest": "", "failed": "&status=failed"}
SMALL = 1_000


@asynccontextmanager
async def run_history_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Give a page of 50 of one schedule's many runs, against the same of 1,000 runs.

    The runs are put into the projection directly.
    """
    large = size.of(100_000, quick=20_000)
    async with AsyncExitStack() as stack:

        async def of(count: int, uri: str | None = None) -> Filled:
            return await stack.enter_async_context(
                filled_api(schedules=1, runs=count, mongodb_uri=uri)
            )

        small, big = await of(SMALL), await of(large)
        found = _pages("memory", large, big, small, size)
        kibibytes = (big.kibibytes() - small.kibibytes()) / (large - SMALL)

        async def memory() -> Figures:
            return {("", "KiB per run"): kibibytes}

        found.append(Scenario(f"API's memory, {large} runs", "-", memory, rounds=1))
        if not size.is_quick:
            server = await stack.enter_async_context(running_mongod())
            shared = await of(SMALL, server.uri), await of(large, server.uri)
            found += _pages("MongoDB", large, shared[1], shared[0], size)
        yield found


def _pages(store: str, large: int, big: Filled, small: Filled, size: Size) -> list[Scenario]:
    return [
        Scenario(
            f"page of 50 of {large} runs in {store}, {name}",
            f"of {SMALL}",
            _history(big, query, size),
            _history(small, query, size),
        )
        for name, query in QUERIES.items()
    ]


def _history(filled: Filled, query: str, size: Size) -> Measure:
    return asking(filled, f"/schedule/{FIRST}/runs?limit=50{query}", size)
