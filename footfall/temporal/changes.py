from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.converter import decode_typed_search_attributes
from temporalio.service import RPCError, RPCStatusCode

from footfall.schedules.event import ScheduleEvent, merge
from footfall.schedules.recording import DAYS_KEPT, Limits, Record, Recording, pack, rest, unpack
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal import attributes
from footfall.temporal.connection import RPC_TIMEOUT, is_identifier, translated_errors
from footfall.temporal.reading import owned

RECORD_CHANGES = "RecordChanges"
"""Type of the workflow that keeps the changes of a schedule."""

FIRST_CHANGE = 2
"""Revision of a schedule's first change."""

ENDED = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class History:
    """What was recorded of a schedule's changes; `truncated` says that older events are gone."""

    events: tuple[ScheduleEvent, ...] = ()
    truncated: bool = False


class ChangeLog:
    """The changes of one app's schedules, each schedule's in a workflow of its own in Temporal.

    Neither recording nor reading needs a worker; one only has to run now and then, so that no
    workflow grows too long. So the workflow's first task is put off for weeks, and what it is told
    until then makes no other: a task would cost several times what the signal does. Only
    being started with a signal rouses it, which is done before too much is waiting for it.

    A schedule that was never changed has no workflow: its creation stands in its memo.
    """

    def __init__(
        self,
        client: Client,
        *,
        app: str,
        retention: timedelta = timedelta(days=DAYS_KEPT),
        limits: Limits | None = None,
    ) -> None:
        self._client = client
        self._app = app
        self._retention = retention
        self._limits = limits or Limits()

    def id_of(self, schedule_id: str) -> str:
        """Give the id of the workflow that keeps a schedule's changes."""
        return f"{self._app}.changes.{schedule_id}"

    async def record(self, events: Sequence[ScheduleEvent]) -> None:
        """Record events of one schedule; those that are recorded already change nothing.

        Raises:
            TemporalUnavailableError: Temporal did not answer.
            RPCError: Temporal refused them.
        """
        recording = Recording(events=pack(merge(events)), retention=self._retention)
        schedule_id, revision = events[-1].walk.schedule_id, events[-1].walk.revision
        # One that was just changed for the first time has no record to tell.
        if revision <= FIRST_CHANGE or self._limits.rouses(recording, revision=revision):
            await self._start(events[-1].walk, recording)
            return
        handle = self._client.get_workflow_handle(self.id_of(schedule_id))
        try:
            with translated_errors():
                await handle.signal("record", recording, rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            await self._start(events[-1].walk, recording)

    async def _start(self, walk: ScheduledWalk, recording: Recording) -> None:
        """Tell a record, which is begun, or roused, by this."""
        with translated_errors():
            await self._client.start_workflow(
                RECORD_CHANGES,
                Record(retention=self._retention, limits=self._limits),
                id=self.id_of(walk.schedule_id),
                task_queue=self._app,
                search_attributes=_attributes(walk),
                static_summary=f"Changes of {walk.schedule_id}",
                start_signal="record",
                start_signal_args=[recording],
                start_delay=rest(self._retention),
                rpc_timeout=RPC_TIMEOUT,
            )

    async def note(self, events: Sequence[ScheduleEvent]) -> None:
        """Record events of one schedule; a failure is logged, since the write itself stands.

        What is lost so is recorded with the schedule's next change, or by the projector.
        """
        try:
            await self.record(events)
        except Exception as error:  # noqa: BLE001
            _log.warning(
                "a change is not recorded yet",
                schedule_id=events[-1].walk.schedule_id,
                revision=events[-1].walk.revision,
                reason=str(error),
            )

    async def read(self, schedule_id: str) -> History | None:
        """Give what was recorded of a schedule, or None if nothing was or it is out of date.

        Raises:
            TemporalUnavailableError: Temporal did not answer.
            UnreadableError: what was recorded cannot be read by this process; its details have
                the `owner`.
        """
        if not is_identifier(schedule_id):
            return None
        # A run that is continued while it is read hands all on to the next one, which is read.
        found = await self._history(schedule_id)
        for _ in range(5):
            if not found or found[-1].event_type != ENDED[1]:
                break
            ended = found[-1].workflow_execution_continued_as_new_event_attributes
            found = await self._history(schedule_id, ended.new_execution_run_id)
        if not found or found[-1].event_type == ENDED[0]:
            return None
        started = found[0].workflow_execution_started_event_attributes
        marks = decode_typed_search_attributes(started.search_attributes)
        return await owned(self._told(found), marks)

    async def _told(self, history: Sequence[HistoryEvent]) -> History:
        record, events = Record(), list[ScheduleEvent]()
        for event in history:
            started = event.workflow_execution_started_event_attributes
            signal = event.workflow_execution_signaled_event_attributes
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
                (record,) = await self._client.data_converter.decode(
                    started.input.payloads,
                    [Record],
                )
                events += unpack(record.events)
            elif signal.signal_name == "record":
                (recording,) = await self._client.data_converter.decode(
                    signal.input.payloads,
                    [Recording],
                )
                events += unpack(recording.events)
        return History(events=tuple(merge(events)), truncated=record.truncated)

    async def recorded_ids(self) -> AsyncIterator[str]:
        """List the ids of the schedules of which changes are kept; it lags behind writes."""
        query = (
            f"WorkflowType = '{RECORD_CHANGES}' AND {attributes.APP.name} = '{self._app}'"
            " AND ExecutionStatus = 'Running'"
        )
        with translated_errors():
            async for execution in self._client.list_workflows(query, page_size=1000):
                schedule_id = execution.typed_search_attributes.get(attributes.SCHEDULE)
                if schedule_id is not None:
                    yield schedule_id

    async def _history(self, schedule_id: str, run_id: str | None = None) -> list[HistoryEvent]:
        handle = self._client.get_workflow_handle(self.id_of(schedule_id), run_id=run_id)
        try:
            with translated_errors():
                return [
                    event async for event in handle.fetch_history_events(rpc_timeout=RPC_TIMEOUT)
                ]
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return []
            raise


def _attributes(walk: ScheduledWalk) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(attributes.APP, walk.app),
            SearchAttributePair(attributes.SCHEDULE, walk.schedule_id),
            SearchAttributePair(attributes.OWNER, walk.owner),
            SearchAttributePair(attributes.STATIC, walk.is_static),
        ],
    )
