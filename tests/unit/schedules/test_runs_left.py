import pytest
from support.walks import a_change, a_walk

from footfall.schedules.policy import AfterCompletion, Policies
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot


def limited(most: int | None) -> ScheduledWalk:
    return a_walk("app", policies=Policies(max_runs=most))


@pytest.mark.parametrize(
    ("before", "left", "started", "after", "expected"),
    [
        (None, None, 7, None, None),
        (None, None, 7, 10, 3),
        (None, None, 7, 5, 0),
        (10, 4, 9, None, None),
        (10, 4, 9, 10, 4),
        (10, 4, 9, 12, 6),
        (10, 4, 9, 7, 1),
        (10, 4, 9, 2, 0),
        (10, 0, 10, 10, 0),
    ],
)
def test_a_new_limit_counts_what_has_run(
    before: int | None, left: int | None, started: int, after: int | None, expected: int | None
) -> None:
    snapshot = ScheduleSnapshot(
        walk=limited(before), paused=False, runs_left=left, runs_started=started
    )
    assert snapshot.runs_left_of(limited(after)) == expected


def test_what_ran_beyond_a_smaller_limit_is_not_given_back() -> None:
    snapshot = ScheduleSnapshot(walk=limited(7), paused=False, runs_left=0, runs_started=7)
    for most, left, overrun in ((5, 0, 2), (6, 0, 1), (7, 0, 0), (9, 2, 0), (3, 0, 4), (8, 1, 0)):
        wanted = snapshot.walk.changed(a_change(), policies=Policies(max_runs=most))
        runs_left = snapshot.runs_left_of(wanted)
        walk = snapshot.counted(wanted)
        assert (runs_left, walk.overrun) == (left, overrun)
        snapshot = snapshot.model_copy(update={"walk": walk, "runs_left": runs_left})
    unlimited = snapshot.counted(snapshot.walk.changed(a_change(), policies=Policies()))
    assert unlimited.overrun == 0


def test_only_what_is_completed_and_wants_to_go_goes() -> None:
    walk = a_walk("app", policies=Policies(after_completion=AfterCompletion.DELETE))
    soon = a_change().at
    assert ScheduleSnapshot(walk=walk, paused=False).is_to_go
    assert not ScheduleSnapshot(walk=walk, paused=False, next_times=(soon,)).is_to_go
    assert not ScheduleSnapshot(walk=a_walk("app"), paused=False).is_to_go
