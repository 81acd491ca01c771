"""What the API shows of runs."""

from typing import Any, Self

from pydantic import BaseModel

from api.instants import Instant, PreciseInstant
from api.temporal_ui import Links, TemporalUi
from footfall.schedules.live import Progress
from footfall.schedules.run import RunError, RunKind, RunOutcome, RunStatus, RunSummary


class RunErrorView(BaseModel):
    """Why a run failed."""

    type: str
    message: str
    traceback: str | None = None

    @classmethod
    def of(cls, error: RunError | None) -> Self | None:
        """Show an error, if there is one."""
        return cls(**error.model_dump()) if error else None


class FollowedRun(BaseModel):
    """A run after which another schedule ran."""

    schedule_id: str
    run_id: str


class RunView(BaseModel):
    """A run, as lists show it.

    ``scheduled_at`` is null for one that was started by hand; of one that follows another run it
    is the end of that. ``by`` and ``reason`` are null for one that its schedule started.
    ``after`` names the run that it follows.
    """

    id: str
    schedule_id: str
    walker_name: str
    kind: RunKind
    status: RunStatus
    scheduled_at: Instant | None
    started_at: PreciseInstant
    closed_at: PreciseInstant | None
    duration_ms: int | None
    error: RunErrorView | None
    by: str | None
    reason: str | None
    after: FollowedRun | None
    links: Links

    @classmethod
    def of(cls, run: RunSummary, ui: TemporalUi) -> Self:
        """Show a run."""
        return cls(**_run_fields(run, ui), error=RunErrorView.of(run.error))


class RunDetail(RunView):
    """One run with its output.

    ``stdout`` keeps the beginning, and ``reports`` as many as fit; what was cut is marked.
    ``attempts`` counts the starts of the walker: more than one where a worker was lost.
    ``started_at`` is when Temporal started the run, ``walker_started_at`` when the walker itself
    was started the last time: null where it was not, or was terminated. ``progress`` is what a
    running walker told last.
    """

    walker_started_at: PreciseInstant | None
    progress: Progress | None
    attempts: int
    worker: str
    reports: list[Any]
    reports_truncated: bool
    stdout: str
    stdout_truncated: bool

    @classmethod
    def of_outcome(
        cls,
        run: RunSummary,
        outcome: RunOutcome,
        progress: Progress | None,
        ui: TemporalUi,
    ) -> Self:
        """Show a run with what it gave."""
        return cls(
            **_run_fields(run, ui),
            error=RunErrorView.of(outcome.error or run.error),
            walker_started_at=outcome.walker_started_at,
            progress=progress,
            attempts=outcome.attempts,
            worker=outcome.worker,
            reports=outcome.reports,
            reports_truncated=outcome.reports_truncated,
            stdout=outcome.stdout,
            stdout_truncated=outcome.stdout_truncated,
        )


def _run_fields(run: RunSummary, ui: TemporalUi) -> dict[str, Any]:
    return {
        "id": run.id,
        "schedule_id": run.schedule_id,
        "walker_name": run.walker_name,
        "kind": run.kind,
        "status": run.status,
        "scheduled_at": run.scheduled_at,
        "started_at": run.started_at,
        "closed_at": run.closed_at,
        "duration_ms": run.duration_ms,
        "by": run.by,
        "reason": run.reason,
        "after": _followed(run),
        "links": Links(temporal_ui=ui.run(run)),
    }


def _followed(run: RunSummary) -> FollowedRun | None:
    if run.after_schedule is None or run.after_run is None:
        return None
    return FollowedRun(schedule_id=run.after_schedule, run_id=run.after_run)


class RunData(BaseModel):
    """One run."""

    run: RunDetail


class RunList(BaseModel):
    """Runs, the newest start first; `cursor` leads to the next page."""

    runs: list[RunView]
    cursor: str | None = None


class ScheduleRunList(RunList):
    """Runs of one schedule; ``counts`` has how many there are of each status, unfiltered."""

    counts: dict[RunStatus, int]


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
