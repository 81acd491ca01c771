"""What requests get while Temporal is away, dead or silent, and that all goes on afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from support.api import Caller, api_settings, caller_of, running_api
from support.schedules import create
from support.slow_proxy import slowed
from support.temporal_file import TemporalFile, temporal_file
from support.waiting import until
from support.worker import running_worker

from footfall.config import TemporalSettings
from footfall.temporal.connection import connect

APP = Path(__file__).parent.parent / "apps" / "python_runs"
NEW = {"walker_name": "greet", "trigger": "interval", "hours": 5}

SOON = 8.0
"""Seconds within which a request is answered that came when Temporal had just gone: three on a
quiet machine, and in any case fewer than the ten that a call to a slow one may take."""

AT_ONCE = 2.0
"""The same when it is known to be away; a refusal takes milliseconds, a busy machine more."""


class Scene:
    """An API, a worker and a schedule of every second, on a server that can be taken away."""

    def __init__(self, server: TemporalFile, caller: Caller, ticking: str, idle: str) -> None:
        self.server = server
        self.caller = caller
        self.ticking = ticking
        self.idle = idle

    def requests(self) -> list[Callable[[], Awaitable[Any]]]:
        path = f"/schedule/{self.idle}"
        return [
            lambda: self.caller("POST", "/schedule/create", json=NEW),
            lambda: self.caller("PUT", path, json={"description": "changed while it was away"}),
            lambda: self.caller("POST", f"{path}/pause"),
            lambda: self.caller("POST", f"{path}/trigger", json={}),
            lambda: self.caller("POST", f"{path}/backfill", json=PAST),
            lambda: self.caller("GET", f"{path}/changes"),
            lambda: self.caller("GET", "/schedule/of-nobody"),
            lambda: self.caller("PUT", "/notifications", json={"hooks": []}),
            lambda: self.caller("DELETE", path),
        ]

    async def succeeded(self) -> int:
        data = await self.caller.data("GET", f"/schedule/{self.ticking}/runs")
        return int(data["counts"]["succeeded"])


PAST = {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"}


@asynccontextmanager
async def scene(folder: Path, app: str) -> AsyncIterator[Scene]:
    async with temporal_file(folder) as server:
        asked = api_settings(server.address, app)
        async with (
            running_worker(server.address, app_name=app, app=APP, data_dir=folder / "data"),
            running_api(asked) as api,
        ):
            caller = caller_of(api.http, asked, "ada")
            ticking = await create(caller, hours=0, seconds=1, overlap="skip")
            idle = await create(caller)
            yield Scene(server, caller, ticking["id"], idle["id"])


async def refused(request: Callable[[], Awaitable[Any]], *, within: float) -> None:
    begin = time.monotonic()
    answer = await request()
    taken = time.monotonic() - begin
    assert answer.status_code == 503, answer.text
    assert answer.json()["data"]["code"] == "temporal_unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert taken < within, f"{answer.request.method} {answer.request.url}: {taken:.1f} s"


@pytest.mark.parametrize("how", ["frozen", "killed"])
async def test_requests_are_refused_soon_and_nothing_is_lost(
    tmp_path: Path, app_name: str, how: str
) -> None:
    async with scene(tmp_path, app_name) as one:
        await until(one.succeeded, what="a run")
        before = await one.caller.data("GET", "/schedule/list")
        if how == "frozen":
            one.server.freeze()
        else:
            await one.server.kill()
        # All of them have a connection that was open.
        await asyncio.gather(*(refused(request, within=SOON) for request in one.requests()))
        for request in one.requests():
            await refused(request, within=AT_ONCE)
        # What the projection knows is still told.
        shown = await one.caller.data("GET", "/schedule/list")
        assert [row["id"] for row in shown["schedules"]] == [
            row["id"] for row in before["schedules"]
        ]
        ran = await one.succeeded()
        if how == "frozen":
            one.server.thaw()
        else:
            await one.server.start()

        async def answers() -> bool:
            return (await one.caller("GET", "/schedule/of-nobody")).status_code == 404

        await until(answers, what="Temporal's answers")

        async def created() -> str | None:
            # The worker, too, has to come back.
            answer = await one.caller("POST", "/schedule/create", json=NEW)
            assert answer.status_code in (200, 503), answer.text
            return answer.json()["data"]["schedule"]["id"] if answer.is_success else None

        made = await until(created, what="a new schedule")

        async def goes_on() -> bool:
            return await one.succeeded() >= ran + 3

        await until(goes_on, what="further runs")
        client = await connect(TemporalSettings(address=one.server.address), identity="test")
        for schedule_id in (one.ticking, made):
            await client.get_schedule_handle(schedule_id).describe()


async def test_a_slow_temporal_is_waited_for(tmp_path: Path, app_name: str) -> None:
    async with temporal_file(tmp_path) as server, slowed(server.address, seconds=0.4) as address:
        asked = api_settings(address, app_name)
        async with (
            running_worker(server.address, app_name=app_name, app=APP, data_dir=tmp_path / "data"),
            running_api(asked) as api,
        ):
            caller = caller_of(api.http, asked, "ada")
            begin = time.monotonic()
            made = await create(caller)
            assert time.monotonic() - begin > 0.4
            changed = await caller.data(
                "PUT", f"/schedule/{made['id']}", json={"description": "slow"}
            )
            assert changed["schedule"]["description"] == "slow"
            run = await caller.data("POST", f"/schedule/{made['id']}/trigger", json={})
            assert run["run"]["schedule_id"] == made["id"]
