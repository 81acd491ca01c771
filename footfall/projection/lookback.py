import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from footfall.projection.reach import Reach

UNREST_SECONDS = 60.0
"""For so long after an outage visibility may still get what happened before and in it."""

QUIET_SECONDS = 60.0
"""When nothing new has come for so long, what came last is not listed again and again."""

DEEP_SECONDS = 10.0
"""How often it is looked back over the whole of an outage meanwhile."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Lookback:
    """How far back runs are listed: a little each time, and after an outage over all of it.

    A server that was away writes what it owes visibility in no order: the end of a run may show
    long after the ends of later ones.

    Args:
        clock: gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._from: datetime | None = None
        self._until = 0.0
        self._looked_at = float("-inf")
        self._reach = Reach(clock)
        self._latest: datetime | None = None
        self._latest_at = 0.0

    def outage(self, seen: datetime | None) -> None:
        """Note that Temporal is away, or that it is not known what was missed.

        Args:
            seen: the latest moment of a run that was folded (UTC), None if none ever was.
        """
        now = self._clock()
        self._until = now + UNREST_SECONDS
        if seen is None:
            # All is listed now; what visibility was still owed then comes with one more list.
            self._from = _EPOCH
            self._looked_at = self._until - DEEP_SECONDS
            return
        if self._from is None:
            self._from = seen - timedelta(seconds=UNREST_SECONDS)
        self._looked_at = float("-inf")

    def since(self, seen: datetime) -> datetime:
        """Give from when on runs are to be listed (UTC), `seen` being the latest one folded."""
        now = self._clock()
        if seen != self._latest:
            self._latest, self._latest_at = seen, now
        reach = self._reach.now()
        usual = seen if now - self._latest_at >= QUIET_SECONDS else seen - reach
        if self._from is None or now - self._looked_at < DEEP_SECONDS:
            return usual
        deep, self._looked_at = self._from, now
        if now >= self._until:
            self._from = None
        return min(deep, usual)
