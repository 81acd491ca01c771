"""Footfall's own processes, started as a user starts them."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
from support.waiting import until

FOOTFALL = str(Path(sys.executable).parent / "footfall")
EXAMPLE_APP = Path(__file__).parent.parent.parent / "examples" / "jac_app"


def clean_environ(extra: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FOOTFALL_")}
    return {**kept, **extra}


def is_alive(pid: int) -> bool:
    """Say whether a process is there that is no zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Running:
    """A running `footfall ...` with everything that it started."""

    def __init__(self, process: asyncio.subprocess.Process, output: Path) -> None:
        self.process = process
        self._output = output
        self._seen: dict[int, psutil.Process] = {}

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")

    @property
    def lines(self) -> list[str]:
        """Give the lines of the output."""
        return self._written.splitlines()

    @property
    def _written(self) -> str:
        # A line that is just being written has no end yet.
        output = self.output
        return output[: output.rfind("\n") + 1]

    def children(self) -> dict[psutil.Process, list[str]]:
        """Give the processes that it started itself and that live, with their commands."""
        found = {}
        for process in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                found[process] = process.cmdline()
        return found

    def tree(self) -> list[psutil.Process]:
        """Give every process of the tree that was ever seen and still lives."""
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.process.pid)
            for found in [parent, *parent.children(recursive=True)]:
                self._seen.setdefault(found.pid, found)
        seen = self._seen.values()
        return [one for one in seen if one.is_running() and is_alive(one.pid)]

    def kill_everything(self) -> None:
        """SIGKILL every process at once, as a power cut would."""
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    async def all_gone(self, *, seconds: float = 60) -> None:
        async def gone() -> bool:
            return not self.tree()

        await until(gone, seconds=seconds, what="the end of every process")
        await self.process.wait()

    async def stop(self, kind: signal.Signals = signal.SIGTERM) -> int:
        self.tree()
        if self.process.returncode is None:
            self.process.send_signal(kind)
        await self.all_gone()
        assert self.process.returncode is not None
        return self.process.returncode

    async def shows(self, pattern: str, *, seconds: float = 120) -> re.Match[str]:
        """Wait until the lines of the output match."""

        async def found() -> re.Match[str] | None:
            has_ended = self.process.returncode is not None
            match = re.search(pattern, self._written)
            if has_ended and not match:
                raise AssertionError(f"it ended ({self.process.returncode}):\n{self.output}")
            return match

        return await until(found, seconds=seconds, what=f"{pattern!r} in the output")


@asynccontextmanager
async def footfall(
    *arguments: str,
    tmp_path: Path,
    cwd: Path | None = None,
    program: str = FOOTFALL,
    **environ: str,
) -> AsyncIterator[Running]:
    """Start `footfall` with arguments; whatever happens, nothing of it is left at the end."""
    output = tmp_path / f"output-{os.urandom(4).hex()}.txt"
    with output.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sink,
            stderr=asyncio.subprocess.STDOUT,
            env=clean_environ(environ),
            cwd=cwd or tmp_path,
        )
    running = Running(process, output)
    try:
        yield running
    finally:
        running.tree()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 12)
        running.kill_everything()
        await running.all_gone()


async def ready(url: str, *, running: Running | None = None, seconds: float = 150) -> None:
    """Wait until `/healthz/ready` answers 200."""
    async with httpx.AsyncClient() as client:

        async def is_ready() -> bool:
            if running is not None and running.process.returncode is not None:
                raise AssertionError(f"it ended:\n{running.output}")
            try:
                answer = await client.get(f"{url}/healthz/ready", timeout=5)
            except httpx.HTTPError:
                return False
            return answer.status_code == 200

        await until(is_ready, seconds=seconds, what=f"{url}/healthz/ready", every=0.1)
