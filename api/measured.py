import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from footfall.metrics.request_metrics import RequestMetrics


class Measured:
    """Middleware that counts each request, by the template of its route and never by its path."""

    def __init__(self, app: ASGIApp, requests: RequestMetrics) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it when its answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                # A stream has no end to wait for.
                status = message["status"]
                self._answered(scope, status, began)
            await send(message)

        try:
            await self._app(scope, receive, seen)
        except Exception:
            if not status:
                # The answer to a bug is made further out.
                self._answered(scope, 500, began)
            raise

    def _answered(self, scope: Scope, status: int, began: float) -> None:
        route: Any = scope.get("route")
        template = getattr(route, "path", None)
        seconds = time.perf_counter() - began
        self._requests.answered(scope["method"], template, status, seconds)
