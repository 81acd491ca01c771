import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from pathlib import Path

from support.ports import free_port
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from footfall.temporal.embedded import EmbeddedTemporal, find_binary

INDEXES_DROPPED = "indexes dropped"


class Flavour(StrEnum):
    """How a development server of Temporal is started."""

    EMBEDDED = "embedded"
    STOCK_FILE = "stock, file"
    STOCK_MEMORY = "stock, in memory"


class TemporalServer:
    """A running server; `client` is the plain SDK's."""

    def __init__(self, address: str, client: Client, pid: int) -> None:
        self.address = address
        self.client = client
        self.pid = pid


@asynccontextmanager
async def temporal_server(
    flavour: Flavour, *, without: Sequence[str] = ()
) -> AsyncIterator[TemporalServer]:
    """Start a server of its own, with its own data, on free ports of 127.0.0.1.

    Args:
        flavour: how.
        without: beginnings of pragmas and dynamic configuration that it is not given;
            `INDEXES_DROPPED` leaves it all its indexes.
    """
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
        server = EmbeddedTemporal(
            host="127.0.0.1",
            port=free_port(),
            ui_port=free_port(),
            data_dir=Path(folder),
            is_lean=flavour is Flavour.EMBEDDED and INDEXES_DROPPED not in without,
        )
        process = await asyncio.create_subprocess_exec(
            *_less(_command(flavour, server, Path(folder)), tuple(without)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await server.wait_until_ready(deadline=60)
            client = await Client.connect(server.address, data_converter=pydantic_data_converter)
            yield TemporalServer(server.address, client, process.pid)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _less(command: list[str], without: tuple[str, ...]) -> list[str]:
    values = [at for at, part in enumerate(command) if part.startswith(without)] if without else []
    dropped = {*values, *(at - 1 for at in values)}
    return [part for at, part in enumerate(command) if at not in dropped]


def _command(flavour: Flavour, server: EmbeddedTemporal, folder: Path) -> list[str]:
    if flavour is Flavour.EMBEDDED:
        return server.command(find_binary())
    command = [
        *(str(find_binary()), "server", "start-dev", "--log-level", "warn"),
        *("--ip", "127.0.0.1", "--port", str(server.port), "--ui-port", str(server.ui_port)),
    ]
    if flavour is Flavour.STOCK_FILE:
        command += ["--db-filename", str(folder / "stock.db")]
    return command
