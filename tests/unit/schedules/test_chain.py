from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.walks import a_walk

from activities.chains import why_not
from footfall.errors import InvalidInputError
from footfall.schedules.chain import chained, check_lateness, end_of
from footfall.schedules.occasion import RunEnd, RunReference
from footfall.schedules.policy import Policies
from footfall.schedules.run import RunKind, RunStatus
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def follower(*on: str, **fields: Any) -> ScheduledWalk:
    config = {"trigger": "after", "after": {"schedule": "first", "on": list(on or ["succeeded"])}}
    return a_walk("app", schedule_id="second", config=config, anchor=NOW, **fields)


def an_end(**fields: Any) -> RunEnd:
    values: dict[str, Any] = {
        "schedule_id": "first",
        "run": RunReference(id="run", temporal_run_id="temporal"),
        "status": RunStatus.SUCCEEDED,
        "at": NOW,
        "through": ("first",),
        **fields,
    }
    return RunEnd(**values)


@pytest.mark.parametrize(
    ("snapshot", "end", "says"),
    [
        ({}, {}, None),
        ({}, {"schedule_id": "third"}, "does not follow that schedule"),
        ({"walk": a_walk("app")}, {}, "does not follow that schedule"),
        ({}, {"at": NOW - timedelta(microseconds=1)}, "before it was followed"),
        ({}, {"status": RunStatus.FAILED}, "does not follow runs that end so"),
        ({"walk": follower("failed", "timed_out")}, {"status": RunStatus.TIMED_OUT}, None),
        ({}, {"through": ("second", "first")}, "in a circle"),
        ({"paused": True}, {}, "paused"),
        ({"runs_left": 0}, {}, "used up"),
        ({"runs_left": 1}, {}, None),
    ],
)
def test_when_it_does_not_run(
    snapshot: dict[str, Any], end: dict[str, Any], says: str | None
) -> None:
    found = why_not(
        ScheduleSnapshot(**{"walk": follower(), "paused": False, **snapshot}), an_end(**end), NOW
    )
    assert (found is None) if says is None else (says in (found or ""))


def test_its_catchup_window_has_no_end_unless_it_is_given() -> None:
    late = NOW + timedelta(days=3650)
    assert why_not(ScheduleSnapshot(walk=follower(), paused=False), an_end(), late) is None
    short = follower(policies=Policies(catchup_window=60))
    snapshot = ScheduleSnapshot(walk=short, paused=False)
    assert why_not(snapshot, an_end(), NOW + timedelta(seconds=60)) is None
    assert why_not(snapshot, an_end(), NOW + timedelta(seconds=61)) == "it is too late for that"


def test_a_run_knows_by_which_schedules_its_chain_came() -> None:
    run = RunReference(id="run", temporal_run_id="temporal")
    first = a_walk("app", schedule_id="first")
    end = end_of(first, run=run, status=RunStatus.FAILED, at=NOW)
    assert end == an_end(status=RunStatus.FAILED)
    second = chained(follower(), end)
    assert second.occasion
    assert (second.occasion.kind, second.occasion.by) == (RunKind.CHAINED, None)
    assert second.occasion.scheduled_at == NOW
    third = end_of(second, run=run, status=RunStatus.SUCCEEDED, at=NOW)
    assert third.through == ("first", "second")


def test_it_has_no_times_to_be_late_for() -> None:
    check_lateness(follower())
    check_lateness(a_walk("app", late_after=60))
    with pytest.raises(InvalidInputError, match="late_after"):
        check_lateness(follower(late_after=60))
