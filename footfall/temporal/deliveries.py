from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import DeliveryPendingError
from footfall.schedules.attributes import MEMO_DELIVERY, MEMO_ERROR
from footfall.schedules.hook import Hook
from footfall.schedules.notice import Delivery, Notice, addressed
from footfall.schedules.run import RunError
from footfall.temporal import attributes
from footfall.temporal.connection import RPC_TIMEOUT, is_identifier, translated_errors
from footfall.temporal.owner_hooks import notices_queue

DELIVER_NOTICE = "DeliverNotice"
"""Type of the workflow that delivers a notice to a webhook."""


REPLAY = "replay"
"""Kind, as a search attribute, of a delivery that is made once more."""


class DeliveryStatus(StrEnum):
    """How a delivery stands: under way, taken by its receiver, or a dead letter."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


_QUERIES = {
    DeliveryStatus.PENDING: "ExecutionStatus = 'Running'",
    DeliveryStatus.DELIVERED: "ExecutionStatus = 'Completed'",
    DeliveryStatus.FAILED: "ExecutionStatus NOT IN ('Running', 'Completed')",
}

_STATUSES = {
    WorkflowExecutionStatus.RUNNING: DeliveryStatus.PENDING,
    WorkflowExecutionStatus.COMPLETED: DeliveryStatus.DELIVERED,
}


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """A delivery as Temporal shows it. Times are UTC.

    Attributes:
        error: why its last attempt failed; of one that is under way, None in lists.
    """

    delivery: Delivery
    status: DeliveryStatus
    started_at: datetime
    closed_at: datetime | None
    error: RunError | None


class DeliveryGateway:
    """The deliveries of one app's notices, each a workflow of its own in Temporal.

    Every method raises TemporalUnavailableError when Temporal does not answer.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app

    async def send(self, notice: Notice, hooks: Sequence[Hook]) -> None:
        """Have a notice delivered to each hook that takes it, unless it was sent before."""
        for delivery in addressed(self._app, notice, hooks):
            await self._start(delivery)

    async def replay(self, delivery: Delivery) -> None:
        """Deliver a notice once more.

        Raises:
            DeliveryPendingError: it is under way.
        """
        if not await self._start(delivery, again=True):
            raise DeliveryPendingError

    async def find(self, delivery_id: str) -> DeliveryState | None:
        """Give one delivery as it is now, or None."""
        workflow_id = self._id(delivery_id)
        if not is_identifier(workflow_id):
            return None
        try:
            with translated_errors():
                handle = self._client.get_workflow_handle(workflow_id)
                found = await handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return None
            raise
        state = await _state(found)
        pending = found.raw_description.pending_activities
        if state is None or not pending or not pending[0].HasField("last_failure"):
            return state
        failure = pending[0].last_failure
        kind = failure.application_failure_info.type
        return DeliveryState(
            delivery=state.delivery,
            status=state.status,
            started_at=state.started_at,
            closed_at=state.closed_at,
            error=RunError(type=kind, message=failure.message),
        )

    async def listed(
        self,
        *,
        owner: str | None,
        status: DeliveryStatus | None,
        schedule_id: str | None,
        limit: int,
    ) -> list[DeliveryState]:
        """Give the latest deliveries that Temporal still holds, the newest first; it lags a little.

        Args:
            owner: only this owner's; None means everyone's.
            status: only those that stand so.
            schedule_id: only those of this schedule's notices.
            limit: how many at most.
        """
        query = f"WorkflowType = '{DELIVER_NOTICE}' AND {attributes.APP.name} = '{self._app}'"
        for key, text in ((attributes.OWNER, owner), (attributes.SCHEDULE, schedule_id)):
            # Temporal's backends differ in how a quote is escaped; then all are looked through.
            if text is not None and not set("'\"\\") & set(text):
                query += f" AND {key.name} = '{text}'"
        executions = [query if status is None else f"{query} AND {_QUERIES[status]}"]
        if status is not None:
            # What was replayed stands as its last execution does, not as the one before.
            executions.append(f"{query} AND {attributes.KIND.name} = '{REPLAY}'")
        found: dict[str, DeliveryState] = {}
        for one in executions:
            async for state in self._states(one):
                known = found.get(state.delivery.id)
                if known is None or known.started_at < state.started_at:
                    found[state.delivery.id] = state
        meant = [
            state
            for state in found.values()
            if status in (None, state.status) and _is_meant(state, owner, schedule_id)
        ]
        newest = sorted(meant, key=lambda one: one.started_at, reverse=True)
        return newest[:limit]

    async def _states(self, query: str) -> AsyncIterator[DeliveryState]:
        with translated_errors():
            async for execution in self._client.list_workflows(query, page_size=1000):
                state = await _state(execution)
                if state is not None:
                    yield state

    async def _start(self, delivery: Delivery, *, again: bool = False) -> bool:
        notice = delivery.notice
        reuse = WorkflowIDReusePolicy
        found: list[SearchAttributePair[Any]] = [
            SearchAttributePair(attributes.APP, self._app),
            SearchAttributePair(attributes.SCHEDULE, notice.schedule_id),
            SearchAttributePair(attributes.OWNER, notice.owner),
            SearchAttributePair(attributes.WALKER, notice.walker_name),
            SearchAttributePair(attributes.STATIC, notice.is_static),
        ]
        if again:
            found.append(SearchAttributePair(attributes.KIND, REPLAY))
        try:
            with translated_errors():
                await self._client.start_workflow(
                    DELIVER_NOTICE,
                    delivery,
                    id=self._id(delivery.id),
                    task_queue=notices_queue(self._app),
                    id_reuse_policy=reuse.ALLOW_DUPLICATE if again else reuse.REJECT_DUPLICATE,
                    search_attributes=TypedSearchAttributes(found),
                    memo={MEMO_DELIVERY: delivery},
                    static_summary=f"{notice.kind}: {notice.walker_name}",
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            return False
        return True

    def _id(self, delivery_id: str) -> str:
        return f"{self._app}.notice.{delivery_id}"


def _is_meant(state: DeliveryState, owner: str | None, schedule_id: str | None) -> bool:
    notice = state.delivery.notice
    return owner in (None, notice.owner) and schedule_id in (None, notice.schedule_id)


async def _state(execution: WorkflowExecution) -> DeliveryState | None:
    delivery = await execution.memo_value(MEMO_DELIVERY, None, type_hint=Delivery)
    if delivery is None or execution.status is None:
        return None
    return DeliveryState(
        delivery=delivery,
        status=_STATUSES.get(execution.status, DeliveryStatus.FAILED),
        started_at=execution.start_time,
        closed_at=execution.close_time,
        error=await execution.memo_value(MEMO_ERROR, None, type_hint=RunError),
    )
