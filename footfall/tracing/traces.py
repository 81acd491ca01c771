import threading
from collections.abc import Mapping
from contextvars import ContextVar
from importlib.metadata import version
from typing import Self

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    set_span_in_context,
)

from footfall.tracing.bare_sampler import BareSampler
from footfall.tracing.telling_exporter import TellingExporter

FLUSH_SECONDS = 2.0
"""How long a process waits at its end for a collector to take the last spans."""

_given: ContextVar[SpanContext | None] = ContextVar("given", default=None)


class Traces:
    """The spans of one process, sent to a collector in the background.

    Nothing is registered globally: what a library of the app traces is the app's business.
    """

    def __init__(self, exporter: SpanExporter, *, process: str, environ: Mapping[str, str]) -> None:
        attributes = {"service.version": version("footfall")}
        if not environ.get("OTEL_SERVICE_NAME"):
            attributes["service.name"] = f"footfall-{process}"
        self._processor = BatchSpanProcessor(exporter)
        # What the environment says of sampling, resource and batches the SDK reads itself.
        self.provider = TracerProvider(
            resource=Resource.create(attributes), id_generator=_Ids(), shutdown_on_exit=False
        )
        self.provider.sampler = BareSampler(self.provider.sampler)
        self.provider.add_span_processor(self._processor)
        self.tracer = self.provider.get_tracer("footfall", version("footfall"))

    @classmethod
    def to_collector(cls, *, process: str, environ: Mapping[str, str]) -> Self:
        """Send spans where the environment says, by OTLP over HTTP."""
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )

        return cls(TellingExporter(OTLPSpanExporter()), process=process, environ=environ)

    def record(
        self,
        name: str,
        *,
        span: SpanContext,
        parent: SpanContext | None,
        start: int,
        end: int,
        attributes: Mapping[str, str | int],
        link: SpanContext | None = None,
        error: str | None = None,
    ) -> None:
        """Tell of a span that has ended and whose ids others know already.

        Args:
            name: what was done.
            span: its ids.
            parent: in which it was; None makes it the root of its trace.
            start: when it began, in nanoseconds since 1970.
            end: when it ended.
            attributes: what is to be known of it.
            link: what led to it, in another trace.
            error: what kind of error it ended with.
        """
        if not span.trace_flags.sampled:
            return
        above = None if parent is None else NonRecordingSpan(parent)
        before = _given.set(span)
        try:
            made = self.tracer.start_span(
                name,
                # Whatever is current here is not what it was in.
                context=set_span_in_context(above or NonRecordingSpan(_NOTHING)),
                kind=SpanKind.INTERNAL,
                attributes=attributes,
                links=None if link is None else [Link(link)],
                start_time=start,
            )
        finally:
            _given.reset(before)
        if error is not None:
            made.set_status(Status(StatusCode.ERROR, error))
        made.end(max(start, end))

    def close(self) -> None:
        """Send what is left, and stop; a collector that does not answer is not waited for."""
        # A daemon, and not the loop's own pool, which the end of a process would wait for.
        ending = threading.Thread(target=self.provider.shutdown, daemon=True)
        ending.start()
        ending.join(FLUSH_SECONDS)


_NOTHING = SpanContext(0, 0, is_remote=False)


class _Ids(RandomIdGenerator):
    """Random ids, but for spans whose ids are known before they are told of."""

    def generate_span_id(self) -> int:
        span = _given.get()
        return super().generate_span_id() if span is None else span.span_id

    def generate_trace_id(self) -> int:
        span = _given.get()
        return super().generate_trace_id() if span is None else span.trace_id
