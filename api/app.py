from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

from api.board.assets import Assets
from api.codec_cors import CodecCors
from api.errors import install_error_handlers
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


def build_app(services: Services | None) -> FastAPI:
    """Build the web application; without services, every schedule route answers 503."""
    app = FastAPI(
        title="Footfall",
        summary="Durable schedules for walkers, on Temporal",
        version=version("footfall"),
        generate_unique_id_function=lambda route: route.name,
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
    ):
        app.include_router(router, dependencies=[StrictQuery])
    # jac-scale ignores parameters that it does not know, and its clients may send some.
    app.include_router(jobs.router)
    if services is not None:
        app.add_middleware(CodecCors, origin=services.ui.origin)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = document(app)
    return app.openapi_schema
