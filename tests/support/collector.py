"""Stands for an OpenTelemetry collector: takes real OTLP over HTTP on this machine."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Seen:
    """A span as the collector took it: ids are hex, times nanoseconds, links the ids of spans."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    start: int
    end: int
    is_error: bool
    links: list[str]
    attributes: dict[str, Any]


class Collector:
    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._spans: list[Seen] = []

    @property
    def spans(self) -> list[Seen]:
        with self._lock:
            return list(self._spans)

    def of_run(self, run_id: str) -> dict[str, Seen]:
        """Give the spans of the trace of a run, by name."""
        # Requests that only look at it have it, too.
        told = [one for one in self.spans if one.service == "footfall-worker"]
        of = [one for one in told if one.attributes.get("footfall.run_id") == run_id]
        traces = {one.trace_id for one in of}
        return {one.name: one for one in self.spans if one.trace_id in traces}

    def take(self, request: ExportTraceServiceRequest) -> None:
        for resource in request.resource_spans:
            service = _values(resource.resource.attributes)["service.name"]
            found = [
                Seen(
                    service=service,
                    name=one.name,
                    trace_id=one.trace_id.hex(),
                    span_id=one.span_id.hex(),
                    parent_id=one.parent_span_id.hex(),
                    start=one.start_time_unix_nano,
                    end=one.end_time_unix_nano,
                    is_error=one.status.code == one.status.STATUS_CODE_ERROR,
                    links=[link.span_id.hex() for link in one.links],
                    attributes=_values(one.attributes),
                )
                for scope in resource.scope_spans
                for one in scope.spans
            ]
            with self._lock:
                self._spans += found


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@contextmanager
def running_collector() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            assert self.path == "/v1/traces"
            collector.take(ExportTraceServiceRequest.FromString(body))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
