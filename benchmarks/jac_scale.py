"""The scheduler of jac-scale, in a virtual environment of its own that is made when needed."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from http_caller import HttpCaller, HttpError
from peers import install
from support.ports import free_port
from support.waiting import until
from ticks import Tick

# Of one release, so that figures of two days can be compared. It needs requests, and does not
# say so.
REQUIRED = ("jac-scale[scheduler]==0.2.31", "jaclang==0.16.7", "requests")
PEER = "jac-scale"
LEDGER = "BENCH_LEDGER"

_CONFIG = """
[project]
name = "peer"
version = "0.1.0"
entry-point = "main.jac"

[plugins.scale.jwt]
secret = "a secret that is only good for benchmarks, 32 bytes"
"""

_HEAD = """
import os;
import time;
import from jaclang.runtimelib.scheduler { ScheduleTrigger }
"""

_WALKER = """
@schedule(%(schedule)s)
walker %(name)s {
    can run with Root entry {
        sink = os.open(os.environ["BENCH_LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT);
        os.write(sink, f"%(name)s {time.time()}\\n".encode());
        os.close(sink);
    }
}
"""


@dataclass(frozen=True)
class JacScale:
    """A running server with the walkers `tick_0`, `tick_1` and so on; `caller` is one user."""

    caller: HttpCaller
    ledger: Path

    async def create(self, number: int, *, seconds: int) -> float:
        """Schedule a walker, and give the Unix time of its creation, from which it is counted."""
        body = {"walker_or_function": f"tick_{number}", "trigger": "interval", "interval": seconds}
        job = await self.caller.data("POST", "/jobs", body)
        return datetime.fromisoformat(job["created_at"]).timestamp()

    async def delete_all(self) -> None:
        """Delete every job."""
        while jobs := (await self.caller.data("GET", "/jobs?limit=500"))["jobs"]:
            for job in jobs:
                await self.caller.data("DELETE", f"/jobs/{job['job_id']}")

    def ticks(self, created: list[float]) -> list[Tick]:
        """Give what ran, where walker n has run every second since `created[n]`.

        When a run was meant to be is not told. Taken is the last time before it, so that one that
        is later than its interval counts as less late than it is.
        """
        found: list[Tick] = []
        for line in self.ledger.read_text().splitlines():
            name, at = line.split()
            number, began = int(name.removeprefix("tick_")), float(at)
            late = (began - created[number]) % 1
            found.append(Tick(name, round(began - late, 3), began))
        return found


@asynccontextmanager
async def started(folder: Path, walkers: str) -> AsyncIterator[int]:
    """Start a server in a folder, give its port at once, and kill it at the end."""
    port = free_port()
    (folder / "jac.toml").write_text(_CONFIG)
    (folder / "main.jac").write_text(_HEAD + walkers)
    (folder / "ledger").touch()
    commands = await asyncio.to_thread(install, PEER, REQUIRED)
    with (folder / "output.txt").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(commands / "jac", "start", "main.jac", "--no_client", "--port", str(port)),
            cwd=folder,
            env={**os.environ, LEDGER: str(folder / "ledger")},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        yield port
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def walker(name: str, schedule: str = "trigger=ScheduleTrigger.DYNAMIC") -> str:
    """Write a walker in Jac that notes when it runs; `schedule` is its decorator's arguments."""
    return _WALKER % {"name": name, "schedule": schedule}


@asynccontextmanager
async def jac_scale(walkers: int = 1) -> AsyncIterator[JacScale]:
    """Run a server of its own with so many walkers that can be scheduled."""
    code = "".join(walker(f"tick_{number}") for number in range(walkers))
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as name:
        folder = Path(name)
        async with started(folder, code) as port:
            nobody = HttpCaller("127.0.0.1", port)

            async def answers() -> bool:
                try:
                    await nobody.raw("GET", "/healthz")
                except (OSError, HttpError):
                    return False
                return True

            await until(answers, seconds=180, what="jac-scale", every=0.2)
            caller = HttpCaller("127.0.0.1", port, await _signed_in(nobody))
            try:
                yield JacScale(caller, folder / "ledger")
            finally:
                nobody.close()
                caller.close()


async def _signed_in(nobody: HttpCaller) -> str:
    identity = {"type": "username", "value": "bench"}
    credential = {"type": "password", "password": "benchmark-password"}
    new = {"identities": [identity], "credential": credential}
    await nobody.data("POST", "/user/register", new)
    known = {"identity": identity, "credential": credential}
    token: str = (await nobody.data("POST", "/user/login", known))["token"]
    return token
