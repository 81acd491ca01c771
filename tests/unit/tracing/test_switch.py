import sys

import pytest
from support.pages import blocks

from footfall.errors import ConfigurationError
from footfall.tracing.start import start_traces
from footfall.tracing.switch import wants_traces

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "mine"}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "TRUE"}, False),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_opentelemetrys_own_variables_switch_traces_on(
    environ: dict[str, str],
    wanted: bool,  # noqa: FBT001
) -> None:
    assert wants_traces(environ) is wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
    ],
)
def test_what_cannot_be_had_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{name}: must be .*{value}"):
        wants_traces({**ENDPOINT, name: value})


def test_without_the_extra_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'path/to/footfall\[traces\]'"):
        start_traces("api", ENDPOINT)
    assert start_traces("api", {}) is None


def test_what_the_page_exports_switches_traces_on() -> None:
    (block,) = (one for one in blocks("docs/observability.md") if one.test == "trace endpoint")
    name, value = block.text.removeprefix("export ").strip().split("=")
    assert wants_traces({name: value})
