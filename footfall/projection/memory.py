from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import chain, islice

from sortedcontainers import SortedList

from footfall.projection.cursor import decode_cursor, encode_cursor, place
from footfall.projection.position import Position, begin_at, encode_position
from footfall.projection.row import RunPage, RunTally, SchedulePage, ScheduleRow
from footfall.projection.run_index import RunIndex
from footfall.projection.run_query import RunQuery
from footfall.projection.schedule_facts import ScheduleFacts, facts_of
from footfall.projection.schedule_query import EVERYTHING, ScheduleQuery
from footfall.projection.tally import latest_of_each, rank, run_key, run_place
from footfall.projection.view import Judged
from footfall.projection.views import Views
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus, utc_now

_NO_RUNS = RunTally()


class MemoryStore:
    """The projection of one process, in its memory; built anew from Temporal at each start.

    No method waits for anything, so every one is atomic to the tasks of an event loop.
    Not for use from several threads.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._schedules: dict[str, ScheduleSnapshot] = {}
        self._facts: dict[str, ScheduleFacts] = {}
        self._statuses: Counter[str] = Counter()
        # Those that have not changed since they were added up.
        self._tallies: dict[str, RunTally] = {}
        # Those that were shown and have not changed since.
        self._rows: dict[str, ScheduleRow] = {}
        # Places of the dynamic schedules by owner, and under None of the static ones.
        self._audiences: dict[str | None, SortedList[str]] = {}
        self._ids: dict[str, str] = {}
        self._followers: dict[str, set[str]] = {}
        self._runs: dict[str, dict[str, RunSummary]] = {}
        self._runs_at: dict[str, RunSummary] = {}
        self._all_runs = RunIndex()
        self._runs_of_schedule: dict[str, RunIndex] = {}
        self._runs_of_audience: dict[str | None, RunIndex] = {}
        self._closed: SortedList[tuple[datetime, str, str]] = SortedList()
        self._watermark: datetime | None = None
        self._views = Views(self._ids_for, self._judged)

    async def open(self) -> None:
        """Do nothing; memory is always there."""

    async def close(self) -> None:
        """Do nothing; what is kept stays readable."""

    async def ping(self) -> None:
        """Do nothing; memory always answers."""

    async def put_schedules(self, snapshots: Sequence[ScheduleSnapshot]) -> None:
        """Add or replace schedules; see Store."""
        for snapshot in snapshots:
            walk = snapshot.walk
            old = self._schedules.get(walk.schedule_id)
            if old is not None:
                if _age(old) > _age(snapshot):
                    continue
                self._unlist(old)
            self._schedules[walk.schedule_id] = snapshot
            self._rows.pop(walk.schedule_id, None)
            facts = self._facts[walk.schedule_id] = facts_of(snapshot)
            self._statuses[facts.status] += 1
            where = _place(snapshot)
            self._ids[where] = walk.schedule_id
            self._audiences.setdefault(_audience(snapshot), SortedList()).add(where)
            self._views.changed(walk.schedule_id, _audience(snapshot))
            if walk.follows is not None:
                self._followers.setdefault(walk.follows, set()).add(walk.schedule_id)

    async def time_passed(self, now: datetime) -> None:
        """Do nothing: lists go on from the instant at which they were read last."""

    async def remove_schedules(self, ids: Sequence[str]) -> None:
        """Remove schedules and their runs; unknown ids are ignored."""
        for schedule_id in ids:
            snapshot = self._schedules.pop(schedule_id, None)
            if snapshot is not None:
                self._unlist(snapshot)
                del self._facts[schedule_id]
                self._rows.pop(schedule_id, None)
            for run in list(self._runs.get(schedule_id, {}).values()):
                self._remove_run(run)

    async def get_schedule(self, schedule_id: str) -> ScheduleRow | None:
        """Give one row, or None."""
        return self._row(schedule_id) if schedule_id in self._schedules else None

    async def schedule_ids(self) -> set[str]:
        """Give the ids of every schedule."""
        return set(self._schedules)

    async def list_schedules(
        self,
        *,
        owner: str | None,
        limit: int,
        cursor: str | None = None,
        query: ScheduleQuery = EVERYTHING,
        now: datetime | None = None,
    ) -> SchedulePage:
        """List the schedules of `owner` and all static ones; see Store."""
        if query != EVERYTHING:
            return self._found(owner, limit, cursor, query, now or utc_now())
        lists = self._lists(owner)
        after = decode_cursor("schedules", cursor) if cursor else ""
        tails = (rows.irange(minimum=after, inclusive=(False, True)) for rows in lists)
        places = list(islice(merge(*tails), limit + 1))
        return SchedulePage(
            rows=[self._row(self._ids[where]) for where in places[:limit]],
            cursor=encode_cursor("schedules", places[limit - 1]) if len(places) > limit else None,
            total=sum(map(len, lists)),
        )

    async def count_owned(self, owner: str, *, without: Collection[str] = ()) -> int:
        """Count the schedules of an owner; see Store."""
        left_out = (self._schedules.get(one) for one in set(without))
        own = sum(one is not None and _audience(one) == owner for one in left_out)
        return len(self._audiences.get(owner, [])) - own

    async def count_statuses(self) -> dict[ScheduleStatus, int]:
        """Count the schedules of each status; see Store."""
        return {status: self._statuses[status.value] for status in ScheduleStatus}

    async def put_runs(self, runs: Sequence[RunSummary]) -> None:
        """Add or replace runs; see Store."""
        for run in latest_of_each(runs).values():
            known = self._runs.get(run.schedule_id, {}).get(run.id)
            if known is not None:
                if rank(known) >= rank(run):
                    continue
                self._remove_run(known)
            self._add_run(run)

    async def get_run(self, schedule_id: str, run_id: str) -> RunSummary | None:
        """Give one run, or None."""
        return self._runs.get(schedule_id, {}).get(run_id)

    async def list_runs(self, query: RunQuery) -> RunPage:
        """List the runs of a query, the newest start first; see Store."""
        found = [index.newest(query, query.limit + 1) for index in self._indexes(query)]
        places = list(islice(merge(*found, reverse=True), query.limit + 1))
        shown = places[: query.limit]
        return RunPage(
            runs=[self._runs_at[where] for where in shown],
            cursor=query.cursor_after(shown[-1]) if len(places) > query.limit else None,
        )

    async def count_runs(
        self, query: RunQuery, edges: Sequence[datetime]
    ) -> list[dict[RunStatus, int]]:
        """Count the runs of a query by status, between an edge and the next; see Store."""
        found = zip(*(index.counts(query, edges) for index in self._indexes(query)), strict=True)
        return [dict(sum(some, Counter())) for some in found]

    async def prune_runs(self, before: datetime) -> None:
        """Forget runs that closed before an instant (UTC); tallies count what is left."""
        due = self._closed.irange(maximum=(before, "", ""), inclusive=(True, False))
        for _, schedule_id, run_id in list(due):
            self._remove_run(self._runs[schedule_id][run_id])

    async def ids_with_runs(self) -> set[str]:
        """Give the ids of all schedules that have runs; see Store."""
        return set(self._runs)

    async def watermark(self) -> datetime | None:
        """Give the instant (UTC) up to which runs were folded in; None if never."""
        return self._watermark

    async def set_watermark(self, at: datetime) -> None:
        """Keep the instant (UTC) up to which runs were folded in; it never goes back."""
        self._watermark = max(at, self._watermark or at)

    async def clear(self) -> None:
        """Forget everything."""
        self._forget()

    def _found(
        self,
        owner: str | None,
        limit: int,
        cursor: str | None,
        query: ScheduleQuery,
        now: datetime,
    ) -> SchedulePage:
        start, last = begin_at(query, now, cursor)
        view = self._views.find(owner, query, start, begins=last is None)
        places = view.after(last, limit + 1)
        following = None
        if len(places) > limit:
            following = encode_position(query, Position(start, *places[limit - 1]))
        return SchedulePage(
            rows=[self._row(schedule_id) for _, schedule_id in places[:limit]],
            cursor=following,
            total=len(view),
        )

    def _lists(self, owner: str | None) -> "list[SortedList[str]]":
        if owner is None:
            return list(self._audiences.values())
        return [self._audiences.get(audience, SortedList()) for audience in (owner, None)]

    def _ids_for(self, owner: str | None, query: ScheduleQuery) -> Iterator[str]:
        if query.follows is not None:
            return iter(self._followers.get(query.follows, ()))
        return (self._ids[where] for where in chain.from_iterable(self._lists(owner)))

    def _judged(self, schedule_id: str, with_runs: bool) -> Judged | None:  # noqa: FBT001
        facts = self._facts.get(schedule_id)
        if facts is None:
            return None
        return facts, self._tally(schedule_id) if with_runs else _NO_RUNS

    def _row(self, schedule_id: str) -> ScheduleRow:
        row = self._rows.get(schedule_id)
        if row is None:
            snapshot, tally = self._schedules[schedule_id], self._tally(schedule_id)
            row = self._rows[schedule_id] = ScheduleRow(snapshot=snapshot, tally=tally)
        return row

    def _tally(self, schedule_id: str) -> RunTally:
        index = self._runs_of_schedule.get(schedule_id)
        if index is None:
            return _NO_RUNS
        if schedule_id not in self._tallies:
            (last,) = index.newest(RunQuery(), 1)
            self._tallies[schedule_id] = index.tally(self._runs_at[last])
        return self._tallies[schedule_id]

    def _unlist(self, snapshot: ScheduleSnapshot) -> None:
        self._statuses[self._facts[snapshot.walk.schedule_id].status] -= 1
        self._views.changed(snapshot.walk.schedule_id, _audience(snapshot))
        rows = self._audiences[_audience(snapshot)]
        rows.remove(_place(snapshot))
        if not rows:
            del self._audiences[_audience(snapshot)]
        del self._ids[_place(snapshot)]
        followed = snapshot.walk.follows
        if followed is not None:
            self._followers[followed].discard(snapshot.walk.schedule_id)
            if not self._followers[followed]:
                del self._followers[followed]

    def _indexes(self, query: RunQuery) -> list[RunIndex]:
        if query.schedule_id is not None:
            found = [self._runs_of_schedule.get(query.schedule_id)]
        elif query.owner is not None:
            found = [self._runs_of_audience.get(audience) for audience in (query.owner, None)]
        else:
            found = [self._all_runs]
        # Without any, the cursor would not be looked at.
        return [index for index in found if index is not None] or [RunIndex()]

    def _has_other_runs(self, run: RunSummary) -> None:
        self._tallies.pop(run.schedule_id, None)
        self._rows.pop(run.schedule_id, None)
        schedule = self._schedules.get(run.schedule_id)
        if schedule is not None:
            self._views.ran(run.schedule_id, _audience(schedule))

    def _add_run(self, run: RunSummary) -> None:
        self._has_other_runs(run)
        self._runs.setdefault(run.schedule_id, {})[run.id] = run
        self._runs_at[run_place(run)] = run
        self._all_runs.add(run)
        self._runs_of_schedule.setdefault(run.schedule_id, RunIndex()).add(run)
        self._runs_of_audience.setdefault(_audience_of(run), RunIndex()).add(run)
        if run.closed_at is not None and run.status is not RunStatus.RUNNING:
            self._closed.add((run.closed_at, *run_key(run)))

    def _remove_run(self, run: RunSummary) -> None:
        self._has_other_runs(run)
        del self._runs[run.schedule_id][run.id]
        if not self._runs[run.schedule_id]:
            del self._runs[run.schedule_id]
        del self._runs_at[run_place(run)]
        self._all_runs.remove(run)
        _remove_from(self._runs_of_schedule, run.schedule_id, run)
        _remove_from(self._runs_of_audience, _audience_of(run), run)
        if run.closed_at is not None and run.status is not RunStatus.RUNNING:
            self._closed.remove((run.closed_at, *run_key(run)))


def _age(snapshot: ScheduleSnapshot) -> tuple[datetime, int]:
    return snapshot.walk.created_at, snapshot.walk.revision


def _audience(snapshot: ScheduleSnapshot) -> str | None:
    return None if snapshot.walk.is_static else snapshot.walk.owner


def _audience_of(run: RunSummary) -> str | None:
    return None if run.is_static else run.owner


def _remove_from[Key](indexes: dict[Key, RunIndex], key: Key, run: RunSummary) -> None:
    indexes[key].remove(run)
    if not indexes[key]:
        del indexes[key]


def _place(snapshot: ScheduleSnapshot) -> str:
    return place(snapshot.walk.created_at, snapshot.walk.schedule_id)
