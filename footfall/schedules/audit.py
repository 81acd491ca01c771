from collections.abc import Iterable

from pydantic import AwareDatetime, BaseModel, ConfigDict

from footfall.schedules.difference import Difference, difference
from footfall.schedules.event import ScheduleEvent, merge
from footfall.schedules.schedule import Change, ChangeKind

_UNSEEN: Difference = {
    "temporal": {"before": "as Footfall wrote it", "after": "other times, policies or limits"},
}
"""What only Temporal knows of a change: it was written, and the definition inside stayed."""


class RecordedChange(BaseModel):
    """One change of a schedule, read out of its events.

    Attributes:
        event: the schedule as it was after the change.
        by: who made it; None where it was made outside Footfall.
        at: when (UTC). Temporal does not say when a schedule was paused outside, nor deleted:
            then it is when it was noticed.
        reason: why, as whoever made it said; a pause's note where it was made outside.
        difference: what it changed; empty for a creation and a deletion, None where the revision
            before is not recorded.
    """

    model_config = ConfigDict(frozen=True)

    event: ScheduleEvent
    kind: ChangeKind
    by: str | None
    at: AwareDatetime
    reason: str | None
    outside: bool
    difference: Difference | None

    @property
    def revision(self) -> int:
        """Revision that the schedule had after it; an outside change makes none."""
        return self.event.walk.revision


def changes(events: Iterable[ScheduleEvent]) -> list[RecordedChange]:
    """Give the changes that a schedule's events tell of, the oldest first.

    Events may come in any order and more than once. The first state of a revision is what its
    own change made of the schedule; each other state of it was made outside Footfall.
    """
    found: list[RecordedChange] = []
    last: ScheduleEvent | None = None
    for event in merge(events):
        if last is not None and last.walk.created_at != event.walk.created_at:
            last = None
        if event.deletion is not None:
            found.append(_deleted(event, event.deletion))
        elif last is None or last.walk.revision != event.walk.revision:
            found.append(_revised(last, event))
        elif last.same_state(event):
            if last.walk.quiet != event.walk.quiet:
                last = event
            # What a writer that was overtaken did not see, others did.
            last = last.model_copy(update={"updated_at": last.updated_at or event.updated_at})
            continue
        else:
            found.append(_outside(last, event))
        last = event
    return found


def _deleted(event: ScheduleEvent, deletion: Change) -> RecordedChange:
    return RecordedChange(
        event=event,
        kind=ChangeKind.DELETED,
        by=None if event.outside else deletion.by,
        at=deletion.at,
        reason=deletion.reason,
        outside=event.outside,
        difference={},
    )


def _revised(last: ScheduleEvent | None, event: ScheduleEvent) -> RecordedChange:
    change, number = event.walk.change, event.walk.revision
    found: Difference | None = {} if number == 1 else None
    if last is not None and last.walk.revision == number - 1:
        found = difference(last, event)
    return RecordedChange(
        event=event,
        kind=change.kind,
        by=change.by,
        at=change.at,
        reason=change.reason,
        outside=False,
        difference=found,
    )


def _outside(last: ScheduleEvent, event: ScheduleEvent) -> RecordedChange:
    kind = ChangeKind.UPDATED
    if event.paused != last.paused:
        kind = ChangeKind.PAUSED if event.paused else ChangeKind.RESUMED
    known = event.updated_at if event.updated_at != last.updated_at else None
    return RecordedChange(
        event=event,
        kind=kind,
        by=None,
        at=known or event.seen_at,
        reason=(event.note or None) if event.note != last.note else None,
        outside=True,
        difference=difference(last, event) or _UNSEEN,
    )
