import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from support.api import Api, Caller
from support.ports import free_port
from support.waiting import until

BODY: dict[str, Any] = {"walker_name": "boom", "trigger": "interval", "hours": 1}


@dataclass
class Follower:
    """What someone hears on `/events`."""

    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    ended: bool = False

    def named(self, name: str) -> list[dict[str, Any]]:
        return [data for _, event, data in self.events if event == name]

    async def hears(self, name: str, **fields: Any) -> dict[str, Any]:
        async def heard() -> dict[str, Any] | None:
            for data in self.named(name):
                if fields.items() <= data.items():
                    return data
            return None

        return await until(heard, what=f"{name} with {fields}")


@asynccontextmanager
async def served(api: Api) -> AsyncIterator[str]:
    """The API behind a real server: without one, an answer comes as a whole."""
    transport: Any = api.http._transport
    config = uvicorn.Config(transport.app, port=free_port(), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def is_up() -> bool:
        return server.started

    await until(is_up, what="the server")
    try:
        yield f"http://127.0.0.1:{config.port}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def following(base: str, who: Caller, last_id: str | None = None) -> AsyncIterator[Follower]:
    follower = Follower()
    headers = {**who._headers, **({"Last-Event-ID": last_id} if last_id else {})}
    begun = asyncio.Event()

    async def read() -> None:
        async with (
            httpx.AsyncClient(base_url=base, timeout=60) as http,
            http.stream("GET", "/events", headers=headers) as answer,
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            begun.set()
            number = name = ""
            async for line in answer.aiter_lines():
                key, _, value = line.partition(": ")
                if key == "id":
                    number = value
                elif key == "event":
                    name = value
                elif key == "data":
                    follower.events.append((number, name, json.loads(value)))
        follower.ended = True

    reading = asyncio.create_task(read())
    await asyncio.wait_for(begun.wait(), 60)
    try:
        yield follower
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_one_hears_what_happens_to_ones_own_schedules(
    api: Api, alice: Caller, bob: Caller, admin: Caller
) -> None:
    async with (
        served(api) as base,
        following(base, alice) as hers,
        following(base, bob) as his,
        following(base, admin) as everyones,
    ):
        body = {**BODY, "name": "heard", "pause_on_failure": 1}
        schedule = (await alice.data("POST", "/schedule/create", json=body))["schedule"]
        about = {"schedule_id": schedule["id"]}
        path = f"/schedule/{schedule['id']}"
        created = await hers.hears("schedule_changed", kind="created", **about)
        assert (created["name"], created["by"]) == ("heard", schedule["owner"])
        run = (await alice.data("POST", f"{path}/trigger"))["run"]
        ended = await hers.hears("run_ended", id=run["id"])
        assert (ended["status"], ended["error"]["type"]) == ("failed", "ValueError")
        failed = await hers.hears("notice", kind="failed", **about)
        assert failed["id"] == f"failed.{schedule['id']}.{run['id']}"
        assert failed["name"] == "heard"
        paused = await hers.hears("notice", kind="paused", **about)
        assert re.fullmatch(rf"paused\.{schedule['id']}\.\d{{13}}\.r2", paused["id"])
        await hers.hears("schedule_changed", kind="paused", is_paused=True, **about)
        await alice.data("DELETE", path)
        await hers.hears("schedule_deleted", **about)
        await everyones.hears("schedule_deleted", **about)
        assert sorted(one["kind"] for one in hers.named("notice")) == ["failed", "paused"]
        assert len({number for number, _, _ in hers.events}) == len(hers.events)
        assert his.events == []


async def test_a_recovery_is_heard(api: Api, alice: Caller) -> None:
    async with served(api) as base, following(base, alice) as hers:
        body = {**BODY, "walker_name": "sleepy", "timeout": 1}
        schedule = (await alice.data("POST", "/schedule/create", json=body))["schedule"]
        path = f"/schedule/{schedule['id']}/trigger"
        first = (await alice.data("POST", path))["run"]
        await hers.hears("run_started", id=first["id"])
        await hers.hears("notice", kind="failed")
        # Only what has to take too long has little time.
        await alice.data("PUT", f"/schedule/{schedule['id']}", json={"timeout": None})
        second = (await alice.data("POST", path, json={"args": {"seconds": 0}}))["run"]
        recovered = await hers.hears("notice", kind="recovered")
        assert recovered["id"] == f"recovered.{schedule['id']}.{second['id']}"


async def test_a_reader_who_comes_back_hears_what_was_missed(api: Api, alice: Caller) -> None:
    async with served(api) as base:
        async with following(base, alice) as before:
            await alice.data("POST", "/schedule/create", json=BODY)
            await before.hears("schedule_changed")
        (last_id, _, _) = before.events[-1]
        missed = (await alice.data("POST", "/schedule/create", json=BODY))["schedule"]
        async with following(base, alice, last_id) as after:
            await after.hears("schedule_changed", schedule_id=missed["id"])
        assert len(after.events) == 1


@pytest.mark.parametrize(
    "last_id", ["another-1", "{epoch}-" + "9" * 5000, "{epoch}-9999", "-", "0"]
)
async def test_a_reader_whose_last_event_is_unknown_is_told_to_read_lists_again(
    api: Api, alice: Caller, last_id: str
) -> None:
    transport: Any = api.http._transport
    epoch = transport.app.state.services.events._feed._epoch
    async with served(api) as base:
        async with following(base, alice, last_id.format(epoch=epoch)) as stranger:
            await stranger.hears("reset")
            newer = (await alice.data("POST", "/schedule/create", json=BODY))["schedule"]
            await stranger.hears("schedule_changed", schedule_id=newer["id"])
        assert [name for _, name, _ in stranger.events] == ["reset", "schedule_changed"]
        (reset_id, _, _) = stranger.events[0]
        async with following(base, alice, reset_id) as back:
            await back.hears("schedule_changed", schedule_id=newer["id"])
        assert len(back.events) == 1


@pytest.mark.parametrize("path", ["/events", "tail"])
async def test_a_stream_ends_with_its_token(api: Api, alice: Caller, path: str) -> None:
    body = {**BODY, "walker_name": "sleepy"}
    schedule = (await alice.data("POST", "/schedule/create", json=body))["schedule"]
    if path == "tail":
        run = (await alice.data("POST", f"/schedule/{schedule['id']}/trigger"))["run"]
        path = f"/schedule/{schedule['id']}/runs/{run['id']}/tail"
    brief = api.caller(schedule["owner"], lifetime=timedelta(seconds=3))
    begun = time.monotonic()
    answer = await asyncio.wait_for(brief("GET", path), 60)
    assert answer.status_code == 200
    assert answer.text.endswith(
        'event: expired\ndata: {"message":"The token has expired; come back with a new one."}\n\n'
    )
    assert time.monotonic() - begun > 1
    assert (await brief.error("GET", path))[0] == 401


async def test_streams_are_counted_with_tails_and_end_with_the_process(
    api: Api, alice: Caller
) -> None:
    transport: Any = api.http._transport
    streams = transport.app.state.services.streams
    async with served(api) as base:
        streams._most = 1
        try:
            async with following(base, alice) as hers:
                status, data = await alice.error("GET", "/events")
                assert (status, data["code"]) == (429, "too_many_streams")
                streams.close()

                async def ended() -> bool:
                    return hers.ended

                await until(ended, what="the stream's end")
        finally:
            streams._most = 100
            streams._closing.clear()


async def test_one_user_has_so_many_streams_and_an_admin_too(
    api: Api, alice: Caller, admin: Caller
) -> None:
    transport: Any = api.http._transport
    streams = transport.app.state.services.streams
    async with served(api) as base:
        streams._most_of_one = 1
        try:
            async with following(base, alice), following(base, admin):
                for who in (alice, admin):
                    status, data = await who.error("GET", "/events")
                    assert (status, data["code"]) == (429, "too_many_streams")
                    assert "one user" in data["message"]
        finally:
            streams._most_of_one = 20


async def test_without_a_token_nothing_is_heard(api: Api) -> None:
    assert (await api.http.get("/events")).status_code == 401
