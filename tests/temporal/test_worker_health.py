"""What a worker's health endpoint says of Temporal, of its app and of its processes."""

import asyncio
import uuid
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from structlog.testing import capture_logs
from support.ports import free_port
from support.scraped import scrape
from support.waiting import until
from temporalio.client import Client

from footfall.config import TemporalSettings
from footfall.listener import listen
from footfall.temporal.connection import connect, connect_patiently
from footfall.temporal.health import TemporalHealth
from footfall.walkers.call import RunContext, WalkerCall
from footfall.walkers.hosts import Hosts
from worker.health import WorkerState, health_server

WALKERS = """
import os
from footfall import walker

@walker
def leave() -> None:
    os._exit(1)
"""


@asynccontextmanager
async def served(state: WorkerState) -> AsyncIterator[str]:
    listener = listen("127.0.0.1", 0, option="--health-port")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with health_server(listener, state):
        yield url


async def readiness(url: str) -> tuple[int, dict[str, Any]]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/healthz/ready")
        data: dict[str, Any] = answer.json()["data"]
        return answer.status_code, data


async def test_a_worker_is_ready_when_it_takes_runs_and_temporal_answers(
    client: Client,
) -> None:
    state = WorkerState(app="app")
    async with served(state) as url:
        status, data = await readiness(url)
        assert (status, data["in_the_way"]) == (503, {"start": "It waits for the app."})
        assert (await scrape(url))("footfall_worker_takes_runs") == 0
        state.waiting_for, state.temporal = None, TemporalHealth(client)
        assert (await readiness(url))[0] == 200
    nowhere = TemporalSettings(address=f"127.0.0.1:{free_port()}")
    state = WorkerState(app="app", waiting_for=None)
    state.temporal = TemporalHealth(await connect(nowhere, identity="test", lazy=True))
    async with served(state) as url:
        status, data = await readiness(url)
        assert (status, data["ready"], data["in_the_way"].keys()) == (503, False, {"temporal"})
        seen = await scrape(url)
        assert seen("footfall_temporal_up") == 0
        # It goes on taking runs as soon as Temporal is there.
        assert seen("footfall_worker_takes_runs") == 1
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"{url}/healthz/live")).status_code == 200


async def test_who_waits_for_temporal_says_so_once() -> None:
    nowhere = TemporalSettings(address=f"127.0.0.1:{free_port()}")
    with capture_logs() as lines:

        def waits() -> list[MutableMapping[str, Any]]:
            return [one for one in lines if one["event"] == "Temporal is waited for"]

        waiting = asyncio.create_task(connect_patiently(nowhere, identity="test"))

        async def said() -> bool:
            return bool(waits())

        await until(said, what="a line that says so")
        waiting.cancel()
    (line,) = waits()
    assert line["log_level"] == "warning"
    assert nowhere.address in line["reason"]


async def test_a_worker_that_can_start_no_process_says_why(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(WALKERS)
    hosts = Hosts(app, name="app", processes=1, state_dir=tmp_path / "state")
    state = WorkerState(app="app", waiting_for=None, hosts=hosts)
    await hosts.start()
    try:
        async with served(state) as url:
            assert (await readiness(url))[0] == 200
            assert (await scrape(url))("footfall_host_processes", state="idle") == 1
            app.write_text("raise ValueError('broken meanwhile')")
            await hosts.run(call())

            async def refused() -> dict[str, Any] | None:
                status, data = await readiness(url)
                return data["in_the_way"] if status == 503 else None

            found = await until(refused, what="a worker that is not ready")
            assert "broken meanwhile" in found["hosts"]
            assert (await scrape(url))("footfall_host_processes") == 0
            app.write_text(WALKERS)
            # Whether the app works again is found out by the next run.
            assert (await hosts.run(call())).error is not None

            async def is_ready() -> bool:
                return (await readiness(url))[0] == 200

            await until(is_ready, what="a worker that is ready again")
    finally:
        await hosts.close()


def call() -> WalkerCall:
    context = RunContext(schedule_id="s", run_id=uuid.uuid4().hex, scheduled_at="2026-11-28T00:00Z")
    return WalkerCall(walker_name="leave", args={}, root="r", context=context, timeout=30)
