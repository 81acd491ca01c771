import hashlib
from collections.abc import Mapping

from opentelemetry.sdk.trace.sampling import Decision, Sampler
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadConverter

HEADER = "_tracer-data"
"""Header of workflows and activities that carries the trace, as Temporal's own SDKs name it."""

_propagator = TraceContextTextMapPropagator()


def current_header() -> dict[str, Payload]:
    """Give the header of what continues the current span; none where there is no span."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    if not carrier:
        return {}
    return {HEADER: PayloadConverter.default.to_payloads([carrier])[0]}


def parent_of(headers: Mapping[str, Payload]) -> SpanContext | None:
    """Give the span that a run was started in; None if it was started in none."""
    payload = headers.get(HEADER)
    if payload is None:
        return None
    carrier = PayloadConverter.default.from_payloads([payload])[0]
    found = get_current_span(_propagator.extract(carrier)).get_span_context()
    return found if found.is_valid else None


def run_span(parent: SpanContext | None, temporal_run_id: str, sampler: Sampler) -> SpanContext:
    """Give the span of a run, whoever asks and before it has ended.

    Its ids are digests of Temporal's own id of the run: all starts of its walker, in whatever
    process, are in one trace without anything that is handed on. Whether it is sampled hangs on
    the parent, and without one on the ids.
    """
    # Not the id itself: a part of it is the time, by which no share can be drawn.
    digest = hashlib.blake2b(temporal_run_id.encode(), digest_size=24).digest()
    span_id = int.from_bytes(digest[16:]) or 1
    if parent is not None:
        return SpanContext(parent.trace_id, span_id, is_remote=True, trace_flags=parent.trace_flags)
    trace_id = int.from_bytes(digest[:16]) or 1
    decision = sampler.should_sample(None, trace_id, "run").decision
    is_sampled = decision is Decision.RECORD_AND_SAMPLE
    flags = TraceFlags(TraceFlags.SAMPLED if is_sampled else TraceFlags.DEFAULT)
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=flags)


def traceparent(span: SpanContext) -> str:
    """Give a span as W3C's header of that name."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, set_span_in_context(NonRecordingSpan(span)))
    return carrier["traceparent"]
