import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from deployment import environ_of, token
from http_caller import HttpCaller
from support.ports import free_port
from support.processes import clean_environ
from support.waiting import until

SCRIPT = Path(__file__).parent / "filled_api.py"


@dataclass(frozen=True)
class Filled:
    """An API that has so much in its projection; `caller` calls it as the owner of all of it."""

    caller: HttpCaller
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Give how long it has used a processor so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    def kibibytes(self) -> float:
        """Give the memory that is its own."""
        return self.process.memory_full_info().uss / 1024


@asynccontextmanager
async def filled_api(
    *, schedules: int = 0, runs: int = 0, mongodb_uri: str | None = None
) -> AsyncIterator[Filled]:
    """Start an API of its own, and fill its projection without any Temporal."""
    port, nobody = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
        environ = environ_of(f"127.0.0.1:{nobody}", f"filled-{port}", Path(folder))
        if mongodb_uri is not None:
            environ["FOOTFALL_MONGODB_URI"] = mongodb_uri
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(SCRIPT), str(port), str(schedules), str(runs)),
            env=clean_environ(environ),
            stdin=asyncio.subprocess.DEVNULL,
            # It would say again and again that Temporal is away.
            stdout=asyncio.subprocess.DEVNULL,
        )
        caller = HttpCaller("127.0.0.1", port, token())
        try:

            async def answers() -> bool:
                if process.returncode is not None:
                    raise RuntimeError(f"{SCRIPT.name} ended: {process.returncode}")
                try:
                    # It listens at once, and answers as soon as it is filled.
                    await caller.raw("GET", "/healthz/live")
                except (OSError, asyncio.IncompleteReadError):
                    return False
                return True

            await until(answers, seconds=600, what="the filled API", every=0.1)
            yield Filled(caller, psutil.Process(process.pid))
        finally:
            caller.close()
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
