import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from jac_scale import jac_scale
from load import spread
from row import Figures
from runners import LIGHT, Runner, our_runner
from scenario import Measure, Scenario, Size
from support.waiting import until
from temporal_server import Flavour, temporal_server
from ticks import judged

LATEST = 30.0
"""Seconds after the last time that are given to what is late; what comes later was lost."""

CALLERS = 16


@asynccontextmanager
async def every_second_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Many schedules that run every second for a minute, against jac-scale.

    Ours are durable with the default overlap policy, by which a time at which the run before is
    still under way is left out, and counts as lost; and light with `allow_all`.
    """
    seconds = size.of(60, quick=10)
    counts = [50] if size.is_quick else [50, 200, 300]
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as name:
        async with (
            temporal_server(Flavour.EMBEDDED) as server,
            our_runner(server, Path(name)) as ours,
        ):
            ways = {"": ours, "light ": replace(ours, options=LIGHT)}
            yield [
                Scenario(
                    f"{count} {way}schedules every second for {seconds} s",
                    "jac-scale",
                    _ours(runner, count, seconds),
                    _peer(count, seconds),
                    rounds=size.of(2, quick=1),
                    warms_up=False,
                )
                for count in counts
                for way, runner in ways.items()
            ]


def _ours(runner: Runner, count: int, seconds: int) -> Measure:
    async def run() -> Figures:
        client, prefix = runner.server.client, secrets.token_hex(4)
        names = [f"{prefix}-{number}" for number in range(count)]
        await spread(
            names, CALLERS, lambda name: client.create_schedule(name, runner.schedule(name))
        )
        start = await _window(seconds)

        async def all_passed() -> bool:
            passed = {tick.schedule for tick in runner.ticks() if tick.scheduled >= start + seconds}
            return passed >= set(names) or time.time() > start + seconds + LATEST

        await until(all_passed, seconds=2 * LATEST, what="the end of the last runs", every=0.5)
        await spread(names, CALLERS, lambda name: client.get_schedule_handle(name).delete())
        mine = [tick for tick in runner.ticks() if tick.schedule.startswith(prefix)]
        return judged(mine, count, start, seconds)

    return run


def _peer(count: int, seconds: int) -> Measure:
    async def run() -> Figures:
        async with jac_scale(count) as peer:
            created = [await peer.create(number, seconds=1) for number in range(count)]
            start = await _window(seconds)
            await asyncio.sleep(2)
            return judged(peer.ticks(created), count, start, seconds)

    return run


async def _window(seconds: int) -> float:
    """Wait until so many seconds have passed from some moment on; give its Unix time."""
    start = float(int(time.time()) + 3)
    await asyncio.sleep(start + seconds - time.time())
    return start
