"""What Temporal's lists and single answers say beside the rows that are there."""

from collections.abc import Sequence
from datetime import datetime

from footfall.projection.row import ScheduleRow
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal.listed import ListedSchedule


def may_be_reborn(walk: ScheduledWalk) -> bool:
    """Say whether a schedule of this id may have been deleted before: any other id is random."""
    return walk.is_static or walk.name is not None or walk.request is not None


def is_overtaken(snapshot: ScheduleSnapshot, at: datetime) -> bool:
    """Say whether a schedule has to be read again, one of whose runs started at an instant.

    One that has used up the times it showed has new ones, or is completed; one whose runs
    are numbered has fewer left.
    """
    if not snapshot.next_times:
        return False
    return snapshot.next_times[-1] <= at or snapshot.runs_left is not None


def agree(
    entry: ListedSchedule,
    snapshot: ScheduleSnapshot,
    now: datetime,
    *,
    strict: bool,
) -> bool:
    """Say whether a row shows what Temporal's list shows, as far as the list tells.

    Args:
        entry: the schedule in the list, which lags behind writes.
        snapshot: the row.
        now: the present (UTC).
        strict: take the list's word also where the row is newer, and where the list has no times;
            it is asked then which of both is right.
    """
    walk = snapshot.walk
    if entry.first.created_at != walk.created_at:
        return False
    if entry.revision != walk.revision:
        # The list lags: what this process has just written is newer.
        return entry.revision < walk.revision and not strict
    if (entry.paused, entry.note) != (snapshot.paused, snapshot.note):
        return False
    if not entry.next_times:
        # The list has no times yet of a schedule that was just created, and none any more of
        # one that was completed; a sweep asks which it is.
        return not (strict and snapshot.next_times)
    if not snapshot.next_times or max(snapshot.next_times) <= now:
        return False
    return _times_agree(entry.next_times, snapshot)


def _times_agree(times: Sequence[datetime], snapshot: ScheduleSnapshot) -> bool:
    # Rows hold more times than the list shows, and the list may be the older one. A time
    # that the row does not know, at or before its last one, says that the spec was changed.
    known = set(snapshot.next_times)
    return not known or all(at in known or at > max(known) or at < min(known) for at in times)


def is_news(row: ScheduleRow | None, snapshot: ScheduleSnapshot) -> bool:
    """Say whether a schedule was changed since its row was written, or since its creation."""
    walk = snapshot.walk
    if row is None or row.snapshot.walk.created_at != walk.created_at:
        return walk.revision > 1 or snapshot.paused or snapshot.note != ""
    before = row.snapshot
    if (before.walk, before.paused, before.note) != (walk, snapshot.paused, snapshot.note):
        return True
    return not _times_agree(snapshot.next_times, before)
