from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.chain import end_of
    from footfall.schedules.occasion import RunReference
    from footfall.schedules.run import WALKER_TIMEOUT, RunOutcome, RunStatus
    from footfall.schedules.schedule import ScheduledWalk

from workflows.chores import tell

PATIENCE = timedelta(days=1)
"""How long a run stays open for its followers when Temporal's lists are away."""

KNOWN = "followers-of-runs-without-outcome"
"""Marks histories by whose code such runs have followers."""


async def tell_followers(
    walk: ScheduledWalk, status: RunStatus, outcome: RunOutcome | None
) -> None:
    """Have the schedules run that follow a run which ended so; `outcome` is what it gave.

    A run that gave nothing, because its worker was lost or it never began, may be followed.
    """
    if outcome is not None and not outcome.is_followed:
        return
    if outcome is None and not workflow.patched(KNOWN):
        return
    info = workflow.info()
    end = end_of(
        walk,
        run=RunReference(id=info.workflow_id, temporal_run_id=info.run_id),
        status=status,
        at=workflow.now(),
    )
    await tell(
        "tell_followers",
        end,
        attempt=timedelta(minutes=1),
        patience=PATIENCE,
        summary=walk.walker_name,
        lost="the end of a run could not be told to what follows it",
    )


def failed_outcome(cause: BaseException | None) -> tuple[RunStatus, RunOutcome | None]:
    """Give how a run ended whose activity failed, and what it gave as far as it is known."""
    if not isinstance(cause, ApplicationError):
        return RunStatus.FAILED, None
    status = RunStatus.TIMED_OUT if was_too_slow(cause) else RunStatus.FAILED
    detail = detail_of(cause)
    return status, RunOutcome.model_validate(detail) if detail else None


def was_too_slow(cause: BaseException) -> bool:
    """Say whether a walker's time was up; an error of its own may be called so too."""
    if not isinstance(cause, ApplicationError) or cause.type != WALKER_TIMEOUT:
        return False
    detail = detail_of(cause)
    return isinstance(detail, Mapping) and detail.get("status") == RunStatus.TIMED_OUT.value


def detail_of(error: ApplicationError) -> Any:
    """Give what an error tells beside its message; None if that is all."""
    return error.details[0] if error.details else None
