from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.notice import EndedRun, ToldRun, shortened
    from footfall.schedules.request import RunRequest
    from footfall.schedules.run import RunError, RunKind, RunOutcome, RunStatus
    from footfall.schedules.schedule import ScheduledWalk

from workflows.chores import tell
from workflows.following import failed_outcome

PATIENCE = timedelta(minutes=10)
"""How long a run stays open for its notices when Temporal's lists are away; then they are lost."""


async def tell_success(walk: ScheduledWalk, request: RunRequest, outcome: RunOutcome) -> None:
    """Have told that a run succeeded, where anyone may want to know."""
    if walk.notify or outcome.owner_listens:
        await _tell(walk, request, RunStatus.SUCCEEDED)


async def tell_failure(
    walk: ScheduledWalk,
    request: RunRequest,
    cause: BaseException | None,
    *,
    paused: bool,
) -> None:
    """Have told that a run failed, and whether that paused its schedule."""
    error = RunError(type=type(cause).__name__, message=getattr(cause, "message", ""))
    if isinstance(cause, ApplicationError):
        error = RunError(type=cause.type or error.type, message=cause.message)
    status, outcome = failed_outcome(cause)
    if outcome is not None and outcome.owner_listens is False and not walk.notify:
        return
    await _tell(walk, request, status, error=error, paused=paused)


async def _tell(
    walk: ScheduledWalk,
    request: RunRequest,
    status: RunStatus,
    *,
    error: RunError | None = None,
    paused: bool = False,
) -> None:
    occasion = walk.occasion
    run = ToldRun(
        id=request.run_id,
        kind=occasion.kind if occasion else RunKind.SCHEDULED,
        status=status,
        scheduled_at=_meant(walk, request),
        started_at=workflow.info().workflow_start_time,
        error=shortened(error),
    )
    await tell(
        "tell_of_run",
        EndedRun(walk=walk, run=run, at=workflow.now(), paused=paused),
        attempt=timedelta(seconds=30),
        patience=PATIENCE,
        summary=request.walker_name,
        lost="the end of a run could not be told",
    )


def _meant(walk: ScheduledWalk, request: RunRequest) -> datetime | None:
    if walk.occasion is not None:
        return walk.occasion.scheduled_at
    return request.scheduled_at
