import time
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, TraceIdRatioBased
from opentelemetry.trace import SpanContext, TraceFlags
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadConverter

from footfall.tracing import traces as module
from footfall.tracing.request_span import mark_request
from footfall.tracing.run_context import HEADER, run_span, span_named, span_of, traceparent
from footfall.tracing.traces import Traces

PARENT = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


class Kept(SpanExporter):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans += spans
        return SpanExportResult.SUCCESS


def recorded(*made: dict[str, Any]) -> list[ReadableSpan]:
    kept = Kept()
    traces = Traces(kept, process="worker", environ={})
    for one in made:
        fields = {"parent": None, "start": 1, "end": 2, "attributes": {}, **one}
        traces.record("run", **fields)
    traces.close()
    return kept.spans


def test_everyone_finds_the_same_span_of_a_run() -> None:
    run_id = str(uuid.uuid4())
    found = [run_span(None, run_id, ALWAYS_ON) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0].is_valid
    assert run_span(None, str(uuid.uuid4()), ALWAYS_ON).trace_id != found[0].trace_id
    joined = run_span(PARENT, run_id, ALWAYS_OFF)
    assert (joined.trace_id, joined.span_id) == (7, found[0].span_id)
    assert joined.trace_flags.sampled
    assert traceparent(joined) == f"00-{7:032x}-{joined.span_id:016x}-01"


@pytest.mark.parametrize(
    "payload",
    [
        Payload(),
        Payload(metadata={"encoding": b"binary/encrypted"}, data=b"?"),
        Payload(metadata={"encoding": b"json/plain"}, data=b"{"),
        *PayloadConverter.default.to_payloads([[1], "text", {"traceparent": "nonsense"}]),
    ],
)
def test_a_header_that_cannot_be_read_is_none(payload: Payload) -> None:
    assert span_of({HEADER: payload}) is None


def test_of_runs_that_nobody_asked_for_the_wanted_share_is_sampled() -> None:
    sampler = TraceIdRatioBased(0.2)
    spans = [run_span(None, f"{number}", sampler) for number in range(2000)]
    assert 300 < sum(span.trace_flags.sampled for span in spans) < 500
    assert not run_span(None, "1", ALWAYS_OFF).trace_flags.sampled


@pytest.mark.parametrize("written", [None, "", "nonsense", f"00-{0:032x}-{8:016x}-01"])
def test_what_names_no_span_is_none(written: str | None) -> None:
    assert span_named(written) is None
    assert span_named(traceparent(PARENT)) == PARENT


def test_a_span_has_the_ids_that_it_was_known_by() -> None:
    root = run_span(None, "1", ALWAYS_ON)
    child = run_span(root, "2", ALWAYS_ON)
    unsampled = run_span(None, "3", ALWAYS_OFF)
    first, second = recorded(
        {"span": root}, {"span": child, "parent": root, "error": "ValueError"}, {"span": unsampled}
    )
    assert first.context
    assert (first.context.trace_id, first.context.span_id) == (root.trace_id, root.span_id)
    assert first.parent is None
    assert second.context
    assert second.parent
    assert (second.context.trace_id, second.context.span_id) == (root.trace_id, child.span_id)
    assert second.parent.span_id == root.span_id
    assert not second.status.is_ok
    assert first.resource.attributes["service.name"] == "footfall-worker"


def test_spans_of_requests_begin_without_their_query() -> None:
    kept = Kept()
    traces = Traces(kept, process="api", environ={})
    asked = {"url.path": "/schedule/list", "url.query": "q=private"}
    traces.tracer.start_span("GET", attributes=asked).end()
    traces.close()
    (span,) = kept.spans
    assert span.attributes == {"url.path": "/schedule/list"}


def test_the_span_that_is_current_names_what_a_request_is_about() -> None:
    kept = Kept()
    traces = Traces(kept, process="api", environ={})
    mark_request(user="nobody")
    with traces.tracer.start_as_current_span("GET"):
        mark_request(user="ann", schedule_id="s1")
    traces.close()
    (span,) = kept.spans
    assert span.attributes == {"footfall.user": "ann", "footfall.schedule_id": "s1"}


def test_an_end_before_the_start_by_another_clock_is_none() -> None:
    (span,) = recorded({"span": run_span(None, "1", ALWAYS_ON), "start": 9, "end": 2})
    assert (span.start_time, span.end_time) == (9, 9)


def test_the_end_of_a_process_waits_for_no_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLUSH_SECONDS", 0.05)

    class Silent(Kept):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            time.sleep(2)
            return super().export(spans)

    traces = Traces(Silent(), process="worker", environ={})
    span = run_span(None, "1", ALWAYS_ON)
    traces.record("run", span=span, parent=None, start=1, end=2, attributes={})
    began = time.monotonic()
    traces.close()
    assert time.monotonic() - began < 1
