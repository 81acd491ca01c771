import asyncio
import json
import time
from typing import Any

IDLE_SECONDS = 3.0
"""How long a connection is kept that is not used; servers close theirs after five."""


class HttpError(Exception):
    """An answer that is no success."""


class HttpCaller:
    """Calls one server over HTTP/1.1, with as little work for each request as can be.

    It keeps as many connections as are used at once. The load must not be what is measured: a
    full client, such as httpx, takes longer for a request than the servers do.
    """

    def __init__(self, host: str, port: int, token: str = "") -> None:
        self._host = host
        self._port = port
        self._head = f"Host: {host}\r\nContent-Type: application/json\r\n"
        if token:
            self._head += f"Authorization: Bearer {token}\r\n"
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def raw(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Give the body of an answer.

        Raises:
            HttpError: its status is not one of success.
        """
        reader, writer = await self._connection()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        content = await reader.readexactly(length)
        self._idle.append((time.monotonic(), reader, writer))
        status = answer.split(b" ", 2)[1]
        if not status.startswith(b"2"):
            raise HttpError(f"{method} {path}: {status.decode()}: {content[:500]!r}")
        return content

    async def data(self, method: str, path: str, body: Any = None) -> Any:
        """Give the `data` of an answer's envelope."""
        sent = b"" if body is None else json.dumps(body).encode()
        return json.loads(await self.raw(method, path, sent))["data"]

    def close(self) -> None:
        """Close the connections."""
        for _, _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._idle and self._idle[-1][0] < time.monotonic() - IDLE_SECONDS:
            # The last one is the one that was used last.
            self.close()
        if self._idle:
            _, reader, writer = self._idle.pop()
            return reader, writer
        return await asyncio.open_connection(self._host, self._port)
