"""Celery beat with a worker and Redis, each a process of its own, on free ports."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from peers import install
from support.ports import free_port
from support.waiting import until
from ticks import Tick, read_ticks

REQUIRED = ("celery[redis]==5.7.0",)
APP = Path(__file__).parent / "apps" / "beat"
BROKER = "redis-server"


@dataclass(frozen=True)
class CeleryBeat:
    """A beat whose entries are due at each full minute."""

    ledger: Path

    def ticks(self) -> list[Tick]:
        """Give what ran; when a run was meant to be is not told: at the minute before it."""
        return [
            Tick(tick.schedule, tick.began // 60 * 60, tick.began)
            for tick in read_ticks(self.ledger)
            if tick.schedule != "ready"
        ]


def has_broker() -> bool:
    """Say whether Redis is installed; Celery beat has no lateness without a broker."""
    found = shutil.which(BROKER) is not None
    if not found:
        print(f"# no {BROKER} on this machine: Celery beat is left out", flush=True)
    return found


@asynccontextmanager
async def celery_beat(entries: int) -> AsyncIterator[CeleryBeat]:
    """Start a broker, a worker with its defaults, and a beat with so many entries."""
    commands = await asyncio.to_thread(install, "celery", REQUIRED)
    port = free_port()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-bench-")))
        ledger = folder / "ledger"
        environ = {
            **os.environ,
            "BENCH_BROKER": f"redis://127.0.0.1:{port}/0",
            "BENCH_ENTRIES": str(entries),
            "BENCH_LEDGER": str(ledger),
            "PYTHONPATH": str(APP),
            # Celery minds that it is root, where it is.
            "C_FORCE_ROOT": "1",
        }
        celery = (str(commands / "celery"), "-A", "tasks", "--quiet")
        for command in (
            (BROKER, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
            (*celery, "worker", "--loglevel", "error"),
            (*celery, "beat", "--loglevel", "error", "--schedule", str(folder / "beat")),
        ):
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env=environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            stack.push_async_callback(_stopped, process)

        async def works() -> bool:
            # An entry of its own, every second.
            return bool(read_ticks(ledger))

        await until(works, seconds=60, what="Celery", every=0.2)
        yield CeleryBeat(ledger)


async def _stopped(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 20)
    except TimeoutError:
        process.kill()
        await process.wait()
