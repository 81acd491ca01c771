from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.auth import CurrentPrincipal, UsedServices
from api.bodies import ApplyRequest
from api.change_views import FieldDifference
from api.envelope import Envelope, ErrorData, meta_of
from api.errors import TOO_LARGE, responses
from api.preconditions import DryRun
from api.routes.schedules import COMMON
from api.steps import Step
from api.strict_json import StrictJsonRoute
from footfall.errors import (
    NoWorkerError,
    ProjectionUnavailableError,
    TooManyCreationsError,
    TooManySchedulesError,
)

router = APIRouter(prefix="/schedule", tags=["many at once"], route_class=StrictJsonRoute)


class StepView(BaseModel):
    """What is done to one schedule, and why it could not be done."""

    name: str
    id: str
    action: Literal["create", "change", "delete", "unchanged"]
    difference: dict[str, FieldDifference]
    status: Literal["success", "error"]
    error: ErrorData | None


class ApplyData(BaseModel):
    """The plan: a step for each schedule. ``counts`` has the number of steps by action."""

    plan: list[StepView]
    counts: dict[str, int]
    failed: int


class ExportData(BaseModel):
    """Your schedules, as `POST /schedule/apply` takes them."""

    schedules: list[dict[str, Any]]


@router.post(
    "/apply",
    responses=responses(
        *COMMON,
        NoWorkerError,
        ProjectionUnavailableError,
        TooManySchedulesError,
        TooManyCreationsError,
    )
    | TOO_LARGE,
)
async def apply_schedules(
    body: ApplyRequest,
    who: CurrentPrincipal,
    services: UsedServices,
    *,
    dry_run: DryRun = False,
) -> Envelope[ApplyData]:
    """Make your schedules be as declared: create, change and, with `prune`, delete them.

    Each is known by its name. An invalid declaration is refused with 400 before anything is
    written; a step that fails later says so, and does not stop the others.
    """
    steps = await services.applying.apply(who, body, dry_run=dry_run)
    actions = ("create", "change", "delete", "unchanged")
    data = ApplyData(
        plan=[_view(step) for step in steps],
        counts={action: sum(step.action == action for step in steps) for action in actions},
        failed=sum(step.error is not None for step in steps),
    )
    return Envelope(data=data, meta=meta_of(dry_run=dry_run))


@router.get("/export", responses=responses(*COMMON, ProjectionUnavailableError))
async def export_schedules(who: CurrentPrincipal, services: UsedServices) -> Envelope[ExportData]:
    """Give your schedules as `POST /schedule/apply` takes them; defaults are left out.

    One without a name is exported under its id, by which apply finds it again.
    """
    return Envelope(data=ExportData(schedules=await services.applying.export(who)))


def _view(step: Step) -> StepView:
    error = step.error
    return StepView(
        name=step.name,
        id=step.id,
        action=step.action,
        difference={name: FieldDifference(**values) for name, values in step.difference.items()},
        status="error" if error else "success",
        error=ErrorData(code=error.code, message=error.message, details=error.details)
        if error
        else None,
    )
