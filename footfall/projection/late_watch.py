import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from footfall.errors import TemporalUnavailableError
from footfall.projection.lateness import (
    QUIET,
    SLACK,
    first_watched,
    late_run,
    latest,
    missed_run,
)
from footfall.schedules.notice import Notice
from footfall.schedules.run import RunSummary
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot, utc_now
from footfall.temporal.action import action_id
from footfall.temporal.beginnings import Beginning
from footfall.triggers import compile_config, next_times

LOOK_SECONDS = 1.0
"""How often it is looked for runs that are overdue."""

_AT_ONCE = 50
"""Times of one schedule that are looked at in one go."""

_OVERLAP = timedelta(minutes=1)
"""How long after a change a run may still begin with the definition before it."""

_log = structlog.get_logger(__name__)

type Retention = Callable[[], Awaitable[timedelta]]

type Tell = Callable[[ScheduledWalk, Notice], Awaitable[None]]


class BeginningSource(Protocol):
    """Where it is seen when walkers began; Beginnings is one."""

    async def of(self, walk: ScheduledWalk, due: datetime) -> Beginning | None:
        """Give the run of a schedule's time, or None."""
        ...


class StateSource(Protocol):
    """Where schedules are read; the ScheduleGateway is one."""

    async def find(self, schedule_id: str) -> ScheduleSnapshot | None:
        """Give a schedule as it is now, or None."""
        ...


@dataclass(frozen=True, slots=True)
class _Former:
    walk: ScheduledWalk
    until: datetime


@dataclass(slots=True)
class _Watched:
    snapshot: ScheduleSnapshot
    after: datetime
    due: datetime | None
    jitter: timedelta
    told: datetime | None = None
    former: tuple[_Former, ...] = ()
    """Definitions of times that are still to be looked at, whose runs have other ids."""

    def definitions(self, due: datetime) -> list[ScheduledWalk]:
        """Give the definitions that a time's run may have, first the one that most likely has."""
        walk = self.snapshot.walk
        before = [one.walk for one in self.former if due <= one.until]
        since = [one.walk for one in self.former if due > one.until]
        return [*before, walk, *reversed(since)]


class LateWatch:
    """Watches that the runs of schedules with `late_after` begin in time.

    Any number of processes may watch: they find the same, and a notice has the same id.
    """

    def __init__(
        self,
        runs: BeginningSource,
        schedules: StateSource,
        *,
        retention: Retention,
        tell: Tell,
    ) -> None:
        self._runs = runs
        self._schedules = schedules
        self._retention = retention
        self._tell = tell
        self._watched: dict[str, _Watched] = {}

    def saw_schedules(self, snapshots: Iterable[ScheduleSnapshot]) -> None:
        """Watch those schedules that want it, from now on or with what they are now."""
        for snapshot in snapshots:
            self._see(snapshot)

    def lost_schedules(self, ids: Iterable[str]) -> None:
        """Watch them no longer."""
        for schedule_id in ids:
            self._watched.pop(schedule_id, None)

    def saw_runs(self, runs: Iterable[RunSummary]) -> None:
        """Do nothing: runs are asked for when they are due."""

    async def run(self) -> None:
        """Look until cancelled; an outage of Temporal is waited for."""
        while True:
            for schedule_id in list(self._watched):
                try:
                    await self._look(schedule_id)
                except TemporalUnavailableError:
                    break
                except Exception:  # noqa: BLE001
                    # One schedule must not keep the others from being watched.
                    _log.exception("a schedule cannot be watched", schedule_id=schedule_id)
            await asyncio.sleep(LOOK_SECONDS)

    def _see(self, snapshot: ScheduleSnapshot) -> None:
        walk, known = snapshot.walk, self._watched.get(snapshot.walk.schedule_id)
        if walk.late_after is None:
            self._watched.pop(walk.schedule_id, None)
            return
        if known is not None and known.snapshot.walk.created_at != walk.created_at:
            known = None
        if known is not None and known.snapshot.walk.revision > walk.revision:
            return
        if known is None:
            after = first_watched(walk, utc_now())
        elif known.snapshot.walk.revision == walk.revision:
            known.snapshot = snapshot
            return
        else:
            after = max(known.after, walk.anchor, walk.resumed_at or walk.anchor)
        compiled = compile_config(walk.config, walk.anchor)
        former = known.former if known else ()
        if known and action_id(known.snapshot.walk) != action_id(walk):
            former = (*former, _Former(known.snapshot.walk, walk.change.at))
        self._watched[walk.schedule_id] = _Watched(
            snapshot=snapshot,
            after=after,
            due=next(iter(next_times(compiled, after, 1)), None),
            jitter=timedelta(seconds=compiled.jitter),
            told=known.told if known else None,
            former=tuple(one for one in former if one.until + _OVERLAP > after),
        )

    async def _look(self, schedule_id: str) -> None:
        for _ in range(_AT_ONCE):
            watched, now = self._watched.get(schedule_id), utc_now()
            if watched is None or watched.due is None:
                return
            walk, due = watched.snapshot.walk, watched.due
            deadline = due + latest(walk, watched.jitter)
            if now < deadline + SLACK:
                return
            if watched.told is None or due >= watched.told + QUIET:
                notice = await self._judge(watched, due, deadline, now)
                if notice is not None:
                    await self._tell(walk, notice)
                    watched.told = due
            _move_on(watched)

    async def _judge(
        self,
        watched: _Watched,
        due: datetime,
        deadline: datetime,
        now: datetime,
    ) -> Notice | None:
        if watched.snapshot.paused:
            return None
        definitions = watched.definitions(due)
        for walk in definitions:
            found = await self._runs.of(walk, due)
            if found is not None:
                return late_run(walk, due, deadline, found, now)
        if now - due >= await self._retention():
            # There may have been a run that Temporal has forgotten.
            return None
        meant = definitions[0]
        present = await self._schedules.find(meant.schedule_id)
        return missed_run(meant, due, present, now)


def _move_on(watched: _Watched) -> None:
    walk = watched.snapshot.walk
    compiled = compile_config(walk.config, walk.anchor)
    watched.after = watched.due or watched.after
    watched.due = next(iter(next_times(compiled, watched.after, 1)), None)
