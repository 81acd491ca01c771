"""API and worker as processes of their own, with MongoDB behind the projection."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from support.api import SECRET, Caller
from support.mongod import Mongod
from support.ports import free_port
from support.processes import EXAMPLE_APP, FOOTFALL, Running, footfall, ready
from support.waiting import until
from temporalio.client import ScheduleActionExecutionStartWorkflow
from temporalio.testing import WorkflowEnvironment

TICKING = ("heartbeat", "take_pulse", "health_check")
"""The schedules that the example app declares and that are due all the time."""


class Deployment:
    """Processes that share a Temporal namespace, an app name and a MongoDB database."""

    def __init__(self, tmp_path: Path, address: str, mongodb_uri: str) -> None:
        self.tmp_path = tmp_path
        self.app = f"apart-{secrets.token_hex(4)}"
        self.environ = {
            "FOOTFALL_TEMPORAL_ADDRESS": address,
            "FOOTFALL_TEMPORAL_TASK_QUEUE": self.app,
            "FOOTFALL_JWT_SECRET": SECRET,
            "FOOTFALL_MONGODB_URI": mongodb_uri,
            "FOOTFALL_MONGODB_DATABASE": self.app,
            "FOOTFALL_DATA_DIR": str(tmp_path / "data"),
        }

    @asynccontextmanager
    async def api(self) -> AsyncIterator[str]:
        port = free_port()
        async with footfall(
            "api",
            f"--port={port}",
            tmp_path=self.tmp_path,
            **self.environ,
        ) as running:
            url = f"http://127.0.0.1:{port}"
            await ready(url, running=running)
            yield url

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Running]:
        port = free_port()
        async with footfall(
            "worker",
            f"--app={EXAMPLE_APP}",
            f"--health-port={port}",
            tmp_path=self.tmp_path,
            **self.environ,
        ) as running:
            await ready(f"http://127.0.0.1:{port}", running=running)
            yield running

    @asynccontextmanager
    async def caller(self, url: str) -> AsyncIterator[Caller]:
        async with footfall(
            "token",
            "--user=ada",
            tmp_path=self.tmp_path,
            **self.environ,
        ) as token:
            assert await token.process.wait() == 0, token.output
            async with httpx.AsyncClient(base_url=url, timeout=30) as http:
                yield Caller(http, token.output.strip())


async def last_action(temporal: WorkflowEnvironment, schedule_id: str) -> str | None:
    """Give the id of the run that a schedule started last; it starts none after it is paused."""
    description = await temporal.client.get_schedule_handle(schedule_id).describe()
    if not description.schedule.state.paused or not description.info.recent_actions:
        return None
    action = description.info.recent_actions[-1].action
    assert isinstance(action, ScheduleActionExecutionStartWorkflow)
    return action.workflow_id


@pytest.mark.timeout(600)
async def test_two_apis_share_one_projection_that_can_be_rebuilt(
    temporal_server: WorkflowEnvironment,
    mongod: Mongod,
    tmp_path: Path,
) -> None:
    address = temporal_server.client.service_client.config.target_host
    deployment = Deployment(tmp_path, address, mongod.uri)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(deployment.worker())
        first_url = await stack.enter_async_context(deployment.api())
        second_url = await stack.enter_async_context(deployment.api())
        first = await stack.enter_async_context(deployment.caller(first_url))
        second = await stack.enter_async_context(deployment.caller(second_url))

        bodies: list[dict[str, Any]] = [
            {"walker_name": "my_walker", "trigger": "interval", "seconds": 1},
            {"walker_name": "data_sync", "trigger": "cron", "hour": 2, "minute": 0},
            {"walker_name": "remind", "trigger": "interval", "hours": 1, "args": {"what": "tea"}},
        ]
        created = [
            (await first.data("POST", "/schedule/create", json=body))["schedule"] for body in bodies
        ]
        listed = (await second.data("GET", "/schedule/list"))["schedules"]
        assert {row["id"] for row in created} <= {row["id"] for row in listed}

        ticking = f"/schedule/{created[0]['id']}"

        async def two_runs() -> bool:
            runs = (await second.data("GET", f"{ticking}/runs"))["runs"]
            return sum(run["status"] == "succeeded" for run in runs) >= 2

        await until(two_runs, what="two runs")
        await second.data("PUT", ticking, json={"is_active": False})
        # The app's own ticking schedules would go on changing the rows.
        for name in TICKING:
            handle = temporal_server.client.get_schedule_handle(f"{deployment.app}.{name}")
            await handle.pause(note="test")

        paused = [created[0]["id"], *(f"{deployment.app}.{name}" for name in TICKING)]

        async def settled() -> list[dict[str, Any]] | None:
            last = [await last_action(temporal_server, one) for one in paused]
            rows: list[dict[str, Any]] = (await first.data("GET", "/schedule/list"))["schedules"]
            shown = {row["id"]: row for row in rows}
            still = all(shown[one]["status"] == "paused" for one in paused)
            seen = [shown[one]["last_run"] for one in paused]
            ended = all(run is None or run["closed_at"] for run in seen)
            known = [run and run["id"] for run in seen] == last
            return rows if still and ended and known and await told() else None

        async def told() -> bool:
            # An earlier run than the last may be told to have ended later.
            paths = [f"/schedule/{one}/runs" for one in paused]
            counts = [(await first.data("GET", path))["counts"] for path in paths]
            return all(one["running"] == 0 for one in counts)

        before = await until(settled, what="rows that no longer change")
        runs_before = (await first.data("GET", f"{ticking}/runs"))["runs"]

        motor: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongod.uri)
        await motor.drop_database(deployment.app)
        motor.close()
        third_url = await stack.enter_async_context(deployment.api())
        third = await stack.enter_async_context(deployment.caller(third_url))

        async def rebuilt() -> bool:
            rows = (await third.data("GET", "/schedule/list"))["schedules"]
            runs = (await third.data("GET", f"{ticking}/runs"))["runs"]
            return bool(rows == before and runs == runs_before)

        with suppress(AssertionError):  # what follows says in what they differ
            await until(rebuilt)
        assert (await third.data("GET", "/schedule/list"))["schedules"] == before
        assert (await third.data("GET", f"{ticking}/runs"))["runs"] == runs_before
        assert (await second.data("GET", "/schedule/list"))["schedules"] == before


async def test_mongodb_that_is_away_stops_the_start_with_a_clear_line(
    temporal_server: WorkflowEnvironment,
    tmp_path: Path,
) -> None:
    address = temporal_server.client.service_client.config.target_host
    uri = f"mongodb://user:hidden-password@127.0.0.1:{free_port()}/?directConnection=true"
    deployment = Deployment(tmp_path, address, uri)
    async with footfall(
        "api",
        f"--port={free_port()}",
        tmp_path=tmp_path,
        **deployment.environ,
    ) as running:
        await running.all_gone()
        assert running.process.returncode == 2
        assert "MongoDB" in running.output or "database" in running.output
        assert "hidden-password" not in running.output
        assert "Traceback" not in running.output


async def test_a_broken_app_says_where(
    temporal_server: WorkflowEnvironment,
    tmp_path: Path,
) -> None:
    address = temporal_server.client.service_client.config.target_host
    app = tmp_path / "broken"
    app.mkdir()
    (app / "main.jac").write_text("walker fine {\n}\n\nwalker broken {\n    has x: ;\n}\n")
    async with footfall(
        "worker",
        f"--app={app}",
        tmp_path=tmp_path,
        FOOTFALL_TEMPORAL_ADDRESS=address,
        FOOTFALL_DATA_DIR=str(tmp_path / "data"),
    ) as running:
        await running.all_gone(seconds=150)
        assert running.process.returncode == 3
        assert "main.jac" in running.output
        assert "5" in running.output
        assert "Traceback" not in running.output


def test_the_command_is_installed() -> None:
    assert Path(FOOTFALL).exists()
