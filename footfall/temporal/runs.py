from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import structlog
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
)
from temporalio.exceptions import ActivityError, ApplicationError, FailureError
from temporalio.exceptions import TimeoutError as TemporalTimeout
from temporalio.service import RPCError, RPCStatusCode

from footfall.schedules.attributes import MEMO_ERROR, MEMO_OCCASION
from footfall.schedules.occasion import Occasion, RunReference
from footfall.schedules.run import RunError, RunKind, RunOutcome, RunStatus, RunSummary
from footfall.temporal import attributes
from footfall.temporal.action import RUN_ACTIVITY, RUN_WALKER
from footfall.temporal.connection import RPC_TIMEOUT, is_identifier, translated_errors
from footfall.temporal.executions import Executions
from footfall.temporal.observation import Observation, observation
from footfall.temporal.reading import Unread, decoded, owned

_STATUSES = {
    WorkflowExecutionStatus.RUNNING: RunStatus.RUNNING,
    WorkflowExecutionStatus.CONTINUED_AS_NEW: RunStatus.RUNNING,
    WorkflowExecutionStatus.COMPLETED: RunStatus.SUCCEEDED,
    WorkflowExecutionStatus.FAILED: RunStatus.FAILED,
    WorkflowExecutionStatus.TIMED_OUT: RunStatus.TIMED_OUT,
    WorkflowExecutionStatus.CANCELED: RunStatus.CANCELLED,
    WorkflowExecutionStatus.TERMINATED: RunStatus.TERMINATED,
}


_log = structlog.get_logger(__name__)


class RunGateway:
    """The runs of one app's schedules, as Temporal shows them.

    Every method raises TemporalUnavailableError when Temporal does not answer.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app
        self._executions = Executions(client)
        self._unread = Unread()

    async def listed(
        self,
        *,
        since: datetime | None = None,
        schedule_id: str | None = None,
        only_open: bool = False,
    ) -> AsyncIterator[RunSummary]:
        """List the runs that Temporal still holds, in no order.

        Args:
            since: only those that started or closed after this instant (UTC).
            schedule_id: only those of one schedule.
            only_open: only those that have not ended.
        """
        query = f"WorkflowType = '{RUN_WALKER}' AND {attributes.APP.name} = '{self._app}'"
        if schedule_id is not None:
            query += f" AND {attributes.SCHEDULE.name} = '{schedule_id}'"
        if only_open:
            query += " AND ExecutionStatus = 'Running'"
        with translated_errors():
            async for execution in self._executions.listed(query, since):
                summary = await self._unread.or_none(_summary(execution), execution.id)
                if summary is not None:
                    yield summary

    async def find(self, schedule_id: str, run_id: str) -> RunSummary | None:
        """Give one run of a schedule as it is now, or None."""
        found = await self.observe(schedule_id, run_id)
        return found.summary if found else None

    async def observe(self, schedule_id: str, run_id: str) -> Observation | None:
        """Give one run of a schedule with what is seen of its walker now, or None."""
        description = await self._describe(run_id)
        if description is None:
            return None
        marks = description.typed_search_attributes
        summary = await owned(_summary(description), marks)
        if summary is None or (summary.app, summary.schedule_id) != (self._app, schedule_id):
            return None
        return await owned(observation(description, summary), marks)

    async def is_open(self, run: RunReference) -> bool:
        """Say whether one execution of a run has not ended."""
        description = await self._describe(run.id, run.temporal_run_id)
        return description is not None and description.close_time is None

    async def outcome(self, run: RunSummary) -> RunOutcome | None:
        """Give what a run gave so far: its output once it is closed, its attempts before.

        None when Temporal no longer holds the run.

        Raises:
            UnreadableError: this process cannot read what it gave.
        """
        return await decoded(self._outcome(run))

    async def _outcome(self, run: RunSummary) -> RunOutcome | None:
        if run.closed_at is None:
            found = await self.observe(run.schedule_id, run.id)
            return found.outcome() if found else None
        handle = self._client.get_workflow_handle(
            run.id,
            run_id=run.temporal_run_id or None,
            result_type=RunOutcome,
        )
        try:
            with translated_errors():
                outcome: RunOutcome = await handle.result(
                    follow_runs=False,
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowFailureError as failure:
            if run.status is RunStatus.CANCELLED:
                return await self._cancelled(run)
            return _failed(failure, run.status)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            raise
        return outcome

    async def _cancelled(self, run: RunSummary) -> RunOutcome:
        """Give what a walker had printed that was cancelled; its activity's result holds it."""
        outcome = RunOutcome(status=RunStatus.CANCELLED, attempts=0)
        handle = self._client.get_workflow_handle(run.id, run_id=run.temporal_run_id or None)
        walks: set[int] = set()
        with translated_errors():
            async for event in handle.fetch_history_events(rpc_timeout=RPC_TIMEOUT):
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == RUN_ACTIVITY:
                    walks.add(event.event_id)
                completed = event.activity_task_completed_event_attributes
                payloads = completed.result.payloads
                if completed.scheduled_event_id in walks and payloads:
                    hints: list[type] = [RunOutcome]
                    (outcome,) = await self._client.data_converter.decode(payloads, hints)
        return outcome.model_copy(update={"status": run.status, "error": run.error})

    async def _describe(
        self,
        run_id: str,
        execution: str | None = None,
    ) -> WorkflowExecutionDescription | None:
        if not is_identifier(run_id):
            return None
        try:
            with translated_errors():
                handle = self._client.get_workflow_handle(run_id, run_id=execution)
                return await handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return None
            raise


async def _summary(execution: WorkflowExecution) -> RunSummary | None:
    if execution.workflow_type != RUN_WALKER:
        return None
    found = execution.typed_search_attributes
    schedule_id = found.get(attributes.SCHEDULE)
    app = found.get(attributes.APP)
    if schedule_id is None or app is None or execution.status is None:
        return None
    status = _STATUSES[execution.status]
    # A walker that was stopped for its time closes its run as failed; only the workflow
    # knows better, and says so here.
    outcome = found.get(attributes.OUTCOME)
    if status is RunStatus.FAILED and outcome is not None:
        status = RunStatus(outcome)
    error: RunError | None = None
    if status in (RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.CANCELLED):
        error = await execution.memo_value(MEMO_ERROR, None, type_hint=RunError)
    kind = RunKind(found.get(attributes.KIND) or RunKind.SCHEDULED)
    occasion: Occasion | None = None
    if kind is not RunKind.SCHEDULED:
        occasion = await execution.memo_value(MEMO_OCCASION, None, type_hint=Occasion)
    after = occasion.after if occasion else None
    return RunSummary(
        id=execution.id,
        temporal_run_id=execution.run_id,
        schedule_id=schedule_id,
        app=app,
        owner=found.get(attributes.OWNER) or "",
        walker_name=found.get(attributes.WALKER) or "",
        is_static=bool(found.get(attributes.STATIC)),
        kind=kind,
        status=status,
        scheduled_at=found.get(attributes.SCHEDULED_START),
        started_at=execution.start_time,
        closed_at=execution.close_time,
        error=error,
        by=occasion.by if occasion else None,
        reason=occasion.reason if occasion else None,
        after_schedule=after.schedule_id if after else None,
        after_run=after.run.id if after else None,
    )


def _failed(failure: WorkflowFailureError, status: RunStatus) -> RunOutcome:
    cause: BaseException = failure.cause
    while isinstance(cause, ActivityError) and cause.cause is not None:
        cause = cause.cause
    if isinstance(cause, ApplicationError) and cause.details:
        details: Any = cause.details[0]
        return RunOutcome.model_validate(details).model_copy(update={"status": status})
    kind = "Timeout" if isinstance(cause, TemporalTimeout) else type(cause).__name__
    if isinstance(cause, ApplicationError):
        kind = cause.type or kind
    message = cause.message if isinstance(cause, FailureError) else str(cause)
    return RunOutcome(
        status=status,
        attempts=0,
        error=RunError(type=kind, message=message),
    )
