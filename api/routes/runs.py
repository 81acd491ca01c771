from typing import Annotated

from fastapi import APIRouter, Path

from api.auth import CurrentPrincipal, UsedServices
from api.envelope import Envelope
from api.errors import responses
from api.routes.schedules import COMMON, Cursor, Limit, ScheduleId
from api.views import RunData, RunDetail, RunList, RunView
from footfall.errors import (
    InvalidInputError,
    ProjectionUnavailableError,
    RunNotFoundError,
    ScheduleNotFoundError,
)

router = APIRouter(prefix="/schedule/{schedule_id}/runs", tags=["runs"])


@router.get(
    "",
    responses=responses(
        *COMMON,
        InvalidInputError,
        ScheduleNotFoundError,
        ProjectionUnavailableError,
    ),
)
async def list_runs(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Envelope[RunList]:
    """List a schedule's runs, the newest start first."""
    page = await services.schedules.runs(who, schedule_id, limit=limit, cursor=cursor)
    runs = [RunView.of(run, services.ui) for run in page.runs]
    return Envelope(data=RunList(runs=runs, cursor=page.cursor))


@router.get(
    "/{run_id}",
    responses=responses(
        *COMMON,
        ScheduleNotFoundError,
        RunNotFoundError,
        ProjectionUnavailableError,
    ),
)
async def get_run(
    schedule_id: ScheduleId,
    run_id: Annotated[str, Path(description="id of the run")],
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[RunData]:
    """Give one run with its reports, its stdout and its error."""
    run, outcome = await services.schedules.run(who, schedule_id, run_id)
    return Envelope(data=RunData(run=RunDetail.of_outcome(run, outcome, services.ui)))
