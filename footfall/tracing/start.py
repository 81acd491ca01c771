from collections.abc import Mapping
from typing import TYPE_CHECKING

from footfall.errors import ConfigurationError
from footfall.extra import bringing
from footfall.tracing.switch import wants_traces

if TYPE_CHECKING:
    from footfall.tracing.traces import Traces


def start_traces(process: str, environ: Mapping[str, str]) -> "Traces | None":
    """Begin to trace, if the environment wants it; None if it does not.

    Args:
        process: ``api`` or ``worker``.
        environ: where OpenTelemetry's own variables (``OTEL_...``) stand.

    Raises:
        ConfigurationError: what is wanted cannot be had.
    """
    if not wants_traces(environ):
        return None
    try:
        # A process without traces neither needs it nor waits for it.
        from footfall.tracing.traces import Traces  # noqa: PLC0415

        return Traces.to_collector(process=process, environ=environ)
    except ImportError as error:
        raise ConfigurationError(
            "OTEL_EXPORTER_OTLP_ENDPOINT or its like wants traces, for which what it takes is not "
            f"installed: {bringing('traces')}, brings it. Or unset the variable.",
        ) from error
