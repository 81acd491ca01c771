import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from row import Figures
from runners import LIGHT, Runner, our_runner, stock_runner
from scenario import Measure, Scenario, Size
from support.waiting import until
from temporal_server import Flavour, temporal_server
from usage import cpu_seconds, mebibytes

AHEAD = 64
"""Runs that are under way at any moment: enough to keep a worker busy, too few to drown it."""

FEEDERS = 16
RAMP_SECONDS = 2.0


@asynccontextmanager
async def sustained_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Runs per second, and what one costs: our server and worker, against stock ones.

    The load is a process of its own, which starts runs as fast as they end.
    """
    flavours = [Flavour.STOCK_FILE] + ([] if size.is_quick else [Flavour.STOCK_MEMORY])
    seconds = size.of(15, quick=5)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-bench-")))
        server = await stack.enter_async_context(temporal_server(Flavour.EMBEDDED))
        ours = await stack.enter_async_context(our_runner(server, folder))
        ways = {"sustained runs": ours, "sustained light runs": replace(ours, options=LIGHT)}
        found: list[Scenario] = []
        for flavour in flavours:
            stock_server = await stack.enter_async_context(temporal_server(flavour))
            stock = await stack.enter_async_context(stock_runner(stock_server, folder))
            found += [
                Scenario(
                    name,
                    f"{flavour}, stock worker",
                    sustained(runner, seconds),
                    sustained(stock, seconds),
                )
                for name, runner in ways.items()
            ]
        yield found


def sustained(runner: Runner, seconds: int) -> Measure:
    """Measure runs per second, and what each costs, over so many seconds."""

    async def run() -> Figures:
        done = Lines(runner.ledger)
        started = 0
        ends_at = time.monotonic() + RAMP_SECONDS + seconds

        async def feed() -> None:
            nonlocal started
            while time.monotonic() < ends_at:
                if started - done.count() >= AHEAD:
                    await asyncio.sleep(0.01)
                    continue
                started += 1
                await runner.start(started)

        feeders = [asyncio.create_task(feed()) for _ in range(FEEDERS)]
        await asyncio.sleep(RAMP_SECONDS)
        began = _Usage(runner, done)
        await asyncio.gather(*feeders)
        figures = _Usage(runner, done).since(began)

        async def all_done() -> bool:
            return done.count() >= started

        await until(all_done, seconds=120, what="the end of what was started")
        events = await runner.events(await runner.start(0))
        return {**figures, ("", "events per run"): events}

    return run


class Lines:
    """Counts the lines that are added to a file."""

    def __init__(self, file: Path) -> None:
        self._sink = file.open("rb")
        self._sink.seek(0, 2)
        self._count = 0

    def count(self) -> int:
        """Give how many were added so far."""
        self._count += self._sink.read().count(b"\n")
        return self._count


class _Usage:
    def __init__(self, runner: Runner, done: Lines) -> None:
        self.at = time.monotonic()
        self.runs = done.count()
        self.server = cpu_seconds(runner.server.pid)
        self.worker = cpu_seconds(runner.pid)
        self.memory = mebibytes(runner.pid)

    def since(self, earlier: "_Usage") -> Figures:
        runs = max(1, self.runs - earlier.runs)
        return {
            ("", "per second"): runs / (self.at - earlier.at),
            ("server", "ms of CPU per run"): 1000 * (self.server - earlier.server) / runs,
            ("worker", "ms of CPU per run"): 1000 * (self.worker - earlier.worker) / runs,
            ("worker", "MiB"): self.memory,
        }
