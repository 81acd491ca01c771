from collections.abc import Callable
from datetime import timedelta

LAG = timedelta(seconds=1)
"""How long after something happened Temporal's lists may show it, unless it is very busy."""

OVERLAP = timedelta(seconds=10)
"""How late they may show it all the same, and how far the clocks of those who write may differ, for
it to be seen soon."""

DEEP_SECONDS = 10.0
"""How often it is looked back over all of the overlap."""


class Reach:
    """How far back a list goes: a little each time, and now and then over all of the overlap.

    Each entry of a list costs Temporal as much as a small write, so that looking back over the
    last ten seconds every second would list each entry ten times.

    Args:
        clock: gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._deep_at = float("-inf")

    def now(self) -> timedelta:
        """Give how far it is looked back this time."""
        now = self._clock()
        if now - self._deep_at < DEEP_SECONDS:
            return LAG
        self._deep_at = now
        return OVERLAP
