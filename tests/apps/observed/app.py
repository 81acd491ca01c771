"""Walkers that show what is seen of them from outside."""

import os
import time

from opentelemetry import trace

from footfall import current_run, walker


@walker
def greet(name: str = "world") -> str:
    return f"hello {name}"


@walker
def boom() -> None:
    raise ValueError("what only the owner may read")


@walker
def flaky(failures: int = 1) -> None:
    if current_run().attempt <= failures:
        raise ValueError("not yet")


@walker
def sleepy() -> None:
    time.sleep(600)


@walker
def leave() -> None:
    os._exit(3)


@walker
def spans() -> dict[str, str | None]:
    """Tell what spans of the app's own would join."""
    here = trace.get_current_span().get_span_context()
    return {
        "traceparent": current_run().traceparent,
        "trace_id": f"{here.trace_id:032x}",
        "span_id": f"{here.span_id:016x}",
    }
