"""Schedules to search for, and how a list of them is read to its end."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

from support.rows import at, snapshot

from footfall.projection.row import ScheduleRow
from footfall.projection.schedule_query import ScheduleQuery
from footfall.projection.store import Store
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot

NOW = at(100)


def schedule(
    number: int,
    *,
    paused: bool = False,
    times: Iterable[float] = (),
    **fields: Any,
) -> ScheduleSnapshot:
    plain = snapshot(f"s{number}")
    walk = ScheduledWalk.model_validate({**plain.walk.model_dump(), **fields})
    next_times = tuple(at(seconds) for seconds in sorted(times))
    return plain.model_copy(update={"walk": walk, "paused": paused, "next_times": next_times})


async def walked(
    store: Store,
    query: ScheduleQuery,
    owner: str | None,
    limit: int,
    now: datetime = NOW,
    *,
    between: Callable[[], Awaitable[None]] | None = None,
) -> list[ScheduleRow]:
    """Read a list page by page, with something between two pages where it is given."""
    rows: list[ScheduleRow] = []
    cursor: str | None = None
    totals = set()
    while True:
        page = await store.list_schedules(
            owner=owner,
            limit=limit,
            cursor=cursor,
            query=query,
            # Later pages reckon with the first one's instant.
            now=now if cursor is None else at(10_000),
        )
        assert len(page.rows) == limit or page.cursor is None
        rows += page.rows
        totals.add(page.total)
        cursor = page.cursor
        if cursor is None:
            assert totals == {len(rows)}
            return rows
        if between is not None:
            await between()
