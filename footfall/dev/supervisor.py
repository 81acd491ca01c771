import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog

from footfall.dev.backoff import Backoff
from footfall.dev.guard import Guard
from footfall.dev.keeper import Keeper
from footfall.dev.part import Part

_log = structlog.get_logger(__name__)

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

PATIENCE = 15.0
"""Seconds after which a part that is not ready is named in the log."""


class Supervisor:
    """Runs stages of parts: a stage starts when the one before is ready; the last stops first.

    Args:
        stages: parts that start together, stage after stage.
        guard: who ends all processes, should this one die.
        show: takes the name of a part and a line of its output.
        on_ready: called once, when everything is ready.
        graces: seconds that each stage is given to stop, before it is killed.
        backoff: makes the pauses between restarts, for each part.
    """

    def __init__(
        self,
        stages: Sequence[Sequence[Part]],
        *,
        guard: Guard,
        show: Callable[[str, str], None],
        on_ready: Callable[[], Awaitable[None]],
        graces: Sequence[float],
        backoff: Callable[[], Backoff] = Backoff,
    ) -> None:
        self._stages = [
            [Keeper(part, guard=guard, show=show, backoff=backoff()) for part in stage]
            for stage in stages
        ]
        self._graces = graces
        self._on_ready = on_ready
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Run until `stop` is called, or a part that must start cannot.

        Raises:
            PartFailedError: that part's name, and how it ended.
        """
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._failed = failed
        stopped = asyncio.create_task(_wait_for(self._stop))
        self._launch(self._start())
        try:
            await asyncio.wait({stopped, failed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            failed.cancel()  # what fails from now on fails because it is stopped
            await self._end()
        if not failed.cancelled():
            await failed

    def stop(self) -> None:
        """Stop everything; the second call kills what is left."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def stop_on_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP stop everything."""
        loop = asyncio.get_running_loop()
        for kind in STOP_SIGNALS:
            loop.add_signal_handler(kind, self.stop)

    def _launch(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._note)
        self._tasks.add(task)

    def _note(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and self._failed is not None and not self._failed.done():
            self._failed.set_exception(error)

    async def _start(self) -> None:
        for stage in self._stages:
            for keeper in stage:
                self._launch(keeper.keep())
            for keeper in stage:
                await self._await_ready(keeper)
        await self._on_ready()

    async def _await_ready(self, keeper: Keeper) -> None:
        while not keeper.ready.is_set():
            try:
                async with asyncio.timeout(PATIENCE):
                    await keeper.ready.wait()
            except TimeoutError:
                _log.warning(f"still waiting for {keeper.part.name}")

    async def _end(self) -> None:
        began = time.monotonic()
        _log.info("stopping")
        for stage, grace in zip(reversed(self._stages), reversed(self._graces), strict=True):
            stops = asyncio.create_task(_stop_stage(stage, grace))
            hurry = asyncio.create_task(_wait_for(self._hurry))
            await asyncio.wait({stops, hurry}, return_when=asyncio.FIRST_COMPLETED)
            if hurry.done():
                await _stop_stage(stage, 0)
            hurry.cancel()
            await stops
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        _log.info("stopped", seconds=round(time.monotonic() - began, 1))


async def _stop_stage(stage: Sequence[Keeper], grace: float) -> None:
    await asyncio.gather(*(keeper.stop(grace) for keeper in stage))


async def _wait_for(event: asyncio.Event) -> None:
    await event.wait()
