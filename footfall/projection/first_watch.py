import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from footfall.errors import InvalidInputError, TemporalUnavailableError
from footfall.schedules.run import RunKind, RunSummary
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot, utc_now
from footfall.temporal.first_times import YOUNG, is_young
from footfall.triggers import compile_config, next_times

LOOK_SECONDS = 1.0
"""How often it is looked for first times that have passed."""

GRACE = timedelta(seconds=5)
"""How long after its first time the run of a schedule may show before Temporal is asked."""

_log = structlog.get_logger(__name__)


class NewSchedules(Protocol):
    """Where new schedules are seen to; the ScheduleGateway is one."""

    async def begin(self, snapshot: ScheduleSnapshot) -> None:
        """See to it that none of a schedule's first times is left out."""
        ...


class FirstWatch:
    """Watches that new schedules run from their first time on, though who created them was killed.

    Whoever creates a schedule sees to that before they answer, but may end before. Temporal is
    asked only for those whose first run does not show. Any number of processes may watch.
    """

    def __init__(self, schedules: NewSchedules) -> None:
        self._schedules = schedules
        self._waiting: dict[str, tuple[ScheduleSnapshot, datetime]] = {}
        self._done: dict[str, datetime] = {}

    def saw_schedules(self, snapshots: Iterable[ScheduleSnapshot]) -> None:
        """Watch those that are new and have a first time soon."""
        for snapshot in snapshots:
            walk = snapshot.walk
            if not is_young(snapshot):
                self._waiting.pop(walk.schedule_id, None)
            elif not self._knows(walk):
                first = _first_time(walk)
                if first is not None and first - walk.created_at < YOUNG:
                    self._waiting[walk.schedule_id] = snapshot, first

    def lost_schedules(self, ids: Iterable[str]) -> None:
        """Watch them no longer."""
        for schedule_id in ids:
            self._waiting.pop(schedule_id, None)

    def saw_runs(self, runs: Iterable[RunSummary]) -> None:
        """Watch schedules no longer that have run at their first time."""
        for run in runs:
            if run.kind is RunKind.SCHEDULED and run.schedule_id in self._waiting:
                _, first = self._waiting[run.schedule_id]
                if run.scheduled_at is not None and run.scheduled_at <= first:
                    self._is_done(run.schedule_id)

    async def run(self) -> None:
        """Look until cancelled; an outage of Temporal is waited for."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = utc_now()
            due = [one for one, (_, first) in self._waiting.items() if first + GRACE <= now]
            for schedule_id in due:
                try:
                    await self._look(schedule_id)
                except TemporalUnavailableError:
                    break
                except Exception:  # noqa: BLE001
                    # One schedule must not keep the others from being seen to.
                    _log.exception("a new schedule cannot be seen to", schedule_id=schedule_id)
                    self._is_done(schedule_id)
            self._done = {one: at for one, at in self._done.items() if now - at <= YOUNG}

    def _knows(self, walk: ScheduledWalk) -> bool:
        waiting = self._waiting.get(walk.schedule_id)
        known = waiting[0].walk.created_at if waiting else self._done.get(walk.schedule_id)
        return known == walk.created_at

    async def _look(self, schedule_id: str) -> None:
        found = self._waiting.get(schedule_id)
        if found is not None:
            await self._schedules.begin(found[0])
            self._is_done(schedule_id)

    def _is_done(self, schedule_id: str) -> None:
        found = self._waiting.pop(schedule_id, None)
        if found is not None:
            self._done[schedule_id] = found[0].walk.created_at


def _first_time(walk: ScheduledWalk) -> datetime | None:
    if walk.follows is not None:
        return None
    try:
        compiled = compile_config(walk.config, walk.anchor)
        return next(iter(next_times(compiled, walk.created_at, 1)), None)
    except InvalidInputError:
        # A trigger of a newer release, whose own processes see to it.
        return None
