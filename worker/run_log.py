import logging
from datetime import datetime
from typing import Any

import structlog
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from footfall.logs import log_about
from footfall.schedules.notice import EndedRun
from footfall.schedules.request import RunRequest
from footfall.schedules.run import RunOutcome, RunStatus
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.action import RUN_WALKER

_log = structlog.get_logger(__name__)


class RunLog:
    """Tells in the log of walkers that did not succeed; what they said stands in their runs.

    Messages and tracebacks may hold what only the owner may read, and are kept out.
    """

    def began(self, request: RunRequest, attempt: int, at: datetime) -> None:
        """Take that a walker was started, at an instant (UTC)."""
        del request, at
        _log.debug("a walker begins", attempt=attempt)

    def attempted(
        self, request: RunRequest, attempt: int, outcome: RunOutcome, seconds: float | None
    ) -> None:
        """Take how a start of a walker ended, and after how many seconds if it had begun."""
        del request
        if outcome.status is RunStatus.SUCCEEDED:
            tell = _log.debug
        elif outcome.status is RunStatus.CANCELLED:
            tell = _log.info
        else:
            tell = _log.warning
        tell(
            "a walker ended",
            outcome=outcome.status.value,
            error=outcome.error.type if outcome.error else None,
            attempt=attempt,
            seconds=None if seconds is None else round(seconds, 3),
        )


class NamingRuns(Interceptor):
    """Has every line that is logged about a run name it: its schedule, its id, its walker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Give what names the run that an activity belongs to."""
        return _NamingActivity(next)

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        """Give what names the run that a workflow is."""
        del input
        return _NamingWorkflow


class _NamingActivity(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        # Each activity is a task of its own, with which all this ends.
        info = activity.info()
        if info.workflow_type == RUN_WALKER:
            log_about(run_id=info.workflow_id or "", **_named(input.args[0]))
        return await super().execute_activity(input)


class _NamingWorkflow(WorkflowInboundInterceptor):
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002
        walk = input.args[0] if input.args else None
        if isinstance(walk, ScheduledWalk):
            log_about(run_id=workflow.info().workflow_id, **_named(walk))
        return await super().execute_workflow(input)


def _named(about: Any) -> dict[str, str]:
    """Give schedule and walker of whatever an activity of a run is told."""
    if isinstance(about, EndedRun):
        about = about.walk
    if isinstance(about, RunRequest | ScheduledWalk):
        return {"schedule_id": about.schedule_id, "walker": about.walker_name}
    schedule_id = getattr(about, "schedule_id", None)
    return {} if schedule_id is None else {"schedule_id": schedule_id}


def quiet_sdk() -> None:
    """Keep the SDK from telling of walkers that failed, which RunLog does, and in its own words."""
    activity.logger.activity_info_on_message = False
    workflow.logger.workflow_info_on_message = False
    activity.logger.base_logger.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, ApplicationError) or not error.details:
        return True
    return not isinstance(error.details[0], RunOutcome)
