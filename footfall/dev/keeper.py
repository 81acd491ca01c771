import asyncio
import time
from collections.abc import Callable

import structlog

from footfall.dev.backoff import Backoff
from footfall.dev.child import Child
from footfall.dev.guard import Guard
from footfall.dev.part import Part
from footfall.errors import FootfallError

_log = structlog.get_logger(__name__)


class PartFailedError(FootfallError):
    """A part of `footfall dev` ended before it was ready."""

    code = "part_failed"


class Keeper:
    """Keeps one part running: starts it, watches it, starts it again if it dies.

    Attributes:
        ready: set while the part serves.
    """

    def __init__(
        self,
        part: Part,
        *,
        guard: Guard,
        show: Callable[[str, str], None],
        backoff: Backoff,
    ) -> None:
        self.part = part
        self.ready = asyncio.Event()
        self._guard = guard
        self._show = show
        self._backoff = backoff
        self._child: Child | None = None
        self._stopping = False
        self._ready_since: float | None = None
        self._was_ready = False

    async def keep(self) -> None:
        """Keep the part running until `stop` is called.

        Raises:
            PartFailedError: a part that must start ended before it was ever ready.
        """
        while not self._stopping:
            self._child = child = self._make_child()
            await child.start()
            if self._stopping:
                await child.stop(0)
                return
            watching = asyncio.create_task(self._watch_readiness(child))
            try:
                code = await child.wait()
            finally:
                watching.cancel()
                await asyncio.wait({watching})
            if self._stopping:
                return
            await self._rest(code)

    async def stop(self, grace: float) -> None:
        """Stop the part; it is killed after `grace` seconds."""
        self._stopping = True
        self.ready.clear()
        if self._child is not None:
            await self._child.stop(grace)

    async def _rest(self, code: int) -> None:
        self.ready.clear()
        name = self.part.name
        if self.part.must_start and not self._was_ready:
            raise PartFailedError(f"{name} ended before it was ready ({_ending(code)})")
        since, self._ready_since = self._ready_since, None
        delay = self._backoff.after(0.0 if since is None else time.monotonic() - since)
        _log.error(
            f"{name} ended; it is started again",
            ending=_ending(code),
            seconds=delay,
            **({"hint": self.part.hints[code]} if code in self.part.hints else {}),
        )
        await asyncio.sleep(delay)

    async def _watch_readiness(self, child: Child) -> None:
        try:
            await self.part.ready()
        except FootfallError as error:
            _log.error(f"{self.part.name} is not ready; it is stopped", problem=error.message)
            await child.stop(0)
            return
        self._ready_since = time.monotonic()
        self.ready.set()
        if self._was_ready:
            _log.info(f"{self.part.name} is ready again")
        self._was_ready = True

    def _make_child(self) -> Child:
        def show(line: str) -> None:
            if not (self._stopping and self.part.silent_end):
                self._show(self.part.name, line)

        return Child(
            self.part.command,
            environ=self.part.environ,
            guard=self._guard,
            show=show,
        )


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
