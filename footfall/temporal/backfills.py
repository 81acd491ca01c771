from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import Priority, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from footfall.schedules.attributes import MEMO_BACKFILL, MEMO_FINGERPRINT, MEMO_PROGRESS
from footfall.schedules.backfill import Backfill, BackfillOrder, BackfillProgress
from footfall.temporal import attributes
from footfall.temporal.connection import RPC_TIMEOUT, is_identifier, translated_errors
from footfall.temporal.reading import Unread, decoded

RUN_BACKFILL = "RunBackfill"
"""Type of the workflow that is a backfill."""


_log = structlog.get_logger(__name__)


class BackfillStatus(StrEnum):
    """How a backfill stands; one whose runs failed is completed all the same."""

    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


_STATUSES = {
    WorkflowExecutionStatus.RUNNING: BackfillStatus.RUNNING,
    WorkflowExecutionStatus.CONTINUED_AS_NEW: BackfillStatus.RUNNING,
    WorkflowExecutionStatus.COMPLETED: BackfillStatus.COMPLETED,
    WorkflowExecutionStatus.CANCELED: BackfillStatus.CANCELLED,
    WorkflowExecutionStatus.TERMINATED: BackfillStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class BackfillState:
    """A backfill as Temporal shows it; `closed_at` is in UTC."""

    order: BackfillOrder
    progress: BackfillProgress
    status: BackfillStatus
    closed_at: datetime | None
    fingerprint: str | None


class BackfillGateway:
    """The backfills of one app's schedules in Temporal.

    Every method raises TemporalUnavailableError when Temporal does not answer.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app
        self._unread = Unread()

    async def start(self, backfill: Backfill, *, fingerprint: str | None) -> bool:
        """Start a backfill; say whether it was started, or there was one with this id."""
        order, walk = backfill.order, backfill.walk
        memo: dict[str, object] = {MEMO_BACKFILL: order}
        if fingerprint is not None:
            memo[MEMO_FINGERPRINT] = fingerprint
        try:
            with translated_errors():
                await self._client.start_workflow(
                    RUN_BACKFILL,
                    backfill,
                    id=self._id(order.schedule_id, order.id),
                    task_queue=self._app,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    search_attributes=attributes.run_attributes(walk),
                    memo=memo,
                    priority=Priority(priority_key=walk.policies.priority),
                    static_summary=f"Backfill of {walk.walker_name}",
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def find(self, schedule_id: str, backfill_id: str) -> BackfillState | None:
        """Give one backfill of a schedule as it is now, or None."""
        workflow_id = self._id(schedule_id, backfill_id)
        if not is_identifier(workflow_id):
            return None
        try:
            with translated_errors():
                handle = self._client.get_workflow_handle(workflow_id)
                return await decoded(_state(await handle.describe(rpc_timeout=RPC_TIMEOUT)))
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return None
            raise

    async def listed(self, schedule_id: str) -> AsyncIterator[BackfillState]:
        """List a schedule's backfills that Temporal still holds, in no order; it lags a little."""
        query = (
            f"WorkflowType = '{RUN_BACKFILL}' AND {attributes.APP.name} = '{self._app}'"
            f" AND {attributes.SCHEDULE.name} = '{schedule_id}'"
        )
        with translated_errors():
            async for execution in self._client.list_workflows(query, page_size=1000):
                found = await self._unread.or_none(_state(execution), execution.id)
                if found is not None and execution.status is not _CONTINUED:
                    yield found

    async def cancel(self, schedule_id: str, backfill_id: str, *, reason: str) -> None:
        """Ask a backfill to end, and with it the runs that it has under way."""
        handle = self._client.get_workflow_handle(self._id(schedule_id, backfill_id))
        with translated_errors():
            await handle.cancel(reason=reason, rpc_timeout=RPC_TIMEOUT)

    def _id(self, schedule_id: str, backfill_id: str) -> str:
        return f"{self._app}.backfill.{schedule_id}.{backfill_id}"


_CONTINUED = WorkflowExecutionStatus.CONTINUED_AS_NEW


async def _state(execution: WorkflowExecution) -> BackfillState | None:
    order = await execution.memo_value(MEMO_BACKFILL, None, type_hint=BackfillOrder)
    if order is None or execution.status is None:
        return None
    return BackfillState(
        order=order,
        progress=await execution.memo_value(
            MEMO_PROGRESS,
            BackfillProgress(),
            type_hint=BackfillProgress,
        ),
        status=_STATUSES.get(execution.status, BackfillStatus.FAILED),
        closed_at=execution.close_time,
        fingerprint=await execution.memo_value(MEMO_FINGERPRINT, None, type_hint=str),
    )
