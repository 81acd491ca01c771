"""Schedules that tests have left: those that fire on and on take the time of all others."""

from datetime import UTC, datetime, timedelta

from temporalio.client import Client, ScheduleListDescription
from temporalio.service import RPCError, RPCStatusCode

from footfall.temporal.attributes import APP

SOON = timedelta(minutes=2)


async def delete_busy_schedules(client: Client, *, lasting: tuple[str, ...] = ()) -> None:
    """Delete the schedules of a namespace that are due soon, but for those of some apps.

    Args:
        client: knows the namespace.
        lasting: how the names of apps begin whose workers go on.
    """
    busy = [
        entry.id
        async for entry in await client.list_schedules(page_size=1000)
        if _is_busy(entry) and not _app_of(entry).startswith(lasting)
    ]
    for schedule_id in busy:
        try:
            await client.get_schedule_handle(schedule_id).delete()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


def _is_busy(entry: ScheduleListDescription) -> bool:
    times = entry.info.next_action_times if entry.info else ()
    is_paused = entry.schedule is None or entry.schedule.state.paused
    return bool(times) and not is_paused and times[0] < datetime.now(UTC) + SOON


def _app_of(entry: ScheduleListDescription) -> str:
    found = entry.typed_search_attributes.get(APP)
    return found or ""
