import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def joined(traceparent: str | None) -> Iterator[None]:
    """Have spans that the app makes of its own be children of a span, if it makes any.

    Args:
        traceparent: the span, in the form of W3C's header; None where there is none.
    """
    if traceparent is None or "opentelemetry.trace" not in sys.modules:
        yield
        return
    # The app has imported it already.
    from opentelemetry.context import attach, detach  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
        TraceContextTextMapPropagator,
    )

    token = attach(TraceContextTextMapPropagator().extract({"traceparent": traceparent}))
    try:
        yield
    finally:
        detach(token)
