import time
from dataclasses import dataclass
from typing import Protocol

LEASE_SECONDS = 10.0
"""How long a root stays with a holder that says nothing any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write to a root, for a while.

    Attributes:
        holder: tells this lease from all others.
        fence: grows with each time that the root is given to someone; a store that remembers
            the greatest one that it saw can refuse what comes from an earlier holder.
        until: when the lease is over unless it is renewed, on this machine's monotonic clock
            (seconds); always a little before the root can be given to someone else.
    """

    root: str
    holder: str
    fence: int
    until: float

    @property
    def seconds_left(self) -> float:
        """For how many seconds the lease is still good."""
        return self.until - time.monotonic()


class Leases(Protocol):
    """Who may write to a root, among the workers of all machines; MongoLeases is it.

    Where it does not answer, nobody is given a root, and nobody's lease is renewed.

    Attributes:
        seconds: how long a lease lasts.
    """

    seconds: float

    async def acquire(self, root: str) -> Lease | None:
        """Give a lease of a root, or None while someone else has it."""
        ...

    async def renew(self, lease: Lease) -> Lease | None:
        """Give the lease anew, or None if it could not be renewed.

        Raises:
            LeaseLostError: the root was given to someone else.
        """
        ...

    async def release(self, lease: Lease) -> None:
        """Give the root back."""
        ...


class LeaseLostError(Exception):
    """The root was given to someone else, or cannot be kept any longer."""
