import asyncio
from datetime import datetime
from itertools import takewhile

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from footfall.schedules.attributes import MEMO_ERROR
from footfall.schedules.schedule import utc_now
from footfall.temporal import attributes
from footfall.temporal.action import RUN_WALKER
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors

_AT_ONCE = 20
"""Runs of one schedule beyond those asked for that may be failing at the same time."""

_ENDED = (
    WorkflowExecutionStatus.COMPLETED,
    WorkflowExecutionStatus.FAILED,
    WorkflowExecutionStatus.TIMED_OUT,
)


class Failures:
    """The failures in a row that the runs of a schedule end in, as Temporal shows them."""

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app

    async def before(
        self,
        run_id: str,
        *,
        schedule_id: str,
        most: int,
        since: datetime | None,
    ) -> int:
        """Count how many of the runs that ended last, but for one that fails now, have failed.

        Runs that were cancelled or terminated are passed over.

        Args:
            run_id: id of the run that fails now.
            schedule_id: whose runs are meant.
            most: count up to this number.
            since: only runs that started after this instant (UTC).

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        if most <= 0:
            return 0
        query = (
            f"WorkflowType = '{RUN_WALKER}' AND {attributes.APP.name} = '{self._app}'"
            f" AND {attributes.SCHEDULE.name} = '{schedule_id}'"
        )
        if since is not None:
            query += f" AND StartTime > '{since.isoformat()}'"
        # Lists lag behind: what failed just now may be shown as running. So those are asked for
        # one by one; and first, lest one closes unseen between the two lists.
        running = await self._newest(f"{query} AND ExecutionStatus = 'Running'", most + _AT_ONCE)
        others = [run for run in running if run.id != run_id]
        described = await asyncio.gather(*(self._describe(run) for run in others))
        ended = [run for run in described if run is not None and await _has_ended(run)]
        known = {run.run_id for run in ended}
        closed = await self._newest(
            f"{query} AND ExecutionStatus IN ('Completed', 'Failed', 'TimedOut')",
            most,
        )
        ended += [run for run in closed if run.run_id not in known]
        now = utc_now()
        ended.sort(key=lambda run: run.close_time or now, reverse=True)
        failed = takewhile(lambda run: run.status is not WorkflowExecutionStatus.COMPLETED, ended)
        return min(most, sum(1 for _ in failed))

    async def _newest(self, query: str, limit: int) -> list[WorkflowExecution]:
        # Temporal lists what closed last first, and of what runs what started last.
        with translated_errors():
            page = self._client.list_workflows(query, page_size=limit, limit=limit)
            return [run async for run in page]

    async def _describe(self, run: WorkflowExecution) -> WorkflowExecution | None:
        handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
        try:
            with translated_errors():
                return await handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            raise


async def _has_ended(run: WorkflowExecution) -> bool:
    """Say whether a run has ended by itself, or has failed and is about to close."""
    if run.status is WorkflowExecutionStatus.RUNNING:
        return MEMO_ERROR in run.raw_info.memo.fields
    return run.status in _ENDED
