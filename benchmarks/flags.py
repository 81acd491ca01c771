import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from runners import our_runner
from scenario import Scenario, Size
from sustained import sustained
from temporal_server import Flavour, temporal_server

FLAGS = (
    ("journal_mode=WAL", "synchronous=normal"),
    ("synchronous=normal",),
    ("wal_autocheckpoint", "cache_size"),
    ("history.visibilityProcessorMaxPollRPS",),
    (
        "history.transferProcessorUpdateAckInterval",
        "history.timerProcessorUpdateAckInterval",
        "history.visibilityProcessorUpdateAckInterval",
    ),
    ("system.forceSearchAttributesCacheRefreshOnRead",),
    ("matching.numTaskqueueReadPartitions", "matching.numTaskqueueWritePartitions"),
    ("system.enableActivityEagerExecution",),
)
"""Flags of the embedded server that are there for its speed."""


@asynccontextmanager
async def flag_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Runs per second of the embedded server, against the same without some of its flags."""
    seconds = size.of(10, quick=4)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-bench-")))
        server = await stack.enter_async_context(temporal_server(Flavour.EMBEDDED))
        ours = sustained(await stack.enter_async_context(our_runner(server, folder)), seconds)
        found: list[Scenario] = []
        for flags in FLAGS:
            less = await stack.enter_async_context(temporal_server(Flavour.EMBEDDED, without=flags))
            runner = await stack.enter_async_context(our_runner(less, folder))
            found.append(Scenario("flags", f"without {flags[0]}", ours, sustained(runner, seconds)))
        yield found
