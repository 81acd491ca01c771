from collections.abc import AsyncIterator
from datetime import datetime

from temporalio.api.workflowservice.v1 import GetClusterInfoRequest
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError

from footfall.temporal.connection import NOT_ALLOWED, RPC_TIMEOUT

_PAGE = 1000

_FIRST_PAGE = 5
"""Executions that are asked for first, since mostly hardly any are new; each takes the server as
much as a small write."""

_GROWTH = 5

_IN_ORDER = ("sqlite", "mysql", "postgres")
"""Stores of visibility that list first what closed last, as their statements in Temporal's source
say. None of their indexes serves a filter by times, which goes through all executions."""

_IS_CLOSED = "CloseTime < '9999-01-01T00:00:00Z'"
"""By the time, since not every status of what is open is known to every SDK; where it is absent,
some servers take it for the end of the year 9999."""


class Executions:
    """The executions of workflows in a namespace, as Temporal lists them.

    Args:
        client: of the namespace.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._are_in_order: bool | None = None

    async def listed(self, query: str, since: datetime | None) -> AsyncIterator[WorkflowExecution]:
        """List what Temporal shows for a query; some may be listed twice.

        Args:
            query: in Temporal's list filters.
            since: only those that started or closed after this instant (UTC). That costs as much
                as they are many, not as all are.

        Raises:
            RPCError: Temporal did not answer, or refused.
        """
        if since is not None and await self._lists_in_order():
            async for execution in self._newest(query, since):
                yield execution
            return
        if since is not None:
            at = since.isoformat()
            query += f" AND (StartTime > '{at}' OR CloseTime > '{at}')"
        async for execution in self._client.list_workflows(query, page_size=_PAGE):
            yield execution

    async def _newest(self, query: str, since: datetime) -> AsyncIterator[WorkflowExecution]:
        # First those that run: one that closes meanwhile is in both lists. And both at once: what
        # starts while somebody looks at these is later than all of them.
        is_running = f"ExecutionStatus = 'Running' AND StartTime > '{since.isoformat()}'"
        running = self._client.list_workflows(f"{query} AND {is_running}", page_size=_PAGE)
        started = [execution async for execution in running]
        size = _FIRST_PAGE
        closed = self._client.list_workflows(f"{query} AND {_IS_CLOSED}")
        await closed.fetch_next_page(page_size=size)
        for execution in started:
            yield execution
        while True:
            for execution in closed.current_page or ():
                if execution.close_time is not None and execution.close_time <= since:
                    return
                yield execution
            if closed.next_page_token is None:
                return
            size = min(size * _GROWTH, _PAGE)
            await closed.fetch_next_page(page_size=size)

    async def _lists_in_order(self) -> bool:
        if self._are_in_order is None:
            request = GetClusterInfoRequest()
            service = self._client.workflow_service
            try:
                found = await service.get_cluster_info(request, timeout=RPC_TIMEOUT)
            except RPCError as error:
                if error.status in NOT_ALLOWED:
                    self._are_in_order = False
                # If it is away, the list itself says so.
                return False
            # There may be two stores, while one takes the other's place.
            stores = found.visibility_store.split(",")
            self._are_in_order = all(store.startswith(_IN_ORDER) for store in stores)
        return self._are_in_order
