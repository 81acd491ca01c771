from collections.abc import Iterable
from typing import Protocol

from footfall.schedules.run import RunSummary
from footfall.schedules.schedule import ScheduleSnapshot


class Observer(Protocol):
    """Who is told what a projector sees, whether it is new or was seen before."""

    def saw_schedules(self, snapshots: Iterable[ScheduleSnapshot]) -> None:
        """Take states of schedules."""
        ...

    def lost_schedules(self, ids: Iterable[str]) -> None:
        """Take that schedules are gone."""
        ...

    def saw_runs(self, runs: Iterable[RunSummary]) -> None:
        """Take states of runs."""
        ...
