import asyncio
import contextlib
import signal
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import Mapping
from pathlib import Path

import psutil
from chaos.proxy import Proxy
from support.ports import free_port
from support.processes import FOOTFALL, Running, clean_environ, ready

STOP_SECONDS = 25.0


class Member:
    """A process of the deployment, which is started again whenever it has ended.

    Attributes:
        ways: the proxies between it and what it needs.
        pids: its process ids, the present one last.
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
        self.port = free_port()
        self._arguments = [*arguments, str(self.port)]
        self._environ = clean_environ(environ)
        self._output = folder / f"{name}.txt"
        self._running: Running | None = None

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

    async def ready(self, *, seconds: float = 90) -> None:
        """Wait until it says that it is ready."""
        await ready(self.url, running=self.running, seconds=seconds)

    async def kill(self) -> None:
        """End it as a crash would; what it had started has to end by itself."""
        self.running.tree()
        self.running.process.kill()
        await self.running.all_gone()

    async def terminate(self) -> int:
        """End it as an operator would, and give its exit code."""
        self.running.tree()
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
        self._running.kill_everything()
        await self._running.all_gone()

    def _signal(self, kind: signal.Signals) -> None:
        for process in self.running.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(kind)
