import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from footfall.errors import FootfallError
from footfall.metrics.registry import new_registry
from footfall.metrics.run_metrics import RunMetrics
from footfall.side_server import scraped, side_server
from footfall.temporal.health import TemporalHealth
from footfall.walkers.catalogue import AppProblem
from footfall.walkers.hosts import Hosts
from worker.metrics import WorkerMetrics


@dataclass(slots=True)
class WorkerState:
    """What the worker's health endpoints and its metrics show.

    Attributes:
        waiting_for: what the worker still waits for; None once it takes runs.
        problems: what of the app was reported and skipped.
        hosts: its host processes, as soon as there are any.
        temporal: says whether Temporal answers, once it was reached.
    """

    app: str
    waiting_for: str | None = "the app"
    walkers: int = 0
    static_schedules: int = 0
    problems: tuple[AppProblem, ...] = ()
    enabled: bool = field(default=True)
    hosts: Hosts | None = None
    temporal: TemporalHealth | None = None
    registry: CollectorRegistry = field(default_factory=lambda: new_registry("worker"))
    runs: RunMetrics = field(init=False)

    def __post_init__(self) -> None:
        self.runs = RunMetrics(self.registry)

    async def in_the_way(self) -> dict[str, str]:
        """Give what keeps the worker from running walkers now, by its part."""
        if self.waiting_for is not None:
            return {"start": f"It waits for {self.waiting_for}."}
        found: dict[str, str] = {}
        problem = self.hosts.census().problem if self.hosts else None
        if problem is not None:
            found["hosts"] = problem
        if self.temporal is not None:
            try:
                await self.temporal.check()
            except FootfallError as error:
                found["temporal"] = error.message
        return found


@asynccontextmanager
async def health_server(listener: socket.socket | None, state: WorkerState) -> AsyncIterator[None]:
    """Serve ``/healthz/live``, ``/healthz/ready`` and ``/metrics`` on a socket, if there is one.

    Ready is 200 while the worker takes runs and can run walkers, with the problems of the app in
    ``data.problems``; else 503, with what is in the way in ``data.in_the_way``.
    """
    metrics = WorkerMetrics(state)

    async def live(_: Request) -> JSONResponse:
        return _answer(200, {"alive": True})

    async def ready(_: Request) -> JSONResponse:
        in_the_way = await state.in_the_way()
        data: dict[str, object] = {
            "ready": not in_the_way,
            "waiting_for": state.waiting_for,
            "app": state.app,
            "enabled": state.enabled,
            "walkers": state.walkers,
            "static_schedules": state.static_schedules,
            "problems": [problem.model_dump() for problem in state.problems],
            "in_the_way": in_the_way,
        }
        return _answer(503 if in_the_way else 200, data)

    async def scrape(request: Request) -> Response:
        await metrics.look()
        return await scraped(state.registry, request)

    routes = [
        Route("/healthz/live", live),
        Route("/healthz/ready", ready),
        Route("/metrics", scrape),
    ]
    try:
        async with side_server(listener, routes):
            yield
    finally:
        metrics.close()


def _answer(status: int, data: dict[str, object]) -> JSONResponse:
    return JSONResponse(
        {
            "status": "success" if status == 200 else "error",  # noqa: PLR2004
            "data": data,
            "meta": {"extra": {"http_status": status}},
        },
        status,
    )
