from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth import CurrentPrincipal, UsedServices
from api.bodies import NewSchedule, PreviewRequest, ScheduleChange
from api.change_views import RevisionData, RevisionView
from api.envelope import Envelope, Meta
from api.errors import TOO_LARGE, responses
from api.previews import preview
from api.strict_json import StrictJsonRoute
from api.views import DeletedData, PreviewData, ScheduleData, ScheduleList, ScheduleView
from footfall.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NoWorkerError,
    ProjectionUnavailableError,
    RevisionNotFoundError,
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
Revision = Annotated[int | None, Query(ge=1, description="a revision of the schedule")]


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


@router.get("/list", responses=responses(*COMMON, InvalidInputError, ProjectionUnavailableError))
async def list_schedules(
    who: CurrentPrincipal,
    services: UsedServices,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Envelope[ScheduleList]:
    """List your schedules and all static ones; an admin sees everyone's."""
    page = await services.schedules.list(who, limit=limit, cursor=cursor)
    rows = [_view(row, services) for row in page.rows]
    return Envelope(data=ScheduleList(schedules=rows, total=page.total, cursor=page.cursor))


@router.get(
    "/{schedule_id}",
    responses=responses(
        *COMMON,
        InvalidInputError,
        ScheduleNotFoundError,
        RevisionNotFoundError,
        ProjectionUnavailableError,
    ),
)
async def get_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    at: Revision = None,
) -> Envelope[ScheduleData | RevisionData]:
    """Give one schedule as it is, or as it was `at` one of its revisions, deleted or not."""
    if at is not None:
        change = await services.changes.revision(who, schedule_id, at)
        return Envelope(data=RevisionData(schedule=RevisionView.of(change)))
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
