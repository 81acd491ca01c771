import logging
import time
from collections.abc import Callable, Sequence

import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

TOLD_EVERY = 900.0
"""Seconds after which it is told again that spans are lost."""

_SDK = (
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.sdk._shared_internal",
)
"""Loggers of the SDK that have several lines for each batch that is not taken."""

_log = structlog.get_logger(__name__)


class TellingExporter(SpanExporter):
    """Sends spans as another exporter does, and logs that they are lost: once, and then rarely.

    What the SDK logs itself is held back, but for the reason that it gives first.
    """

    def __init__(
        self, exporter: SpanExporter, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._exporter = exporter
        self._clock = clock
        self._reasons = _Reasons()
        self._lost = 0
        self._told_at: float | None = None
        for name in _SDK:
            logger = logging.getLogger(name)
            logger.filters = [one for one in logger.filters if not isinstance(one, _Reasons)]
            # Before its own, which lets one of several through.
            logger.filters.insert(0, self._reasons)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans; they are lost where the other exporter fails."""
        self._reasons.first = ""
        try:
            result = self._exporter.export(spans)
        except Exception as error:  # noqa: BLE001 - whatever it is, the spans are lost
            self._reasons.first = self._reasons.first or repr(error)
            result = SpanExportResult.FAILURE
        if result is SpanExportResult.SUCCESS:
            if self._told_at is not None:
                _log.info("the collector takes traces again", spans_lost=self._lost)
            self._lost, self._told_at = 0, None
            return result
        self._lost += len(spans)
        now = self._clock()
        if self._told_at is None or now - self._told_at >= TOLD_EVERY:
            self._told_at = now
            _log.warning(
                "the collector takes no traces", spans_lost=self._lost, reason=self._reasons.first
            )
        return result

    def shutdown(self) -> None:
        """Stop."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Do as the other one does."""
        return self._exporter.force_flush(timeout_millis)


class _Reasons(logging.Filter):
    """Holds lines back, and remembers the first one; those after it say that it was so again.

    What never came to be sent is none of that, and told by nobody else.
    """

    first = ""

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith("Queue full"):
            return True
        self.first = self.first or record.getMessage()
        return False
