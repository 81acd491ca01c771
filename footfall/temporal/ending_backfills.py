import asyncio

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from footfall.errors import TemporalUnavailableError
from footfall.temporal import attributes
from footfall.temporal.backfills import RUN_BACKFILL
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors

MOST_AT_ONCE = 50
"""For how many schedules Temporal is searched at once."""

_log = structlog.get_logger(__name__)


class EndingBackfills:
    """Has no more runs made up for schedules that are gone, in the background.

    Hardly any schedule has backfills under way, and a search costs Temporal half as much as a
    deletion: what is deleted while one is made is searched for together.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app
        self._gone: list[str] = []
        self._ending: asyncio.Task[None] | None = None

    def end(self, schedule_id: str) -> None:
        """End a schedule's backfills; a failure is logged."""
        self._gone.append(schedule_id)
        if self._ending is None or self._ending.done():
            self._ending = asyncio.create_task(self._end_all())

    async def _end_all(self) -> None:
        while self._gone:
            gone, self._gone = self._gone[:MOST_AT_ONCE], self._gone[MOST_AT_ONCE:]
            try:
                await self._cancel(gone)
            except (TemporalUnavailableError, RPCError) as error:
                _log.warning("backfills may go on", schedules=gone, reason=error.message)

    async def _cancel(self, schedule_ids: list[str]) -> None:
        ids = ", ".join("'" + one.replace("'", "''") + "'" for one in schedule_ids)
        query = (
            f"WorkflowType = '{RUN_BACKFILL}' AND {attributes.APP.name} = '{self._app}'"
            f" AND {attributes.SCHEDULE.name} IN ({ids}) AND ExecutionStatus = 'Running'"
        )
        with translated_errors():
            async for execution in self._client.list_workflows(query):
                handle = self._client.get_workflow_handle(execution.id)
                await handle.cancel(reason="The schedule was deleted.", rpc_timeout=RPC_TIMEOUT)
