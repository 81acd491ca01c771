import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress

from footfall.dev.guard import Guard

LINE_LIMIT = 256 * 1024
"""Bytes of the longest line of output that is passed on whole."""

PIPE_SECONDS = 1.0
"""How long a dead child's pipe may be kept open by what has left its session."""


class Child:
    """One process in a session of its own, and its output.

    Args:
        command: what to run.
        environ: its whole environment.
        guard: who ends it, should this process die.
        show: takes each line of its output.
    """

    def __init__(
        self,
        command: list[str],
        *,
        environ: Mapping[str, str],
        guard: Guard,
        show: Callable[[str], None],
    ) -> None:
        self._command = command
        self._environ = dict(environ)
        self._guard = guard
        self._show = show
        self._process: asyncio.subprocess.Process | None = None
        self._output: asyncio.Task[None] | None = None
        self._buried = False

    async def start(self) -> None:
        """Start the process."""
        # A pipe of our own: asyncio's would make the process's end wait for everyone who still
        # holds the other end, such as a grandchild.
        reading, writing = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._guard.guarded(self._command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                env=self._environ,
                start_new_session=True,
                pass_fds=[self._guard.fd],
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._output = asyncio.create_task(self._pump(reading))

    async def wait(self) -> int:
        """Wait until the process has ended, end what is left of its session, give its exit code."""
        if self._process is None:
            return 0
        code = await self._process.wait()
        if not self._buried:
            # Once only: later the number may be another process's.
            self._buried = True
            self._guard.kill(self._process.pid)
        if self._output is not None:
            # Kept from waiting for ever by a grandchild that left the session with our pipe.
            await asyncio.wait({self._output}, timeout=PIPE_SECONDS)
            self._output.cancel()
        return code

    async def stop(self, grace: float) -> None:
        """Ask the process to end; after `grace` seconds kill it and its session.

        The signal goes to the process alone, since what it started is its own to stop in order.
        """
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(grace):
                await process.wait()
        except TimeoutError:
            self._guard.kill(process.pid)
        await self.wait()

    async def _pump(self, reading: int) -> None:
        output = asyncio.StreamReader(limit=LINE_LIMIT)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(output),
            os.fdopen(reading, "rb", buffering=0),
        )
        try:
            while line := await _next_line(output):
                self._show(_text(line))
        finally:
            transport.close()


async def _next_line(output: asyncio.StreamReader) -> bytes:
    """Give a line, or a piece of one that is too long; nothing at the end."""
    try:
        return await output.readuntil()
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as long:
        return await output.read(max(long.consumed, 1))


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")
