import asyncio
import contextlib
from typing import Self

from support.ports import free_port

PIECE = 64 * 1024


class Proxy:
    """A way through TCP to a port of this machine, which can be cut and stalled."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> Self:
        """Let connections through."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        return self

    async def cut(self) -> None:
        """End every connection, and take no more."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self._end_all()

    async def mend(self) -> None:
        """Let connections through again."""
        self._flows.set()
        if self._server is None:
            await self.start()

    def stall(self) -> None:
        """Take connections and data, and pass nothing on."""
        self._flows.clear()

    async def close(self) -> None:
        await self.cut()

    async def _end_all(self) -> None:
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        others: asyncio.StreamWriter | None = None
        try:
            with contextlib.suppress(OSError):
                answers, others = await asyncio.open_connection("127.0.0.1", self._target)
                await self._pass_both(reader, others, answers, writer)
        except asyncio.CancelledError:
            pass  # the server's own callback would log it as an error
        finally:
            self._connections.discard(connection)
            for one in (writer, others):
                if one is not None:
                    one.transport.abort()

    async def _pass_both(
        self,
        asked: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        answered: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
    ) -> None:
        ways = {
            asyncio.ensure_future(self._pass(asked, to_server)),
            asyncio.ensure_future(self._pass(answered, to_client)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(PIECE):
            await self._flows.wait()
            sink.write(data)
            await sink.drain()
