from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.workflowservice.v1 import DescribeScheduleResponse
from temporalio.converter import DataConverter

from footfall.errors import UnreadableError
from footfall.schedules.attributes import MEMO_DEFINITION, MEMO_PAUSE
from footfall.schedules.event import ScheduleEvent
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot, utc_now
from footfall.temporal.reading import decoded


@dataclass(frozen=True, slots=True)
class Described:
    """A schedule of Footfall's as Temporal describes it.

    The SDK's own description decodes all that there is, most of which nobody asks for.
    """

    snapshot: ScheduleSnapshot
    answer: DescribeScheduleResponse
    converter: DataConverter

    @property
    def conflict_token(self) -> bytes:
        """What Temporal knows this state by; it grows with every write, outside ones included."""
        return self.answer.conflict_token

    @property
    def begun_at(self) -> datetime:
        """When Temporal began with it (UTC)."""
        return self.answer.info.create_time.ToDatetime(UTC)

    @property
    def updated_at(self) -> datetime | None:
        """When Temporal last took a write of the whole schedule (UTC); None if never."""
        info = self.answer.info
        return info.update_time.ToDatetime(UTC) if info.HasField("update_time") else None

    @property
    def active_at(self) -> datetime:
        """When Temporal last did something with it, or took a write of it (UTC)."""
        actions = [one.actual_time.ToDatetime(UTC) for one in self.answer.info.recent_actions]
        return max([self.begun_at, self.updated_at or self.begun_at, *actions])

    async def events(self) -> list[ScheduleEvent]:
        """Give the events that can be told from this: the creation, and the state itself.

        Raises:
            UnreadableError: the creation cannot be read.
        """
        first = await decoded(self._memo(MEMO_DEFINITION, ScheduledWalk))
        pause = None
        if MEMO_PAUSE in self.answer.memo.fields:
            pause = await decoded(self._memo(MEMO_PAUSE, str))
        return [ScheduleEvent.created(first, pause=pause), self.seen()]

    async def readable_events(self) -> list[ScheduleEvent]:
        """Give the same, without the creation where that cannot be read.

        It may be encrypted with a key that is gone; what follows is told all the same.
        """
        try:
            return await self.events()
        except UnreadableError:
            return [self.seen()]

    async def _memo[Value](self, name: str, kind: type[Value]) -> Value:
        if name not in self.answer.memo.fields:
            raise KeyError(name)
        found: list[Value] = await self.converter.decode([self.answer.memo.fields[name]], [kind])
        return found[0]

    def seen(self) -> ScheduleEvent:
        """Give the event that is the state itself."""
        return ScheduleEvent.seen(
            self.snapshot,
            at=utc_now(),
            position=self.conflict_token.hex(),
            updated_at=self.updated_at,
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
            updated_at=self.updated_at,
        )
