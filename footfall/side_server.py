import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import uvicorn
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from footfall.metrics.exposition import exposition


class _Server(uvicorn.Server):
    """A server beside what a process is for, whose signals stay the process's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def side_server(
    listener: socket.socket | None, routes: Sequence[Route]
) -> AsyncIterator[None]:
    """Serve a few routes on a socket, if there is one, beside what a process is for."""
    if listener is None:
        yield
        return
    config = uvicorn.Config(
        Starlette(routes=routes),
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


async def scraped(registry: CollectorRegistry, request: Request) -> Response:
    """Answer a scrape."""
    accept = request.headers.get("accept", "")
    # Of an app with hundreds of walkers it is a tenth of a second, for which the loop goes on.
    body, content_type = await asyncio.to_thread(exposition, registry, accept)
    return Response(body, headers={"Content-Type": content_type, "Cache-Control": "no-store"})
