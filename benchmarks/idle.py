import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from row import Figures
from runners import Runner, our_runner, stock_runner
from scenario import Measure, Scenario, Size
from temporal_server import Flavour, temporal_server
from ticks import Tick, late

EVERY = 2
"""Seconds between runs. Temporal sleeps at least one second between two times of a schedule, so
that one that runs every second drifts: its lateness grows to a second, and begins anew."""


@asynccontextmanager
async def idle_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """How late one schedule's runs begin while nothing else happens.

    Against a plain Temporal schedule with one activity on the same server, and against APScheduler
    within this process, which keeps nothing and sends nothing.
    """
    runs, rounds = size.of(8, quick=2), size.of(5, quick=1)
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as name:
        folder = Path(name)
        async with (
            temporal_server(Flavour.EMBEDDED) as server,
            our_runner(server, folder) as ours,
            stock_runner(server, folder) as stock,
        ):
            lateness = _lateness(ours, runs)
            found = [
                Scenario(
                    "one idle schedule",
                    against,
                    lateness,
                    reference,
                    rounds=rounds,
                    warms_up=False,
                )
                for against, reference in (
                    ("raw", _lateness(stock, runs)),
                    ("APScheduler", _in_process(runs)),
                )
            ]
            yield found[:1] if size.is_quick else found


def _lateness(runner: Runner, runs: int) -> Measure:
    async def run() -> Figures:
        name = secrets.token_hex(8)
        handle = await runner.server.client.create_schedule(
            name, runner.schedule(name, seconds=EVERY)
        )
        # The first time is that of a schedule that has just been made.
        await asyncio.sleep(EVERY * (runs + 1.5))
        await handle.delete()
        return late([tick for tick in runner.ticks() if tick.schedule == name][1:])

    return run


def _in_process(runs: int) -> Measure:
    async def run() -> Figures:
        found: list[Tick] = []
        scheduler = BackgroundScheduler()
        scheduler.start()
        job = scheduler.add_job(
            lambda: found.append(Tick("", 0.0, time.time())), "interval", seconds=EVERY
        )
        first = job.next_run_time.timestamp()
        await asyncio.sleep(EVERY * (runs + 1.5))
        scheduler.shutdown()
        return late([Tick("", first + EVERY * at, tick.began) for at, tick in enumerate(found)][1:])

    return run
