import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from footfall.errors import FootfallError

EVERY_SECONDS = 5.0
"""How old a value may be that is shown without being asked for anew."""

PATIENCE_SECONDS = 1.0
"""How long a scrape waits for a new value; then it shows the one before, if it is not old."""

OLD_SECONDS = 60.0
"""How old a value may be that is still shown when no new one can be had."""

_log = structlog.get_logger(__name__)


class Refreshed[Value]:
    """Something that has to be asked for elsewhere, and is asked only while someone looks.

    No look waits for long or fails, whatever becomes of the question, and many looks at once ask
    once.

    Args:
        ask: gives the value; what it raises means that there is none now.
    """

    def __init__(self, ask: Callable[[], Awaitable[Value]]) -> None:
        self._ask = ask
        self._value: Value | None = None
        self._known_at = self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    @property
    def value(self) -> Value | None:
        """What is known; None if nothing is, or only what is long past."""
        return self._value if time.monotonic() - self._known_at < OLD_SECONDS else None

    async def look(self) -> None:
        """Ask anew if it is time, and wait for the answer a little."""
        if self._asking is None and time.monotonic() - self._asked_at >= EVERY_SECONDS:
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(self._refresh())
        if self._asking is not None:
            await asyncio.wait({self._asking}, timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()

    async def _refresh(self) -> None:
        try:
            self._value = await self._ask()
            self._known_at = time.monotonic()
        except FootfallError as error:
            _log.debug("a metric is not known now", reason=error.message)
        except Exception:  # noqa: BLE001
            # Whatever it is, the other metrics are to be had.
            _log.exception("a metric cannot be found out")
        finally:
            self._asking = None
