from fastapi import APIRouter

from api.auth import CurrentPrincipal, UsedServices
from api.envelope import Envelope, meta_of
from api.errors import TOO_LARGE, responses
from api.preconditions import DryRun, IdempotencyKey, checked_key
from api.routes.schedules import COMMON, ScheduleId
from api.run_bodies import TriggerRequest
from api.run_views import StartedRun, StartedRunData
from api.strict_json import StrictJsonRoute
from footfall.errors import (
    ForbiddenError,
    IdempotencyKeyError,
    NoWorkerError,
    OverlapError,
    ScheduleNotFoundError,
    WalkerNotFoundError,
)

router = APIRouter(prefix="/schedule/{schedule_id}", tags=["runs"], route_class=StrictJsonRoute)


@router.post(
    "/trigger",
    responses=responses(
        *COMMON,
        ForbiddenError,
        ScheduleNotFoundError,
        WalkerNotFoundError,
        OverlapError,
        IdempotencyKeyError,
        NoWorkerError,
    )
    | TOO_LARGE,
)
async def trigger_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    body: TriggerRequest | None = None,
    *,
    idempotency_key: IdempotencyKey = None,
    dry_run: DryRun = False,
) -> Envelope[StartedRunData]:
    """Run the walker now, also of a schedule that is paused or completed.

    With an `Idempotency-Key`, several requests start one run, for as long as Temporal holds it.
    """
    key, request = checked_key(idempotency_key), body or TriggerRequest()
    if dry_run:
        await services.run_starter.checked(who, schedule_id, request)
        meta = meta_of(dry_run=True)
        return Envelope(data=StartedRunData(run=None), meta=meta)
    run = await services.run_starter.trigger(who, schedule_id, request, key)
    return Envelope(data=StartedRunData(run=StartedRun.of(run, services.ui)))
