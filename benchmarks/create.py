import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from scenario import Scenario
from support.api import Caller, api_settings, running_api
from support.dev_server import dev_server
from support.worker import running_worker
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
)

NUMBER = 100
APP = Path(__file__).parent.parent / "examples" / "python_app"


@asynccontextmanager
async def create_scenarios() -> AsyncIterator[list[Scenario]]:
    """Create schedules through the API, against the plain SDK on the same server."""
    app = f"bench-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder:
        async with dev_server() as server:
            address = server.client.service_client.config.target_host
            async with (
                running_worker(address, app_name=app, app=APP, data_dir=Path(folder)),
                running_api(api_settings(address, app, FOOTFALL_LIMITS_CREATIONS="100000")) as api,
            ):
                who = api.caller("bench")
                yield [
                    Scenario(
                        f"create, {callers} callers",
                        "per second",
                        _rate(callers, lambda: _ours(who)),
                        _rate(callers, lambda: _raw(server.client)),
                    )
                    for callers in (1, 32)
                ]


def _rate(callers: int, step: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[float]]:
    async def call() -> None:
        for _ in range(NUMBER // callers):
            await step()

    async def run() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(call() for _ in range(callers)))
        return NUMBER // callers * callers / (time.perf_counter() - started)

    return run


async def _ours(who: Caller) -> None:
    body = {"walker_name": "countdown", "trigger": "interval", "hours": 1}
    await who.data("POST", "/schedule/create", json=body)


async def _raw(client: Client) -> None:
    await client.create_schedule(
        secrets.token_hex(10),
        Schedule(
            action=ScheduleActionStartWorkflow(
                "Nothing",
                id=secrets.token_hex(10),
                task_queue="nothing",
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=1))]),
        ),
    )
