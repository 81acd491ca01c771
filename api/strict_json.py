import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from itertools import islice
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.exceptions import HTTPException

from footfall.errors import FieldProblem, InvalidInputError

_MOST_DISCARDED = 8 * 1024 * 1024
_DISCARD_SECONDS = 1.0

_MOST_TOLD = 20
"""Keys of a body of which it is told that they are there twice."""


class StrictJsonRequest(Request):
    """A request whose body is JSON to the letter.

    Python's own parser takes NaN and halves of surrogate pairs, which cannot be stored as
    JSON again, and gives up on deep nesting with an error of its own. Neither it nor pydantic's
    minds a key that an object has twice, of which only the last one would count.
    """

    async def body(self) -> bytes:
        """Give the body's bytes.

        Raises:
            HTTPException: 413, as soon as it is larger than the settings allow, whether or not
                its length was said before.
        """
        most = self.app.state.max_body
        body = bytearray()
        stream = self.stream()
        async for chunk in stream:
            body += chunk
            if len(body) > most:
                await _discard(stream)
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"The body is larger than {most} bytes, which the setting plugins.scale."
                    "scheduler.limits.body (FOOTFALL_LIMITS_BODY) allows",
                    # What is still sent is not waited for.
                    headers={"Connection": "close"},
                )
        self._body = bytes(body)
        return self._body

    async def json(self) -> Any:
        """Give the body's value; any other fault in it is a JSONDecodeError.

        Raises:
            InvalidInputError: an object has a key twice; names it.
        """
        body = await self.body()
        try:
            value = from_json(body, allow_inf_nan=False, cache_strings="keys")
        except ValueError as error:
            raise json.JSONDecodeError(str(error), "", 0) from error
        problems = [FieldProblem(place, "Give it once.") for place in _given_twice(body)]
        if problems:
            raise InvalidInputError(problems)
        return value


async def _discard(stream: AsyncIterator[bytes]) -> None:
    """Read what is left of a body: who still sends would see a broken connection, not the answer.

    No more than a client that means well sends, and no longer.
    """
    left = _MOST_DISCARDED
    with suppress(TimeoutError):
        async with asyncio.timeout(_DISCARD_SECONDS):
            async for chunk in stream:
                left -= len(chunk)
                if left < 0:
                    return


class StrictJsonRoute(APIRoute):
    """A route that reads its body as StrictJsonRequest does."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(StrictJsonRequest(request.scope, request.receive))
            except HTTPException as error:
                # FastAPI makes its own of whatever else reading a body raises.
                if isinstance(error.__cause__, InvalidInputError):
                    raise error.__cause__ from None
                raise

        return handle


class _Object(dict[str, Any]):
    """An object some of whose keys are there twice."""

    pairs: Sequence[tuple[str, Any]]


def _given_twice(body: bytes) -> list[str]:
    """Give the places of the keys, such as `args.name`, that valid JSON has twice; not too many."""
    found = False

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        plain = dict(pairs)
        if len(plain) == len(pairs):
            return plain
        found, marked = True, _Object(plain)
        marked.pairs = pairs
        return marked

    # Numbers stay text: Python refuses to read very long ones.
    value = json.loads(body, object_pairs_hook=made, parse_int=str, parse_float=str)
    return list(islice(_places(value, ()), _MOST_TOLD)) if found else []


def _places(value: Any, at: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, _Object):
        counts = Counter(key for key, _ in value.pairs)
        yield from (".".join((*at, key)) for key, count in counts.items() if count > 1)
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _places(part, (*at, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _places(part, (*at, str(number)))
