import asyncio
from datetime import datetime
from typing import Any, Protocol

import structlog
from temporalio import workflow
from temporalio.exceptions import (
    ActivityError,
    FailureError,
    is_cancelled_exception,
)
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduledWalk
from workflows.following import was_too_slow
from workflows.run_walker import RunWalker

_log = structlog.get_logger(__name__)


class RunEnds(Protocol):
    """Who wants to know how runs end."""

    def ended(
        self, walk: ScheduledWalk, outcome: RunStatus, started_at: datetime, at: datetime
    ) -> None:
        """Take how a run ended; its start and its end are by Temporal's clock (UTC)."""
        ...


class TellingRunEnds(Interceptor):
    """Tells how each run ended: where its workflow ends, and not where that is replayed.

    It makes no call and no command, so that histories are the same with it and without. A run
    that is terminated has no end that a worker could see.
    """

    def __init__(self, *listeners: RunEnds) -> None:
        self._listeners = listeners

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        """Give what sees each workflow end."""
        del input
        listeners = self._listeners

        class Telling(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002
                if input.type is not RunWalker:
                    return await super().execute_workflow(input)
                try:
                    outcome = await super().execute_workflow(input)
                # One that only leaves the worker's memory comes here with another exception: of the
                # SDK, by which RunWalker's own handling of a cancellation ends then.
                except (FailureError, asyncio.CancelledError) as error:
                    _tell(listeners, input.args[0], _status(error))
                    raise
                _tell(listeners, input.args[0], RunStatus.SUCCEEDED)
                return outcome

        return Telling


def _tell(listeners: tuple[RunEnds, ...], walk: ScheduledWalk, outcome: RunStatus) -> None:
    if workflow.unsafe.is_replaying():
        return
    for listener in listeners:
        try:
            listener.ended(walk, outcome, workflow.info().workflow_start_time, workflow.now())
        except Exception:  # noqa: BLE001
            # What raises here would be tried again for ever, and the run would never end.
            _log.exception("the end of a run cannot be told of")


def _status(error: BaseException) -> RunStatus:
    if workflow.cancellation_reason() is not None and is_cancelled_exception(error):
        return RunStatus.CANCELLED
    cause = error.cause if isinstance(error, ActivityError) else error
    is_timeout = cause is not None and was_too_slow(cause)
    return RunStatus.TIMED_OUT if is_timeout else RunStatus.FAILED
