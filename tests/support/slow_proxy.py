"""A network on which everything that a server says comes late."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class _Proxy:
    def __init__(self, address: str, seconds: float) -> None:
        self._host, _, self._port = address.partition(":")
        self._seconds = seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._host, int(self._port))
        self._writers.extend((writer, back))
        said: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        for part in (self._at_once(reader, back), self._heard(there, said), _late(said, writer)):
            self._tasks.add(asyncio.create_task(part))

    async def _at_once(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

    async def _heard(
        self, reader: asyncio.StreamReader, said: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        while data := await reader.read(65536):
            said.put_nowait((time.monotonic() + self._seconds, data))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        closing = (writer.wait_closed() for writer in self._writers)
        await asyncio.gather(*closing, return_exceptions=True)


async def _late(said: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    while True:
        at, data = await said.get()
        await asyncio.sleep(max(0, at - time.monotonic()))
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def slowed(address: str, *, seconds: float) -> AsyncIterator[str]:
    """Stand before a server, and give the address whose answers come late."""
    proxy = _Proxy(address, seconds)
    server = await asyncio.start_server(proxy.connected, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await proxy.close()
