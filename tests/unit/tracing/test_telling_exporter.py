"""A collector that is away is told of once, and then rarely."""

import logging
from collections.abc import Sequence

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from structlog.testing import capture_logs
from support.ports import free_port

from footfall.tracing.telling_exporter import TOLD_EVERY, TellingExporter

SPANS = [ReadableSpan("run") for _ in range(3)]


class Collector(SpanExporter):
    def __init__(self) -> None:
        self.is_away = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        del spans
        return SpanExportResult.FAILURE if self.is_away else SpanExportResult.SUCCESS


def test_lost_spans_are_told_once_then_rarely_and_their_end() -> None:
    now, collector = [0.0], Collector()
    exporter = TellingExporter(collector, clock=lambda: now[0])

    def told() -> list[tuple[str, int]]:
        with capture_logs() as lines:
            exporter.export(SPANS)
        return [(line["log_level"], line["spans_lost"]) for line in lines]

    assert told() == [("warning", 3)]
    assert told() == told() == []
    now[0] = TOLD_EVERY
    assert told() == [("warning", 12)]
    collector.is_away = False
    assert told() == [("info", 12)]
    assert told() == []
    collector.is_away = True
    assert told() == [("warning", 3)]


def test_what_the_sdk_says_itself_is_held_back_but_for_the_reason(
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = free_port()
    sender = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{port}/v1/traces", timeout=2)
    exporter = TellingExporter(sender)
    with capture_logs() as lines:
        for _ in range(2):
            exporter.export([])
        logging.getLogger("opentelemetry.sdk._shared_internal").warning("Queue full, dropping.")
    (line,) = lines
    assert "refused" in line["reason"]
    # What was never sent is told by the SDK alone.
    assert caplog.messages == ["Queue full, dropping."]
    exporter.shutdown()
