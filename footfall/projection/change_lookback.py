import time
from collections.abc import Callable
from datetime import datetime, timedelta

OVERLAP = timedelta(seconds=10)
"""How far the clocks of those who change schedules may differ for a change to be seen at once."""

LAG = timedelta(seconds=1)
"""How long after a change Temporal's list may show it, unless it is very busy."""

DEEP_SECONDS = 10.0
"""How often it is looked back over all of the overlap while schedules are changed."""


class ChangeLookback:
    """From when on schedules that were changed are listed: as little as can be, again and again.

    Each entry of the list costs Temporal as much as a small write, so that looking back over
    the last ten seconds every second would double what a write costs. What a look misses, since
    the list showed it late or its writer's clock is behind, a deep one shows, and the next sweep.

    Args:
        clock: gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._latest: datetime | None = None
        self._latest_seen_at = 0.0
        self._deep_at = float("-inf")

    def saw(self, changed_at: datetime) -> None:
        """Note when a schedule in the list was changed (UTC)."""
        if self._latest is None or changed_at > self._latest:
            self._latest = changed_at
            self._latest_seen_at = self._clock()

    def since(self) -> datetime | None:
        """Give from when on (UTC) what was changed is to be listed now; None for all."""
        if self._latest is None:
            return None
        now = self._clock()
        reach = LAG
        if now - self._deep_at >= DEEP_SECONDS:
            reach, self._deep_at = OVERLAP, now
        # What came since then is later, as far as the clocks agree.
        quiet = timedelta(seconds=now - self._latest_seen_at)
        return self._latest - max(timedelta(), reach - quiet)
