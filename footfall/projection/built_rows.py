from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from footfall.errors import ProjectionUnavailableError
from footfall.projection.row import RunPage, SchedulePage, ScheduleRow
from footfall.projection.run_query import RunQuery
from footfall.projection.schedule_query import EVERYTHING, ScheduleQuery
from footfall.projection.store import Store
from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduleStatus


class Builder(Protocol):
    """Who fills the projection; the Projector is one."""

    problem: str | None
    is_built: bool


class BuiltRows:
    """The rows of a projection that was read from Temporal once.

    Before that nobody is told that there is nothing: what lists or counts raises
    ProjectionUnavailableError. A single row is given as soon as it is there.

    Args:
        store: holds the rows.
        builder: fills it.
    """

    def __init__(self, store: Store, builder: Builder) -> None:
        self._store = store
        self._builder = builder

    async def ping(self) -> None:
        """See Rows."""
        await self._store.ping()

    async def get_schedule(self, schedule_id: str) -> ScheduleRow | None:
        """See Rows."""
        return await self._store.get_schedule(schedule_id)

    async def list_schedules(
        self,
        *,
        owner: str | None,
        limit: int,
        cursor: str | None = None,
        query: ScheduleQuery = EVERYTHING,
        now: datetime | None = None,
    ) -> SchedulePage:
        """See Rows."""
        await self._check_built()
        return await self._store.list_schedules(
            owner=owner, limit=limit, cursor=cursor, query=query, now=now
        )

    async def count_owned(self, owner: str, *, without: Collection[str] = ()) -> int:
        """See Rows."""
        await self._check_built()
        return await self._store.count_owned(owner, without=without)

    async def count_statuses(self) -> dict[ScheduleStatus, int]:
        """See Rows."""
        await self._check_built()
        return await self._store.count_statuses()

    async def list_runs(self, query: RunQuery) -> RunPage:
        """See Rows."""
        await self._check_built()
        return await self._store.list_runs(query)

    async def count_runs(
        self, query: RunQuery, edges: Sequence[datetime]
    ) -> list[dict[RunStatus, int]]:
        """See Rows."""
        await self._check_built()
        return await self._store.count_runs(query, edges)

    async def _check_built(self) -> None:
        # A store that outlives its processes may have been filled by another one.
        if self._builder.is_built or await self._store.watermark() is not None:
            return
        raise ProjectionUnavailableError(
            "What is in Temporal was not read yet since this API started; try again soon.",
            reason=self._builder.problem or "",
        )
