import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from celery_beat import celery_beat, has_broker
from load import spread
from row import Figures
from runners import Runner, our_runner, stock_runner
from scenario import Measure, Scenario, Size
from support.waiting import until
from temporal_server import Flavour, temporal_server
from ticks import Tick, judged

CALLERS = 16
EVERY = 3600
"""Seconds between two runs of a schedule, of which the first one is measured."""

CREATED = 15
"""Schedules that are created in a second at least, on a machine that is busy."""

SETTLED = 10
"""Seconds in which Temporal looks at a new schedule; what is due before that may never run."""

LATEST = 60.0
"""Seconds after the time that are given to what is late; what comes later was lost."""


@asynccontextmanager
async def burst_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """How late runs begin of which many are due in one second.

    Against plain Temporal schedules with one activity on the same server, and against Celery beat
    with Redis, whose entries are due at each full minute.
    """
    rounds = {20: 1} if size.is_quick else {20: 5, 200: 5, 1000: 2}
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as name:
        folder = Path(name)
        async with (
            temporal_server(Flavour.EMBEDDED) as server,
            our_runner(server, folder) as ours,
            stock_runner(server, folder) as stock,
        ):
            found: list[Scenario] = []
            for count, times in rounds.items():
                peers = {"raw": _burst(stock, count)}
                if not size.is_quick and has_broker():
                    peers["Celery beat"] = _beat(count)
                found += [
                    Scenario(
                        f"{count} schedules due in one second",
                        against,
                        _burst(ours, count),
                        reference,
                        rounds=times if against == "raw" else min(times, 2),
                        warms_up=False,
                    )
                    for against, reference in peers.items()
                ]
            yield found


def _burst(runner: Runner, count: int) -> Measure:
    async def run() -> Figures:
        client, prefix = runner.server.client, secrets.token_hex(4)
        names = [f"{prefix}-{number}" for number in range(count)]
        due = int(time.time()) + SETTLED + count // CREATED

        async def create(name: str) -> None:
            await client.create_schedule(name, runner.schedule(name, seconds=EVERY, first=due))

        await spread(names, CALLERS, create)
        if time.time() > due - SETTLED // 2:
            raise RuntimeError(f"creating {count} schedules took too long")
        wanted = set(names)
        mine = await _all_ran(
            due, count, lambda: [one for one in runner.ticks() if one.schedule in wanted]
        )
        await spread(names, CALLERS, lambda name: client.get_schedule_handle(name).delete())
        return _told(mine, due, count)

    return run


def _beat(count: int) -> Measure:
    async def run() -> Figures:
        async with celery_beat(count) as peer:
            due = (int(time.time() + 10) // 60 + 1) * 60
            return _told(await _all_ran(due, count, peer.ticks), due, count)

    return run


async def _all_ran(due: int, count: int, ticks: Callable[[], list[Tick]]) -> list[Tick]:
    """Wait until so many schedules have run at their time, or could not any more."""
    await asyncio.sleep(max(0.0, due - time.time()))

    async def ran() -> bool:
        passed = {tick.schedule for tick in ticks() if tick.scheduled == due}
        return len(passed) >= count or time.time() > due + LATEST

    await until(ran, seconds=2 * LATEST, what="the last run of a burst", every=0.5)
    # One that runs twice may be the last.
    await asyncio.sleep(1)
    return ticks()


def _told(ticks: Sequence[Tick], due: int, count: int) -> Figures:
    delays = [1000 * (tick.began - due) for tick in ticks if tick.scheduled == due]
    return {**judged(ticks, count, due, 1), ("", "ms late (max)"): max(delays, default=0.0)}
