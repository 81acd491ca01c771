import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from row import Figures
from runners import our_runner
from scenario import Measure, Scenario, Size
from sustained import sustained
from temporal_server import INDEXES_DROPPED, Flavour, temporal_server

FLAGS = (
    (INDEXES_DROPPED,),
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
"""What is done to the embedded server for its speed."""


@asynccontextmanager
async def flag_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Runs per second of the embedded server, against the same without some of its flags.

    Each time both are started anew: a server slows down as its file grows, and nine that are idle
    take a part of the machine.
    """
    seconds = size.of(20, quick=4)
    yield [
        Scenario("flags", f"without {flags[0]}", _fresh(seconds), _fresh(seconds, flags))
        for flags in FLAGS
    ]


def _fresh(seconds: int, without: Sequence[str] = ()) -> Measure:
    async def run() -> Figures:
        with tempfile.TemporaryDirectory(prefix="footfall-bench-") as name:
            async with (
                temporal_server(Flavour.EMBEDDED, without=without) as server,
                our_runner(server, Path(name)) as runner,
            ):
                return await sustained(runner, seconds)()

    return run
