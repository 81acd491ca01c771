"""A real Temporal server for tests, with its data in a file: it can be stopped and started."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from support.ports import free_port

from footfall.temporal.embedded import LOOPBACK, EmbeddedTemporal, find_binary

START_SECONDS = 60.0
STOP_SECONDS = 20.0


class TemporalFile:
    """A server that keeps port and data through each end; as `footfall dev` starts it."""

    def __init__(self, folder: Path) -> None:
        self._embedded = EmbeddedTemporal(
            host=LOOPBACK, port=free_port(), ui_port=free_port(), data_dir=folder
        )
        self._log = folder / "temporal.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return self._embedded.address

    @property
    def port(self) -> int:
        return self._embedded.port

    async def start(self) -> Self:
        """Start and wait until it serves."""
        with self._log.open("ab") as sink:
            self._process = await asyncio.create_subprocess_exec(
                *self._embedded.command(find_binary()),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sink,
                stderr=asyncio.subprocess.STDOUT,
            )
        await self._embedded.wait_until_ready(deadline=START_SECONDS)
        return self

    async def stop(self) -> None:
        """End it as an operator would, if it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def signal(self, kind: signal.Signals) -> None:
        """Send it a signal, such as SIGSTOP and SIGCONT."""
        assert self._process is not None
        self._process.send_signal(kind)

    async def kill(self) -> None:
        """End it as a crash would."""
        assert self._process is not None
        process, self._process = self._process, None
        process.kill()
        await process.wait()

    def freeze(self) -> None:
        """Let it answer nothing, with its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def temporal_file(folder: Path) -> AsyncIterator[TemporalFile]:
    server = TemporalFile(folder)
    try:
        yield await server.start()
    finally:
        server.thaw()
        await server.stop()
