from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from filled import Filled, filled_api
from load import latency
from row import Figures
from scenario import Measure, Scenario, Size
from support.mongod import running_mongod

QUERIES = {
    "by creation": "",
    "one walker of ten, by next run": "&walker_name=walker_3&sort=next_run_at",
    "one tag of 100, by last run": "&tag=tag-3&sort=-last_run_at",
    "words, by name": "&q=walker_3&sort=name",
}
SMALL = 1_000


@asynccontextmanager
async def list_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Give a page of 50 of many schedules, against the same of 1,000; in memory and in MongoDB.

    The rows are put into the projection directly: Temporal would take many minutes for so many.
    """
    large = size.of(100_000, quick=10_000)
    async with AsyncExitStack() as stack:

        async def of(count: int, uri: str | None = None) -> Filled:
            return await stack.enter_async_context(filled_api(schedules=count, mongodb_uri=uri))

        empty, small, big = await of(0), await of(SMALL), await of(large)
        found = _pages("memory", large, big, small, size)
        kibibytes = (big.kibibytes() - empty.kibibytes()) / large

        async def memory() -> Figures:
            return {("", "KiB per schedule with one run"): kibibytes}

        found.append(Scenario(f"API's memory, {large} schedules", "-", memory, rounds=1))
        if not size.is_quick:
            server = await stack.enter_async_context(running_mongod())
            shared = await of(SMALL, server.uri), await of(large, server.uri)
            found += _pages("MongoDB", large, shared[1], shared[0], size)
        yield found


def _pages(store: str, large: int, big: Filled, small: Filled, size: Size) -> list[Scenario]:
    return [
        Scenario(
            f"page of 50 of {large} in {store}, {name}",
            f"of {SMALL}",
            pages(big, query, size),
            pages(small, query, size),
        )
        for name, query in QUERIES.items()
    ]


def pages(filled: Filled, query: str, size: Size) -> Measure:
    """Ask for a first page of 50 schedules, again and again."""
    return asking(filled, f"/schedule/list?limit=50{query}", size)


def asking(filled: Filled, path: str, size: Size) -> Measure:
    """Ask for the same, again and again."""

    async def run() -> Figures:
        return await latency(size.of(100, quick=20), lambda: filled.caller.raw("GET", path))

    return run
