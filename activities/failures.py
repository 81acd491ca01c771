import secrets
from datetime import datetime

import structlog
from temporalio import activity

from footfall.errors import ScheduleNotFoundError
from footfall.schedules.schedule import (
    SYSTEM_OWNER,
    Change,
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    utc_now,
)
from footfall.temporal.draft import Draft
from footfall.temporal.failures import Failures
from footfall.temporal.schedules import ScheduleGateway

_log = structlog.get_logger(__name__)


class FailureActivities:
    """The activity of a worker that pauses schedules whose runs keep failing."""

    def __init__(self, gateway: ScheduleGateway, failures: Failures) -> None:
        self._gateway = gateway
        self._failures = failures

    @activity.defn(name="pause_after_failures")
    async def pause_after_failures(self, schedule_id: str) -> bool:
        """Pause a schedule if it has failed too often, and say whether it was paused now.

        Called by a run that has failed and is not closed yet. What failed before the schedule
        was created or last resumed does not count; a run that succeeded ends the row, one that was
        cancelled or terminated does not.

        Raises:
            TemporalUnavailableError: Temporal did not answer; call it again.
            ConflictError: others kept changing the schedule; call it again.
        """
        snapshot = await self._gateway.find(schedule_id)
        if snapshot is None or snapshot.paused:
            return False
        most = snapshot.walk.policies.pause_on_failure
        if most is None:
            return False
        before = await self._failures.before(
            activity.info().workflow_id or "",
            schedule_id=schedule_id,
            most=most - 1,
            since=counted_since(snapshot.walk),
        )
        if before + 1 < most:
            return False
        token = secrets.token_hex(8)
        try:
            after = await self._gateway.commit(
                schedule_id,
                lambda now: paused_after_failures(now, most, token=token),
            )
        except ScheduleNotFoundError:
            return False
        paused = after.walk.was_changed_by({token})
        if paused:
            _log.warning("a schedule is paused: it keeps failing", schedule_id=schedule_id)
        return paused


def counted_since(walk: ScheduledWalk) -> datetime:
    """Give when a schedule that runs was created or last resumed, or at least held (UTC)."""
    # What was resumed outside of Footfall, in Temporal's Web UI, has no revision of it.
    held = walk.change.at if walk.change.kind is ChangeKind.PAUSED else None
    return max(filter(None, (walk.created_at, walk.resumed_at, held)))


def paused_after_failures(before: ScheduleSnapshot, most: int, *, token: str) -> Draft | None:
    """Give what a schedule becomes that failed `most` times in a row; None if it is held."""
    if before.paused or before.walk.policies.pause_on_failure is None:
        return None
    times = "a failure" if most == 1 else f"{most} failures in a row"
    reason = f"after {times}"
    change = Change(
        kind=ChangeKind.PAUSED, by=SYSTEM_OWNER, at=utc_now(), token=token, reason=reason
    )
    return Draft(walk=before.walk.changed(change), paused=True, note=f"Paused {reason}")
