"""Worker processes of the ledger app, as an operator starts them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from support.ledger import APP
from support.ports import free_port
from support.processes import Running, footfall, ready
from temporalio.client import Client


@asynccontextmanager
async def workers(
    client: Client, app: str, tmp_path: Path
) -> AsyncIterator[Callable[[], Awaitable[Running]]]:
    """Give what starts a worker process of the ledger app, which can be lost."""
    environ = {
        "FOOTFALL_TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "FOOTFALL_TEMPORAL_TASK_QUEUE": app,
        "FOOTFALL_DATA_DIR": str(tmp_path / "data"),
        "FOOTFALL_PROCESSES": "1",
    }
    async with AsyncExitStack() as stack:

        async def worker() -> Running:
            port = free_port()
            running = await stack.enter_async_context(
                footfall(
                    "worker", f"--app={APP}", f"--health-port={port}", tmp_path=tmp_path, **environ
                )
            )
            await ready(f"http://127.0.0.1:{port}", running=running)
            return running

        yield worker
