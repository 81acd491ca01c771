from collections.abc import Callable
from dataclasses import dataclass

from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot


@dataclass(frozen=True, slots=True)
class Draft:
    """What a schedule is to become: its next revision, and whether it is held."""

    walk: ScheduledWalk
    paused: bool
    note: str


Edit = Callable[[ScheduleSnapshot], Draft | None]
"""Says what a schedule becomes, given what it is; None leaves it. May be called again."""
