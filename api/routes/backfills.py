from typing import Annotated

from fastapi import APIRouter, Path

from api.auth import CurrentPrincipal, UsedServices
from api.backfill_bodies import (
    BackfillData,
    BackfillList,
    BackfillPreview,
    BackfillRequest,
    BackfillView,
)
from api.envelope import Envelope, meta_of
from api.errors import TOO_LARGE, responses
from api.preconditions import DryRun, IdempotencyKey, checked_key
from api.routes.schedules import COMMON, ScheduleId
from api.run_bodies import EndRequest
from api.strict_json import StrictJsonRoute
from footfall.errors import (
    BackfillEndedError,
    BackfillNotFoundError,
    ForbiddenError,
    IdempotencyKeyError,
    ProjectionUnavailableError,
    ScheduleNotFoundError,
)

router = APIRouter(
    prefix="/schedule/{schedule_id}",
    tags=["backfills"],
    route_class=StrictJsonRoute,
)

BackfillId = Annotated[str, Path(description="id of the backfill")]
_READ = (*COMMON, ScheduleNotFoundError, ProjectionUnavailableError)


@router.post(
    "/backfill",
    responses=responses(
        *COMMON,
        ForbiddenError,
        ScheduleNotFoundError,
        IdempotencyKeyError,
    )
    | TOO_LARGE,
)
async def start_backfill(
    schedule_id: ScheduleId,
    body: BackfillRequest,
    who: CurrentPrincipal,
    services: UsedServices,
    *,
    idempotency_key: IdempotencyKey = None,
    dry_run: DryRun = False,
) -> Envelope[BackfillData | BackfillPreview]:
    """Make the runs of a past range up: at most 1,000, each for a time of the schedule.

    They run also while the schedule is paused, and whether or not the times ran before.
    """
    key = checked_key(idempotency_key)
    if dry_run:
        times, timezone = await services.backfills.preview(who, schedule_id, body)
        meta = meta_of(dry_run=True)
        return Envelope(data=BackfillPreview.of(times, timezone), meta=meta)
    state = await services.backfills.start(who, schedule_id, body, key)
    return Envelope(data=BackfillData(backfill=BackfillView.of(state)))


@router.get("/backfills", responses=responses(*_READ))
async def list_backfills(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[BackfillList]:
    """List the backfills of a schedule, the newest first."""
    found = await services.backfills.listed(who, schedule_id)
    return Envelope(data=BackfillList(backfills=[BackfillView.of(state) for state in found]))


@router.get("/backfills/{backfill_id}", responses=responses(*_READ, BackfillNotFoundError))
async def get_backfill(
    schedule_id: ScheduleId,
    backfill_id: BackfillId,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[BackfillData]:
    """Give one backfill and how far it is."""
    state = await services.backfills.read(who, schedule_id, backfill_id)
    return Envelope(data=BackfillData(backfill=BackfillView.of(state)))


@router.post(
    "/backfills/{backfill_id}/cancel",
    responses=responses(
        *_READ,
        ForbiddenError,
        BackfillNotFoundError,
        BackfillEndedError,
    )
    | TOO_LARGE,
)
async def cancel_backfill(
    schedule_id: ScheduleId,
    backfill_id: BackfillId,
    who: CurrentPrincipal,
    services: UsedServices,
    body: EndRequest | None = None,
    *,
    dry_run: DryRun = False,
) -> Envelope[BackfillData]:
    """Cancel a backfill and the runs that it has under way; those that ended stay."""
    reason = body.reason if body else None
    state = await services.backfills.cancel(who, schedule_id, backfill_id, reason, dry_run=dry_run)
    data = BackfillData(backfill=BackfillView.of(state))
    return Envelope(data=data, meta=meta_of(dry_run=dry_run))
