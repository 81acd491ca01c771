import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from footfall.walkers.lease import Lease, LeaseLostError, Leases
from footfall.walkers.turn import Line, RootBusyError, Turn

HEAD_SECONDS = 10.0
"""How long the first in the line of a root waits for it, before it steps aside."""

LINE_SECONDS = 1.0
"""How long the others of a line do: time enough for runs that are short."""


class Roots:
    """The roots on which this worker's walkers run: at most one walker at a time on each.

    Within a worker, runs on one root stand in line. Among workers the root itself is locked:
    by a file beside the graphs, which the host process locks (see `try_locked`), and where there
    are `leases`, by a lease that lasts as long as this worker renews it.
    """

    def __init__(self, leases: Leases | None = None) -> None:
        self._leases = leases
        self._lines: WeakValueDictionary[str, Line] = WeakValueDictionary()

    def has_line(self, root: str) -> bool:
        """Say whether someone waits here for a root."""
        line = self._lines.get(root)
        return line is not None and line.waiting > 0

    @asynccontextmanager
    async def turn(self, root: str, *, steps_aside: bool) -> AsyncIterator[Turn]:
        """Be the one of this worker who may have a root, for the length of the block.

        Args:
            root: the user whose root it is.
            steps_aside: give up after some seconds, instead of waiting as long as it takes.

        Raises:
            RootBusyError: others of this worker had the root meanwhile.
        """
        line = self._lines.get(root)
        if line is None:
            line = self._lines[root] = Line()
        patience = LINE_SECONDS if line.waiting else HEAD_SECONDS
        turn = Turn(line, patience if steps_aside else None)
        await _reach(line, turn)
        try:
            yield turn
        finally:
            turn.stop_waiting()
            line.turn.release()

    @asynccontextmanager
    async def leased(self, root: str, turn: Turn) -> AsyncIterator[bool]:
        """Have the lease of a root for the length of the block, or say that another worker has it.

        What holds it has a host already, so that no lease waits in a worker that is full.
        """
        if self._leases is None:
            yield True
            return
        lease = await self._leases.acquire(root)
        if lease is None:
            yield False
            return
        async with _kept(self._leases, lease, turn):
            yield True


async def _reach(line: Line, turn: Turn) -> None:
    """Stand in line until the root is nobody else's of this worker."""
    try:
        with line.entered():
            async with asyncio.timeout(turn.seconds_left):
                await line.turn.acquire()
    except TimeoutError:
        raise RootBusyError from None


@asynccontextmanager
async def _kept(leases: Leases, lease: Lease, turn: Turn) -> AsyncIterator[None]:
    turn.keep(lease)
    renewing = asyncio.create_task(_renew(leases, lease, turn))
    try:
        yield
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing
        turn.keep(None)
        # Cancelled or not: the next one need not wait until the lease is over.
        await asyncio.shield(leases.release(lease))


async def _renew(leases: Leases, lease: Lease, turn: Turn) -> None:
    while True:
        await asyncio.sleep(max(0.0, min(lease.seconds_left, leases.seconds / 3)))
        try:
            async with asyncio.timeout(lease.seconds_left):
                renewed = await leases.renew(lease)
        except (LeaseLostError, TimeoutError):
            turn.lose()
            return
        if renewed is not None:
            lease = renewed
            turn.keep(lease)
