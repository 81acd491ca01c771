import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import batched

from footfall.mongo.connection import Connected, Connection, answered
from footfall.projection.cursor import instant_of, micros
from footfall.projection.mongo.indexes import INDEXES
from footfall.projection.mongo.runs import Runs
from footfall.projection.mongo.schedules import Schedules
from footfall.projection.mongo.tallies import Tallies
from footfall.projection.row import RunPage, RunTally, SchedulePage, ScheduleRow
from footfall.projection.run_query import RunQuery
from footfall.projection.schedule_query import EVERYTHING, ScheduleQuery
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus, utc_now

_BATCH = 500

_SCHEMA = 5
"""Of what the documents hold. Documents of another schema are in a scope of their own, so that
processes of two releases never mix them while one takes the other's place."""


class MongoStore(Connected):
    """The projection in a MongoDB database that any number of processes share.

    Guarantees, with any number of writers in any order, more than once:

    - A schedule's row is never replaced by an older one, nor a run's by an earlier sight.
    - Rows are what they were: times to the microsecond, arguments to the last character.
    - A tally equals its run rows as soon as no write is under way. A write that was cut off, by a
      crash or by a lost connection, is counted when this process next writes runs or prunes,
      when a process opens the store, or by the first prune after the lease; see Tallies.
    - No transaction is used; a single server without a replica set will do, but loses
      acknowledged writes when it crashes.

    A removal leaves no trace: a schedule that is put after it is there again, and runs that
    are put meanwhile may stay, until they are pruned or the schedule is removed again.

    Args:
        uri: MongoDB URI, with user and password if needed.
        database: name of the database; made when first written to.
        scope: what the rows belong to, a Temporal namespace and an app.
        selection_timeout: seconds until a server that is away is an error.
        operation_timeout: seconds that one command may take.

    Raises:
        ProjectionUnavailableError: from every method, when the database does not answer or
            refuses; the next call tries again by itself. Its message never shows the URI.
    """

    def __init__(
        self,
        uri: str,
        database: str,
        scope: str,
        *,
        selection_timeout: float = 3.0,
        operation_timeout: float = 20.0,
    ) -> None:
        self.connection = Connection(
            uri,
            database,
            indexes=INDEXES,
            selection_timeout=selection_timeout,
            operation_timeout=operation_timeout,
        )
        self._scope = _scope(scope, _SCHEMA)
        self._former = [_scope(scope, schema) for schema in range(1, _SCHEMA)]
        # Longer than the longest write: it is tried twice, each time after a search.
        lease = timedelta(seconds=max(60.0, 3 * (operation_timeout + selection_timeout)))
        self._tallies = Tallies(self.connection, self._scope, lease=lease)
        self._schedules = Schedules(self.connection, self._scope, self._tallies)
        self._runs = Runs(self.connection, self._scope, self._tallies)

    @answered
    async def open(self) -> None:
        """Connect, prepare indexes and mend tallies that a crash left unfinished.

        Documents of a former schema are removed; the projector builds all rows anew.

        Raises:
            ConfigurationError: the URI is invalid.
            ProjectionUnavailableError: the database does not answer within the timeout.
        """
        await self.connection.open()
        try:
            await self._remove_former()
            await self._tallies.repair(everything=True)
        except BaseException:
            await self.connection.close()
            raise

    async def close(self) -> None:
        """Give back every connection."""
        await self.connection.close()

    @answered
    async def ping(self) -> None:
        """Raise unless the database answers."""
        await self.connection.ping()

    @answered
    async def put_schedules(self, snapshots: Sequence[ScheduleSnapshot]) -> None:
        """Add or replace schedules; see Store."""
        await self._schedules.put(snapshots)

    @answered
    async def time_passed(self, now: datetime) -> None:
        """Bring the order of next runs up to date: one command, two and more if any have passed."""
        await self._schedules.time_passed(now)

    @answered
    async def remove_schedules(self, ids: Sequence[str]) -> None:
        """Remove schedules and their runs; unknown ids are ignored."""
        await self._tallies.heal()
        await self._remove(set(ids))

    @answered
    async def get_schedule(self, schedule_id: str) -> ScheduleRow | None:
        """Give one row, or None."""
        snapshot, tallies = await asyncio.gather(
            self._schedules.get(schedule_id),
            self._tallies.read([schedule_id]),
        )
        if snapshot is None:
            return None
        return ScheduleRow(snapshot=snapshot, tally=tallies.get(schedule_id, RunTally()))

    @answered
    async def schedule_ids(self) -> set[str]:
        """Give the ids of every schedule."""
        return await self._schedules.ids()

    @answered
    async def list_schedules(
        self,
        *,
        owner: str | None,
        limit: int,
        cursor: str | None = None,
        query: ScheduleQuery = EVERYTHING,
        now: datetime | None = None,
    ) -> SchedulePage:
        """List the schedules of `owner` and all static ones; see Store.

        One round trip of two commands, one after the other where words are looked for; another one
        for the last pages of a sort whose key some schedules do not have.
        """
        return await self._schedules.page(owner, limit, cursor, query, now or utc_now())

    @answered
    async def count_owned(self, owner: str, *, without: Collection[str] = ()) -> int:
        """Count the schedules of an owner; see Store. One command."""
        return await self._schedules.count(owner, without)

    @answered
    async def count_statuses(self) -> dict[ScheduleStatus, int]:
        """Count the schedules of each status; see Store. One command for each."""
        return await self._schedules.count_statuses()

    @answered
    async def put_runs(self, runs: Sequence[RunSummary]) -> None:
        """Add or replace runs; see Store. A few commands for each 500 runs."""
        await self._tallies.heal()
        await self._runs.put(runs)

    @answered
    async def get_run(self, schedule_id: str, run_id: str) -> RunSummary | None:
        """Give one run, or None."""
        return await self._runs.get(schedule_id, run_id)

    @answered
    async def list_runs(self, query: RunQuery) -> RunPage:
        """List the runs of a query, the newest start first; see Store."""
        return await self._runs.page(query)

    @answered
    async def count_runs(
        self, query: RunQuery, edges: Sequence[datetime]
    ) -> list[dict[RunStatus, int]]:
        """Count the runs of a query by status, between an edge and the next; see Store."""
        return await self._runs.counts(query, edges)

    @answered
    async def ids_with_runs(self) -> set[str]:
        """Give the ids of all schedules that have runs; see Store."""
        return await self._tallies.ids()

    @answered
    async def prune_runs(self, before: datetime) -> None:
        """Forget runs that closed before an instant (UTC), and mend overdue tallies."""
        await self._tallies.heal()
        await self._runs.prune(before)
        await self._tallies.repair()

    @answered
    async def watermark(self) -> datetime | None:
        """Give the instant (UTC) up to which runs were folded in; None if never."""
        found = await self.connection.collection("watermarks").find_one({"_id": self._scope})
        return instant_of(found["at"]) if found else None

    @answered
    async def set_watermark(self, at: datetime) -> None:
        """Keep the instant (UTC) up to which runs were folded in; it never goes back."""
        change = {"$max": {"at": micros(at)}}
        watermarks = self.connection.collection("watermarks")
        await watermarks.update_one({"_id": self._scope}, change, upsert=True)

    @answered
    async def clear(self) -> None:
        """Forget everything of this scope, but for what is written meanwhile."""
        # First, so that a process that stops here folds in everything again.
        await self.connection.collection("watermarks").delete_one({"_id": self._scope})
        await self._remove(await self._schedules.ids() | await self._tallies.ids())

    async def _remove(self, ids: set[str]) -> None:
        for some in batched(ids, _BATCH):
            async with self._tallies.recounting(some):
                await self._runs.remove(some)
                # Last, so that a removal that is cut off is seen and done again.
                await self._schedules.remove(some)

    async def _remove_former(self) -> None:
        # First, so that a process of that release which still runs folds in everything again.
        watermarks = self.connection.collection("watermarks")
        await watermarks.delete_many({"_id": {"$in": self._former}})
        for name in ("schedules", "runs", "tallies"):
            await self.connection.collection(name).delete_many({"scope": {"$in": self._former}})


def _scope(scope: str, schema: int) -> str:
    return scope if schema == 1 else f"{scope} (schema {schema})"
