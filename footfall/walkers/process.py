import asyncio
import contextlib
import ctypes
import math
import signal
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog
from pebble import ProcessExpired, ProcessPool

from footfall.errors import AppError
from footfall.walkers import host
from footfall.walkers.call import WalkerCall
from footfall.walkers.catalogue import Catalogue
from footfall.walkers.deadline import LiveUntil
from footfall.walkers.descendants import descendants, is_there, kill_tree
from footfall.walkers.host import BEGAN, STARTED, Finished, HostSettings, LoadFailure
from footfall.walkers.spawning import HostContext

_SECONDS_TO_DIE = 5

_log = structlog.get_logger(__name__)


class HostDiedError(Exception):
    """The host process ended in the middle of something.

    Attributes:
        exit_code: negative for a signal, as in `subprocess`; None if it is not known.
        began: whether the walker had been started.
    """

    def __init__(self, exit_code: int | None, *, began: bool = False) -> None:
        self.exit_code = exit_code
        self.began = began
        super().__init__(_reason(exit_code))


class HostProcess:
    """One host process seen from outside: a pebble pool of one, used until its process dies.

    A pool of several would share one pipe and one lock among its processes; a process that is
    killed at the wrong moment takes both along. So each has its own, and is thrown away whole.
    """

    def __init__(self, settings: HostSettings) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._pool: ProcessPool | None = None
        self._news: Connection | None = None
        self._pid: int | None = None
        self._began: asyncio.Event | None = None
        self._output: Path | None = None
        self._until: LiveUntil | None = None
        self._awaited: asyncio.Future[Any] | None = None
        self.alive = False

    async def start(self) -> Catalogue:
        """Start the process and load the app.

        Raises:
            AppError: the app cannot be loaded, or ended the process while it loaded.
        """
        loading = await asyncio.to_thread(self._launch)
        assert self._news is not None  # noqa: S101 - _launch has set it
        self.alive = True
        self._loop.add_reader(self._news.fileno(), self._hear)
        try:
            answer = await self._result(loading)
        except HostDiedError as error:
            raise AppError(
                f"{self._settings.app}: the process {error} while it loaded the app"
            ) from error
        if isinstance(answer, LoadFailure):
            raise AppError(answer.message, **answer.details)
        return answer  # type: ignore[no-any-return]

    async def walk(self, call: WalkerCall, output: Path, began: Callable[[], None]) -> Finished:
        """Run a walker.

        Args:
            call: what to run.
            output: the file that takes its standard output.
            began: called when the walker starts.

        Raises:
            HostDiedError: the process ended before the walker did.
        """
        if self._pool is None or not self.alive:
            raise HostDiedError(None)
        self._began, self._output = asyncio.Event(), output
        try:
            running = self._pool.schedule(host.walk, args=(call, output))
        except RuntimeError as error:  # the pool has noticed that its process is gone
            raise HostDiedError(None) from error
        waiting = asyncio.ensure_future(self._began.wait())
        result = asyncio.ensure_future(self._result(running))
        try:
            await asyncio.wait({waiting, result}, return_when=asyncio.FIRST_COMPLETED)
            if self._began.is_set():
                began()
            return await result  # type: ignore[no-any-return]
        finally:
            waiting.cancel()
            result.cancel()

    def live_until(self, until: float) -> None:
        """Have the process end itself at a time, unless it is told a later one before.

        Args:
            until: on the machine's monotonic clock (seconds).
        """
        if self._until is not None:
            self._until.value = until

    def kill(self) -> None:
        """Kill the process at once, with all processes that its walkers started."""
        self.alive = False
        if self._pid is not None:
            kill_tree(self._pid)

    async def gone(self) -> None:
        """Kill what is left of the process and its group, and wait for its end, some seconds.

        What does not end in that time waits for a disk, say, and cannot be helped.
        """
        self.kill()
        if self._pid is None:
            return
        deadline, pause = time.monotonic() + _SECONDS_TO_DIE, 0.001
        while is_there(self._pid):
            if time.monotonic() >= deadline:
                _log.warning("a process that was killed does not end", pid=self._pid)
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, 0.05)

    def has_too_many(self) -> bool:
        """Say whether what runs there has started more processes than it may."""
        most = self._settings.limits.processes
        return bool(
            most and self._pid is not None and len(descendants(self._pid, most)) > most,
        )

    async def close(self) -> None:
        """Kill the process and wait until it is gone."""
        self.kill()
        if self._awaited is not None and self._pid is not None:
            # Pebble has to see the death first: a pool that is stopped answers nobody.
            await asyncio.wait({self._awaited}, timeout=_SECONDS_TO_DIE)
        self._deafen()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(_end, pool)
        self.kill()  # a child that it started in its last moment

    def _launch(self) -> Any:
        context = HostContext()
        self._news, owner = context.Pipe(duplex=False)
        self._until = context.RawValue(ctypes.c_double, math.inf)
        self._pool = ProcessPool(
            max_workers=1,
            initializer=host.open_host,
            initargs=(self._settings, owner, self._until),
            context=context,
        )
        loading = self._pool.schedule(host.load)  # this starts the process
        # Without it pebble cannot start another process when this one dies: it fails what was
        # running there, and the pool is over. Its exit code 0 would otherwise leave us waiting.
        owner.close()
        return loading

    async def _result(self, future: Any) -> Any:
        self._awaited = asyncio.wrap_future(future)
        try:
            return await self._awaited
        except (ProcessExpired, BrokenProcessPool) as error:
            self._hear()  # what it said before it died
            self.alive = False
            began = self._began is not None and self._began.is_set()
            # Of a process that had begun, pebble knows the exit code unless it was 0.
            code = getattr(error, "exitcode", 0 if began else None)
            raise HostDiedError(code, began=began) from error

    def _hear(self) -> None:
        if self._news is None:
            return
        try:
            while self._news.poll():
                kind, value = self._news.recv()
                if kind == STARTED:
                    self._pid = value
                elif kind == BEGAN and value == self._output and self._began is not None:
                    self._began.set()
        except (EOFError, OSError):
            self.alive = False
            self._deafen()

    def _deafen(self) -> None:
        news, self._news = self._news, None
        if news is not None:
            self._loop.remove_reader(news.fileno())
            news.close()


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _reason(exit_code: int | None) -> str:
    if exit_code is None:
        return "ended"
    if exit_code < 0:
        with contextlib.suppress(ValueError):
            return f"was killed by {signal.Signals(-exit_code).name}"
    return f"exited with code {exit_code}"
