from importlib.metadata import version
from inspect import signature
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from api.board.assets import Assets
from api.codec_cors import CodecCors
from api.errors import install_error_handlers
from api.measured import Measured
from api.openapi import document
from api.routes import (
    applying,
    backfills,
    board,
    bulk,
    changes,
    codec,
    events,
    health,
    jobs,
    metrics,
    notifications,
    runs,
    schedules,
    tail,
    trigger,
    walkers,
    workers,
)
from api.services import Services
from api.strict_query import StrictQuery
from footfall.config import LimitSettings
from footfall.errors import ConfigurationError
from footfall.extra import bringing

if TYPE_CHECKING:
    # FastAPI 0.165 and newer have it. Beside jac-scale it is an older one, without traces.
    from fastapi.telemetry import TelemetryConfig

    from footfall.tracing.traces import Traces

_TRACED = ("/schedule", "/runs", "/workers", "/jobs", "/notifications")
"""Beginnings of the paths whose requests are traced: not those of probes, files and events."""


def build_app(services: Services | None) -> FastAPI:
    """Build the web application; without services, every schedule route answers 503.

    Raises:
        ConfigurationError: requests are to be traced, and this FastAPI cannot do that.
    """
    app = FastAPI(
        title="Footfall",
        summary="Durable schedules for walkers, on Temporal",
        version=version("footfall"),
        # Their pages would run scripts of other hosts where the board keeps its token.
        docs_url=None,
        redoc_url=None,
        # A path with a slash too many is none, and is told of as every other.
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        telemetry=_telemetry(services.traces if services else None),
    )
    app.state.services = services
    app.state.parameters = {}
    app.state.max_body = (services.limits if services else LimitSettings()).body
    install_error_handlers(app)
    app.include_router(health.router)
    app.include_router(board.board(Assets.read()))
    for router in (
        walkers.router,
        workers.router,
        applying.router,
        bulk.router,
        schedules.router,
        changes.router,
        trigger.router,
        runs.router,
        runs.everywhere,
        backfills.router,
        tail.router,
        notifications.router,
        events.router,
        codec.router,
        metrics.router,
    ):
        app.include_router(router, dependencies=[StrictQuery])
    # jac-scale ignores parameters that it does not know, and its clients may send some.
    app.include_router(jobs.router)
    if services is not None:
        app.add_middleware(CodecCors, origin=services.ui.origin)
        app.add_middleware(Measured, requests=services.metrics.requests)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _telemetry(traces: "Traces | None") -> "TelemetryConfig":
    if traces is None:
        # An older FastAPI takes it for a setting of ours, and passes it over.
        return {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
    if "telemetry" not in signature(FastAPI).parameters:
        message = f"Traces of requests need FastAPI 0.165 or newer: {bringing('traces')}."
        raise ConfigurationError(message)
    return {
        "tracer_provider": traces.provider,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
        "exclude": lambda scope: not scope["path"].startswith(_TRACED),
    }


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = document(app)
    return app.openapi_schema
