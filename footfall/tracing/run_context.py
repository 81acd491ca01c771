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

MADE_IN = "footfall-made-in"
"""Header of what a schedule starts that names the span in which the schedule became what it is."""

_propagator = TraceContextTextMapPropagator()


def current_span_payload() -> Payload | None:
    """Give the current span as headers of Temporal's have it; None where there is none."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return PayloadConverter.default.to_payloads([carrier])[0] if carrier else None


def span_of(headers: Mapping[str, Payload], name: str = HEADER) -> SpanContext | None:
    """Give the span that a header names; None if there is none, or nothing that can be read."""
    payload = headers.get(name)
    if payload is None:
        return None
    try:
        return _extracted(PayloadConverter.default.from_payloads([payload])[0])
    except Exception:  # noqa: BLE001
        # Any client may have written it, and no run may fail for it.
        return None


def span_named(written: str | None) -> SpanContext | None:
    """Give the span that W3C's `traceparent` names; None if it names none."""
    return None if written is None else _extracted({"traceparent": written})


def _extracted(carrier: dict[str, str]) -> SpanContext | None:
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
