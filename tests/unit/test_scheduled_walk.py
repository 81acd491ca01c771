from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.walks import a_change, a_walk

from footfall.schedules.schedule import ScheduledWalk


def changed_often(walk: ScheduledWalk, seconds_between: list[int]) -> list[ScheduledWalk]:
    revisions = [walk]
    for seconds in seconds_between:
        before = revisions[-1]
        at = before.change.at + timedelta(seconds=seconds)
        revisions.append(before.changed(a_change().model_copy(update={"at": at})))
    return revisions


@given(st.lists(st.sampled_from([0, 1, 59, 60, 3600]), max_size=150), st.data())
def test_a_change_is_found_wherever_the_trail_says_that_it_reaches(
    gaps: list[int],
    data: st.DataObject,
) -> None:
    revisions = changed_often(a_walk("app"), gaps)
    last = revisions[-1]
    assert last.revision == len(gaps) + 1
    assert len(last.trail) <= 64
    mine = data.draw(st.sampled_from(revisions))
    if last.remembers_since(mine.revision - 1):
        assert last.was_changed_by({mine.change.token})
    assert not last.was_changed_by({"never drawn"})


def test_the_trail_says_when_it_no_longer_reaches() -> None:
    revisions = changed_often(a_walk("app"), [0] * 100)
    assert revisions[-1].remembers_since(36)
    assert not revisions[-1].remembers_since(35)
