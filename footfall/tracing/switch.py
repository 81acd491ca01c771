from collections.abc import Mapping

from footfall.errors import ConfigurationError

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"


def wants_traces(environ: Mapping[str, str]) -> bool:
    """Say whether OpenTelemetry's own variables want traces: an endpoint, or the exporter.

    Raises:
        ConfigurationError: they want an exporter or a protocol that there is none of here.
    """
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if exporter == "none" or not (exporter or any(environ.get(name) for name in _ENDPOINTS)):
        return False
    if exporter not in ("", "otlp"):
        raise ConfigurationError(f"OTEL_TRACES_EXPORTER: must be otlp or none, not {exporter!r}.")
    for name in _PROTOCOLS:
        protocol = environ.get(name, "").strip()
        if protocol:
            if protocol != _PROTOCOL:
                raise ConfigurationError(f"{name}: must be {_PROTOCOL}, not {protocol!r}.")
            break
    return True
