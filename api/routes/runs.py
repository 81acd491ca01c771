from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.auth import CurrentPrincipal, UsedServices
from api.envelope import Envelope, meta_of
from api.errors import TOO_LARGE, responses
from api.preconditions import DryRun
from api.routes.schedules import COMMON, ScheduleId
from api.run_bodies import EndRequest
from api.run_counts import CountFilters, RunCounts
from api.run_filters import RunFilters
from api.run_views import ChangedRunData, RunData, RunDetail, RunList, RunView, ScheduleRunList
from api.strict_json import StrictJsonRoute
from footfall.errors import (
    ForbiddenError,
    ProjectionUnavailableError,
    RunEndedError,
    RunNotFoundError,
    ScheduleNotFoundError,
)
from footfall.schedules.run import RunStatus

router = APIRouter(
    prefix="/schedule/{schedule_id}/runs",
    tags=["runs"],
    route_class=StrictJsonRoute,
)
everywhere = APIRouter(prefix="/runs", tags=["runs"])

RunId = Annotated[str, Path(description="id of the run")]
Filters = Annotated[RunFilters, Depends()]
Counting = Annotated[CountFilters, Depends()]

_ENDING = responses(
    *COMMON,
    ForbiddenError,
    ScheduleNotFoundError,
    RunNotFoundError,
    RunEndedError,
)


@everywhere.get("", responses=responses(*COMMON, ProjectionUnavailableError))
async def list_all_runs(
    who: CurrentPrincipal,
    services: UsedServices,
    filters: Filters,
) -> Envelope[RunList]:
    """List the runs of your schedules and of all static ones, the newest start first."""
    page = await services.runs.everywhere(who, filters)
    runs = [RunView.of(run, services.ui) for run in page.runs]
    return Envelope(data=RunList(runs=runs, cursor=page.cursor))


@router.get(
    "",
    responses=responses(
        *COMMON,
        ScheduleNotFoundError,
        ProjectionUnavailableError,
    ),
)
async def list_runs(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    filters: Filters,
) -> Envelope[ScheduleRunList]:
    """List a schedule's runs, the newest start first, with the counts of all by status."""
    page, tally = await services.runs.of_schedule(who, schedule_id, filters)
    runs = [RunView.of(run, services.ui) for run in page.runs]
    counts = {status: tally.counts.get(status, 0) for status in RunStatus}
    return Envelope(data=ScheduleRunList(runs=runs, cursor=page.cursor, counts=counts))


@everywhere.get("/counts", responses=responses(*COMMON, ProjectionUnavailableError))
async def count_all_runs(
    who: CurrentPrincipal,
    services: UsedServices,
    filters: Counting,
) -> Envelope[RunCounts]:
    """Count the runs of your schedules and of all static ones, by day or hour and by status."""
    return Envelope(data=await services.runs.counts_everywhere(who, filters))


@router.get(
    "/counts",
    responses=responses(*COMMON, ScheduleNotFoundError, ProjectionUnavailableError),
)
async def count_runs(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
    filters: Counting,
) -> Envelope[RunCounts]:
    """Count a schedule's runs, by day or hour and by status."""
    return Envelope(data=await services.runs.counts_of_schedule(who, schedule_id, filters))


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
    run_id: RunId,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[RunData]:
    """Give one run with its reports, its stdout and its error."""
    run, outcome, progress = await services.runs.read(who, schedule_id, run_id)
    detail = RunDetail.of_outcome(run, outcome, progress, services.ui)
    return Envelope(data=RunData(run=detail))


@router.post("/{run_id}/cancel", responses=_ENDING | TOO_LARGE)
async def cancel_run(
    schedule_id: ScheduleId,
    run_id: RunId,
    who: CurrentPrincipal,
    services: UsedServices,
    body: EndRequest | None = None,
    *,
    dry_run: DryRun = False,
) -> Envelope[ChangedRunData]:
    """Ask a run to end: its walker is killed, and what it printed is kept."""
    reason = body.reason if body else None
    run = await services.runs.cancel(who, schedule_id, run_id, reason, dry_run=dry_run)
    data = ChangedRunData(run=RunView.of(run, services.ui))
    return Envelope(data=data, meta=meta_of(dry_run=dry_run))


@router.post("/{run_id}/terminate", responses=_ENDING | TOO_LARGE)
async def terminate_run(
    schedule_id: ScheduleId,
    run_id: RunId,
    who: CurrentPrincipal,
    services: UsedServices,
    body: EndRequest | None = None,
    *,
    dry_run: DryRun = False,
) -> Envelope[ChangedRunData]:
    """End a run at once; its walker is killed soon after, and what it printed is lost."""
    reason = body.reason if body else None
    run = await services.runs.terminate(who, schedule_id, run_id, reason, dry_run=dry_run)
    data = ChangedRunData(run=RunView.of(run, services.ui))
    return Envelope(data=data, meta=meta_of(dry_run=dry_run))
