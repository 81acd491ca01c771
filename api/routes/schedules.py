import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth import CurrentPrincipal, UsedServices
from api.bodies import HoldRequest, NewSchedule, PreviewRequest, ScheduleChange
from api.broken import BrokenView
from api.change_views import RevisionData, RevisionView
from api.edits import Author, etag
from api.envelope import Envelope, Meta, meta_of
from api.errors import TOO_LARGE, responses
from api.listing import ListParameters
from api.preconditions import DryRun, IdempotencyKey, IfMatch, Reason, checked_key, etags_of
from api.previews import preview
from api.schedule_views import (
    DeletedData,
    PreviewData,
    ScheduleData,
    ScheduleList,
    ScheduleView,
    knows_next_runs,
)
from api.services import Services
from api.strict_json import StrictJsonRoute
from footfall.errors import (
    ConflictError,
    ForbiddenError,
    IdempotencyKeyError,
    InvalidInputError,
    NoWorkerError,
    ProjectionUnavailableError,
    RevisionNotFoundError,
    ScheduleNotFoundError,
    SchedulerDisabledError,
    StaleError,
    TemporalUnavailableError,
    TooManyCreationsError,
    TooManySchedulesError,
    UnauthorizedError,
    WalkerNotFoundError,
)
from footfall.projection.row import ScheduleRow
from footfall.schedules.schedule import utc_now
from footfall.tokens import Principal

COMMON = (
    UnauthorizedError,
    InvalidInputError,
    SchedulerDisabledError,
    TemporalUnavailableError,
)

_WRITE = (
    *COMMON,
    ForbiddenError,
    ScheduleNotFoundError,
    ConflictError,
    StaleError,
    ProjectionUnavailableError,
)

router = APIRouter(prefix="/schedule", tags=["schedules"], route_class=StrictJsonRoute)

ScheduleId = Annotated[str, Path(description="id of the schedule")]
Revision = Annotated[int | None, Query(ge=1, description="a revision of the schedule")]


@router.post(
    "/create",
    responses=responses(
        *COMMON,
        WalkerNotFoundError,
        NoWorkerError,
        ConflictError,
        IdempotencyKeyError,
        TooManySchedulesError,
        TooManyCreationsError,
    )
    | TOO_LARGE,
)
async def create_schedule(
    body: NewSchedule,
    who: CurrentPrincipal,
    services: UsedServices,
    response: Response,
    *,
    idempotency_key: IdempotencyKey = None,
    dry_run: DryRun = False,
) -> Envelope[ScheduleData]:
    """Create a schedule that runs a walker on your own graph root.

    With an `Idempotency-Key`, several requests create one schedule, for as long as it exists.
    """
    key = checked_key(idempotency_key)
    row = await services.schedules.create(who, body, key=key, dry_run=dry_run)
    if dry_run:
        return await _shown(row, services, response, dry_run=True)
    # The guide prints this answer's meta empty.
    shown = await _shown(row, services, response)
    return shown.model_copy(update={"meta": Meta()})


@router.post(
    "/preview",
    responses=responses(
        *COMMON,
        WalkerNotFoundError,
        NoWorkerError,
    )
    | TOO_LARGE,
    response_model=Envelope[PreviewData],
)
async def preview_schedule(
    body: PreviewRequest,
    _: CurrentPrincipal,
    services: UsedServices,
) -> Response:
    """Say when a schedule would run, and what may surprise; nothing is created."""
    answer = await preview(body, services.checks, utc_now())
    return Response(answer, media_type="application/json")


@router.get(
    "/list",
    responses=responses(*COMMON, ForbiddenError, ProjectionUnavailableError),
    response_model=Envelope[ScheduleList],
)
async def list_schedules(
    who: CurrentPrincipal,
    services: UsedServices,
    asked: Annotated[ListParameters, Query()],
) -> Response:
    """List your schedules and all static ones; an admin sees everyone's.

    The filters and the sort mean the fields as they are shown. `next_run_at` of a schedule that is
    due this moment is its last known time.
    """
    page = await services.schedules.list(
        who,
        asked.query(asked.sort),
        limit=min(asked.limit, services.limits.page),
        cursor=asked.cursor,
    )
    data = ScheduleList(
        schedules=[],
        total=page.total,
        cursor=page.cursor,
        broken=[BrokenView.of(one) for one in services.schedules.broken(who)],
    )
    body = await services.rendered.body(data, page.rows, utc_now())
    return Response(body, media_type="application/json")


@router.get(
    "/{schedule_id}",
    responses=responses(
        *COMMON,
        ScheduleNotFoundError,
        RevisionNotFoundError,
        ProjectionUnavailableError,
    ),
)
async def get_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    response: Response,
    at: Revision = None,
) -> Envelope[ScheduleData | RevisionData]:
    """Give one schedule as it is, or as it was `at` one of its revisions, deleted or not.

    The `ETag` of one as it is, is what `If-Match` takes.
    """
    if at is not None:
        change = await services.changes.revision(who, schedule_id, at)
        return Envelope(data=RevisionData(schedule=RevisionView.of(change)))
    row = await services.schedules.read(who, schedule_id)
    shown = await _shown(row, services, response)
    return Envelope(data=shown.data, meta=shown.meta)


@router.put(
    "/{schedule_id}", responses=responses(*_WRITE, NoWorkerError, WalkerNotFoundError) | TOO_LARGE
)
async def update_schedule(
    schedule_id: ScheduleId,
    body: ScheduleChange,
    who: CurrentPrincipal,
    services: UsedServices,
    response: Response,
    *,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
) -> Envelope[ScheduleData]:
    """Change what the body names; `trigger` with its options replaces the configuration."""
    author = Author(who, reason=body.given("reason").get("reason"), etags=etags_of(if_match))
    row = await services.schedules.update(author, schedule_id, body, dry_run=dry_run)
    return await _shown(row, services, response, dry_run=dry_run)


@router.post("/{schedule_id}/pause", responses=responses(*_WRITE) | TOO_LARGE)
async def pause_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    response: Response,
    *,
    body: HoldRequest | None = None,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
) -> Envelope[ScheduleData]:
    """Pause a schedule, and say why; admins may pause static ones, too."""
    author = _author(who, body, if_match)
    row = await services.schedules.hold(author, schedule_id, paused=True, dry_run=dry_run)
    return await _shown(row, services, response, dry_run=dry_run)


@router.post("/{schedule_id}/resume", responses=responses(*_WRITE) | TOO_LARGE)
async def resume_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    response: Response,
    *,
    body: HoldRequest | None = None,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
) -> Envelope[ScheduleData]:
    """Resume a schedule; what was due while it was paused is not made up for."""
    author = _author(who, body, if_match)
    row = await services.schedules.hold(author, schedule_id, paused=False, dry_run=dry_run)
    return await _shown(row, services, response, dry_run=dry_run)


@router.delete(
    "/{schedule_id}",
    responses=responses(*COMMON, ForbiddenError, ScheduleNotFoundError, StaleError),
)
async def delete_schedule(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    *,
    reason: Reason = None,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
) -> Envelope[DeletedData]:
    """Delete a schedule; a run that is under way is not stopped.

    `If-Match` is looked at just before: a change in the moment between is not noticed, and lost.
    """
    author = Author(who, reason=reason, etags=etags_of(if_match))
    await services.schedules.delete(author, schedule_id, dry_run=dry_run)
    return Envelope(
        data=DeletedData(id=schedule_id, deleted=not dry_run), meta=meta_of(dry_run=dry_run)
    )


def _author(who: Principal, body: HoldRequest | None, if_match: str | None) -> Author:
    return Author(who, reason=body.reason if body else None, etags=etags_of(if_match))


async def _shown(
    row: ScheduleRow, services: Services, response: Response, *, dry_run: bool = False
) -> Envelope[ScheduleData]:
    if not dry_run:
        response.headers["ETag"] = f'"{etag(row.snapshot)}"'
    now = utc_now()
    if knows_next_runs(row.snapshot, now):
        view = ScheduleView.of(row, services.ui, now=now)
    else:
        # They may take a while to find.
        view = await asyncio.to_thread(ScheduleView.of, row, services.ui, now=now)
    return Envelope(data=ScheduleData(schedule=view), meta=meta_of(dry_run=dry_run))
