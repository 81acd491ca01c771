"""How the events of a schedule travel to the workflow that keeps them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Self

from pydantic import AwareDatetime

from footfall.schedules.event import ScheduleEvent, merge
from footfall.schedules.schedule import Change, ScheduledWalk
from footfall.schedules.stored import Stored

DAYS_KEPT = 90
"""How long the changes of a deleted schedule are kept, unless the settings say otherwise."""

LONGEST_REST = timedelta(days=30)
"""How long a record waits at most for its first task."""


def rest(retention: timedelta) -> timedelta:
    """Give how long a record waits for its first task, unless it is roused.

    It is no longer than the retention, since only a task can end it when that is over.
    """
    return min(retention, LONGEST_REST)


class PackedEvent(Stored):
    """A ScheduleEvent in a sequence: of its definition, what differs from the one before."""

    patch: dict[str, Any]
    paused: bool = False
    note: str = ""
    position: str = ""
    updated_at: AwareDatetime | None = None
    seen_at: AwareDatetime
    deletion: Change | None = None
    outside: bool = False


_BESIDE = tuple(PackedEvent.model_fields.keys() - {"patch"})


def pack(events: Iterable[ScheduleEvent]) -> tuple[PackedEvent, ...]:
    """Write events so that a large definition that stays the same stands there once."""
    return tuple(_packed(events))


def _packed(events: Iterable[ScheduleEvent]) -> Iterator[PackedEvent]:
    base: dict[str, Any] = {}
    for event in events:
        fields = event.walk.model_dump(mode="json")
        patch = {
            name: value
            for name, value in fields.items()
            # Compared as text, since to Python 1, 1.0 and True are equal.
            if name not in base or repr(base[name]) != repr(value)
        }
        base = fields
        yield PackedEvent(patch=patch, **{name: getattr(event, name) for name in _BESIDE})


def unpack(packed: Iterable[PackedEvent]) -> list[ScheduleEvent]:
    """Give back what was packed."""
    events: list[ScheduleEvent] = []
    base: dict[str, Any] = {}
    for one in packed:
        base = {**base, **one.patch}
        beside = {name: getattr(one, name) for name in _BESIDE}
        events.append(ScheduleEvent(walk=ScheduledWalk.model_validate(base), **beside))
    return events


_PARTS = 20


class Limits(Stored):
    """How much is kept of a schedule's changes; beyond it the oldest are dropped.

    Attributes:
        events: how many events are handed on to the workflow's next run.
        size: bytes that they may take as JSON; Temporal takes 2 MiB.
        history: events of Temporal's own history after which a next run begins.
        history_size: bytes of that history, likewise.
    """

    events: int = 2_000
    size: int = 1_000_000
    history: int = 1_000
    history_size: int = 2_000_000

    def rouses(self, recording: "Recording", *, revision: int) -> bool:
        """Say whether a record is to look after its length once it is told this.

        Nobody counts what is waiting for it. So each twentieth part of the length that a
        history may have rouses it, by the number of revisions, and each telling that is as large.
        """
        if revision % max(1, self.history // _PARTS) == 0:
            return True
        return _size(recording.events) > self.history_size // _PARTS


class Recording(Stored):
    """What the signal `record` carries.

    Attributes:
        events: what happened; at most a few states that follow each other.
        retention: how long changes are kept after the schedule's deletion.
    """

    events: tuple[PackedEvent, ...]
    retention: timedelta = timedelta(days=DAYS_KEPT)


class Record(Stored):
    """All that is kept of a schedule's changes: what RecordChanges starts with.

    Attributes:
        truncated: older events were dropped.
    """

    events: tuple[PackedEvent, ...] = ()
    truncated: bool = False
    retention: timedelta = timedelta(days=DAYS_KEPT)
    limits: Limits = Limits()

    def holding(self, events: Sequence[ScheduleEvent], *, retention: timedelta) -> Self:
        """Give the record of these events, the oldest of which are dropped beyond the limits."""
        kept = merge(events)[-self.limits.events :]
        packed = pack(kept)
        while len(kept) > 1 and _size(packed) > self.limits.size:
            # In steps, since the first one that is left is written in full again.
            kept = kept[max(1, len(kept) // 10) :]
            packed = pack(kept)
        return self.model_copy(
            update={
                "events": packed,
                "truncated": self.truncated or len(kept) < len(events),
                "retention": retention,
            },
        )


def _size(packed: Iterable[PackedEvent]) -> int:
    return sum(len(one.model_dump_json()) for one in packed)
