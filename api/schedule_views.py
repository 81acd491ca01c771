"""What the API shows of schedules."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from api.broken import BrokenView
from api.instants import INSTANT, Instant
from api.run_views import RunView
from api.temporal_ui import Links, TemporalUi
from footfall.errors import InvalidInputError
from footfall.projection.row import ScheduleRow
from footfall.schedules.hook import Hook
from footfall.schedules.policy import (
    LONGEST_CATCHUP,
    AfterCompletion,
    Execution,
    OverlapPolicy,
    Policies,
    RetryPolicy,
)
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus
from footfall.triggers import compile_config, next_times, read_config, zone_of

_NEXT_RUNS = 5


class NextRun(BaseModel):
    """When a schedule will run: in UTC, and by the clocks of its time zone with their offset."""

    utc: Instant
    local: Annotated[str, INSTANT]

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
