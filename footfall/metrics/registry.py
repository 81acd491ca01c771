import platform
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
)

PREFIX = "footfall"
"""What the names of all our metrics begin with."""


def new_registry(process: str) -> CollectorRegistry:
    """Make the metrics of one process, with what is known of the process itself.

    Args:
        process: ``api`` or ``worker``.
    """
    # A second series for each of ours, which nobody asks for.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    build = Gauge(
        f"{PREFIX}_build_info",
        "Which release runs in this process; always 1.",
        ("process", "version", "python"),
        registry=registry,
    )
    build.labels(process, version("footfall"), platform.python_version()).set(1)
    ProcessCollector(registry=registry)
    return registry
