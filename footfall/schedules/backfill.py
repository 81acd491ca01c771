from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from footfall.schedules.schedule import ScheduledWalk
from footfall.schedules.stored import Stored

MOST_TIMES = 1000
"""Runs that one backfill makes at most."""

AT_ONCE = 20
"""Runs of a backfill that are under way at a time where they may overlap."""


class BackfillOverlap(StrEnum):
    """Whether the runs of a backfill come one after another, or side by side."""

    BUFFER_ALL = "buffer_all"
    ALLOW_ALL = "allow_all"


class BackfillOrder(Stored):
    """What was asked for: the runs of a schedule for the times of a past range.

    Attributes:
        id: id of the backfill, unique for its schedule.
        start, end: the range (UTC), both ends included.
        total: how many times of the schedule lie in it.
        by, at: who asked for it, and when (UTC).
    """

    id: str
    schedule_id: str
    start: AwareDatetime
    end: AwareDatetime
    overlap: BackfillOverlap
    total: int
    by: str
    at: AwareDatetime
    reason: str | None = None


class BackfillProgress(Stored):
    """How many runs of a backfill were started, and how those that have ended did."""

    started: int = 0
    succeeded: int = 0
    failed: int = 0

    def one_started(self) -> Self:
        """Count a run that begins."""
        return self.model_copy(update={"started": self.started + 1})

    def one_ended(self, *, well: bool) -> Self:
        """Count a run that ended."""
        name = "succeeded" if well else "failed"
        return self.model_copy(update={name: getattr(self, name) + 1})


class Backfill(Stored):
    """The argument of the workflow that makes the runs.

    Attributes:
        order: what was asked for.
        walk: the definition of the schedule as it was then.
        run_prefix: the start of each run's id; its time follows.
        times: the times (UTC) whose runs were not started yet, ascending.
        progress: what was done before this workflow continued itself.
    """

    order: BackfillOrder
    walk: ScheduledWalk
    run_prefix: str
    times: tuple[AwareDatetime, ...]
    progress: BackfillProgress = BackfillProgress()
