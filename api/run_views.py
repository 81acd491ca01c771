from typing import Self

from pydantic import BaseModel

from api.views import Links, PreciseInstant, RunView, TemporalUi
from footfall.schedules.run import RunKind, RunSummary


class StartedRun(BaseModel):
    """A run that was just started: what stays as it is, however the run goes on."""

    id: str
    schedule_id: str
    walker_name: str
    kind: RunKind
    started_at: PreciseInstant
    by: str | None
    reason: str | None
    links: Links

    @classmethod
    def of(cls, run: RunSummary, ui: TemporalUi) -> Self:
        """Show a run."""
        return cls(
            id=run.id,
            schedule_id=run.schedule_id,
            walker_name=run.walker_name,
            kind=run.kind,
            started_at=run.started_at,
            by=run.by,
            reason=run.reason,
            links=Links(temporal_ui=ui.run(run)),
        )


class StartedRunData(BaseModel):
    """The run that was started; null after a dry run."""

    run: StartedRun | None


class ChangedRunData(BaseModel):
    """A run that is to end, as it is now."""

    run: RunView
