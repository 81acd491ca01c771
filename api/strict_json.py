import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

MAX_BODY_BYTES = 1024 * 1024
"""The largest request body; Temporal itself takes arguments of up to 2 MB."""


class StrictJsonRequest(Request):
    """A request whose body is JSON to the letter.

    Python's own parser takes NaN and halves of surrogate pairs, which cannot be stored as
    JSON again, and gives up on deep nesting with an error of its own.
    """

    async def body(self) -> bytes:
        """Give the body's bytes.

        Raises:
            HTTPException: 413, as soon as it is larger than `MAX_BODY_BYTES`.
        """
        body = bytearray()
        async for chunk in self.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"The body is larger than {MAX_BODY_BYTES} bytes",
                )
        self._body = bytes(body)
        return self._body

    async def json(self) -> Any:
        """Give the body's value; any fault in it is a JSONDecodeError."""
        body = await self.body()
        try:
            return from_json(body, allow_inf_nan=False, cache_strings="keys")
        except ValueError as error:
            raise json.JSONDecodeError(str(error), "", 0) from error


class StrictJsonRoute(APIRoute):
    """A route that reads its body as StrictJsonRequest does."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(StrictJsonRequest(request.scope, request.receive))

        return handle
