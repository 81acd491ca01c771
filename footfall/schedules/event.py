from collections.abc import Iterable
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from footfall.schedules.schedule import Change, ScheduledWalk, ScheduleSnapshot

LATEST = "~"
"""Position of the last state that was seen of a schedule, without its token; after all others."""


class ScheduleEvent(BaseModel):
    """A state of a schedule that was written, seen, or ended by its deletion.

    Who sees a state cannot tell how it came about: a revision of which two states were seen was
    changed outside Footfall in between. ``footfall.schedules.audit`` reads changes out of events.

    Attributes:
        walk: the definition, without its trail; its ``change`` says what made this revision.
        position: Temporal's conflict token, in hexadecimal, which grows with every write and
            pause, outside ones included; empty where the writer was overtaken before it saw it.
        updated_at: when Temporal last took a write of the whole schedule (UTC), which a pause
            is not; None if never, or after revision 1 where it was not seen.
        seen_at: when it was written or seen (UTC).
        deletion: how the schedule ended; ``walk`` is what it was.
        outside: it was deleted outside Footfall.
    """

    model_config = ConfigDict(frozen=True)

    walk: ScheduledWalk
    paused: bool = False
    note: str = ""
    position: str = ""
    updated_at: AwareDatetime | None = None
    seen_at: AwareDatetime
    deletion: Change | None = None
    outside: bool = False

    @classmethod
    def created(cls, first: ScheduledWalk, *, pause: str | None = None) -> Self:
        """Give the event of a schedule's creation; `first` is its revision 1.

        `pause` is the note of one that was created paused, None of one that was not.
        """
        return cls(
            walk=_bare(first),
            paused=pause is not None,
            note=pause or "",
            seen_at=first.change.at,
        )

    @classmethod
    def written(
        cls,
        walk: ScheduledWalk,
        *,
        paused: bool,
        note: str,
        position: str = "",
        updated_at: AwareDatetime | None = None,
    ) -> Self:
        """Give the event of a revision, as its writer knows it."""
        return cls(
            walk=_bare(walk),
            paused=paused,
            note=note,
            position=position,
            updated_at=updated_at,
            seen_at=walk.change.at,
        )

    @classmethod
    def seen(
        cls,
        snapshot: ScheduleSnapshot,
        *,
        at: AwareDatetime,
        position: str = "",
        updated_at: AwareDatetime | None = None,
    ) -> Self:
        """Give the event of a state that was seen at an instant (UTC)."""
        return cls(
            walk=_bare(snapshot.walk),
            paused=snapshot.paused,
            note=snapshot.note,
            position=position,
            updated_at=updated_at,
            seen_at=at,
        )

    def ended(self, deletion: Change, *, outside: bool = False) -> Self:
        """Give the event of the deletion of a schedule that was last as this event says."""
        return self.model_copy(
            update={
                "deletion": deletion,
                "outside": outside,
                "seen_at": deletion.at,
            },
        )

    @property
    def key(self) -> str:
        """What tells it from every other event of its schedule, whoever saw it."""
        life = self.walk.created_at.isoformat()
        if self.deletion is not None:
            return f"{life}/deleted"
        return f"{life}/{self.walk.revision}/{self.position}"

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it stands among the events of its schedule; the same id may live twice."""
        ended = self.deletion is not None
        revision = 0 if ended else self.walk.revision
        return (self.walk.created_at, ended, revision, self.position, self.seen_at)

    def same_state(self, other: "ScheduleEvent") -> bool:
        """Say whether nothing lies between both, which are of one revision."""
        mine, others = (
            one.walk.model_copy(update={"quiet": None, "overrun": 0}) for one in (self, other)
        )
        if (mine, self.paused, self.note) != (others, other.paused, other.note):
            return False
        if self.walk.quiet != other.walk.quiet:
            # A write from outside leaves it as it is: this one was ours, and no change.
            return True
        if self.updated_at == other.updated_at:
            return True
        return self.walk.revision > 1 and None in (self.updated_at, other.updated_at)


def merge(events: Iterable[ScheduleEvent]) -> list[ScheduleEvent]:
    """Give each event once, in order, whatever the order and number in which they came.

    Of those with one key, which are equal but for that, the earliest stays; a deletion through
    Footfall wins over one that looked like an outside one.
    """
    found: dict[str, ScheduleEvent] = {}
    for event in events:
        known = found.get(event.key)
        found[event.key] = event if known is None else min(known, event, key=_preference)
    return sorted(found.values(), key=lambda event: event.place)


def _preference(event: ScheduleEvent) -> tuple[Any, ...]:
    # The JSON makes it a total order, so that the outcome hangs on no order of arrival.
    return (event.outside, event.seen_at, event.model_dump_json())


def _bare(walk: ScheduledWalk) -> ScheduledWalk:
    return walk.model_copy(update={"trail": ()})
