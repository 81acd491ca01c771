import secrets
from datetime import datetime, timedelta

import structlog
from temporalio import activity

from activities.heartbeats import heartbeats
from footfall.errors import ScheduleNotFoundError, TemporalUnavailableError
from footfall.schedules.renewal import Renewal
from footfall.schedules.schedule import (
    SYSTEM_OWNER,
    Change,
    ChangeKind,
    ScheduleSnapshot,
    ScheduleStatus,
    utc_now,
)
from footfall.temporal.action import exact_until
from footfall.temporal.draft import Draft
from footfall.temporal.keeping import Keeping
from footfall.temporal.schedules import ScheduleGateway
from footfall.triggers import basis_of, compile_config, horizon_of

RENEWED_BEFORE = timedelta(days=4 * 365)
"""How near a horizon, which begins 5 years ahead, may come before it is moved on."""

KEPT_AFTER = timedelta(days=2)
"""After how long a completed schedule is written again, lest Temporal drops it after seven days."""

_log = structlog.get_logger(__name__)


class HorizonActivities:
    """The activity of a worker that keeps its app's schedules, and their plans exact."""

    def __init__(
        self, gateway: ScheduleGateway, keeping: Keeping, *, kept_after: timedelta = KEPT_AFTER
    ) -> None:
        self._gateway = gateway
        self._keeping = keeping
        self._kept_after = kept_after

    @activity.defn(name="renew_horizons")
    async def renew_horizons(self) -> Renewal:
        """Plan anew what has a near horizon or was planned by other releases, and say how many.

        Completed schedules are written again, so that Temporal keeps them.

        It may be called again at any time, by several workers at once: what is renewed is not
        renewed twice. A schedule that fails is logged, and the others go on.

        Raises:
            TemporalUnavailableError: Temporal did not answer, perhaps for one schedule only; the
                others are renewed, and the next attempt tries those that are left.
        """
        now = utc_now()
        async with heartbeats():
            # Read to its end before anything is written: what is renewed leaves the list, and
            # would shift its pages.
            due = await self._gateway.outdated(now + RENEWED_BEFORE)
            renewed = left = failed = 0
            away: TemporalUnavailableError | None = None
            for schedule_id in due:
                try:
                    if await self._renew(schedule_id, now):
                        renewed += 1
                    else:
                        left += 1
                except TemporalUnavailableError as error:
                    away = error
                except Exception:  # noqa: BLE001
                    # Whatever a single definition contains must not end the maintenance.
                    _log.exception("a horizon cannot be renewed", schedule_id=schedule_id)
                    failed += 1
            if away is None:
                await self._keeping.keep(now - self._kept_after)
        if renewed or failed:
            _log.info("horizons were renewed", renewed=renewed, left=left, failed=failed)
        if away is not None:
            raise away
        return Renewal(renewed=renewed, left=left, failed=failed)

    async def _renew(self, schedule_id: str, now: datetime) -> bool:
        token = secrets.token_hex(8)
        try:
            after = await self._gateway.commit(
                schedule_id,
                lambda before: renewed(before, now, token=token),
            )
        except ScheduleNotFoundError:
            return False
        return after.walk.was_changed_by({token})


def renewed(before: ScheduleSnapshot, now: datetime, *, token: str) -> Draft | None:
    """Give what a schedule becomes that is planned anew, or None if it can stay.

    It can stay where it is completed, or where its horizon is far enough after `now` (UTC) and
    its plan was made by these releases, because it was renewed or given another trigger after
    the list was made. Nothing but the horizon changes; a pause stays.
    """
    if before.status is ScheduleStatus.COMPLETED:
        return None
    compiled = compile_config(before.walk.config, before.walk.anchor)
    by_others = before.walk.basis != basis_of(compiled)
    if exact_until(before.walk) >= now + RENEWED_BEFORE and not by_others:
        return None
    horizon = horizon_of(now)
    reason = f"public holidays and clock changes are told to Temporal until {horizon:%Y-%m-%d}"
    if by_others:
        reason = f"planned with new releases of time zones, holidays or Footfall; {reason}"
    change = Change(
        kind=ChangeKind.RENEWED,
        by=SYSTEM_OWNER,
        at=now,
        token=token,
        reason=reason,
    )
    return Draft(
        walk=before.walk.changed(change, horizon=horizon),
        paused=before.paused,
        note=before.note,
    )
