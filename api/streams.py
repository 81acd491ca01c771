import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi.responses import StreamingResponse
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from footfall.errors import TooManyStreamsError

KEEP_ALIVE_SECONDS = 15.0
"""How long a stream is silent at most, so that nothing between takes it for dead."""

STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event of a stream; without a name it only keeps the stream alive."""

    name: str | None
    data: Any
    id: str | None = None


class Streams:
    """The streams of one process: so many at once, and all of them end with it.

    Args:
        most: streams at once.
        most_of_one: streams of one user among them, admins too, so that nobody takes them all.
    """

    def __init__(self, *, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._open: Counter[str] = Counter()
        self._closing = asyncio.Event()

    def enter(self, user: str) -> None:
        """Take a place for a user's stream; to be given back by `leave`.

        Raises:
            TooManyStreamsError: there is none, or none for this user.
        """
        if self._open[user] >= self._most_of_one:
            message = f"You have {self._most_of_one} streams open in this process, the most that"
            raise TooManyStreamsError(f"{message} one user may have; close one.")
        if self._open.total() >= self._most:
            message = f"{self._most} streams are open in this process, the most that it serves"
            raise TooManyStreamsError(f"{message}; try again later.")
        self._open[user] += 1

    def leave(self, user: str) -> None:
        """Give a user's place back."""
        self._open[user] -= 1
        if not self._open[user]:
            del self._open[user]

    @property
    def count(self) -> int:
        """How many are open."""
        return self._open.total()

    def close(self) -> None:
        """End every stream, since the process stops; whoever reads one may come back."""
        self._closing.set()

    async def is_closing(self, seconds: float) -> bool:
        """Wait so long at most, and say whether the streams have to end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
        return self._closing.is_set()


class EventStream(StreamingResponse):
    """Events for a user as server-sent events (the HTML standard's text/event-stream).

    Raises:
        TooManyStreamsError: there is no place for a further stream.
    """

    def __init__(self, streams: Streams, user: str, events: AsyncIterator[StreamEvent]) -> None:
        streams.enter(user)
        self._streams = streams
        self._user = user
        super().__init__(
            _encoded(events),
            media_type=STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events, and give the stream's place back however that ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._user)


async def _encoded(events: AsyncIterator[StreamEvent]) -> AsyncIterator[bytes]:
    async for event in events:
        if event.name is None:
            yield b": keep-alive\n\n"
            continue
        head = b"" if event.id is None else b"id: %b\n" % event.id.encode()
        yield head + b"event: %b\ndata: %b\n\n" % (event.name.encode(), to_json(event.data))
