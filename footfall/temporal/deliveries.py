import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import (
    Priority,
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
from footfall.schedules.schedule import utc_now
from footfall.temporal import attributes
from footfall.temporal.connection import RPC_TIMEOUT, is_identifier, translated_errors
from footfall.temporal.owner_hooks import notices_queue
from footfall.temporal.reading import Unread, decoded

DELIVER_NOTICE = "DeliverNotice"
"""Type of the workflow that delivers a notice to a webhook."""

REPLAY = "replay"
"""Kind, as a search attribute, of a delivery that is made once more."""

_FIRST_SPAN = timedelta(hours=1)
"""How far back a list looks first; then four times as far each time, until there is enough."""

_MARGIN = timedelta(minutes=1)
"""How far Temporal's clock may be ahead."""

_DAWN = datetime(2000, 1, 1, tzinfo=UTC)

type Place = tuple[datetime, str]
"""When a delivery started (UTC), and its id: newer ones have greater places."""


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

    @property
    def place(self) -> Place:
        """Where it stands in lists, which begin with the greatest."""
        return self.started_at, self.delivery.id


@dataclass(frozen=True, slots=True)
class _Wanted:
    owner: str | None
    status: DeliveryStatus | None
    schedule_id: str | None
    before: Place | None

    def query(self, app: str) -> str:
        """Give Temporal's query for those that may be wanted, however they stand."""
        query = f"WorkflowType = '{DELIVER_NOTICE}' AND {attributes.APP.name} = '{app}'"
        wanted = ((attributes.OWNER, self.owner), (attributes.SCHEDULE, self.schedule_id))
        for key, text in wanted:
            # Temporal's backends differ in how a quote is escaped; then all are looked through.
            if text is not None and not set("'\"\\") & set(text):
                query += f" AND {key.name} = '{text}'"
        return query

    def takes(self, state: DeliveryState) -> bool:
        notice = state.delivery.notice
        return (
            self.status in (None, state.status)
            and self.owner in (None, notice.owner)
            and self.schedule_id in (None, notice.schedule_id)
            and (self.before is None or state.place < self.before)
        )


class DeliveryGateway:
    """The deliveries of one app's notices, each a workflow of its own in Temporal.

    Every method raises TemporalUnavailableError when Temporal does not answer.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app
        self._unread = Unread()

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
        state = await decoded(_state(found))
        pending = found.raw_description.pending_activities
        if state is None or not pending or not pending[0].HasField("last_failure"):
            return state
        failure = pending[0].last_failure
        kind = failure.application_failure_info.type
        # With encryption its text is elsewhere, until it is decoded.
        why = await decoded(self._client.data_converter.decode_failure(failure))
        return DeliveryState(
            delivery=state.delivery,
            status=state.status,
            started_at=state.started_at,
            closed_at=state.closed_at,
            error=RunError(type=kind, message=getattr(why, "message", str(why))),
        )

    async def listed(
        self,
        *,
        owner: str | None,
        status: DeliveryStatus | None,
        schedule_id: str | None,
        limit: int,
        before: Place | None = None,
    ) -> list[DeliveryState]:
        """Give the latest deliveries that Temporal still holds, the newest first; it lags a little.

        Args:
            owner: only this owner's; None means everyone's.
            status: only those that stand so.
            schedule_id: only those of this schedule's notices.
            limit: how many at most.
            before: only those that come after this one in the list.
        """
        wanted = _Wanted(owner, status, schedule_id, before)
        query = wanted.query(self._app)
        replayed = await self._replayed(query)
        found = [state for state in replayed.values() if wanted.takes(state)]
        if status is not None:
            query += f" AND {_QUERIES[status]}"
        # Temporal lists by the end, not by the start; so it is asked for one span after the other.
        latest = min(utc_now(), max(before[0], _DAWN)) if before else utc_now()
        end, span = latest + _MARGIN, _FIRST_SPAN
        while True:
            begin = end - span
            found += [
                state
                async for state in self._states(f"{query} AND {_started(begin, end)}")
                if state.delivery.id not in replayed and wanted.takes(state)
            ]
            found.sort(key=lambda state: state.place, reverse=True)
            page = [state for state in found[:limit] if state.started_at >= begin]
            if len(page) == limit:
                return page
            if not await self._is_any(f"{query} AND {_started(None, begin)}"):
                return found[:limit]
            end, span = begin, span * 4

    async def _replayed(self, query: str) -> dict[str, DeliveryState]:
        """Give what was delivered once more, by id: it stands as its last execution does."""
        found: dict[str, DeliveryState] = {}
        async for state in self._states(f"{query} AND {attributes.KIND.name} = '{REPLAY}'"):
            known = found.get(state.delivery.id)
            if known is None or known.place < state.place:
                found[state.delivery.id] = state
        return found

    async def _is_any(self, query: str) -> bool:
        with translated_errors():
            page = self._client.list_workflows(query, page_size=1, limit=1)
            return any([True async for _ in page])

    async def _states(self, query: str) -> AsyncIterator[DeliveryState]:
        with translated_errors():
            async for execution in self._client.list_workflows(query, page_size=1000):
                state = await self._unread.or_none(_state(execution), execution.id)
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
                    priority=Priority(fairness_key=_fairness_key(notice.owner)),
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            return False
        return True

    def _id(self, delivery_id: str) -> str:
        return f"{self._app}.notice.{delivery_id}"


def _fairness_key(owner: str) -> str:
    # Temporal takes 64 bytes; an owner's name may be longer.
    return hashlib.sha256(owner.encode()).hexdigest()[:16]


def _started(begin: datetime | None, end: datetime) -> str:
    since = f"StartTime >= '{begin.isoformat()}' AND " if begin else ""
    return f"{since}StartTime < '{end.isoformat()}'"


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
