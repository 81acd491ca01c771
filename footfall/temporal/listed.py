from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.schedule.v1 import ScheduleListEntry
from temporalio.api.workflowservice.v1 import ListSchedulesRequest
from temporalio.client import Client
from temporalio.converter import DataConverter

from footfall.schedules.attributes import MEMO_DEFINITION
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal import attributes
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors

_PAGE = 1000


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


async def entries(client: Client, query: str) -> AsyncIterator[ScheduleListEntry]:
    """Give what Temporal lists for a query, as it is.

    The SDK's own list decodes all of each entry, most of which nobody asks for.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
    """
    request = ListSchedulesRequest(namespace=client.namespace, maximum_page_size=_PAGE, query=query)
    while True:
        with translated_errors():
            page = await client.workflow_service.list_schedules(
                request, retry=True, timeout=RPC_TIMEOUT
            )
        for entry in page.schedules:
            yield entry
        if not page.next_page_token:
            return
        request.next_page_token = page.next_page_token


async def to_listed(entry: ScheduleListEntry, converter: DataConverter) -> ListedSchedule | None:
    """Give what an entry of Temporal's list shows, or None if it is no schedule of Footfall's."""
    info, memo, found = entry.info, entry.memo.fields, entry.search_attributes
    if not info.HasField("workflow_type") or MEMO_DEFINITION not in memo:
        return None
    (first,) = await converter.decode([memo[MEMO_DEFINITION]], [ScheduledWalk])
    changed_at = attributes.value_of(found, attributes.CHANGED_AT)
    return ListedSchedule(
        id=entry.schedule_id,
        first=first,
        revision=attributes.value_of(found, attributes.REVISION) or 1,
        changed_at=datetime.fromisoformat(changed_at) if changed_at else first.change.at,
        paused=info.paused,
        note=info.notes,
        next_times=tuple(time.ToDatetime(UTC) for time in info.future_action_times),
    )
