from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.rows import at, snapshot

from footfall.schedules.audit import changes
from footfall.schedules.event import ScheduleEvent, merge
from footfall.schedules.schedule import Change, ChangeKind

HOUR = timedelta(hours=1)


class Story:
    """What happens to a schedule, step by step, and every event that anybody could tell of it.

    A model of Temporal: each write and each pause takes the next position.
    """

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.position = 0
        self.updated_at: datetime | None = None
        self.snapshot = snapshot()
        self.expected: list[tuple[int, str, bool]] = [(1, "created", False)]
        self.own: list[ScheduleEvent] = [ScheduleEvent.created(self.snapshot.walk)]
        self.seen: list[ScheduleEvent] = []
        self._moved()

    def _moved(self) -> None:
        self.position += 1
        self.now += HOUR
        self.seen.append(
            ScheduleEvent.seen(
                self.snapshot,
                at=self.now,
                position=f"{self.position:016x}",
                updated_at=self.updated_at,
            ),
        )

    def write(self, *, paused: bool, overtaken: bool) -> None:
        self.updated_at = self.now
        number = self.snapshot.walk.revision + 1
        change = Change(kind=ChangeKind.UPDATED, by="bob", at=self.now, token=f"t{number}")
        walk = self.snapshot.walk.changed(change, tags=(str(number),))
        self.snapshot = self.snapshot.model_copy(update={"walk": walk, "paused": paused})
        self._moved()
        where: dict[str, Any] = {
            "position": f"{self.position:016x}",
            "updated_at": self.updated_at,
        }
        self.own.append(
            ScheduleEvent.written(
                walk,
                paused=paused,
                note=self.snapshot.note,
                **({} if overtaken else where),
            ),
        )
        self.expected.append((number, "updated", False))

    def toggle_outside(self, note: str) -> None:
        paused = not self.snapshot.paused
        self.snapshot = self.snapshot.model_copy(update={"paused": paused, "note": note})
        self._moved()
        kind = "paused" if paused else "resumed"
        self.expected.append((self.snapshot.walk.revision, kind, True))

    def respecify_outside(self) -> None:
        self.updated_at = self.now
        self._moved()
        self.expected.append((self.snapshot.walk.revision, "updated", True))

    def run(self) -> None:
        """Move the position, as the runs of a schedule with a limit of runs do."""
        self._moved()


@st.composite
def stories(draw: st.DrawFn) -> Story:
    story = Story()
    for step in draw(st.lists(st.sampled_from("wopsr"), max_size=12)):
        if step in "wo":
            story.write(paused=draw(st.booleans()), overtaken=step == "o")
        elif step == "p":
            story.toggle_outside(draw(st.sampled_from(["", "by hand"])))
        elif step == "s":
            story.respecify_outside()
        else:
            story.run()
    return story


def told(events: list[ScheduleEvent]) -> list[tuple[int, str, bool]]:
    return [(one.revision, one.kind.value, one.outside) for one in changes(events)]


@given(stories(), st.data())
def test_every_change_is_told_in_order_however_events_arrive(
    story: Story, data: st.DataObject
) -> None:
    # Whatever the order, and however often, as when several processes see the same.
    events = [*story.own, *story.seen]
    again = data.draw(st.lists(st.sampled_from(events)))
    arrived = data.draw(st.permutations([*events, *again]))
    assert told(arrived) == story.expected
    assert changes(arrived) == changes(events)


@given(stories(), st.data())
def test_each_own_change_is_told_from_what_the_next_writer_saw(
    story: Story,
    data: st.DataObject,
) -> None:
    # A writer tells of the state before its own; any one record in a row may be lost.
    lost = data.draw(st.sets(st.sampled_from(range(len(story.own)))))
    kept = [event for number, event in enumerate(story.own) if number not in lost]
    found = changes([*kept, *story.seen])
    revisions = {one.revision for one in found if not one.outside}
    assert revisions == {event.walk.revision for event in story.own}
    assert [one.revision for one in found] == sorted(one.revision for one in found)


@given(stories(), st.data())
def test_merging_bit_by_bit_is_merging_all(story: Story, data: st.DataObject) -> None:
    events = data.draw(st.permutations([*story.own, *story.seen]))
    cut = data.draw(st.integers(0, len(events)))
    at_once = merge(events)
    assert merge([*merge(events[:cut]), *events[cut:]]) == at_once
    assert merge([*events[cut:], *merge(events[:cut])]) == at_once
    assert merge(at_once) == at_once
    assert len({event.key for event in at_once}) == len(at_once)


def deletion(seconds: float, by: str = "bob") -> Change:
    return Change(kind=ChangeKind.DELETED, by=by, at=at(seconds), token=f"d{seconds}")


def test_a_deletion_comes_last_and_the_one_through_footfall_is_believed() -> None:
    last = ScheduleEvent.seen(snapshot(revision=3), at=at(30), position="03")
    outside = last.ended(deletion(40, by=""), outside=True)
    own = last.ended(deletion(41))
    for events in ([outside, own, last], [own, last, outside]):
        found = changes(events)
        assert [one.kind for one in found[1:]] == [ChangeKind.DELETED]
        assert (found[-1].by, found[-1].at, found[-1].outside) == ("bob", at(41), False)
    (_, alone) = changes([outside, last])
    assert (alone.by, alone.at, alone.outside) == (None, at(40), True)


def test_an_id_that_lives_twice_has_two_histories_one_after_the_other() -> None:
    first = ScheduleEvent.created(snapshot(created=0).walk)
    second = ScheduleEvent.created(snapshot(created=100).walk)
    found = changes([second, first.ended(deletion(50)), first])
    assert [one.kind.value for one in found] == ["created", "deleted", "created"]
    assert [one.at for one in found] == [at(0), at(50), at(100)]


def test_a_revision_after_a_gap_has_no_difference() -> None:
    events = [ScheduleEvent.created(snapshot(revision=number).walk) for number in (1, 2, 5, 6)]
    differences = [one.difference for one in changes(events)]
    assert differences[0] == {}
    assert differences[1] == {"seconds": {"before": 6, "after": 7}}
    assert differences[2] is None
    assert differences[3] == {"seconds": {"before": 10, "after": 11}}


def test_what_two_see_of_an_outside_pause_is_one_change_when_it_was_first_seen() -> None:
    created = ScheduleEvent.created(snapshot().walk)
    paused = snapshot(note="by hand").model_copy(update={"paused": True})
    seen = [ScheduleEvent.seen(paused, at=at(moment), position="02") for moment in (9, 7, 8)]
    (_, change) = changes([*seen, created])
    assert (change.kind, change.by, change.at) == (ChangeKind.PAUSED, None, at(7))
    assert (change.reason, change.outside) == ("by hand", True)
