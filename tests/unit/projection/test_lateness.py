from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.walks import a_walk

from footfall.projection.lateness import late_run, missed_run
from footfall.schedules.policy import OverlapPolicy, Policies
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal.beginnings import Beginning

DUE = datetime(2030, 1, 1, 9, tzinfo=UTC)
DEADLINE = DUE + timedelta(seconds=60)
NOW = DEADLINE + timedelta(seconds=1)


def after(seconds: float) -> datetime:
    return DUE + timedelta(seconds=seconds)


def walk_of(**fields: Any) -> ScheduledWalk:
    return a_walk("app", late_after=60, **fields)


def beginning(
    walk: ScheduledWalk, *, begun: float | None, closed: float | None, taken: bool = False
) -> Beginning:
    run = RunSummary(
        id="run",
        temporal_run_id="1",
        schedule_id=walk.schedule_id,
        app=walk.app,
        owner=walk.owner,
        walker_name=walk.walker_name,
        status=RunStatus.RUNNING if closed is None else RunStatus.SUCCEEDED,
        scheduled_at=DUE,
        started_at=DUE,
        closed_at=None if closed is None else after(closed),
    )
    return Beginning(run, None if begun is None else after(begun), taken=taken)


@pytest.mark.parametrize(
    ("begun", "closed", "taken", "why"),
    [
        (0.1, None, True, None),
        (60, None, True, None),
        (0.1, 2, False, None),
        (59, 500, False, None),
        (None, 30, False, None),
        (60.001, None, True, "it began 60 s after its time."),
        (75, 80, False, "it began 75 s after its time."),
        (None, None, False, "no worker has taken it; is one running?"),
        (None, None, True, "it waits in its worker for a free process, or for its root."),
        (None, 61, False, "no worker has taken it; is one running?"),
    ],
)
def test_a_run_is_late_that_did_not_begin_by_the_deadline(
    begun: float | None, closed: float | None, *, taken: bool, why: str | None
) -> None:
    walk = walk_of()
    found = beginning(walk, begun=begun, closed=closed, taken=taken)
    notice = late_run(walk, DUE, DEADLINE, found, NOW)
    assert (notice is None) == (why is None)
    if notice is not None and why is not None:
        assert notice.message.endswith(f"is late: {why}")
        assert notice.id == f"late.{walk.schedule_id}.2030-01-01T09:00:00Z"


@pytest.mark.parametrize(
    ("overlap", "running", "kind", "why"),
    [
        (OverlapPolicy.SKIP, True, "missed", "another run was under way."),
        (OverlapPolicy.SKIP, False, "missed", "it was not started."),
        (OverlapPolicy.ALLOW_ALL, True, "missed", "another run was under way."),
        (OverlapPolicy.BUFFER_ONE, True, "late", "it waits for the run before it to end."),
        (OverlapPolicy.BUFFER_ALL, True, "late", "it waits for the run before it to end."),
        (OverlapPolicy.BUFFER_ONE, False, "missed", "it was not started."),
    ],
)
def test_a_time_without_a_run_is_missed_unless_the_run_waits(
    overlap: OverlapPolicy, *, running: bool, kind: str, why: str
) -> None:
    walk = walk_of(policies=Policies(overlap=overlap))
    notice = missed_run(walk, DUE, ScheduleSnapshot(walk=walk, paused=False, running=running), NOW)
    assert notice is not None
    assert (notice.kind, notice.message.rpartition(": ")[2]) == (kind, why)


def test_a_time_that_nothing_had_to_run_for_is_not_missed() -> None:
    walk = walk_of()
    present = ScheduleSnapshot(walk=walk, paused=False)
    assert missed_run(walk, DUE, present, NOW) is not None
    other = walk.model_copy(update={"config": {"trigger": "interval", "hours": 7}})
    resumed = walk.model_copy(update={"resumed_at": after(5)})
    for harmless in (
        None,
        present.model_copy(update={"paused": True}),
        present.model_copy(update={"runs_left": 0}),
        present.model_copy(update={"walk": other}),
        present.model_copy(update={"walk": resumed}),
    ):
        assert missed_run(walk, DUE, harmless, NOW) is None
