import asyncio
import contextlib
import signal
import time
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from chaos.proxy import Proxy
from support.ports import free_port
from support.processes import FOOTFALL, Running, clean_environ, ready

STOP_SECONDS = 25.0
RESTART_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended that nobody had told to; `at` is Unix time."""

    name: str
    at: float
    code: int
    output: str


class Member:
    """A process of the deployment, which is started again whenever it has ended.

    Attributes:
        ways: the proxies between it and what it needs.
        pids: its process ids, the present one last.
        ends: how it ended by itself: when, with which code, and its last lines.
    """

    def __init__(
        self,
        name: str,
        arguments: list[str],
        *,
        folder: Path,
        environ: Mapping[str, str],
        ways: Mapping[str, Proxy],
    ) -> None:
        self.name = name
        self.ways = ways
        self.pids: list[int] = []
        self.ends: list[End] = []
        self.port = free_port()
        self._arguments = [*arguments, str(self.port)]
        self._environ = clean_environ(environ)
        self._output = folder / f"{name}.txt"
        self._running: Running | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._is_left = False
        self._starting = asyncio.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> Running:
        assert self._running is not None
        return self._running

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")

    async def start(self) -> None:
        """Start it, and do not wait until it is ready."""
        async with self._starting:
            self._is_left = False
            await self._start()

    async def _start(self) -> None:
        with self._output.open("ab") as sink:
            process = await asyncio.create_subprocess_exec(
                *(FOOTFALL, *self._arguments),
                stdin=DEVNULL,
                stdout=sink,
                stderr=STDOUT,
                env=self._environ,
                cwd=self._output.parent,
            )
        self.pids.append(process.pid)
        self._running = Running(process, self._output)
        self._keeping = asyncio.create_task(self._keep(process))

    async def ready(self, *, seconds: float = 180) -> None:
        """Wait until it says that it is ready, however often it is started until then."""
        await ready(self.url, seconds=seconds)

    async def is_serving(self) -> bool:
        """Say whether it has got so far that it answers."""
        async with httpx.AsyncClient() as client:
            try:
                await client.get(f"{self.url}/healthz/live", timeout=2)
            except httpx.HTTPError:
                return False
        return True

    async def kill(self) -> None:
        """End it as a crash would; what it had started has to end by itself."""
        await self._leave()
        with contextlib.suppress(ProcessLookupError):
            self.running.process.kill()
        await self.running.all_gone()

    async def terminate(self) -> int:
        """End it as an operator would, and give its exit code; 0 if it had ended already."""
        await self._leave()
        if self.running.process.returncode is not None:
            return 0
        self.running.process.terminate()
        await self.running.all_gone(seconds=STOP_SECONDS)
        assert self.running.process.returncode is not None
        return self.running.process.returncode

    def freeze(self) -> None:
        """Stop it and all that it started, as a paused container does."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    async def end(self) -> None:
        """End it, however it stands, and leave nothing behind."""
        if self._running is None:
            return
        await self._leave()
        self._running.kill_everything()
        await self._running.all_gone()

    async def _leave(self) -> None:
        """Start it no more when it ends, nor when it has just ended."""
        async with self._starting:
            self._is_left = True
        self.running.tree()

    async def _keep(self, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        if self._is_left:
            return
        self.ends.append(End(self.name, time.time(), code, self.output[-600:]))
        await asyncio.sleep(RESTART_SECONDS)
        async with self._starting:
            if not self._is_left:
                await self._start()

    def _signal(self, kind: signal.Signals) -> None:
        for process in self.running.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(kind)
