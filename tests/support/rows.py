"""Schedules and runs as the projection's tests need them: equal arguments give equal rows."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from footfall.projection.row import RunTally
from footfall.schedules.run import RunError, RunKind, RunStatus, RunSummary
from footfall.schedules.schedule import Change, ChangeKind, ScheduledWalk, ScheduleSnapshot

NOON = datetime(2026, 3, 1, 12, 0, 0, 123457, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def snapshot(
    schedule_id: str = "s1",
    *,
    created: float = 0,
    revision: int = 1,
    owner: str = "ann",
    is_static: bool = False,
    note: str = "",
    **fields: Any,
) -> ScheduleSnapshot:
    walk = ScheduledWalk(
        schedule_id=schedule_id,
        app="shop",
        walker_name="tidy",
        owner=owner,
        root=owner,
        is_static=is_static,
        config={"trigger": "interval", "seconds": 5 + revision},
        anchor=at(created),
        revision=revision,
        created_at=at(created),
        change=Change(kind=ChangeKind.CREATED, by=owner, at=at(created), token=f"t{revision}"),
        **fields,
    )
    return ScheduleSnapshot(walk=walk, paused=False, note=note, next_times=(at(60), at(120.000001)))


def run(
    run_id: str = "r1",
    *,
    schedule_id: str = "s1",
    status: RunStatus = RunStatus.SUCCEEDED,
    started: float = 0,
    closed: float | None = None,
    execution: str = "e1",
    error: str | None = None,
    **fields: Any,
) -> RunSummary:
    end = started + 1 if closed is None else closed
    return RunSummary(
        id=run_id,
        temporal_run_id=execution,
        schedule_id=schedule_id,
        app="shop",
        walker_name="tidy",
        status=status,
        scheduled_at=at(started),
        started_at=at(started),
        closed_at=None if status is RunStatus.RUNNING else at(end),
        error=RunError(type="ValueError", message=error) if error else None,
        **{"owner": "ann", "kind": RunKind.SCHEDULED, **fields},
    )


def tally(runs: Sequence[RunSummary]) -> RunTally:
    """What the runs of one schedule must add up to."""
    counts = Counter(one.status for one in runs)
    return RunTally(
        run_count=len(runs),
        failure_count=counts[RunStatus.FAILED] + counts[RunStatus.TIMED_OUT],
        counts=dict(counts),
        last_run=max(runs, key=lambda one: (one.started_at, one.id), default=None),
    )
