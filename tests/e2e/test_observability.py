"""An API and a worker, as an operator starts them, seen from outside while they run walkers."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support.api import SECRET, Caller, api_settings, caller_of
from support.ports import free_port
from support.processes import Running, footfall, ready
from support.schedules import create, ended, trigger
from support.scraped import Scraped, scrape
from support.waiting import until
from temporalio.client import Client

APP = Path(__file__).parent.parent / "apps" / "python_runs"


@dataclass
class Deployment:
    """Where the parts are.

    Attributes:
        api, metrics, worker: URLs of the API, of its metrics, and of the worker's health.
    """

    api: str
    metrics: str
    worker: str
    processes: dict[str, Running]
    caller: Caller
    admin: Caller


@pytest.fixture(scope="module")
async def deployment(
    client: Client, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    folder = tmp_path_factory.mktemp("observed")
    app = f"observed-{uuid.uuid4().hex[:8]}"
    api, metrics, worker = (free_port() for _ in range(3))
    address = client.service_client.config.target_host
    environ = {
        "FOOTFALL_TEMPORAL_ADDRESS": address,
        "FOOTFALL_TEMPORAL_TASK_QUEUE": app,
        "FOOTFALL_DATA_DIR": str(folder / "data"),
        "FOOTFALL_LOG_FORMAT": "json",
    }
    settings = api_settings(address, app)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(
            footfall(
                "worker",
                f"--app={APP}",
                f"--health-port={worker}",
                tmp_path=folder,
                FOOTFALL_PROCESSES="2",
                **environ,
            )
        )
        serving = await stack.enter_async_context(
            footfall(
                "api",
                f"--port={api}",
                tmp_path=folder,
                FOOTFALL_JWT_SECRET=SECRET,
                FOOTFALL_API_METRICS_PORT=str(metrics),
                **environ,
            )
        )
        urls = [f"http://127.0.0.1:{port}" for port in (api, metrics, worker)]
        await ready(urls[0], running=serving)
        await ready(urls[2], running=running)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=urls[0], timeout=30))
        yield Deployment(
            *urls,
            processes={"api": serving, "worker": running},
            caller=caller_of(http, settings, "ada"),
            admin=caller_of(http, settings, "root-admin", admin=True),
        )


async def settled(url: str, name: str, count: float, **labels: str) -> Scraped:
    """Scrape until a sum is what it has to become."""

    async def found() -> Scraped | None:
        seen = await scrape(url)
        return seen if seen(name, **labels) >= count else None

    return await until(found, what=f"{name}{labels} = {count}")


async def test_each_run_is_counted_once_by_walker_and_outcome(deployment: Deployment) -> None:
    greeting, failing = await create(deployment.caller), await create(deployment.caller, "boom")
    for _ in range(3):
        await ended(deployment.caller, await trigger(deployment.caller, greeting["id"]))
    await ended(deployment.caller, await trigger(deployment.caller, failing["id"]))
    seen = await settled(deployment.worker, "footfall_runs_total", 1, walker="boom")
    assert seen("footfall_runs_total", walker="greet", outcome="succeeded") == 3
    assert seen("footfall_runs_total", walker="greet") == 3
    assert seen("footfall_runs_total", walker="boom", outcome="failed") == 1
    for walker, count in (("greet", 3), ("boom", 1)):
        for name in ("run", "walker"):
            assert seen(f"footfall_{name}_duration_seconds_count", walker=walker) == count
        # Nobody meant a time for them.
        assert seen("footfall_run_lateness_seconds_count", walker=walker) == 0
