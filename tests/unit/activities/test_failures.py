from datetime import timedelta

from support.walks import a_change, a_walk

from activities.failures import counted_since
from footfall.schedules.schedule import ChangeKind


def test_failures_count_from_the_creation_or_the_last_resumption_on() -> None:
    walk = a_walk("app")
    assert counted_since(walk) == walk.created_at
    resumed_at = walk.created_at + timedelta(minutes=1)
    resumed = walk.model_copy(update={"resumed_at": resumed_at})
    assert counted_since(resumed) == resumed_at
    held_at = resumed_at + timedelta(minutes=1)
    pause = a_change(ChangeKind.PAUSED).model_copy(update={"at": held_at})
    assert counted_since(resumed.changed(pause)) == held_at
