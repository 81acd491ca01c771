from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from google.protobuf.message import Message
from opentelemetry.trace import SpanKind, Status, StatusCode, get_current_span
from temporalio.api.workflowservice.v1 import CreateScheduleRequest, UpdateScheduleRequest
from temporalio.client import (
    ClientConfig,
    Interceptor,
    OutboundInterceptor,
    Plugin,
    StartWorkflowInput,
    WorkflowHandle,
)
from temporalio.service import ConnectConfig, RPCError, ServiceClient

from footfall.temporal.action import RUN_WALKER
from footfall.temporal.backfills import RUN_BACKFILL
from footfall.temporal.passing import PassingService
from footfall.tracing.run_context import HEADER, MADE_IN, current_span_payload
from footfall.tracing.traces import Traces

_HEADERS = {RUN_WALKER: HEADER, RUN_BACKFILL: MADE_IN}


class TracedStarts(Interceptor):
    """Has runs that are started within a span continue its trace.

    Runs of a backfill are many, and only name the span in which it was asked for.
    """

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002
        """Give what starts workflows."""
        return _Starting(next)


class _Starting(OutboundInterceptor):
    async def start_workflow(
        self,
        input: StartWorkflowInput,  # noqa: A002 - the SDK's name
    ) -> WorkflowHandle[Any, Any]:
        payload, name = current_span_payload(), _HEADERS.get(input.workflow)
        if name is not None and payload is not None:
            input.headers = {**input.headers, name: payload}
        return await super().start_workflow(input)


class TracedCalls(Plugin):
    """Makes a span of each call to Temporal that is made within one.

    Schedules that are written so have their runs name that span.
    """

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

    def configure_client(self, config: ClientConfig) -> ClientConfig:
        """Change nothing."""
        return config

    async def connect_service_client(
        self,
        config: ConnectConfig,
        next: Callable[[ConnectConfig], Any],  # noqa: A002 - the SDK's name
    ) -> ServiceClient:
        """Trace what connects."""
        return _TracedService(await next(config), self._traces)


class _TracedService(PassingService):
    def __init__(self, inner: ServiceClient, traces: Traces) -> None:
        super().__init__(inner)
        self._traces = traces

    async def _rpc_call(
        self,
        rpc: str,
        req: Message,
        resp_type: Any,
        *,
        service: str,
        retry: bool,
        metadata: Mapping[str, str | bytes],
        timeout: timedelta | None,  # noqa: ASYNC109 - the SDK's own signature
    ) -> Any:
        call = partial(
            self._inner._rpc_call,  # noqa: SLF001 - it is what the SDK has every client define
            rpc,
            req,
            resp_type,
            service=service,
            retry=retry,
            metadata=metadata,
            timeout=timeout,
        )
        if not get_current_span().is_recording():
            # What a process does by itself, polling most of all, is nobody's trace.
            return await call()
        payload = current_span_payload()
        if isinstance(req, CreateScheduleRequest | UpdateScheduleRequest) and payload is not None:
            req.schedule.action.start_workflow.header.fields[MADE_IN].CopyFrom(payload)
        # As gRPC names it; the SDK has Python's form.
        method = "".join(part.capitalize() for part in rpc.split("_"))
        with self._traces.tracer.start_as_current_span(
            f"temporal {method}",
            kind=SpanKind.CLIENT,
            attributes={"rpc.system.name": "grpc", "rpc.method": method},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                return await call()
            except RPCError as error:
                span.set_status(Status(StatusCode.ERROR, error.status.name))
                raise
