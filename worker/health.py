import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from footfall.walkers.catalogue import AppProblem


@dataclass(slots=True)
class WorkerState:
    """What the worker's health endpoints show.

    Attributes:
        waiting_for: what the worker still waits for; None once it takes runs.
        problems: what of the app was reported and skipped.
    """

    app: str
    waiting_for: str | None = "the app"
    walkers: int = 0
    static_schedules: int = 0
    problems: tuple[AppProblem, ...] = ()
    enabled: bool = field(default=True)


class _Server(uvicorn.Server):
    """A server beside the worker, whose signals stay the worker's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def health_server(listener: socket.socket | None, state: WorkerState) -> AsyncIterator[None]:
    """Serve ``/healthz/live`` and ``/healthz/ready`` on a socket, if there is one.

    Ready is 200 once the worker takes runs, with the problems of the app in ``data.problems``,
    and 503 before.
    """
    if listener is None:
        yield
        return

    async def live(_: Request) -> JSONResponse:
        return _answer(200, {"alive": True})

    async def ready(_: Request) -> JSONResponse:
        data: dict[str, object] = {
            "ready": state.waiting_for is None,
            "waiting_for": state.waiting_for,
            "app": state.app,
            "enabled": state.enabled,
            "walkers": state.walkers,
            "static_schedules": state.static_schedules,
            "problems": [problem.model_dump() for problem in state.problems],
        }
        return _answer(200 if state.waiting_for is None else 503, data)

    app = Starlette(routes=[Route("/healthz/live", live), Route("/healthz/ready", ready)])
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _answer(status: int, data: dict[str, object]) -> JSONResponse:
    return JSONResponse(
        {
            "status": "success" if status == 200 else "error",  # noqa: PLR2004
            "data": data,
            "meta": {"extra": {"http_status": status}},
        },
        status,
    )
