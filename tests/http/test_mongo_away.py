"""What requests get while MongoDB is away, and that runs and the projection go on."""

import time
from pathlib import Path

from support.api import api_settings, caller_of, running_api
from support.mongod import running_mongod
from support.schedules import create
from support.scraped import Scraped
from support.waiting import until
from support.worker import running_worker
from temporalio.client import Client

APP = Path(__file__).parent.parent / "apps" / "python_runs"
SOON = 10.0
"""Seconds within which a list is refused; the driver looks for a server for two of them, and would
by itself for thirty."""


async def test_lists_are_refused_runs_go_on_and_the_projection_catches_up(
    client: Client, app_name: str, tmp_path: Path
) -> None:
    address = client.service_client.config.target_host
    async with running_mongod() as server:
        asked = api_settings(
            address, app_name, FOOTFALL_MONGODB_URI=server.uri, FOOTFALL_MONGODB_DATABASE="away"
        )
        async with (
            running_worker(address, app_name=app_name, app=APP, data_dir=tmp_path),
            running_api(asked) as api,
        ):
            caller = caller_of(api.http, asked, "ada")
            ticking = await create(caller, hours=0, seconds=1)

            async def succeeded() -> int:
                data = await caller.data("GET", f"/schedule/{ticking['id']}/runs")
                return int(data["counts"]["succeeded"])

            ran = await until(succeeded, what="a run")
            await server.kill()
            for path in ("/schedule/list", "/runs", f"/schedule/{ticking['id']}/runs"):
                begin = time.monotonic()
                answer = await caller("GET", path)
                assert time.monotonic() - begin < SOON
                assert answer.status_code == 503, answer.text
                assert answer.json()["data"]["code"] == "projection_unavailable"
                assert answer.headers["Retry-After"]
            assert (await api.http.get("/healthz/ready")).status_code == 503
            answer = await caller_of(api.http, asked, "root-admin", admin=True)("GET", "/metrics")
            told = Scraped(answer.text)
            assert told("footfall_projection_up") == 0
            assert told("footfall_temporal_up") == told("footfall_workers") == 1
            # What goes to Temporal alone is done.
            made = await create(caller)
            handle = client.get_schedule_handle(ticking["id"])
            started = (await handle.describe()).info.num_actions

            async def goes_on() -> bool:
                return (await handle.describe()).info.num_actions >= started + 3

            await until(goes_on, what="runs without MongoDB")
            await server.start()

            async def caught_up() -> bool:
                ready = (await api.http.get("/healthz/ready")).status_code == 200
                if not ready or await succeeded() < ran + 3:
                    return False
                listed = await caller.data("GET", "/schedule/list")
                # The app's own static ones are there as well.
                return {made["id"], ticking["id"]} <= {one["id"] for one in listed["schedules"]}

            await until(caught_up, what="what was missed")
