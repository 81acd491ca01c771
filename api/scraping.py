import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.services import Services
from footfall.side_server import scraped, side_server


@asynccontextmanager
async def scraping(
    listener: socket.socket | None, services: Services | None
) -> AsyncIterator[None]:
    """Serve the metrics alone, without asking for a token, on a socket if there is one."""

    async def scrape(request: Request) -> Response:
        if services is None:
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        await services.metrics.look()
        return await scraped(services.metrics.registry, request)

    async with side_server(listener, [Route("/metrics", scrape)]):
        yield
