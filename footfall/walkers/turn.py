import asyncio
import math
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from footfall.walkers.lease import Lease, LeaseLostError

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.25
"""Seconds between two tries for a root that another worker has."""


class RootBusyError(Exception):
    """Another walker runs on the root, for longer than was waited for it."""


class Holder(Protocol):
    """What runs the walker of a turn; HostProcess is it."""

    def live_until(self, until: float) -> None:
        """Take note when the process has to end itself, unless it is told a later time."""
        ...

    def kill(self) -> None:
        """End the process at once."""
        ...


class Line:
    """Who of this worker has a root or waits for it.

    Attributes:
        turn: held by who is first.
        waiting: how many wait, the first one included once another worker was found to have the
            root, until its own walker begins.
    """

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.waiting = 0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Count as one that waits."""
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1


class Turn:
    """The time for which a root is someone's, or that they wait for it.

    Args:
        line: where they stand.
        patience: seconds that it is waited for the root; None for as long as it takes.
    """

    def __init__(self, line: Line, patience: float | None) -> None:
        self._line = line
        self._end = None if patience is None else time.monotonic() + patience
        self._pause = _FIRST_PAUSE
        self._lease: Lease | None = None
        self._holder: Holder | None = None
        self._is_lost = False
        self._waits = False

    @property
    def seconds_left(self) -> float | None:
        """For how many seconds it is still waited; None for as long as it takes."""
        return None if self._end is None else self._end - time.monotonic()

    @property
    def fence(self) -> int | None:
        """The fence of the lease; None where there are no leases."""
        return self._lease.fence if self._lease else None

    @property
    def is_lost(self) -> bool:
        """Whether the lease was over before the walker was."""
        return self._is_lost or (self._lease is not None and self._lease.seconds_left <= 0)

    async def pause(self) -> None:
        """Wait a little before the next try, each time a little longer.

        Raises:
            RootBusyError: it was waited for long enough.
        """
        left = self.seconds_left
        if left is not None and left <= 0:
            raise RootBusyError
        if not self._waits:
            self._waits = True
            self._line.waiting += 1
        # At random, lest two workers that want one root stay in step.
        await asyncio.sleep(self._pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
        self._pause = min(self._pause * 1.5, _LONGEST_PAUSE)

    def stop_waiting(self) -> None:
        """Take note that the walker has begun, or never will."""
        if self._waits:
            self._waits = False
            self._line.waiting -= 1

    def keep(self, lease: Lease | None) -> None:
        """Take a lease, or the same one renewed; None when it was given back."""
        self._lease = lease
        if self._holder is not None and lease is not None:
            self._holder.live_until(lease.until)

    def lose(self) -> None:
        """Take note that the root may be someone else's from now on: what runs there has to end."""
        self._is_lost = True
        if self._holder is not None:
            self._holder.kill()

    @contextmanager
    def used_by(self, holder: Holder) -> Iterator[None]:
        """Have what runs a walker end when the root is lost, at the latest when the lease is over.

        Raises:
            LeaseLostError: the root is lost already.
        """
        if self.is_lost:
            raise LeaseLostError
        if self._lease is None:
            yield
            return
        self._holder = holder
        holder.live_until(self._lease.until)
        try:
            yield
        finally:
            self._holder = None
            holder.live_until(math.inf)
