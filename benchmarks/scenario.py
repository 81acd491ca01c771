from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    """Something that we do, and the same done by what a user would take instead."""

    name: str
    unit: str
    ours: Callable[[], Awaitable[float]]
    reference: Callable[[], Awaitable[float]]
