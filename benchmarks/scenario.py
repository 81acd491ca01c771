from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from row import Figures

type Measure = Callable[[], Awaitable[Figures]]


async def nothing() -> Figures:
    """Measure no reference, where there is none."""
    return {}


@dataclass(frozen=True)
class Scenario:
    """Something that we do, and the same done by what a user would take instead.

    Attributes:
        against: what the reference is.
        rounds: how often it is measured at most, where one round has many samples.
        warms_up: whether a round that does not count comes first.
    """

    name: str
    against: str
    ours: Measure
    reference: Measure = nothing
    rounds: int | None = None
    warms_up: bool = True

    @property
    def title(self) -> str:
        """What a row of it is called."""
        return f"{self.name} / {self.against}"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    is_quick: bool

    def of(self, full: int, *, quick: int) -> int:
        """Give a number for the full benchmark, and another one for the quick one."""
        return quick if self.is_quick else full


@dataclass(frozen=True)
class Suite:
    """Scenarios that are measured on the same servers.

    Attributes:
        make: starts the servers, gives the scenarios, and stops the servers.
        is_quick: whether the quick benchmark has it.
    """

    name: str
    about: str
    make: Callable[[Size], AbstractAsyncContextManager[Sequence[Scenario]]]
    is_quick: bool = True
