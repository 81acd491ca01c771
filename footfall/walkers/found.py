from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from footfall.walkers.call import WalkerCall
from footfall.walkers.catalogue import AppProblem, WalkerInfo
from footfall.walkers.fields import Fields


@dataclass(slots=True)
class Walk:
    """What one run of a walker gave, as the code made it.

    Attributes:
        reports: not yet JSON; those made before an error are kept.
        error: what ended the run, or None.
    """

    reports: list[Any] = field(default_factory=list)
    error: BaseException | None = None


class Runner(Protocol):
    """Runs the walkers of one language."""

    def __call__(self, target: Any, args: dict[str, Any], call: WalkerCall) -> Walk:
        """Run `target` with the converted `args`; raises nothing for what the walker does."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A walker as a host process holds it.

    Attributes:
        problems: what is wrong with its declaration; it can be run all the same.
    """

    info: WalkerInfo
    target: Callable[..., Any]
    fields: Fields
    run: Runner
    problems: tuple[AppProblem, ...] = ()
