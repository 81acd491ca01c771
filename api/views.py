"""What the API shows of schedules, runs and walkers."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema

from api.broken import BrokenView
from footfall.errors import InvalidInputError
from footfall.projection.row import ScheduleRow
from footfall.schedules.hook import Hook
from footfall.schedules.live import Progress
from footfall.schedules.policy import (
    LONGEST_CATCHUP,
    AfterCompletion,
    Execution,
    OverlapPolicy,
    Policies,
    RetryPolicy,
)
from footfall.schedules.run import RunError, RunKind, RunOutcome, RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus
from footfall.triggers import compile_config, next_times, read_config, zone_of


def _seconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _milliseconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_INSTANT = WithJsonSchema({"type": "string", "format": "date-time"})
_NEXT_RUNS = 5
Instant = Annotated[datetime, PlainSerializer(_seconds), _INSTANT]
PreciseInstant = Annotated[datetime, PlainSerializer(_milliseconds), _INSTANT]


class TemporalUi:
    """Makes links into Temporal's Web UI; `origin` is what a browser calls it."""

    def __init__(self, *, base: str, namespace: str) -> None:
        parts = urlsplit(base)
        self.origin = f"{parts.scheme}://{parts.netloc}".lower()
        self._base = f"{base.rstrip('/')}/namespaces/{quote(namespace, safe='')}"

    def schedule(self, schedule_id: str) -> str:
        """Give the page of a schedule."""
        return f"{self._base}/schedules/{quote(schedule_id, safe='')}"

    def run(self, run: RunSummary) -> str:
        """Give the page of a run."""
        return (
            f"{self._base}/workflows/{quote(run.id, safe='')}"
            f"/{quote(run.temporal_run_id, safe='')}/history"
        )


class Links(BaseModel):
    """Where else to look."""

    temporal_ui: str


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


class NextRun(BaseModel):
    """When a schedule will run: in UTC, and by the clocks of its time zone with their offset."""

    utc: Instant
    local: Annotated[str, _INSTANT]

    @classmethod
    def of(cls, at: datetime, timezone: str) -> Self:
        """Show an instant in the time zone with this IANA name."""
        local = at.astimezone(zone_of(timezone)).isoformat(timespec="seconds")
        return cls(utc=at, local=local)


class PreviewData(BaseModel):
    """What a schedule would do.

    ``next_runs`` holds fewer than were asked for where no more follow until 2100. ``config``
    means the same as the request, with every default made explicit. ``warnings`` says what may
    surprise.
    """

    next_runs: list[NextRun]
    description: str = Field(description="the trigger in words")
    config: dict[str, Any]
    warnings: list[str]


class ScheduleView(BaseModel):
    """A schedule: the guide's fields, and what Footfall knows beside them.

    Times are UTC but for `local`. ``next_runs`` holds the next few runs of an active schedule.
    ``run_count`` and ``failure_count`` count the runs that Temporal still holds.
    """

    id: str
    walker_name: str
    config: dict[str, Any]
    is_active: bool
    is_static: bool
    created_at: Instant
    status: ScheduleStatus
    args: dict[str, Any]
    owner: str
    description: str = Field(description="yours, or the trigger in words")
    trigger_description: str = Field(description="the trigger in words")
    tags: list[str]
    timezone: str
    timeout: int = Field(description="seconds")
    overlap: OverlapPolicy
    catchup_window: int | None = Field(description="seconds; null means without end")
    retry: RetryPolicy
    max_runs: int | None
    runs_left: int | None = Field(description="of `max_runs`")
    pause_on_failure: int | None
    priority: int
    after_completion: AfterCompletion
    execution: Execution
    notify: list[Hook]
    late_after: int | None = Field(description="seconds; null means that nobody watches")
    pause_reason: str | None = Field(description="why it is paused")
    name: str | None = Field(description="what you call it")
    next_run_at: Instant | None
    next_runs: list[NextRun]
    last_run: RunView | None
    run_count: int
    failure_count: int
    revision: int
    updated_at: Instant
    links: Links

    @classmethod
    def of(cls, row: ScheduleRow, ui: TemporalUi, *, now: datetime) -> Self:
        """Show a schedule as it stands at an instant."""
        snapshot, tally = row.snapshot, row.tally
        walk = snapshot.walk
        words, timezone = _told(walk.config)
        coming = _next_times(snapshot, now)
        return cls(
            id=walk.schedule_id,
            walker_name=walk.walker_name,
            config=walk.config,
            is_active=snapshot.status is ScheduleStatus.ACTIVE,
            is_static=walk.is_static,
            created_at=walk.created_at,
            status=snapshot.status,
            args=walk.args,
            owner=walk.owner,
            description=walk.description or words,
            trigger_description=words,
            tags=list(walk.tags),
            timezone=timezone,
            timeout=walk.timeout,
            **_policy_fields(snapshot),
            name=walk.name,
            notify=list(walk.notify),
            late_after=walk.late_after,
            pause_reason=(snapshot.note or None) if snapshot.paused else None,
            next_run_at=coming[0] if coming else None,
            next_runs=[NextRun.of(at, timezone) for at in coming],
            last_run=RunView.of(tally.last_run, ui) if tally.last_run else None,
            run_count=tally.run_count,
            failure_count=tally.failure_count,
            revision=walk.revision,
            updated_at=walk.change.at,
            links=Links(temporal_ui=ui.schedule(walk.schedule_id)),
        )


def _told(config: Mapping[str, Any]) -> tuple[str, str]:
    """Give a trigger in words, and its time zone; a newer release's in no words, and in UTC."""
    try:
        reading = read_config(config)
    except InvalidInputError:
        # It must not hide the schedules that are listed with it.
        return "", "UTC"
    return reading.words, reading.timezone


def _policy_fields(snapshot: ScheduleSnapshot) -> dict[str, Any]:
    walk = snapshot.walk
    catchup = walk.policies.catchup_seconds(walk.trigger)
    return {
        **{name: getattr(walk.policies, name) for name in Policies.model_fields},
        "catchup_window": None if catchup == LONGEST_CATCHUP else catchup,
        "execution": walk.policies.execution or Execution.DURABLE,
        "runs_left": snapshot.runs_left,
    }


def knows_next_runs(snapshot: ScheduleSnapshot, now: datetime) -> bool:
    """Say whether all next runs that are shown are known, so that none has to be reckoned."""
    return _known_times(snapshot, now)[1] == 0


def _known_times(snapshot: ScheduleSnapshot, now: datetime) -> tuple[list[datetime], int]:
    """Give what is known of the next runs that are shown, and how many are not known."""
    if snapshot.status is not ScheduleStatus.ACTIVE:
        return [], 0
    shown = _NEXT_RUNS if snapshot.runs_left is None else min(_NEXT_RUNS, snapshot.runs_left)
    coming = [at for at in snapshot.coming_times if at > now][:shown]
    # Where Temporal shows fewer than it could, no more follow.
    are_more = len(snapshot.coming_times) >= _NEXT_RUNS
    return coming, shown - len(coming) if are_more else 0


def _next_times(snapshot: ScheduleSnapshot, now: datetime) -> list[datetime]:
    coming, missing = _known_times(snapshot, now)
    if missing:
        # The row's few times pass; the others are reckoned until Temporal is read again.
        last = coming[-1] if coming else now
        with suppress(InvalidInputError):
            compiled = compile_config(snapshot.walk.config, snapshot.walk.anchor)
            coming += next_times(compiled, last, missing)
    return coming


class ScheduleData(BaseModel):
    """One schedule."""

    schedule: ScheduleView


class ScheduleList(BaseModel):
    """Schedules; `cursor` leads to the next page, and `total` counts those of all pages.

    ``broken`` is there where some cannot be read; no filter applies to them.
    """

    schedules: list[ScheduleView]
    total: int
    cursor: str | None = None
    broken: list[BrokenView] = Field(default=[], exclude_if=lambda broken: not broken)


class DeletedData(BaseModel):
    """The schedule that is gone; after a dry run it is not."""

    id: str
    deleted: bool


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


class WalkerFieldView(BaseModel):
    """An argument of a walker; `json_schema` says what it takes."""

    name: str
    type: str
    required: bool
    default: Any
    json_schema: dict[str, Any]


class WalkerView(BaseModel):
    """A walker that can be scheduled."""

    name: str
    kind: Literal["walker", "function"]
    language: Literal["jac", "python"]
    doc: str
    file: str
    line: int
    fields: list[WalkerFieldView]
    methods: list[str]
    path: str | None
    schedule: dict[str, Any] | None


class ProblemView(BaseModel):
    """Something in the app that the worker reported and skipped."""

    walker: str | None
    file: str
    line: int
    message: str


class WalkerList(BaseModel):
    """The walkers that the running workers know."""

    walkers: list[WalkerView]
    problems: list[ProblemView]
