from datetime import UTC, datetime, timedelta

import pytest
from support.walks import a_walk

from api.schedule_views import _next_times
from footfall.schedules.schedule import ScheduleSnapshot

NOW = datetime(2027, 1, 1, tzinfo=UTC)
HOURLY = {"trigger": "interval", "hours": 1}


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([-3, -2, -1, 0, 1], [1, 2, 3, 4, 5]),  # some have passed since Temporal was read
        ([1, 2], [1, 2]),  # Temporal knows of no more
        ([-1], []),
    ],
)
def test_no_more_runs_are_shown_than_temporal_knows(told: list[int], shown: list[int]) -> None:
    walk = a_walk("app", config=HOURLY, anchor=NOW)
    times = tuple(NOW + timedelta(hours=hours) for hours in told)
    snapshot = ScheduleSnapshot(walk=walk, paused=False, next_times=times)
    found = _next_times(snapshot, NOW)
    assert found == [NOW + timedelta(hours=hours) for hours in shown]
