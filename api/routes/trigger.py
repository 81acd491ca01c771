from typing import Annotated

from fastapi import APIRouter, Header

from api.auth import CurrentPrincipal, UsedServices
from api.envelope import Envelope
from api.errors import TOO_LARGE, responses
from api.routes.schedules import COMMON, ScheduleId
from api.run_bodies import TriggerRequest
from api.run_views import StartedRun, StartedRunData
from api.strict_json import StrictJsonRoute
from footfall.errors import (
    ForbiddenError,
    InvalidInputError,
    KeyReusedError,
    NoWorkerError,
    OverlapError,
    ScheduleNotFoundError,
    WalkerNotFoundError,
)

router = APIRouter(prefix="/schedule/{schedule_id}", tags=["runs"], route_class=StrictJsonRoute)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x20-\x7e]+$",
        description="the same key with the same request gives the same run",
    ),
]


@router.post(
    "/trigger",
    responses=responses(
        *COMMON,
        InvalidInputError,
        ForbiddenError,
        ScheduleNotFoundError,
        WalkerNotFoundError,
        OverlapError,
        KeyReusedError,
        NoWorkerError,
    )
    | TOO_LARGE,
)
async def trigger_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    body: TriggerRequest | None = None,
    key: IdempotencyKey = None,
) -> Envelope[StartedRunData]:
    """Run the walker now, also of a schedule that is paused or completed."""
    request = body or TriggerRequest()
    run = await services.run_starter.trigger(who, schedule_id, request, key)
    return Envelope(data=StartedRunData(run=StartedRun.of(run, services.ui)))
