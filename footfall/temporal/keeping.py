import secrets
from datetime import datetime

from temporalio.client import Client, ScheduleListDescription

from footfall.errors import ScheduleNotFoundError
from footfall.schedules.schedule import ScheduleStatus
from footfall.temporal import attributes
from footfall.temporal.connection import translated_errors
from footfall.temporal.draft import Draft
from footfall.temporal.reading import Unread
from footfall.temporal.schedules import ScheduleGateway
from footfall.temporal.update import update


class Keeping:
    """Has Temporal keep the completed schedules of one app.

    Temporal drops a schedule that has nothing left to do, unless it is paused, seven days after
    it last did something or was written. To write it again as it is begins the seven days anew.
    """

    def __init__(self, client: Client, gateway: ScheduleGateway, *, app: str) -> None:
        self._client = client
        self._gateway = gateway
        self._app = app
        self._unread = Unread()

    async def keep(self, before: datetime) -> int:
        """Write again those with which nothing happened since an instant (UTC); say how many.

        Nothing of them changes, their revisions neither.

        Raises:
            TemporalUnavailableError: Temporal did not answer.
        """
        # Read to its end before anything is written, so that its pages do not shift.
        with translated_errors():
            entries = await self._client.list_schedules(
                f"{attributes.APP.name} = '{self._app}'",
                page_size=1000,
            )
            completed = [entry.id async for entry in entries if _is_completed(entry)]
        return sum([await self._keep(schedule_id, before) for schedule_id in completed])

    async def _keep(self, schedule_id: str, before: datetime) -> bool:
        describing = self._gateway.describe(schedule_id)
        found = await self._unread.or_none(describing, f"schedule {schedule_id}")
        if found is None or found.snapshot.status is not ScheduleStatus.COMPLETED:
            return False
        if found.active_at >= before:
            return False
        snapshot = found.snapshot
        walk = snapshot.walk.model_copy(update={"quiet": secrets.token_hex(8)})
        draft = Draft.held(snapshot, walk)
        try:
            return await update(self._client, draft, found.conflict_token, snapshot.runs_left)
        except ScheduleNotFoundError:
            return False


def _is_completed(entry: ScheduleListDescription) -> bool:
    if entry.schedule is None or entry.info is None:
        return False
    return not entry.info.next_action_times and not entry.schedule.state.paused
