import asyncio
import time
from collections.abc import Callable

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError

from footfall.errors import TemporalUnavailableError
from footfall.schedules.chain import Chain
from footfall.schedules.occasion import RunEnd
from footfall.temporal import attributes
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors
from footfall.temporal.listed import entries

RUN_CHAIN = "RunChain"
"""Type of the workflow that runs a schedule after the runs of another one."""

FRESH_SECONDS = 1.0
"""How long the list of schedules that are followed is used before Temporal is asked again."""

_log = structlog.get_logger(__name__)


class FollowerGateway:
    """The schedules of one app that run after others.

    Every method raises TemporalUnavailableError when Temporal does not answer.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app

    async def of(self, schedule_id: str) -> list[str]:
        """Give the ids of the schedules that run after one; it lags a little behind writes."""
        follows = attributes.FOLLOWS.name
        query = f"{attributes.APP.name} = '{self._app}' AND {follows} = '{_quoted(schedule_id)}'"
        return [entry.schedule_id async for entry in entries(self._client, query)]

    async def followed(self) -> frozenset[str]:
        """Give the ids of all schedules after which others run; it lags a little."""
        query = f"{attributes.APP.name} = '{self._app}' AND {attributes.FOLLOWS.name} IS NOT NULL"
        found = [
            attributes.value_of(entry.search_attributes, attributes.FOLLOWS)
            async for entry in entries(self._client, query)
        ]
        return frozenset(one for one in found if one is not None)

    async def tell(self, follower: str, end: RunEnd) -> None:
        """Tell the chain of a schedule that a run which it follows has ended.

        It does not matter how often the same end is told.
        """
        with translated_errors():
            await self._client.start_workflow(
                RUN_CHAIN,
                Chain(schedule_id=follower),
                id=f"{self._app}.chain.{follower}",
                task_queue=self._app,
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(attributes.APP, self._app),
                        SearchAttributePair(attributes.SCHEDULE, follower),
                    ],
                ),
                static_summary=f"Chain of {follower}",
                start_signal="ended",
                start_signal_args=[end],
                rpc_timeout=RPC_TIMEOUT,
            )


class KnownFollowed:
    """The schedules after which others run, as they were a second ago: one list for all runs."""

    def __init__(
        self,
        gateway: FollowerGateway,
        *,
        fresh: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._fresh = fresh
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: frozenset[str] | None = None
        self._read_at = float("-inf")

    async def has(self, schedule_id: str) -> bool:
        """Say whether others run after a schedule; where Temporal does not answer, perhaps."""
        async with self._lock:
            if self._clock() - self._read_at > self._fresh:
                try:
                    self._known = await self._gateway.followed()
                except (TemporalUnavailableError, RPCError) as error:
                    # Whoever asks has just run a walker, and must not fail for this.
                    _log.warning("it is not known which runs are followed", reason=error.message)
                    self._known = None
                self._read_at = self._clock()
            return self._known is None or schedule_id in self._known


def _quoted(text: str) -> str:
    return text.replace("'", "''")
