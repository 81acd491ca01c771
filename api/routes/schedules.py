from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth import CurrentPrincipal, UsedServices
from api.bodies import NewSchedule, PreviewRequest, ScheduleChange
from api.envelope import Envelope, Meta
from api.errors import TOO_LARGE, responses
from api.listing import GivenOnce, ListParameters
from api.previews import preview
from api.strict_json import StrictJsonRoute
from api.views import DeletedData, PreviewData, ScheduleData, ScheduleList, ScheduleView
from footfall.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NoWorkerError,
    ProjectionUnavailableError,
    ScheduleNotFoundError,
    SchedulerDisabledError,
    TemporalUnavailableError,
    UnauthorizedError,
    WalkerNotFoundError,
)
from footfall.projection.row import ScheduleRow
from footfall.schedules.schedule import utc_now

COMMON = (UnauthorizedError, SchedulerDisabledError, TemporalUnavailableError)

router = APIRouter(prefix="/schedule", tags=["schedules"], route_class=StrictJsonRoute)

ScheduleId = Annotated[str, Path(description="id of the schedule")]
Limit = Annotated[int, Query(ge=1, le=1000, description="rows of a page")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`cursor` of the page before")]


@router.post(
    "/create",
    responses=responses(
        *COMMON,
        InvalidInputError,
        WalkerNotFoundError,
        NoWorkerError,
    )
    | TOO_LARGE,
)
async def create_schedule(
    body: NewSchedule,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[ScheduleData]:
    """Create a schedule that runs a walker on your own graph root."""
    row = await services.schedules.create(who, body)
    # The guide prints this answer's meta empty.
    return Envelope(data=ScheduleData(schedule=_view(row, services)), meta=Meta())


@router.post(
    "/preview",
    responses=responses(
        *COMMON,
        InvalidInputError,
        WalkerNotFoundError,
        NoWorkerError,
    )
    | TOO_LARGE,
)
async def preview_schedule(
    body: PreviewRequest,
    _: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[PreviewData]:
    """Say when a schedule would run, and what may surprise; nothing is created."""
    return Envelope(data=await preview(body, services.checks, utc_now()))


@router.get(
    "/list",
    dependencies=[GivenOnce],
    responses=responses(*COMMON, InvalidInputError, ForbiddenError, ProjectionUnavailableError),
)
async def list_schedules(
    who: CurrentPrincipal,
    services: UsedServices,
    asked: Annotated[ListParameters, Query()],
) -> Envelope[ScheduleList]:
    """List your schedules and all static ones; an admin sees everyone's.

    The filters and the sort mean the fields as they are shown. `next_run_at` of a schedule that is
    due this moment is its last known time.
    """
    page = await services.schedules.list(
        who,
        asked.query(asked.sort),
        limit=asked.limit,
        cursor=asked.cursor,
    )
    rows = [_view(row, services) for row in page.rows]
    return Envelope(data=ScheduleList(schedules=rows, total=page.total, cursor=page.cursor))


@router.get(
    "/{schedule_id}",
    responses=responses(*COMMON, ScheduleNotFoundError, ProjectionUnavailableError),
)
async def get_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[ScheduleData]:
    """Give one schedule."""
    row = await services.schedules.read(who, schedule_id)
    return Envelope(data=ScheduleData(schedule=_view(row, services)))


@router.put(
    "/{schedule_id}",
    responses=responses(
        *COMMON,
        InvalidInputError,
        ForbiddenError,
        ScheduleNotFoundError,
        ConflictError,
        NoWorkerError,
        WalkerNotFoundError,
        ProjectionUnavailableError,
    )
    | TOO_LARGE,
)
async def update_schedule(
    schedule_id: ScheduleId,
    body: ScheduleChange,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[ScheduleData]:
    """Change what the body names; `trigger` with its options replaces the configuration."""
    row = await services.schedules.update(who, schedule_id, body)
    return Envelope(data=ScheduleData(schedule=_view(row, services)))


@router.delete(
    "/{schedule_id}",
    responses=responses(*COMMON, ForbiddenError, ScheduleNotFoundError),
)
async def delete_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[DeletedData]:
    """Delete a schedule; a run that is under way is not stopped."""
    await services.schedules.delete(who, schedule_id)
    return Envelope(data=DeletedData(id=schedule_id))


def _view(row: ScheduleRow, services: UsedServices) -> ScheduleView:
    return ScheduleView.of(row, services.ui, now=utc_now())
