import time
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from opentelemetry.context import attach
from opentelemetry.trace import NonRecordingSpan, SpanContext, set_span_in_context
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ContinueAsNewInput,
    ExecuteActivityInput,
    Interceptor,
    StartActivityInput,
    StartChildWorkflowInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from activities.watching import RUN_CLOSED
from footfall.schedules.occasion import RunEnd
from footfall.schedules.request import RunRequest
from footfall.schedules.run import RunKind, RunOutcome, RunStatus
from footfall.schedules.schedule import ScheduledWalk
from footfall.tracing.run_context import (
    HEADER,
    MADE_IN,
    run_span,
    span_named,
    span_of,
    traceparent,
)
from footfall.tracing.traces import Traces
from workflows.following import detail_of

_STARTS = ("run_walker", "run_walker_lightly")
_FOLLOWING = "tell_followers"


@dataclass(slots=True)
class _Start:
    """A start of a walker that is under way: the spans of the whole and of the walker itself."""

    whole: SpanContext
    walker: SpanContext
    began: int | None = None
    attempt: int = 0
    outcome: RunOutcome | None = None


_current: ContextVar[_Start | None] = ContextVar("current", default=None)


class RunTraces(Interceptor):
    """Makes the spans of runs: the run, each start with what it waits for, and the walker itself.

    Workflows make no spans; they hand on the header that they were started with, which changes no
    history of runs that have none.
    """

    def __init__(self, traces: Traces, *, app: str) -> None:
        self._traces = traces
        self._app = app

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Give what makes spans of starts of walkers."""
        return _TracedActivity(next, self)

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        """Give what hands the trace on to activities."""
        del input
        traces = self

        class HandingOn(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(_WithHeader(outbound, traces))

        return HandingOn

    def run_span(self) -> SpanContext:
        """Give the span of the run whose workflow asks."""
        info = workflow.info()
        return run_span(span_of(info.headers), info.run_id, self._traces.provider.sampler)

    def traceparent(self) -> str | None:
        """Give the span of the walker that the present activity starts, for the walker to join."""
        start = _current.get()
        return None if start is None else traceparent(start.walker)

    def began(self, request: RunRequest, attempt: int, at: datetime) -> None:
        """Take that a walker was started, at an instant (UTC)."""
        del request
        start = _current.get()
        if start is not None:
            start.began, start.attempt = _nanoseconds(at), attempt

    def attempted(
        self, request: RunRequest, attempt: int, outcome: RunOutcome, seconds: float | None
    ) -> None:
        """Take how a start of a walker ended, and after how many seconds if it had begun."""
        del request, seconds
        start = _current.get()
        if start is not None:
            start.outcome, start.attempt = outcome, attempt

    def ended(
        self, walk: ScheduledWalk, outcome: RunStatus, started_at: datetime, at: datetime
    ) -> None:
        """Take how a run ended, within its workflow."""
        info = workflow.info()
        parent = span_of(info.headers)
        kind = walk.occasion.kind if walk.occasion else RunKind.SCHEDULED
        self._traces.record(
            f"run {walk.walker_name}",
            span=self.run_span(),
            parent=parent,
            start=_nanoseconds(started_at),
            end=_nanoseconds(at),
            attributes={
                **_attributes(walk, info.workflow_id),
                "footfall.app": self._app,
                "footfall.kind": kind.value,
                "footfall.outcome": outcome.value,
            },
            link=span_of(info.headers, MADE_IN) or _followed(walk),
            error=outcome.value if outcome in _ERRORS else None,
        )

    async def traced(self, input: ExecuteActivityInput, run: Any) -> Any:  # noqa: A002
        """Start a walker, and tell of it as a span when it has ended."""
        request: RunRequest = input.args[0]
        info = activity.info()
        sampler = self._traces.provider.sampler
        above = run_span(span_of(input.headers), info.workflow_run_id or "", sampler)
        start = _Start(self._child(above), self._child(above))
        began, closed = time.time_ns(), 0
        # What is logged meanwhile names it; the task ends with the activity.
        attach(set_span_in_context(NonRecordingSpan(start.whole)))
        _current.set(start)
        try:
            return await run()
        except ApplicationError as error:
            # A walker's own error may be called so, and tells something else.
            at = detail_of(error) if error.type == RUN_CLOSED else None
            if isinstance(at, datetime):
                closed = _nanoseconds(at)
                self._terminated(request, above, span_of(input.headers), closed)
            raise
        finally:
            end = closed or time.time_ns()
            self._told(request, start, above=above, began=began, end=end)

    def _terminated(
        self, request: RunRequest, span: SpanContext, parent: SpanContext | None, end: int
    ) -> None:
        """Tell of a run that Temporal ended while its walker ran: its workflow cannot."""
        self._traces.record(
            f"run {request.walker_name}",
            span=span,
            parent=parent,
            start=_nanoseconds(activity.info().scheduled_time),
            end=end,
            attributes={
                **_attributes(request, request.run_id),
                "footfall.app": self._app,
                "footfall.outcome": RunStatus.TERMINATED.value,
            },
        )

    def _told(
        self, request: RunRequest, start: _Start, *, above: SpanContext, began: int, end: int
    ) -> None:
        attributes: dict[str, str | int] = _attributes(request, request.run_id)
        if start.attempt:
            attributes["footfall.attempt"] = start.attempt
        # Without an outcome it was not its turn, or the worker stops: the walker is started again.
        if start.outcome is not None:
            attributes["footfall.outcome"] = start.outcome.status.value
        error = None if start.outcome is None else _error(start.outcome)
        self._traces.record(
            f"start {request.walker_name}",
            span=start.whole,
            parent=above,
            start=began,
            end=end,
            attributes=attributes,
            error=error,
        )
        if start.began is not None:
            self._traces.record(
                f"walker {request.walker_name}",
                span=start.walker,
                parent=start.whole,
                start=start.began,
                end=end,
                attributes=attributes,
                error=error,
            )

    def _child(self, above: SpanContext) -> SpanContext:
        made = self._traces.provider.id_generator.generate_span_id()
        return SpanContext(above.trace_id, made, is_remote=False, trace_flags=above.trace_flags)


_ERRORS = (RunStatus.FAILED, RunStatus.TIMED_OUT)


def _error(outcome: RunOutcome) -> str | None:
    if outcome.status not in _ERRORS:
        return None
    return outcome.error.type if outcome.error else outcome.status.value


def _attributes(about: ScheduledWalk | RunRequest, run_id: str) -> dict[str, str | int]:
    return {
        "footfall.schedule_id": about.schedule_id,
        "footfall.run_id": run_id,
        "footfall.walker": about.walker_name,
    }


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1000


class _TracedActivity(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, traces: RunTraces) -> None:  # noqa: A002
        super().__init__(next)
        self._traces = traces

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        if activity.info().activity_type not in _STARTS:
            return await super().execute_activity(input)
        return await self._traces.traced(input, lambda: self.next.execute_activity(input))


class _WithHeader(WorkflowOutboundInterceptor):
    def __init__(self, next: WorkflowOutboundInterceptor, traces: RunTraces) -> None:  # noqa: A002
        super().__init__(next)
        self._traces = traces

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        _hand_on(input)
        if input.activity == _FOLLOWING:
            self._name_span(input)
        return super().start_activity(input)

    def start_local_activity(
        self,
        input: StartLocalActivityInput,  # noqa: A002 - the SDK's name
    ) -> workflow.ActivityHandle[Any]:
        _hand_on(input)
        return super().start_local_activity(input)

    async def start_child_workflow(
        self,
        input: StartChildWorkflowInput,  # noqa: A002 - the SDK's name
    ) -> workflow.ChildWorkflowHandle[Any, Any]:
        input.headers = {**input.headers, **_made_in()}
        return await super().start_child_workflow(input)

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:  # noqa: A002
        input.headers = {**input.headers, **_made_in()}
        super().continue_as_new(input)

    def _name_span(self, input: StartActivityInput) -> None:  # noqa: A002
        """Have the runs that follow this one name it."""
        end, span = input.args[0], self._traces.run_span()
        if isinstance(end, RunEnd) and span.trace_flags.sampled:
            named = end.model_copy(update={"traceparent": traceparent(span)})
            input.args = [named, *input.args[1:]]


def _made_in() -> dict[str, Payload]:
    """Give what names the request that a backfill was asked for in."""
    header = workflow.info().headers.get(MADE_IN)
    return {} if header is None else {MADE_IN: header}


def _hand_on(input: StartActivityInput | StartLocalActivityInput) -> None:  # noqa: A002
    header = workflow.info().headers.get(HEADER)
    if header is not None and input.activity in _STARTS:
        input.headers = {**input.headers, HEADER: header}


def _followed(walk: ScheduledWalk) -> SpanContext | None:
    """Give the run of another schedule that a run follows."""
    after = walk.occasion.after if walk.occasion else None
    return span_named(after.traceparent) if after else None
