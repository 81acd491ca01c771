from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.auth import CurrentPrincipal, UsedServices
from api.bulk import Outcome
from api.bulk_bodies import BulkRequest
from api.envelope import Envelope, ErrorData, meta_of
from api.errors import TOO_LARGE, responses
from api.preconditions import DryRun
from api.routes.schedules import COMMON
from api.run_views import StartedRun, StartedRunData
from api.schedule_views import DeletedData, ScheduleData, ScheduleView
from api.services import Services
from api.strict_json import StrictJsonRoute
from footfall.errors import ForbiddenError, ProjectionUnavailableError
from footfall.schedules.schedule import utc_now

router = APIRouter(prefix="/schedule", tags=["many at once"], route_class=StrictJsonRoute)


class BulkSuccess(BaseModel):
    """A schedule to which the action was done; `data` is what the single endpoint answers."""

    id: str
    status: Literal["success"] = "success"
    data: ScheduleData | StartedRunData | DeletedData


class BulkFailure(BaseModel):
    """A schedule that is as it was; `error` is what the single endpoint answers."""

    id: str
    status: Literal["error"] = "error"
    error: ErrorData


class BulkData(BaseModel):
    """What became of each schedule, in the order of the ids, or of the list."""

    results: list[BulkSuccess | BulkFailure]
    succeeded: int
    failed: int
    total: int


@router.post(
    "/bulk",
    responses=responses(*COMMON, ForbiddenError, ProjectionUnavailableError) | TOO_LARGE,
)
async def change_many(
    body: BulkRequest,
    who: CurrentPrincipal,
    services: UsedServices,
    *,
    dry_run: DryRun = False,
) -> Envelope[BulkData]:
    """Pause, resume, delete, run or tag up to 1,000 schedules, each on its own.

    The answer is a success also where some or all of them could not be changed; `results`
    tells of each.
    """
    outcomes = await services.bulk.do(who, body, dry_run=dry_run)
    results = [_result(body, outcome, services, dry_run=dry_run) for outcome in outcomes]
    failed = sum(outcome.error is not None for outcome in outcomes)
    data = BulkData(
        results=results,
        succeeded=len(results) - failed,
        failed=failed,
        total=len(results),
    )
    return Envelope(data=data, meta=meta_of(dry_run=dry_run))


def _result(
    body: BulkRequest,
    outcome: Outcome,
    services: Services,
    *,
    dry_run: bool,
) -> BulkSuccess | BulkFailure:
    error, row = outcome.error, outcome.row
    if error is not None:
        data = ErrorData(code=error.code, message=error.message, details=error.details)
        return BulkFailure(id=outcome.id, error=data)
    if body.action == "trigger":
        run = StartedRun.of(outcome.run, services.ui) if outcome.run else None
        return BulkSuccess(id=outcome.id, data=StartedRunData(run=run))
    if row is None:
        return BulkSuccess(id=outcome.id, data=DeletedData(id=outcome.id, deleted=not dry_run))
    schedule = ScheduleView.of(row, services.ui, now=utc_now())
    return BulkSuccess(id=outcome.id, data=ScheduleData(schedule=schedule))
