from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import islice

from footfall.projection.cursor import decode_cursor, encode_cursor, place
from footfall.projection.row import RunPage, RunTally, SchedulePage, ScheduleRow
from footfall.projection.schedule_facts import ScheduleFacts, facts_of
from footfall.projection.schedule_query import EVERYTHING, ScheduleQuery
from footfall.projection.selection import select
from footfall.projection.tally import is_failure, latest_of_each, rank, run_key, run_place
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot, utc_now

_NO_RUNS = RunTally()


@dataclass(slots=True)
class _History:
    """The runs of one schedule; `order` holds their places, ascending."""

    runs: dict[str, RunSummary] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    failures: int = 0

    def put(self, run: RunSummary) -> RunSummary | None:
        old = self.remove(run.id)
        self.runs[run.id] = run
        self.places[run_place(run)] = run.id
        insort(self.order, run_place(run))
        self.failures += is_failure(run)
        return old

    def remove(self, run_id: str) -> RunSummary | None:
        old = self.runs.pop(run_id, None)
        if old is not None:
            del self.places[run_place(old)]
            _discard(self.order, run_place(old))
            self.failures -= is_failure(old)
        return old

    def at(self, where: str) -> RunSummary:
        return self.runs[self.places[where]]

    def tally(self) -> RunTally:
        last = self.at(self.order[-1]) if self.order else None
        return RunTally(run_count=len(self.runs), failure_count=self.failures, last_run=last)


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
        # Those that have not changed since they were added up.
        self._tallies: dict[str, RunTally] = {}
        # Places of the dynamic schedules by owner, and under None of the static ones.
        self._audiences: dict[str | None, list[str]] = {}
        self._ids: dict[str, str] = {}
        self._histories: dict[str, _History] = {}
        self._closed: list[tuple[datetime, str, str]] = []
        self._watermark: datetime | None = None

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
            self._facts[walk.schedule_id] = facts_of(snapshot)
            where = _place(snapshot)
            self._ids[where] = walk.schedule_id
            insort(self._audiences.setdefault(_audience(snapshot), []), where)

    async def remove_schedules(self, ids: Sequence[str]) -> None:
        """Remove schedules and their runs; unknown ids are ignored."""
        for schedule_id in ids:
            snapshot = self._schedules.pop(schedule_id, None)
            if snapshot is not None:
                del self._facts[schedule_id]
                self._unlist(snapshot)
            history = self._histories.pop(schedule_id, None)
            self._tallies.pop(schedule_id, None)
            for run in history.runs.values() if history else ():
                self._unlist_closed(run)

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
        if owner is None:
            lists = list(self._audiences.values())
        else:
            lists = [self._audiences.get(audience, []) for audience in (owner, None)]
        if query != EVERYTHING:
            return self._found(lists, limit, cursor, query, now or utc_now())
        after = decode_cursor("schedules", cursor) if cursor else ""
        tails = (islice(rows, bisect_right(rows, after), None) for rows in lists)
        places = list(islice(merge(*tails), limit + 1))
        return SchedulePage(
            rows=[self._row(self._ids[where]) for where in places[:limit]],
            cursor=encode_cursor("schedules", places[limit - 1]) if len(places) > limit else None,
            total=sum(map(len, lists)),
        )

    async def put_runs(self, runs: Sequence[RunSummary]) -> None:
        """Add or replace runs; see Store."""
        for run in latest_of_each(runs).values():
            history = self._histories.setdefault(run.schedule_id, _History())
            known = history.runs.get(run.id)
            if known is not None and rank(known) >= rank(run):
                continue
            old = history.put(run)
            self._tallies.pop(run.schedule_id, None)
            if old is not None:
                self._unlist_closed(old)
            if run.closed_at is not None and run.status is not RunStatus.RUNNING:
                insort(self._closed, (run.closed_at, *run_key(run)))

    async def get_run(self, schedule_id: str, run_id: str) -> RunSummary | None:
        """Give one run, or None."""
        history = self._histories.get(schedule_id)
        return history.runs.get(run_id) if history else None

    async def list_runs(
        self,
        schedule_id: str,
        *,
        limit: int,
        cursor: str | None = None,
    ) -> RunPage:
        """List a schedule's runs, the newest start first; see Store."""
        before = decode_cursor("runs", cursor) if cursor else None
        history = self._histories.get(schedule_id, _History())
        end = len(history.order) if before is None else bisect_left(history.order, before)
        places = history.order[max(end - limit, 0) : end][::-1]
        return RunPage(
            runs=[history.at(where) for where in places],
            cursor=encode_cursor("runs", places[-1]) if end > limit else None,
        )

    async def prune_runs(self, before: datetime) -> None:
        """Forget runs that closed before an instant (UTC); tallies count what is left."""
        count = bisect_left(self._closed, (before, "", ""))
        for _, schedule_id, run_id in self._closed[:count]:
            self._histories[schedule_id].remove(run_id)
            self._tallies.pop(schedule_id, None)
            if not self._histories[schedule_id].runs:
                del self._histories[schedule_id]
        del self._closed[:count]

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
        lists: Sequence[Sequence[str]],
        limit: int,
        cursor: str | None,
        query: ScheduleQuery,
        now: datetime,
    ) -> SchedulePage:
        needs_tally = query.filters_by_runs or query.sorts_by_runs
        ids = (self._ids[where] for places in lists for where in places)
        rows = ((self._facts[one], self._tally(one) if needs_tally else _NO_RUNS) for one in ids)
        found = select(query, rows, limit=limit, cursor=cursor, now=now)
        return SchedulePage(
            rows=[self._row(schedule_id) for schedule_id in found.ids],
            cursor=found.cursor,
            total=found.total,
        )

    def _row(self, schedule_id: str) -> ScheduleRow:
        return ScheduleRow(
            snapshot=self._schedules[schedule_id],
            tally=self._tally(schedule_id),
        )

    def _tally(self, schedule_id: str) -> RunTally:
        history = self._histories.get(schedule_id)
        if history is None:
            return _NO_RUNS
        if schedule_id not in self._tallies:
            self._tallies[schedule_id] = history.tally()
        return self._tallies[schedule_id]

    def _unlist(self, snapshot: ScheduleSnapshot) -> None:
        rows = self._audiences[_audience(snapshot)]
        _discard(rows, _place(snapshot))
        if not rows:
            del self._audiences[_audience(snapshot)]
        del self._ids[_place(snapshot)]

    def _unlist_closed(self, run: RunSummary) -> None:
        if run.closed_at is not None and run.status is not RunStatus.RUNNING:
            _discard(self._closed, (run.closed_at, *run_key(run)))


def _age(snapshot: ScheduleSnapshot) -> tuple[datetime, int]:
    return snapshot.walk.created_at, snapshot.walk.revision


def _audience(snapshot: ScheduleSnapshot) -> str | None:
    return None if snapshot.walk.is_static else snapshot.walk.owner


def _place(snapshot: ScheduleSnapshot) -> str:
    return place(snapshot.walk.created_at, snapshot.walk.schedule_id)


def _discard[Key: (str, tuple[datetime, str, str])](keys: list[Key], key: Key) -> None:
    index = bisect_left(keys, key)
    if index < len(keys) and keys[index] == key:
        del keys[index]
