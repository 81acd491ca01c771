from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import structlog
from temporalio.api.schedule.v1 import ScheduleListEntry
from temporalio.api.workflowservice.v1 import DescribeScheduleRequest, DescribeScheduleResponse
from temporalio.client import Client
from temporalio.common import TypedSearchAttributes
from temporalio.converter import decode_typed_search_attributes
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import BrokenScheduleError, ScheduleNotFoundError, UnreadableError
from footfall.schedules.event import ScheduleEvent
from footfall.schedules.schedule import ScheduleSnapshot
from footfall.temporal import attributes
from footfall.temporal.action import RUN_WALKER, to_snapshot
from footfall.temporal.broken import BrokenSchedule, BrokenSchedules, reason_of
from footfall.temporal.connection import RPC_TIMEOUT, is_identifier, translated_errors
from footfall.temporal.described import Described
from footfall.temporal.listed import ListedSchedule, entries, to_listed
from footfall.temporal.reading import Unread
from footfall.together import together
from footfall.triggers import present_bases

_log = structlog.get_logger(__name__)


class ScheduleReader:
    """The schedules of one app in Temporal, as they are read.

    Every method raises TemporalUnavailableError when Temporal does not answer. Those that are
    for one schedule raise UnreadableError where this process cannot read its definition; those
    for many pass it over and log it.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app
        self.broken = BrokenSchedules()
        self._unread = Unread()

    async def find(self, schedule_id: str) -> ScheduleSnapshot | None:
        """Give a schedule as it is now, or None if this app has none with this id that is whole."""
        try:
            found = await self.describe(schedule_id)
        except BrokenScheduleError:
            return None
        return found.snapshot if found else None

    async def events(self, schedule_id: str) -> list[ScheduleEvent]:
        """Give what Temporal itself knows of a schedule's changes: its creation and its state.

        Empty if this app has none with this id.
        """
        found = await self.describe(schedule_id)
        return await found.events() if found else []

    async def read(self, schedule_id: str) -> ScheduleSnapshot:
        """Give a schedule as it is now.

        Raises:
            ScheduleNotFoundError: this app has none with this id.
            BrokenScheduleError: it cannot be read.
        """
        return (await self.described(schedule_id)).snapshot

    async def described(self, schedule_id: str) -> Described:
        """Give a schedule with all that Temporal tells of it.

        Raises:
            ScheduleNotFoundError: this app has none with this id.
            BrokenScheduleError: it cannot be read.
        """
        found = await self.describe(schedule_id)
        if found is None:
            raise ScheduleNotFoundError
        return found

    async def listed(
        self,
        *,
        changed_since: datetime | None = None,
        only_static: bool = False,
    ) -> AsyncIterator[ListedSchedule]:
        """List the app's schedules, or those changed through Footfall since an instant (UTC).

        Temporal's list lags behind writes by some tens of milliseconds.
        """
        query = f"{attributes.APP.name} = '{self._app}'"
        if changed_since is not None:
            query += f" AND {attributes.CHANGED_AT.name} >= '{changed_since.isoformat()}'"
        if only_static:
            query += f" AND {attributes.STATIC.name} = true"
        listed: set[str] = set()
        async for entry in entries(self._client, query):
            listed.add(entry.schedule_id)
            found = await self._sound(entry)
            if found is not None:
                yield found
        if changed_since is None and not only_static:
            self.broken.keep(listed)

    async def _sound(self, entry: ScheduleListEntry) -> ListedSchedule | None:
        """Give an entry of the list, or None if it cannot be read: it must not hide the others."""
        reason = "It holds no definition of Footfall's."
        try:
            found = await to_listed(entry, self._client.data_converter)
        except Exception as error:  # noqa: BLE001 - whatever somebody put there
            found, reason = None, reason_of(error)
        if found is None:
            marks = decode_typed_search_attributes(entry.search_attributes)
            self._is_broken(entry.schedule_id, marks, reason)
        return found

    def _is_broken(
        self, schedule_id: str, found: TypedSearchAttributes, reason: str
    ) -> BrokenSchedule:
        broken = BrokenSchedule.of(schedule_id, found, reason)
        if self.broken.add(broken):
            _log.warning("a schedule cannot be read", schedule_id=schedule_id, reason=reason)
        return broken

    async def outdated(self, before: datetime) -> list[str]:
        """Give the ids of those schedules that may have to be planned anew.

        Their plans are exact only until before an instant (UTC), or were made by other releases
        of the time zones, the holidays or Footfall than this process has.

        Definitions are not decoded, so that none can hide the others. Temporal's list lags
        behind writes: a schedule in it may have been renewed, or be gone.
        """
        basis = attributes.BASIS.name
        present = ", ".join(map(str, sorted(present_bases())))
        query = (
            f"{attributes.APP.name} = '{self._app}'"
            f" AND ({attributes.HORIZON.name} < '{before.isoformat()}'"
            f" OR {basis} IS NULL OR {basis} NOT IN ({present}))"
        )
        return [entry.schedule_id async for entry in entries(self._client, query)]

    async def read_many(self, schedule_ids: Iterable[str]) -> list[ScheduleSnapshot]:
        """Give those of the schedules that exist and can be read."""
        found = await together(self._find_readable, schedule_ids)
        return [snapshot for snapshot in found if snapshot is not None]

    async def gone(self, schedule_ids: Iterable[str]) -> list[str]:
        """Give those of the ids that are no schedules any more; one that is unreadable still is."""
        ids = list(schedule_ids)
        gone = await together(self._is_gone, ids)
        return [schedule_id for schedule_id, is_gone in zip(ids, gone, strict=True) if is_gone]

    async def _find_readable(self, schedule_id: str) -> ScheduleSnapshot | None:
        return await self._unread.or_none(self.find(schedule_id), f"schedule {schedule_id}")

    async def _is_gone(self, schedule_id: str) -> bool:
        try:
            return await self.describe(schedule_id) is None
        except UnreadableError:
            return False

    async def describe(self, schedule_id: str) -> Described | None:
        """Give a schedule with all that Temporal tells of it, or None if the app has none so.

        Raises:
            BrokenScheduleError: it is the app's, and nobody can read it.
            UnreadableError: it is the app's, and this process cannot read it.
        """
        if not is_identifier(schedule_id):
            return None
        try:
            with translated_errors():
                answer = await self._client.workflow_service.describe_schedule(
                    DescribeScheduleRequest(
                        namespace=self._client.namespace, schedule_id=schedule_id
                    ),
                    retry=True,
                    timeout=RPC_TIMEOUT,
                )
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return None
            raise
        if _app_of(answer) not in (None, self._app):
            # Another app's may be encrypted with keys of its own.
            return None
        snapshot = await self._snapshot(schedule_id, answer)
        if snapshot is None or snapshot.walk.app != self._app:
            return None
        self.broken.discard(schedule_id)
        return Described(snapshot, answer, self._client.data_converter)

    async def _snapshot(
        self, schedule_id: str, answer: DescribeScheduleResponse
    ) -> ScheduleSnapshot | None:
        reason = f"It starts no workflow {RUN_WALKER} with one argument."
        try:
            snapshot = await to_snapshot(answer, self._client.data_converter)
        except UnreadableError as error:
            # Another process may be able to: it has the key, or is of a newer release.
            marks = decode_typed_search_attributes(answer.search_attributes)
            broken = self._is_broken(schedule_id, marks, error.message)
            raise UnreadableError(error.message, **error.details, owner=broken.owner) from error
        except Exception as error:  # noqa: BLE001 - whatever somebody put there
            snapshot, reason = None, reason_of(error)
        if snapshot is None and _app_of(answer) is not None:
            marks = decode_typed_search_attributes(answer.search_attributes)
            raise self._is_broken(schedule_id, marks, reason).error()
        return snapshot


def _app_of(answer: DescribeScheduleResponse) -> str | None:
    found: str | None = attributes.value_of(answer.search_attributes, attributes.APP)
    return found
