import time
from collections.abc import Callable
from datetime import datetime, timedelta

from footfall.projection.reach import Reach


class ChangeLookback:
    """From when on schedules that were changed are listed: as little as can be, again and again.

    What a look misses, since the list showed it late or its writer's clock is behind, a deep one
    shows, and the next sweep.

    Args:
        clock: gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._latest: datetime | None = None
        self._latest_seen_at = 0.0
        self._reach = Reach(clock)

    def saw(self, changed_at: datetime) -> None:
        """Note when a schedule in the list was changed (UTC)."""
        if self._latest is None or changed_at > self._latest:
            self._latest = changed_at
            self._latest_seen_at = self._clock()

    def since(self) -> datetime | None:
        """Give from when on (UTC) what was changed is to be listed now; None for all."""
        if self._latest is None:
            return None
        # What came since then is later, as far as the clocks agree.
        quiet = timedelta(seconds=self._clock() - self._latest_seen_at)
        return self._latest - max(timedelta(), self._reach.now() - quiet)
