import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.api import Caller
from support.ports import free_port
from support.processes import EXAMPLE_APP, Running, footfall, ready
from support.scraped import scrape
from support.waiting import until

GUIDE_CREATE = {"walker_name": "my_walker", "trigger": "interval", "minutes": 30}
GUIDE_CLEANUP = {"trigger": "interval", "hours": 1, "minutes": 30}
GUIDE_LINES = {
    "cleanup_task": "Cleaning up...\n",
    "daily_report": "Generating daily report...\n",
    "new_year_task": "Happy New Year!\n",
    "health_check": "Checking database...\nChecking cache...\nChecking api...\n",
}


class Dev:
    """One `footfall dev` on ports of its own."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.ports = {name: free_port() for name in ("api", "temporal", "ui")}
        self.health_port = free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['api']}"

    @property
    def options(self) -> list[str]:
        ports = [f"--{name}-port={port}" for name, port in self.ports.items()]
        return [*ports, f"--data-dir={self.tmp_path / 'data'}"]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Running]:
        async with footfall(
            "dev",
            f"--app={EXAMPLE_APP}",
            *self.options,
            tmp_path=self.tmp_path,
            FOOTFALL_WORKER_HEALTH_PORT=str(self.health_port),
        ) as running:
            await ready(self.url, running=running)
            yield running

    async def token(self, user: str) -> str:
        data = f"--data-dir={self.tmp_path / 'data'}"
        async with footfall("token", f"--user={user}", data, tmp_path=self.tmp_path) as token:
            assert await token.process.wait() == 0, token.output
            assert token.output.count("\n") == 1
            return token.output.strip()

    @asynccontextmanager
    async def caller(self, user: str = "ada") -> AsyncIterator[Caller]:
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as http:
            yield Caller(http, await self.token(user))


@pytest.fixture
def dev(tmp_path: Path) -> Dev:
    return Dev(tmp_path)


async def succeeded(who: Caller, schedule_id: str, number: int) -> list[dict[str, Any]]:
    async def enough() -> list[dict[str, Any]] | None:
        runs = (await who.data("GET", f"/schedule/{schedule_id}/runs"))["runs"]
        good = [run for run in runs if run["status"] == "succeeded"]
        return good if len(good) >= number else None

    return await until(enough, what=f"{number} runs")


@pytest.mark.timeout(600)
async def test_schedules_and_runs_survive_kill_9_of_everything(dev: Dev) -> None:
    async with dev.running() as running, dev.caller() as ada:
        guide = (await ada.data("POST", "/schedule/create", json=GUIDE_CREATE))["schedule"]
        body = {"walker_name": "my_walker", "trigger": "interval", "seconds": 1}
        ticking = (await ada.data("POST", "/schedule/create", json=body))["schedule"]
        before = await succeeded(ada, ticking["id"], 2)
        static = await succeeded(ada, "footfall.heartbeat", 1)
        assert len(running.tree()) >= 4
        running.kill_everything()
        await running.all_gone()
    async with dev.running(), dev.caller() as ada:
        again = (await ada.data("GET", f"/schedule/{guide['id']}"))["schedule"]
        assert again == guide
        after = await succeeded(ada, ticking["id"], len(before) + 2)
        assert {run["id"] for run in before} <= {run["id"] for run in after}
        assert len({run["scheduled_at"] for run in after}) == len(after)
        listed = (await ada.data("GET", "/schedule/list"))["schedules"]
        assert {guide["id"], ticking["id"], "footfall.heartbeat"} <= {row["id"] for row in listed}
        runs = (await ada.data("GET", "/schedule/footfall.heartbeat/runs"))["runs"]
        assert {run["id"] for run in static} <= {run["id"] for run in runs}


@pytest.mark.timeout(600)
async def test_the_guides_examples_run_and_what_they_print_is_seen(dev: Dev) -> None:
    async with dev.running() as running, dev.caller() as ada:
        addresses = r"(?s)API metrics +(\S+)/metrics\n +Worker metrics +(\S+)/metrics\n"
        api, worker = (await running.shows(addresses)).groups()
        assert worker == f"http://127.0.0.1:{dev.health_port}"
        assert (await scrape(api))("footfall_build_info", process="api") == 1
        assert (await scrape(worker))("footfall_build_info", process="worker") == 1

        async def registered() -> dict[str, dict[str, Any]] | None:
            listed = (await ada.data("GET", "/schedule/list"))["schedules"]
            found = {row["walker_name"]: row for row in listed if row["is_static"]}
            return found if found.keys() >= GUIDE_LINES.keys() else None

        static = await until(registered, what="the guide's static schedules")
        assert static["new_year_task"]["status"] == "completed"
        assert static["cleanup_task"]["config"] == {
            "trigger": "interval",
            "hours": 1,
            "minutes": 30,
        }
        for walker, printed in GUIDE_LINES.items():
            body = {"walker_name": walker, "trigger": "interval", "seconds": 1}
            schedule = (await ada.data("POST", "/schedule/create", json=body))["schedule"]
            path = f"/schedule/{schedule['id']}"
            first = (await succeeded(ada, schedule["id"], 1))[0]
            run = (await ada.data("GET", f"{path}/runs/{first['id']}"))["run"]
            assert run["stdout"] == printed
            await ada.data("DELETE", path)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
async def test_it_says_where_to_look_and_stops_without_a_trace(
    dev: Dev,
    kind: signal.Signals,
) -> None:
    async with dev.running() as running:
        await running.shows(rf"http://127\.0\.0\.1:{dev.ports['ui']}")
        await running.shows(rf"http://127\.0\.0\.1:{dev.ports['api']}/openapi\.json")
        curl = await running.shows(r"(?m)^.*?(curl .*(?:\\\n.*)*)$")
        assert "Bearer " in curl.group(1)
        async with httpx.AsyncClient(timeout=30) as http:
            page = await http.get(f"http://127.0.0.1:{dev.ports['ui']}/")
            assert page.status_code == 200
        assert await running.stop(kind) == 0


@pytest.mark.parametrize("name", ["api", "temporal", "ui"])
async def test_a_taken_port_is_said_so_and_nothing_is_started(dev: Dev, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", dev.ports[name]))
        taken.listen()
        async with footfall(
            "dev",
            f"--app={EXAMPLE_APP}",
            *dev.options,
            tmp_path=dev.tmp_path,
        ) as running:
            await running.all_gone()
            assert running.process.returncode == 2
            assert str(dev.ports[name]) in running.output
            assert f"--{name}-port" in running.output
