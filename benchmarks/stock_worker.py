import asyncio
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from temporal_server import TemporalServer

SCRIPT = Path(__file__).parent / "apps" / "stock" / "worker.py"


@dataclass(frozen=True)
class StockWorker:
    """A worker of the plain SDK with its defaults; its workflow is `Stock`, on `queue`."""

    queue: str
    pid: int


@asynccontextmanager
async def stock_worker(server: TemporalServer) -> AsyncIterator[StockWorker]:
    """Start one, as a process of its own."""
    queue = f"stock-{secrets.token_hex(4)}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(SCRIPT), server.address, queue),
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        yield StockWorker(queue, process.pid)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
