from pydantic import BaseModel, ConfigDict

from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot


class RunTally(BaseModel):
    """What a schedule's runs add up to: how many, how many failures, and the last one.

    The last run is the one that started last. ``counts`` names no status without runs.
    """

    model_config = ConfigDict(frozen=True)

    run_count: int = 0
    failure_count: int = 0
    counts: dict[RunStatus, int] = {}
    last_run: RunSummary | None = None


class ScheduleRow(BaseModel):
    """A schedule as lists show it: what Temporal says of it and the tally of its runs."""

    model_config = ConfigDict(frozen=True)

    snapshot: ScheduleSnapshot
    tally: RunTally = RunTally()

    @property
    def id(self) -> str:
        """Id of the schedule."""
        return self.snapshot.walk.schedule_id


class SchedulePage(BaseModel):
    """A page of rows; `cursor` leads to the next, and `total` counts those of all pages."""

    rows: list[ScheduleRow]
    cursor: str | None = None
    total: int


class RunPage(BaseModel):
    """A page of runs, the newest start first; `cursor` leads to the next."""

    runs: list[RunSummary]
    cursor: str | None = None
