import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

import structlog

from footfall.errors import ProjectionUnavailableError, TemporalUnavailableError
from footfall.projection.change_lookback import ChangeLookback
from footfall.projection.differences import agree, is_news, is_overtaken, may_be_reborn
from footfall.projection.lookback import Lookback
from footfall.projection.observer import Observer
from footfall.projection.row import ScheduleRow
from footfall.projection.store import Store
from footfall.projection.witness import Witness
from footfall.schedules.run import RunSummary
from footfall.schedules.schedule import ScheduleSnapshot, utc_now
from footfall.temporal.listed import ListedSchedule

POLL_SECONDS = 1.0
"""How often new runs and changed schedules are looked for."""

SWEEP_SECONDS = 20.0
"""How often at most the whole list is compared; it is what shows outside changes."""

SWEEP_SHARE = 10
"""A sweep is followed by at least so many times its own duration without one."""

AWAY_SECONDS = 5.0
"""How often at least it is tried again while Temporal or the database is away."""

BATCH = 500

READ_AGAIN = 50
"""Of how many schedules a poll reads all runs at most."""

_log = structlog.get_logger(__name__)


class ScheduleSource(Protocol):
    """Where schedules are observed; the ScheduleGateway is one."""

    def listed(
        self,
        *,
        changed_since: datetime | None = None,
    ) -> AsyncIterator[ListedSchedule]:
        """List schedules, or those changed since an instant (UTC)."""
        ...

    async def read_many(self, schedule_ids: Iterable[str]) -> list[ScheduleSnapshot]:
        """Give those of the schedules that exist and can be read."""
        ...

    async def gone(self, schedule_ids: Iterable[str]) -> list[str]:
        """Give those of the ids that are no schedules any more."""
        ...

    async def delete_completed(self, schedule_id: str) -> bool:
        """Delete a schedule that is completed and wants to go then; say whether it is gone."""
        ...


class RunSource(Protocol):
    """Where runs are observed; the RunGateway is one."""

    def listed(
        self,
        *,
        since: datetime | None = None,
        schedule_id: str | None = None,
    ) -> AsyncIterator[RunSummary]:
        """List runs, in no order."""
        ...


class Projector:
    """Observes Temporal and folds what it sees into the store; nothing else writes rows.

    It sees what a write of this process just returned (`saw`, `lost`), new runs and changed
    schedules by polling, and everything else, changes from outside included, by comparing
    the whole list now and then. It folds the same thing twice without harm, so that any
    number of processes may project into one store.
    """

    def __init__(
        self,
        schedules: ScheduleSource,
        runs: RunSource,
        store: Store,
        *,
        retention: Callable[[], Awaitable[timedelta]],
        witness: Witness,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._schedules = schedules
        self._runs = runs
        self._store = store
        self._retention = retention
        self._witness = witness
        self._observers = observers
        self._changes = ChangeLookback()
        self._lookback = Lookback()
        self._folded_at: datetime | None = None
        self._swept_at: float | None = None
        # Of the last two: one that an outage held up must not put off the next.
        self._sweeps_took: deque[float] = deque([0.0], maxlen=2)
        # Schedules that may have runs from before they were deleted and created again.
        self._reborn: set[str] = set()
        self.problem: str | None = "The projection is being built."
        self.is_built = False
        self._up_to = time.monotonic()

    @property
    def lag(self) -> float:
        """For how many seconds what happens in Temporal may not have been folded in.

        Temporal's own lists lag as well, mostly by less than a second; that is not in it.
        """
        return time.monotonic() - self._up_to

    async def run(self) -> None:
        """Project until cancelled; an outage is waited for, and what it hid is caught up."""
        delay = POLL_SECONDS
        while True:
            began = time.monotonic()
            try:
                await self.advance()
            except (TemporalUnavailableError, ProjectionUnavailableError) as error:
                if self.problem != error.message:
                    _log.warning("the projection waits", reason=error.message)
                self.problem = error.message
                self._lookback.outage(self._folded_at)
                self._swept_at = None
                delay = min(delay * 2, AWAY_SECONDS)
            except Exception:  # noqa: BLE001
                # Whatever a single schedule or run contains must not end the projection.
                _log.exception("the projection failed and goes on")
                self.problem = "The projection failed; see the API's log."
                self._lookback.outage(self._folded_at)
                self._swept_at = None
                delay = min(delay * 2, 15.0)
            else:
                self.is_built = True
                if self.problem is not None:
                    _log.info("the projection is up to date")
                self.problem = None
                self._up_to = began
                delay = POLL_SECONDS
            await asyncio.sleep(delay)

    async def advance(self) -> None:
        """Fold in what is new; everything the first time and whenever a sweep is due.

        Raises:
            TemporalUnavailableError, ProjectionUnavailableError: nothing is lost; the next
                call starts again where this one did.
        """
        # First, since time passes while Temporal is away.
        await self._store.time_passed(utc_now())
        is_sweep = self._sweep_is_due()
        if is_sweep:
            await self.sweep()
        else:
            await self._fold_changed_schedules()
        await self._fold_runs()
        await self._fold_earlier_runs()
        if is_sweep:
            await self._store.prune_runs(utc_now() - await self._retention())
        await self._witness.settle()

    async def saw(self, snapshot: ScheduleSnapshot) -> None:
        """Fold in what a write or read just returned.

        The write stands in Temporal already, so a store that is away is no error here: the
        next sweep folds it in.
        """
        if snapshot.walk.revision == 1 and may_be_reborn(snapshot.walk):
            self._reborn.add(snapshot.walk.schedule_id)
        try:
            await self._put([snapshot])
        except ProjectionUnavailableError:
            self._swept_at = None

    async def saw_runs(self, runs: Sequence[RunSummary]) -> None:
        """Fold in runs that were just started or read; like `saw`, never an error."""
        try:
            await self._put_runs(runs)
        except ProjectionUnavailableError:
            self._swept_at = None

    async def lost(self, schedule_id: str) -> None:
        """Fold in that a schedule was deleted; like `saw`, never an error."""
        try:
            await self._remove([schedule_id])
        except ProjectionUnavailableError:
            self._swept_at = None

    async def sweep(self) -> None:
        """Compare all schedules with the rows, and mend every difference."""
        started = time.monotonic()
        first = self._swept_at is None
        rows = {row.id: row async for row in self._rows()}
        self._show([row.snapshot for row in rows.values()])
        listed = {entry.id: entry async for entry in self._schedules.listed()}
        await self._fold_listed(list(listed.values()), rows, trust=first and not rows, strict=True)
        # The list lags: what it does not show may be new. Only Temporal's own answer for an
        # id says that it is gone. Runs of a deleted schedule go with it, even those that ended
        # only afterwards.
        known = rows.keys() | await self._store.ids_with_runs()
        missing = [schedule_id for schedule_id in known if schedule_id not in listed]
        gone = await self._schedules.gone(missing)
        alive = set(missing) - set(gone)
        self._witness.notice([rows[one].snapshot for one in gone if one in rows])
        await self._remove(gone)
        if first:
            # What was done while no API ran, or not recorded by one that ended in between.
            self._witness.notice(
                [row.snapshot for row in rows.values() if is_news(None, row.snapshot)],
            )
            await self._witness.find_lost([*listed, *alive])
        await self._delete_completed(rows.values())
        self._sweeps_took.append(time.monotonic() - started)
        self._swept_at = time.monotonic()

    async def _delete_completed(self, rows: Iterable[ScheduleRow]) -> None:
        due = [row.id for row in rows if row.snapshot.is_to_go]
        gone = [one for one in due if await self._schedules.delete_completed(one)]
        await self._remove(gone)

    def _sweep_is_due(self) -> bool:
        if self._swept_at is None:
            return True
        pause = max(SWEEP_SECONDS, SWEEP_SHARE * min(self._sweeps_took))
        return time.monotonic() - self._swept_at >= pause

    async def _fold_changed_schedules(self) -> None:
        since = self._changes.since()
        entries = [entry async for entry in self._schedules.listed(changed_since=since)]
        rows: dict[str, ScheduleRow] = {}
        for entry in entries:
            row = await self._store.get_schedule(entry.id)
            if row is not None:
                rows[entry.id] = row
        # Another process may have written them.
        self._show([row.snapshot for row in rows.values()])
        await self._fold_listed(entries, rows, trust=False, strict=False)

    async def _fold_listed(
        self,
        entries: Sequence[ListedSchedule],
        rows: dict[str, ScheduleRow],
        *,
        trust: bool,
        strict: bool,
    ) -> None:
        now = utc_now()
        listed: list[ScheduleSnapshot] = []
        unclear: list[str] = []
        for entry in entries:
            row = rows.get(entry.id)
            if row is not None and agree(entry, row.snapshot, now, strict=strict):
                continue
            # A list does not tell how many of a limited number of runs are left.
            unlimited = entry.first.policies.max_runs is None
            if trust and row is None and entry.revision == 1 and entry.next_times and unlimited:
                listed.append(entry.snapshot())
            else:
                unclear.append(entry.id)
        for start in range(0, len(listed), BATCH):
            await self._put(listed[start : start + BATCH])
        self._witness.notice([snapshot for snapshot in listed if is_news(None, snapshot)])
        for start in range(0, len(unclear), BATCH):
            snapshots = await self._schedules.read_many(unclear[start : start + BATCH])
            await self._put(snapshots)
            self._witness.notice(
                [
                    snapshot
                    for snapshot in snapshots
                    if is_news(rows.get(snapshot.walk.schedule_id), snapshot)
                ],
            )
        for entry in entries:
            row = rows.get(entry.id)
            is_new = row is None or row.snapshot.walk.created_at != entry.first.created_at
            if is_new and not trust and may_be_reborn(entry.first):
                self._reborn.add(entry.id)
        latest = max((entry.changed_at for entry in entries), default=None)
        if latest is not None:
            self._changes.saw(latest)

    async def _fold_runs(self) -> None:
        seen = await self._store.watermark()
        if self._folded_at is None:
            # What was before this process is not known; it may have been an outage.
            self._lookback.outage(seen)
        since = self._lookback.since(seen) if seen else None
        seen = await self._fold_all(self._runs.listed(since=since)) or seen
        if seen is not None:
            self._folded_at = seen
            await self._store.set_watermark(seen)

    async def _fold_earlier_runs(self) -> None:
        for schedule_id in list(islice(self._reborn, READ_AGAIN)):
            await self._fold_all(self._runs.listed(schedule_id=schedule_id))
            self._reborn.discard(schedule_id)

    async def _fold_all(self, runs: AsyncIterator[RunSummary]) -> datetime | None:
        latest: datetime | None = None
        batch: list[RunSummary] = []
        async for run in runs:
            batch.append(run)
            moment = run.closed_at or run.started_at
            latest = max(latest or moment, moment)
            if len(batch) >= BATCH:
                await self._fold_batch(batch)
                batch = []
        await self._fold_batch(batch)
        return latest

    async def _fold_batch(self, runs: Sequence[RunSummary]) -> None:
        if not runs:
            return
        await self._put_runs(runs)
        latest: dict[str, datetime] = {}
        for run in runs:
            known = latest.get(run.schedule_id, run.started_at)
            latest[run.schedule_id] = max(known, run.started_at)
        due: list[str] = []
        for schedule_id, at in latest.items():
            row = await self._store.get_schedule(schedule_id)
            if row and is_overtaken(row.snapshot, at):
                due.append(schedule_id)
        if due:
            await self._put(await self._schedules.read_many(due))

    async def _put(self, snapshots: Sequence[ScheduleSnapshot]) -> None:
        await self._store.put_schedules(snapshots)
        self._show(snapshots)

    async def _put_runs(self, runs: Sequence[RunSummary]) -> None:
        await self._store.put_runs(runs)
        for observer in self._observers:
            observer.saw_runs(runs)

    async def _remove(self, ids: Sequence[str]) -> None:
        await self._store.remove_schedules(ids)
        for observer in self._observers:
            observer.lost_schedules(ids)

    def _show(self, snapshots: Sequence[ScheduleSnapshot]) -> None:
        for observer in self._observers:
            observer.saw_schedules(snapshots)

    async def _rows(self) -> AsyncIterator[ScheduleRow]:
        cursor: str | None = None
        while True:
            page = await self._store.list_schedules(owner=None, limit=1000, cursor=cursor)
            for row in page.rows:
                yield row
            cursor = page.cursor
            if cursor is None:
                return
