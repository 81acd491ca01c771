from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot


@dataclass(frozen=True, slots=True)
class Draft:
    """What a schedule is to become: its next revision, and whether it is held."""

    walk: ScheduledWalk
    paused: bool
    note: str

    @classmethod
    def held(cls, snapshot: ScheduleSnapshot, walk: ScheduledWalk) -> Self:
        """Give a draft of a definition that leaves a schedule paused or not, as it is."""
        return cls(walk=walk, paused=snapshot.paused, note=snapshot.note)


Edit = Callable[[ScheduleSnapshot], Draft | None]
"""Says what a schedule becomes, given what it is; None leaves it. May be called again."""
