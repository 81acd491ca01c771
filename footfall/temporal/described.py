from dataclasses import dataclass

from temporalio.client import ScheduleDescription

from footfall.errors import UnreadableError
from footfall.schedules.attributes import MEMO_DEFINITION, MEMO_PAUSE
from footfall.schedules.event import ScheduleEvent
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot, utc_now
from footfall.temporal.reading import decoded


@dataclass(frozen=True, slots=True)
class Described:
    """A schedule of Footfall's as Temporal describes it."""

    snapshot: ScheduleSnapshot
    description: ScheduleDescription

    @property
    def conflict_token(self) -> bytes:
        """What Temporal knows this state by; it grows with every write, outside ones included."""
        return self.description.raw_description.conflict_token

    async def events(self) -> list[ScheduleEvent]:
        """Give the events that can be told from this: the creation, and the state itself.

        Raises:
            UnreadableError: the creation cannot be read.
        """
        first = await decoded(
            self.description.memo_value(MEMO_DEFINITION, type_hint=ScheduledWalk),
        )
        pause = await decoded(self.description.memo_value(MEMO_PAUSE, None, type_hint=str))
        return [ScheduleEvent.created(first, pause=pause), self.seen()]

    async def readable_events(self) -> list[ScheduleEvent]:
        """Give the same, without the creation where that cannot be read.

        It may be encrypted with a key that is gone; what follows is told all the same.
        """
        try:
            return await self.events()
        except UnreadableError:
            return [self.seen()]

    def seen(self) -> ScheduleEvent:
        """Give the event that is the state itself."""
        return ScheduleEvent.seen(
            self.snapshot,
            at=utc_now(),
            position=self.conflict_token.hex(),
            updated_at=self.description.info.last_updated_at,
        )

    def written(self, walk: ScheduledWalk, *, paused: bool, note: str) -> ScheduleEvent:
        """Give the event of a revision that was written before this was described."""
        seen = self.snapshot
        if (seen.walk.change.token, seen.paused, seen.note) != (walk.change.token, paused, note):
            # Overtaken, by another writer or from outside.
            return ScheduleEvent.written(walk, paused=paused, note=note)
        return ScheduleEvent.written(
            walk,
            paused=paused,
            note=note,
            position=self.conflict_token.hex(),
            updated_at=self.description.info.last_updated_at,
        )
