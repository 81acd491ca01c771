import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog

from footfall.errors import TemporalUnavailableError

EVERY_SECONDS = 0.5
"""How often Temporal is asked whether it is there."""

SILENT_SECONDS = 1.5
"""How long nothing was answered when Temporal counts as away; shorter gaps are ridden out."""

PATIENCE_SECONDS = 2.0
"""How long one answer may take; a Temporal that is slower than that is asked again."""

TICK_SECONDS = 0.1
"""How often it is looked whether this process itself goes on."""

_log = structlog.get_logger(__name__)


class Pulse:
    """Whether Temporal answers at all, so that nobody waits for one that is away.

    A call may take its full deadline where Temporal is slow. Only where it answers nothing, neither
    a question after its health nor any other call, it is away, until it answers again. The time
    for which this process itself stood still, and could hear no answer, does not count.
    """

    def __init__(self) -> None:
        self._answered_at = self._ticked_at = time.monotonic()
        self._stood_still = 0.0
        self._away = asyncio.Event()
        self._endings: set[asyncio.Timeout] = set()

    @property
    def is_away(self) -> bool:
        """Whether Temporal has not answered for a while."""
        return self._away.is_set()

    def answered(self) -> None:
        """Note that Temporal has just answered something."""
        self._tick()
        self._answered_at, self._stood_still = self._ticked_at, 0.0

    @contextmanager
    def ending(self, ending: asyncio.Timeout) -> Iterator[None]:
        """Let a timeout, which has begun, end what stands in here as soon as Temporal is away."""
        # A task of its own that waits beside each call would cost as much as the call does here.
        self._endings.add(ending)
        try:
            yield
        finally:
            self._endings.discard(ending)

    def _is_gone(self) -> None:
        self._away.set()
        now = asyncio.get_running_loop().time()
        for ending in self._endings:
            if not ending.expired():
                ending.reschedule(now)

    async def gone(self) -> None:
        """Return as soon as Temporal is away."""
        await self._away.wait()

    async def watch(self, check: Callable[[], Awaitable[None]]) -> None:
        """Feel for it until cancelled.

        Args:
            check: returns if Temporal serves, and raises TemporalUnavailableError if not.
        """
        ticking = asyncio.create_task(self._keep_ticking())
        try:
            await self._keep_asking(check)
        finally:
            ticking.cancel()

    async def _keep_ticking(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._tick()

    def _tick(self) -> None:
        now = time.monotonic()
        late = now - self._ticked_at - TICK_SECONDS
        # Less than that every busy process is late.
        if late > TICK_SECONDS:
            self._stood_still += late
        self._ticked_at = now

    def _is_silent(self) -> bool:
        self._tick()
        return self._ticked_at - self._answered_at - self._stood_still >= SILENT_SECONDS

    async def _keep_asking(self, check: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await check()
            except (TemporalUnavailableError, TimeoutError):
                if self._is_silent() and not self.is_away:
                    _log.warning("Temporal is away; what needs it is refused until it answers")
                    self._is_gone()
            except Exception:  # noqa: BLE001
                # Whatever this is, Temporal is asked again.
                _log.exception("whether Temporal is there cannot be found out")
            else:
                self.answered()
                if self.is_away:
                    _log.info("Temporal answers again")
                self._away.clear()
            await asyncio.sleep(EVERY_SECONDS)
