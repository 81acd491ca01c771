"""Which runs are overdue, and why: pure, for the watch that asks."""

from datetime import datetime, timedelta

from footfall.schedules import notice as notices
from footfall.schedules.hook import NoticeKind
from footfall.schedules.notice import Notice, ToldRun
from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal.beginnings import Beginning

LOOK_BACK = timedelta(hours=1)
"""How far back a process that starts looks for what was overdue while none ran."""

SLACK = timedelta(seconds=1)
"""How much later than late is looked, so that what just began is seen."""

QUIET = timedelta(minutes=10)
"""After a notice, how far apart the time of the next one is at least."""

_BUFFERS = (OverlapPolicy.BUFFER_ONE, OverlapPolicy.BUFFER_ALL)


def first_watched(walk: ScheduledWalk, now: datetime) -> datetime:
    """Give the instant (UTC) after which a schedule's times are looked at by one who starts now."""
    known = (walk.anchor, walk.change.at, now - latest(walk, timedelta()) - LOOK_BACK)
    return max(known)


def latest(walk: ScheduledWalk, jitter: timedelta) -> timedelta:
    """Give how long after its time a run has to have begun; `jitter` is its trigger's."""
    return timedelta(seconds=walk.late_after or 0) + jitter


def late_run(
    walk: ScheduledWalk, due: datetime, deadline: datetime, found: Beginning, now: datetime
) -> Notice | None:
    """Give the notice of a run that there is for a time, or None if it began by the deadline."""
    if found.begun_at is not None and found.begun_at <= deadline:
        return None
    run = found.run
    if found.begun_at is None and run.closed_at is not None and run.closed_at <= deadline:
        return None
    if found.begun_at is not None:
        seconds = (found.begun_at - due).total_seconds()
        why = f"it began {seconds:.0f} s after its time."
    elif found.taken:
        why = "it waits in its worker for a free process, or for its root."
    else:
        why = "no worker has taken it; is one running?"
    told = ToldRun.of(run)
    return notices.overdue(walk, NoticeKind.LATE, due=due, at=now, why=why, run=told)


def missed_run(
    walk: ScheduledWalk, due: datetime, present: ScheduleSnapshot | None, now: datetime
) -> Notice | None:
    """Give the notice of a time for which there is no run, or None if there need be none.

    Args:
        walk: the definition that meant the time.
        due: the time (UTC).
        present: the schedule as Temporal has it now; None if it is gone.
        now: the present instant (UTC).
    """
    if present is None or present.paused or present.runs_left == 0:
        return None
    if (present.walk.created_at, present.walk.config) != (walk.created_at, walk.config):
        return None
    if (present.walk.resumed_at or due) > due:
        return None
    if present.running and walk.policies.overlap in _BUFFERS:
        why = "it waits for the run before it to end."
        return notices.overdue(walk, NoticeKind.LATE, due=due, at=now, why=why)
    why = "another run was under way." if present.running else "it was not started."
    return notices.overdue(walk, NoticeKind.MISSED, due=due, at=now, why=why)
