from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.rows import at, snapshot

from footfall.schedules.event import ScheduleEvent
from footfall.schedules.recording import Limits, PackedEvent, Record, pack, unpack

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, 1.0, 1.5]),
    st.text("é0", max_size=3),
)
ARGS = st.dictionaries(st.sampled_from("abc"), st.one_of(VALUES, st.lists(VALUES, max_size=2)))


def event(revision: int, args: dict[str, Any]) -> ScheduleEvent:
    return ScheduleEvent.seen(
        snapshot(revision=revision, args=args, note=f"n{revision}"),
        at=at(revision),
        position=f"{revision:04x}",
    )


EVENTS = st.lists(ARGS, min_size=1, max_size=8).map(
    lambda all_args: [event(number, args) for number, args in enumerate(all_args, 1)],
)


def texts(events: Sequence[ScheduleEvent]) -> list[str]:
    # To Python 1, 1.0 and True are equal; in JSON they are not.
    return [one.model_dump_json() for one in events]


@given(EVENTS)
def test_what_is_packed_comes_back_through_json(events: list[ScheduleEvent]) -> None:
    sent = [PackedEvent.model_validate_json(one.model_dump_json()) for one in pack(events)]
    assert texts(unpack(sent)) == texts(events)


def test_a_large_definition_that_stays_is_there_once() -> None:
    events = [event(number, {"a": "x" * 10_000}) for number in range(1, 50)]
    packed = pack(events)
    assert sum(len(one.model_dump_json()) for one in packed) < 10_000 + 50 * 800


@given(EVENTS, st.integers(1, 10), st.integers(0, 5000))
def test_a_record_keeps_the_newest_within_its_limits(
    events: list[ScheduleEvent],
    most: int,
    size: int,
) -> None:
    record = Record(limits=Limits(events=most, size=size))
    kept = record.holding(events, retention=timedelta(days=1))
    found = unpack(kept.events)
    assert texts(found) == texts(events[-len(found) :])
    assert 1 <= len(found) <= most
    assert kept.truncated == (len(found) < len(events))
    assert len(found) == 1 or sum(len(one.model_dump_json()) for one in kept.events) <= size
    assert kept.retention == timedelta(days=1)
    assert kept.holding(found, retention=timedelta(days=1)).truncated == kept.truncated


def test_what_an_older_release_recorded_is_understood() -> None:
    (packed,) = pack([event(1, {})])
    older = {name: value for name, value in packed.patch.items() if name not in ("horizon", "tags")}
    (found,) = unpack([packed.model_copy(update={"patch": older})])
    assert found.walk.tags == ()
