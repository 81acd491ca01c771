import time
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager

LARGE = 10_000
"""Schedules from which on a list is large: to count so many takes as long as to read a page."""

KEPT_SECONDS = 1.0
"""How old the total of a large list may be; what this process writes of schedules is in it."""

_MOST = 1000


class Totals:
    """How many rows large lists have, counted once a second and not for each page.

    Args:
        clock: gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._largest = 0
        self._known: dict[Hashable, tuple[float, int]] = {}
        self._changes = 0

    async def of(self, what: Hashable, count: Callable[[], Awaitable[int]]) -> int:
        """Give how many there are of `what`, which `count` counts."""
        now = self._clock()
        counted_at, known = self._known.get(what, (float("-inf"), 0))
        if now - counted_at < KEPT_SECONDS:
            return known
        changes = self._changes
        total = await count()
        self._largest = max(self._largest, total)
        # A rare word is looked for in all rows, too.
        if self._largest >= LARGE and changes == self._changes:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[what] = now, total
        return total

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Write inside this what may change totals: what was counted before then is forgotten."""
        try:
            yield
        finally:
            self._changes += 1
            self._known.clear()
