from datetime import datetime, timedelta

from api.backfill_bodies import BackfillRequest
from api.idempotency import fingerprint, key_within, new_suffix
from api.permissions import check_operable
from api.schedules import Schedules
from footfall.config import LimitSettings
from footfall.errors import (
    BackfillEndedError,
    BackfillNotFoundError,
    FieldProblem,
    IdempotencyKeyError,
    InvalidInputError,
)
from footfall.schedules.backfill import Backfill, BackfillOrder
from footfall.schedules.occasion import Occasion
from footfall.schedules.run import RunKind
from footfall.schedules.schedule import ScheduledWalk, utc_now
from footfall.temporal.action import action_id
from footfall.temporal.backfills import BackfillGateway, BackfillState, BackfillStatus
from footfall.temporal.schedules import ScheduleGateway
from footfall.tokens import Principal
from footfall.triggers import compile_config, next_times, parse_zone
from footfall.triggers.instant import parse_instant


class Backfills:
    """Makes the runs of past times up, on behalf of someone."""

    def __init__(
        self,
        *,
        schedules: Schedules,
        gateway: ScheduleGateway,
        backfills: BackfillGateway,
        limits: LimitSettings,
    ) -> None:
        self._schedules = schedules
        self._gateway = gateway
        self._backfills = backfills
        self._limits = limits

    async def preview(
        self,
        who: Principal,
        schedule_id: str,
        body: BackfillRequest,
    ) -> tuple[list[datetime], str]:
        """Give the times (UTC) whose runs a backfill would make, and the schedule's time zone.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            ForbiddenError: it is static, and `who` is no admin.
            InvalidInputError: the range is no past one, or has no times or too many.
        """
        walk = (await self._gateway.read(schedule_id)).walk
        check_operable(who, walk)
        _, _, times = _range(walk, body, self._limits)
        return times, parse_zone(walk.timezone)

    async def start(
        self,
        who: Principal,
        schedule_id: str,
        body: BackfillRequest,
        key: str | None,
    ) -> BackfillState:
        """Start a backfill, whether the schedule is active, paused or completed.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            ForbiddenError: it is static, and `who` is no admin.
            InvalidInputError: the range is no past one, or has no times or too many.
            IdempotencyKeyError: the key was used for another request.
        """
        walk = (await self._gateway.read(schedule_id)).walk
        check_operable(who, walk)
        backfill_id = new_suffix(who, key=key_within(walk, key))
        digest = None if key is None else fingerprint(body)
        found = await self._backfills.find(schedule_id, backfill_id) if digest else None
        if found is None:
            start, end, times = _range(walk, body, self._limits)
            order = BackfillOrder(
                id=backfill_id,
                schedule_id=schedule_id,
                start=start,
                end=end,
                overlap=body.overlap,
                total=len(times),
                by=who.user,
                at=utc_now(),
                reason=body.reason,
            )
            occasion = Occasion(kind=RunKind.BACKFILL, by=who.user, reason=body.reason)
            backfill = Backfill(
                order=order,
                walk=walk.model_copy(update={"occasion": occasion, "trail": ()}),
                run_prefix=f"{action_id(walk)}-backfill-{backfill_id}-",
                times=tuple(times),
            )
            await self._backfills.start(backfill, fingerprint=digest)
            found = await self._backfills.find(schedule_id, backfill_id)
        if found is None:
            raise BackfillNotFoundError
        if found.fingerprint != digest:
            raise IdempotencyKeyError
        return found

    async def listed(self, who: Principal, schedule_id: str) -> list[BackfillState]:
        """Give a schedule's backfills that Temporal still holds, the newest first.

        Raises:
            ScheduleNotFoundError: there is no such schedule that `who` may see.
        """
        await self._schedules.read(who, schedule_id)
        found = [state async for state in self._backfills.listed(schedule_id)]
        return sorted(found, key=lambda state: (state.order.at, state.order.id), reverse=True)

    async def read(self, who: Principal, schedule_id: str, backfill_id: str) -> BackfillState:
        """Give one backfill.

        Raises:
            ScheduleNotFoundError: there is no such schedule that `who` may see.
            BackfillNotFoundError: it has no such backfill.
        """
        await self._schedules.read(who, schedule_id)
        found = await self._backfills.find(schedule_id, backfill_id)
        if found is None:
            raise BackfillNotFoundError
        return found

    async def cancel(
        self,
        who: Principal,
        schedule_id: str,
        backfill_id: str,
        reason: str | None,
        *,
        dry_run: bool = False,
    ) -> BackfillState:
        """Ask a backfill to end, and with it the runs that it has under way.

        Raises:
            ScheduleNotFoundError: there is no such schedule that `who` may see.
            ForbiddenError: it is static, and `who` is no admin.
            BackfillNotFoundError: it has no such backfill.
            BackfillEndedError: it has ended already.
        """
        state = await self.read(who, schedule_id, backfill_id)
        check_operable(who, (await self._gateway.read(schedule_id)).walk)
        # Temporal takes the cancellation of what has ended without a word.
        if state.status is not BackfillStatus.RUNNING:
            raise BackfillEndedError
        if dry_run:
            return state
        why = f"{who.user}: {reason}" if reason else f"{who.user} cancelled the backfill."
        await self._backfills.cancel(schedule_id, backfill_id, reason=why)
        return await self.read(who, schedule_id, backfill_id)


def _range(
    walk: ScheduledWalk,
    body: BackfillRequest,
    limits: LimitSettings,
) -> tuple[datetime, datetime, list[datetime]]:
    zone = parse_zone(walk.timezone)
    start, end = (parse_instant(name, getattr(body, name), zone) for name in ("start", "end"))
    if end < start:
        raise InvalidInputError(FieldProblem("end", "must not be before start"))
    if end > utc_now():
        message = "must not be later than now; what is to come runs by itself"
        raise InvalidInputError(FieldProblem("end", message))
    most, days = limits.backfill_runs, limits.backfill_days
    if end - start > timedelta(days=days):
        message = (
            f"the range is longer than {days:,} days; take a shorter one. The limit is the setting "
            "plugins.scale.scheduler.limits.backfill_days (FOOTFALL_LIMITS_BACKFILL_DAYS)"
        )
        raise InvalidInputError(FieldProblem("start", message))
    compiled = compile_config(walk.config, walk.anchor)
    times = next_times(compiled, start - timedelta(seconds=1), most + 1)
    times = [at for at in times if at <= end]
    if len(times) > most:
        message = f"more than {most:,} runs lie in the range; take a shorter one"
        raise InvalidInputError(FieldProblem("end", message))
    if not times:
        raise InvalidInputError(FieldProblem("start", "no time of the schedule lies in the range"))
    return start, end, times
