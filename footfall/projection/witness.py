import secrets
import time
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import structlog

from footfall.errors import TemporalUnavailableError
from footfall.schedules.event import LATEST, ScheduleEvent, merge
from footfall.schedules.schedule import Change, ChangeKind, ScheduleSnapshot, utc_now
from footfall.temporal.changes import History

GRACE_SECONDS = 5.0
"""How long a writer is given to record its own change before it is done in its place."""

BUSY_SECONDS = 0.2
"""How long each call may take; a start may find very many schedules to look after."""

_log = structlog.get_logger(__name__)


class EventSource(Protocol):
    """Where the events of schedules are observed; the ScheduleGateway is one."""

    async def events(self, schedule_id: str) -> list[ScheduleEvent]:
        """Give the creation and the present state of a schedule; nothing if it is gone."""
        ...


class EventLog(Protocol):
    """Where events are recorded; the ChangeLog is one."""

    async def record(self, events: Sequence[ScheduleEvent]) -> None:
        """Record events of one schedule."""
        ...

    async def read(self, schedule_id: str) -> History | None:
        """Give what was recorded of a schedule."""
        ...

    def recorded_ids(self) -> AsyncIterator[str]:
        """List the ids of the schedules of which changes are kept."""
        ...


class Witness:
    """Sees to it that what the projector sees of schedules is recorded, whoever did it.

    It closes the hole that a writer leaves which crashed between a change and its record, and
    records what was done outside Footfall. Any number of processes may do so at once: each
    reads what is recorded first, and equal events are one.
    """

    def __init__(
        self,
        schedules: EventSource,
        log: EventLog,
        *,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._schedules = schedules
        self._log = log
        self._grace = grace
        # What there is to look after, the oldest first: from when on, and its last known state.
        self._due: dict[str, tuple[float, ScheduleEvent | None]] = {}

    def notice(self, snapshots: Sequence[ScheduleSnapshot]) -> None:
        """Look after schedules whose state may be news, or that are gone and were last so."""
        ripe = time.monotonic() + self._grace
        now = utc_now()
        for snapshot in snapshots:
            # One that changes all the time is looked after nevertheless.
            at, _ = self._due.get(snapshot.walk.schedule_id, (ripe, None))
            last = ScheduleEvent.seen(snapshot, at=now, position=LATEST)
            self._due[snapshot.walk.schedule_id] = at, last

    async def find_lost(self, alive: Sequence[str]) -> None:
        """Look after the schedules that have a record and are not among those that are alive.

        Raises:
            TemporalUnavailableError: Temporal did not answer.
        """
        known = set(alive)
        ripe = time.monotonic() + self._grace
        async for schedule_id in self._log.recorded_ids():
            if schedule_id not in known:
                self._due.setdefault(schedule_id, (ripe, None))

    async def settle(self) -> None:
        """Record what was noticed long enough ago and nobody has recorded.

        Raises:
            TemporalUnavailableError: Temporal did not answer; nothing is forgotten.
        """
        begin = time.monotonic()
        for schedule_id, due in list(self._due.items()):
            at, last = due
            if at > begin:
                continue
            if time.monotonic() > begin + BUSY_SECONDS:
                return
            try:
                await self._look_after(schedule_id, last)
            except TemporalUnavailableError:
                raise
            except Exception:  # noqa: BLE001
                # One schedule that cannot be recorded must not keep the others from it.
                _log.exception("a change cannot be recorded", schedule_id=schedule_id)
            if self._due.get(schedule_id) is due:
                del self._due[schedule_id]

    async def _look_after(self, schedule_id: str, last: ScheduleEvent | None) -> None:
        recorded = await self._log.read(schedule_id)
        known = recorded.events if recorded else ()
        events = await self._schedules.events(schedule_id)
        if not events:
            found = merge([*known, *([last] if last else [])])
            if not found or found[-1].deletion is not None:
                return
            last = found[-1]
            deletion = Change(
                kind=ChangeKind.DELETED,
                by="",
                at=utc_now(),
                token=secrets.token_hex(8),
            )
            if last.walk.revision == 1:
                found.insert(0, ScheduleEvent.created(last.walk))
            await self._log.record([found[0], last, last.ended(deletion, outside=True)])
            _log.info("a schedule was deleted outside Footfall", schedule_id=schedule_id)
        elif not _says(known or events[:1], events[-1]):
            await self._log.record(events)


def _says(known: Sequence[ScheduleEvent], seen: ScheduleEvent) -> bool:
    """Say whether the last that is known is what was seen."""
    last = known[-1]
    return (
        last.deletion is None
        and (last.walk.created_at, last.walk.revision) == (seen.walk.created_at, seen.walk.revision)
        and last.same_state(seen)
    )
