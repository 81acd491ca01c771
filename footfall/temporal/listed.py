from dataclasses import dataclass
from datetime import datetime

from temporalio.client import ScheduleListActionStartWorkflow, ScheduleListDescription

from footfall.schedules.attributes import MEMO_DEFINITION
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal import attributes


@dataclass(frozen=True, slots=True)
class ListedSchedule:
    """A schedule as Temporal's list shows it: without the definition, but for revision 1's.

    Times are UTC; `next_times` has at most 5.
    """

    id: str
    first: ScheduledWalk
    revision: int
    changed_at: datetime
    paused: bool
    note: str
    next_times: tuple[datetime, ...]

    def snapshot(self) -> ScheduleSnapshot:
        """Give the snapshot of a schedule that is still at revision 1."""
        return ScheduleSnapshot(
            walk=self.first,
            paused=self.paused,
            note=self.note,
            next_times=self.next_times,
        )


async def to_listed(entry: ScheduleListDescription) -> ListedSchedule | None:
    """Give what an entry of Temporal's list shows, or None if it is no schedule of Footfall's."""
    schedule, info = entry.schedule, entry.info
    if schedule is None or info is None:
        return None
    if not isinstance(schedule.action, ScheduleListActionStartWorkflow):
        return None
    first = await entry.memo_value(MEMO_DEFINITION, None, type_hint=ScheduledWalk)
    if first is None:
        return None
    found = entry.typed_search_attributes
    return ListedSchedule(
        id=entry.id,
        first=first,
        revision=found.get(attributes.REVISION) or 1,
        changed_at=found.get(attributes.CHANGED_AT) or first.change.at,
        paused=schedule.state.paused,
        note=schedule.state.note or "",
        next_times=tuple(info.next_action_times),
    )
