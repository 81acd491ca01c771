import re
import secrets
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from footfall.schedules import notice as notices
from footfall.schedules.notice import Notice, ToldRun
from footfall.schedules.run import FAILURES, RunStatus, RunSummary
from footfall.schedules.schedule import (
    SYSTEM_OWNER,
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    ScheduleStatus,
    utc_now,
)

KEPT = 1000
"""Events that are kept for readers who come back."""

_REMEMBERED = 20_000

_NUMBER = r"[0-9]{1,18}"

type EventName = Literal[
    "notice", "run_started", "run_ended", "schedule_changed", "schedule_deleted"
]


@dataclass(frozen=True, slots=True)
class Known:
    """What an event says of a schedule that may be gone: enough for a notice."""

    schedule_id: str
    name: str | None
    owner: str
    walker_name: str
    is_static: bool


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event; `number` grows by one with each."""

    number: int
    name: EventName
    owner: str
    subject: Notice | RunSummary | ScheduleSnapshot | Known


@dataclass(frozen=True, slots=True)
class _State:
    known: Known
    created_at: datetime
    revision: int
    paused: bool
    completed: bool


@dataclass(frozen=True, slots=True)
class _Ended:
    started_at: datetime
    at: datetime
    failed: bool


class Feed:
    """What one process sees happen, from its start on, for those who want to follow.

    It is an Observer of the projector, and knows the latest events only. A notice has the id
    here that it has as a webhook, and is here whether there are webhooks or not.
    """

    def __init__(self, *, kept: int = KEPT) -> None:
        self._epoch = secrets.token_hex(4)
        self._since = utc_now()
        self._number = 0
        self._events: deque[FeedEvent] = deque(maxlen=kept)
        self._states: dict[str, _State] = {}
        # Of the latest runs, whether their end was seen.
        self._runs: OrderedDict[tuple[str, str], bool] = OrderedDict()
        # Of each schedule the run that ended last.
        self._last: dict[str, _Ended] = {}

    @property
    def number(self) -> int:
        """The number of the latest event; 0 before the first."""
        return self._number

    @property
    def forgotten(self) -> int:
        """The number of the latest event that is no longer kept; 0 if all are."""
        return self._number - len(self._events)

    def id_of(self, number: int) -> str:
        """Give the id of an event, by which a reader who comes back goes on."""
        return f"{self._epoch}-{number}"

    def position(self, event_id: str) -> int | None:
        """Give the number after which a reader goes on; None if the id is none of this process."""
        epoch, _, digits = event_id.partition("-")
        if epoch != self._epoch or not re.fullmatch(_NUMBER, digits):
            return None
        number = int(digits)
        return number if number <= self._number else None

    def after(self, number: int) -> list[FeedEvent]:
        """Give the events after a number that are still kept."""
        missing = self._number - number
        if missing <= 0:
            return []
        return list(self._events)[-missing:]

    def tell(self, notice: Notice) -> None:
        """Add a notice."""
        self._add("notice", notice.owner, notice)

    def saw_schedules(self, snapshots: Iterable[ScheduleSnapshot]) -> None:
        """Tell of schedules that are not as they were last."""
        for snapshot in snapshots:
            self._saw(snapshot)

    def lost_schedules(self, ids: Iterable[str]) -> None:
        """Tell of schedules that are gone."""
        for schedule_id in ids:
            state = self._states.pop(schedule_id, None)
            self._last.pop(schedule_id, None)
            if state is not None:
                self._add("schedule_deleted", state.known.owner, state.known)

    def saw_runs(self, runs: Iterable[RunSummary]) -> None:
        """Tell of runs that have started or ended; one that was quick shows only its end."""
        for run in sorted(runs, key=lambda one: one.closed_at or one.started_at):
            key = (run.id, run.temporal_run_id)
            ended = run.closed_at is not None
            before = self._runs.get(key)
            if before or before is ended:
                continue
            self._runs[key] = ended
            if len(self._runs) > _REMEMBERED:
                self._runs.popitem(last=False)
            if run.closed_at is not None:
                self._ended(run, run.closed_at)
            elif run.started_at >= self._since:
                self._add("run_started", run.owner, run)

    def _ended(self, run: RunSummary, at: datetime) -> None:
        is_new = at >= self._since
        if is_new:
            self._add("run_ended", run.owner, run)
        if run.status is not RunStatus.SUCCEEDED and run.status not in FAILURES:
            return
        failed = run.status in FAILURES
        before = self._last.get(run.schedule_id)
        if before is None or before.at <= at:
            self._last[run.schedule_id] = _Ended(run.started_at, at, failed=failed)
        if not is_new:
            return
        state = self._states.get(run.schedule_id)
        if state and before and before.started_at < state.created_at:
            # It was a run of another schedule that had the name before.
            before = None
        known = (
            state.known
            if state
            else Known(run.schedule_id, None, run.owner, run.walker_name, run.is_static)
        )
        told = ToldRun.of(run)
        if failed:
            self.tell(notices.failed(known, told, at))
        elif before is not None and before.failed and before.at <= at:
            self.tell(notices.recovered(known, told, at))

    def _saw(self, snapshot: ScheduleSnapshot) -> None:
        walk = snapshot.walk
        before = self._states.get(walk.schedule_id)
        if before and (before.created_at, before.revision) > (walk.created_at, walk.revision):
            return
        completed = snapshot.status is ScheduleStatus.COMPLETED
        self._states[walk.schedule_id] = _State(
            known=_known(walk),
            created_at=walk.created_at,
            revision=walk.revision,
            paused=snapshot.paused,
            completed=completed,
        )
        is_new = before is not None or walk.change.at >= self._since
        if before is not None:
            now = (walk.created_at, walk.revision, snapshot.paused)
            if (before.created_at, before.revision, before.paused) == now:
                is_new = False
        if is_new:
            self._add("schedule_changed", walk.owner, snapshot)
            change = walk.change
            if snapshot.paused and (change.kind, change.by) == (ChangeKind.PAUSED, SYSTEM_OWNER):
                self.tell(notices.paused(walk, change.at))
        if completed and before is not None and not before.completed:
            self.tell(notices.completed(walk, utc_now()))

    def _add(
        self,
        name: EventName,
        owner: str,
        subject: Notice | RunSummary | ScheduleSnapshot | Known,
    ) -> None:
        self._number += 1
        self._events.append(FeedEvent(self._number, name, owner, subject))


def _known(walk: ScheduledWalk) -> Known:
    return Known(
        schedule_id=walk.schedule_id,
        name=walk.name,
        owner=walk.owner,
        walker_name=walk.walker_name,
        is_static=walk.is_static,
    )
