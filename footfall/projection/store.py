from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from footfall.projection.row import RunPage, SchedulePage, ScheduleRow
from footfall.projection.run_query import RunQuery
from footfall.projection.schedule_query import EVERYTHING, ScheduleQuery
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus


class Rows(Protocol):
    """The projection as its readers see it.

    Raises:
        ProjectionUnavailableError: from every method, when the database does not answer.
    """

    async def ping(self) -> None:
        """Raise unless the database answers."""
        ...

    async def get_schedule(self, schedule_id: str) -> ScheduleRow | None:
        """Give one row, or None."""
        ...

    async def list_schedules(
        self,
        *,
        owner: str | None,
        limit: int,
        cursor: str | None = None,
        query: ScheduleQuery = EVERYTHING,
        now: datetime | None = None,
    ) -> SchedulePage:
        """List the schedules of `owner` and all static ones, or all when `owner` is None.

        Of these the query lets some through and says the order; `total` counts them. What
        hangs on the present is reckoned at `now` (UTC; the present if it is None), and on
        further pages at the first page's. Pages neither repeat nor leave out a row whose
        place in the order stays, whatever comes and goes between them.

        Raises:
            InvalidInputError: the cursor was not given by this method for an equal query.
        """
        ...

    async def count_owned(self, owner: str, *, without: Collection[str] = ()) -> int:
        """Count the schedules of an owner, but for static ones and those with these ids."""
        ...

    async def count_statuses(self) -> dict[ScheduleStatus, int]:
        """Count the schedules of each status, everyone's together."""
        ...

    async def list_runs(self, query: RunQuery) -> RunPage:
        """List the runs of a query, the newest start first.

        Raises:
            InvalidInputError: the cursor was not given by this method for such a query; its
                `limit` may be another.
        """
        ...

    async def count_runs(
        self, query: RunQuery, edges: Sequence[datetime]
    ) -> list[dict[RunStatus, int]]:
        """Count the runs of a query by status, in each span between an edge and the next.

        `edges` are instants (UTC), ascending, at least two; a span has its first instant and not
        its last. The query's instants, its limit and its cursor are not looked at.
        """
        ...


class Store(Rows, Protocol):
    """Where the projection's rows are kept. Only the projector writes.

    A store is opened for one scope (a Temporal namespace and an app) and never shows rows of
    another. Several processes may fold the same events into one store at once, in any order
    and more than once: every write is idempotent, and the rows end equal.

    Raises:
        ProjectionUnavailableError: from every method, when the database does not answer.
    """

    async def open(self) -> None:
        """Connect, and prepare indexes; raises when the database does not answer."""
        ...

    async def close(self) -> None:
        """Give back every connection."""
        ...

    async def put_schedules(self, snapshots: Sequence[ScheduleSnapshot]) -> None:
        """Add or replace schedules.

        One that is older than the row, by creation time and then by revision, is ignored; of
        the same revision the one that is put last stays.
        """
        ...

    async def time_passed(self, now: datetime) -> None:
        """Do what makes lists by next run quick at an instant (UTC); they show the same without."""
        ...

    async def remove_schedules(self, ids: Sequence[str]) -> None:
        """Remove schedules and their runs; unknown ids are ignored."""
        ...

    async def schedule_ids(self) -> set[str]:
        """Give the ids of every schedule."""
        ...

    async def put_runs(self, runs: Sequence[RunSummary]) -> None:
        """Add or replace runs, and fold them into their schedules' tallies.

        A closed run never becomes running again; runs of schedules without a row are kept,
        and count once the schedule's row is put.
        """
        ...

    async def get_run(self, schedule_id: str, run_id: str) -> RunSummary | None:
        """Give one run, or None."""
        ...

    async def prune_runs(self, before: datetime) -> None:
        """Forget runs that closed before an instant (UTC); tallies count what is left."""
        ...

    async def ids_with_runs(self) -> set[str]:
        """Give the ids of all schedules that have runs, with a row of their own or not."""
        ...

    async def watermark(self) -> datetime | None:
        """Give the instant (UTC) up to which runs were folded in; None if never."""
        ...

    async def set_watermark(self, at: datetime) -> None:
        """Keep the instant (UTC) up to which runs were folded in; it never goes back."""
        ...

    async def clear(self) -> None:
        """Forget everything of this scope."""
        ...
