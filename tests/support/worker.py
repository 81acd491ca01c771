"""A worker of the real kind, with real host processes, inside the test's own loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from support.waiting import until

from footfall.config import load_settings
from worker.health import WorkerState
from worker.process import work


@asynccontextmanager
async def running_worker(
    address: str,
    *,
    app_name: str,
    app: Path,
    data_dir: Path,
    **environ: str,
) -> AsyncIterator[WorkerState]:
    settings = load_settings(
        environ={
            "FOOTFALL_TEMPORAL_ADDRESS": address,
            "FOOTFALL_TEMPORAL_TASK_QUEUE": app_name,
            "FOOTFALL_DATA_DIR": str(data_dir),
            "FOOTFALL_PROCESSES": "2",
            "FOOTFALL_WORKER_SHUTDOWN_GRACE": "1",
            **environ,
        },
    )
    state = WorkerState(app=app_name)
    stop = asyncio.Event()
    working = asyncio.create_task(work(settings, app, state, stop))

    async def is_ready() -> bool:
        return working.done() or state.waiting_for is None

    try:
        await until(is_ready, seconds=150, what="the worker's readiness")
        if working.done():
            working.result()
        yield state
    finally:
        stop.set()
        if state.waiting_for is not None:
            working.cancel()
        await asyncio.gather(working, return_exceptions=True)
