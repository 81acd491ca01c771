import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from support.api import Api, Caller, api_settings, running_api, served_api
from support.mongod import Mongod
from support.waiting import until

from footfall.schedules.schedule import utc_now
from worker.health import WorkerState

type Started = Callable[..., AbstractAsyncContextManager[Api]]

HOURLY: dict[str, Any] = {"walker_name": "greet", "trigger": "interval", "hours": 1}


@pytest.fixture
def limited(address: str, app: str, worker: WorkerState) -> Started:
    """Start an API with limits of its own, beside the module's worker."""
    del worker

    def start(**limits: int) -> AbstractAsyncContextManager[Api]:
        environ = {f"FOOTFALL_LIMITS_{name.upper()}": str(most) for name, most in limits.items()}
        return running_api(api_settings(address, app, **environ))

    return start


@pytest.fixture(params=["memory", "mongo"])
async def ten(
    request: pytest.FixtureRequest, address: str, app: str, worker: WorkerState, mongod: Mongod
) -> AsyncIterator[Api]:
    """An API that lets an owner have ten schedules."""
    del worker
    environ = {"FOOTFALL_LIMITS_SCHEDULES": "10"}
    if request.param == "mongo":
        environ |= {"FOOTFALL_MONGODB_URI": mongod.uri, "FOOTFALL_MONGODB_DATABASE": "limits"}
    async with running_api(api_settings(address, app, **environ)) as api:
        yield api


async def create(who: Caller, **fields: Any) -> httpx.Response:
    return await who("POST", "/schedule/create", json={**HOURLY, **fields})


def code(answer: httpx.Response) -> str | None:
    found = answer.json()["data"]
    return None if answer.status_code == 200 else str(found["code"])


async def own(who: Caller) -> int:
    data = await who.data("GET", "/schedule/list?is_static=false&limit=1")
    return int(data["total"])


@pytest.mark.parametrize("is_admin", [False, True])
async def test_a_burst_of_creations_does_not_pass_the_limit(ten: Api, *, is_admin: bool) -> None:
    user = f"burst-{uuid.uuid4().hex[:8]}"
    who, plain = ten.caller(user, admin=is_admin), ten.caller(user)
    answers = await asyncio.gather(*(create(who) for _ in range(50)))
    codes = [code(answer) for answer in answers]
    assert (codes.count(None), codes.count("too_many_schedules")) == (10, 40)
    assert {answer.status_code for answer in answers} == {200, 400}
    assert await own(plain) == 10
    # What room a deletion makes is there at once.
    gone = (await plain.data("GET", "/schedule/list?is_static=false"))["schedules"][0]["id"]
    await who.data("DELETE", f"/schedule/{gone}")
    answers = await asyncio.gather(*(create(who) for _ in range(5)))
    assert [code(answer) for answer in answers].count(None) == 1
    status, data = await who.error("POST", "/schedule/create?dry_run=true", json=HOURLY)
    assert (status, data["code"], data["details"]) == (400, "too_many_schedules", {"limit": 10})
    assert "FOOTFALL_LIMITS_SCHEDULES" in data["message"]
    assert (await create(ten.caller(f"{user}-other"))).status_code == 200


async def test_what_is_there_is_answered_at_the_limits_too(limited: Started) -> None:
    async with limited(schedules=2, creations=2) as api:
        who = api.caller("replaying")
        key = {"Idempotency-Key": "k"}
        body = {**HOURLY, "name": "first"}
        made = await who.data("POST", "/schedule/create", json=body, headers=key)
        await create(who)
        for _ in range(4):
            again = await who.data("POST", "/schedule/create", json=body, headers=key)
            assert again["schedule"]["id"] == made["schedule"]["id"]
        status, data = await who.error("POST", "/schedule/create", json=body)
        assert (status, data["code"]) == (409, "conflict")
        applied = {"schedules": [body]}
        assert (await who.data("POST", "/schedule/apply", json=applied))["failed"] == 0
        answer = await create(who, name="third")
        assert (answer.status_code, code(answer)) == (429, "too_many_creations")


async def test_creations_have_a_pace(limited: Started) -> None:
    async with limited(creations=3) as api:
        for who in (api.caller("hasty"), api.caller("hasty-admin", admin=True)):
            answers = await asyncio.gather(*(create(who) for _ in range(8)))
            codes = [code(answer) for answer in answers]
            assert (codes.count(None), codes.count("too_many_creations")) == (3, 5)
            refused = next(answer for answer in answers if answer.status_code == 429)
            details = refused.json()["data"]["details"]
            assert 15 <= details["retry_after"] <= 20
            assert refused.headers["Retry-After"] == str(details["retry_after"])
        # What is wrong, or only looked at, is not counted.
        who = api.caller("careful")
        for _ in range(5):
            assert (await create(who, hours="x")).status_code == 400
            await who.data("POST", "/schedule/create?dry_run=true", json=HOURLY)
        assert (await create(who)).status_code == 200


async def test_a_file_is_applied_whole_or_not_at_all(limited: Started) -> None:
    def file(count: int) -> dict[str, Any]:
        return {"schedules": [{**HOURLY, "name": f"n-{number}"} for number in range(count)]}

    async with limited(schedules=10, creations=4) as api:
        who = api.caller("applying")
        for query in ("", "?dry_run=true"):
            status, data = await who.error("POST", f"/schedule/apply{query}", json=file(11))
            assert (status, data["code"]) == (400, "too_many_schedules")
        assert await own(who) == 0
        data = await who.data("POST", "/schedule/apply", json=file(9))
        assert (data["counts"]["create"], data["failed"]) == (9, 0)
        # It went through whole, faster than the pace; now that is made up for.
        answer = await who("POST", "/schedule/apply", json=file(10))
        assert (answer.status_code, code(answer)) == (429, "too_many_creations")
        assert 60 < int(answer.headers["Retry-After"]) <= 90
        # What creates nothing is not held up.
        data = await who.data("POST", "/schedule/apply", json=file(9))
        assert data["counts"]["unchanged"] == 9
        assert await own(who) == 9


async def test_arguments_have_a_size(limited: Started) -> None:
    async with limited(args=64) as api:
        who = api.caller("wordy")
        assert (await create(who, args={"name": "x" * 50})).status_code == 200
        data = (await create(who, args={"name": "x" * 60})).json()["data"]
        (problem,) = data["details"]["fields"]
        assert problem["field"] == "args"
        assert "FOOTFALL_LIMITS_ARGS" in problem["message"]


async def test_pages_have_a_size(limited: Started) -> None:
    async with limited(page=2) as api:
        who = api.caller("leafing", admin=True)
        for path in ("/schedule/list", "/runs", "/notifications/deliveries"):
            assert await who.fields("GET", f"{path}?limit=3") == {"limit"}
            await who.data("GET", f"{path}?limit=2")

        async def there() -> bool:
            return len((await who.data("GET", "/schedule/list"))["schedules"]) == 2

        # Who asks for no size gets the largest page, and a cursor.
        await until(there, what="the static schedules")
        assert (await who.data("GET", "/schedule/list"))["cursor"] is not None


async def test_backfills_reach_so_far(limited: Started) -> None:
    async with limited(backfill_days=2, backfill_runs=3) as api:
        who = api.caller("late")
        cron = {"walker_name": "greet", "trigger": "cron", "cron": "0 * * * *", "is_active": False}
        path = (await who.data("POST", "/schedule/create", json=cron))["schedule"]["id"]
        now = utc_now().replace(microsecond=0)
        for hours, field in ((49, "start"), (40, "end")):
            times = {"start": (now - timedelta(hours=hours)).isoformat(), "end": now.isoformat()}
            for query in ("", "?dry_run=true"):
                status, data = await who.error(
                    "POST", f"/schedule/{path}/backfill{query}", json=times
                )
                (problem,) = data["details"]["fields"]
                assert (status, problem["field"]) == (400, field), problem


async def test_bodies_have_a_size_whether_or_not_it_is_said(
    address: str, app: str, worker: WorkerState
) -> None:
    del worker
    settings = api_settings(address, app, FOOTFALL_LIMITS_BODY="2048")
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'{"walker_name": "'
        while True:
            sent += 1024
            yield b"x" * 1024

    async with served_api(settings) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:
        caller = Api(client, settings).caller("large")
        type_of = {"Content-Type": "application/json"}
        answer = await create(caller, description="x" * 4096)
        assert (answer.status_code, code(answer)) == (413, "too_large")
        assert "FOOTFALL_LIMITS_BODY" in answer.json()["data"]["message"]
        large = b'{"description": "' + b"x" * 1024 * 1024
        answer = await caller("POST", "/schedule/create", content=iter_of(large), headers=type_of)
        assert (answer.status_code, code(answer)) == (413, "too_large")
        assert answer.headers["Connection"] == "close"
        # Who never ends is cut off, perhaps before the answer can be read.
        with suppress(httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            answer = await caller("POST", "/schedule/create", content=endless(), headers=type_of)
            assert answer.status_code == 413
        assert 2048 < sent < 64 * 1024 * 1024
        # A body in pieces is taken like any other.
        raw = json.dumps(HOURLY).encode()
        answer = await caller("POST", "/schedule/create", content=iter_of(raw), headers=type_of)
        assert answer.status_code == 200


async def iter_of(data: bytes) -> AsyncIterator[bytes]:
    step = max(10, len(data) // 100)
    for at in range(0, len(data), step):
        yield data[at : at + step]


async def test_streams_are_counted(limited: Started) -> None:
    async with limited(streams=1, user_streams=1) as api:
        who = api.caller("listening")
        both = [asyncio.create_task(who("GET", "/events")) for _ in range(2)]
        done, others = await asyncio.wait(both, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        (answer,) = [task.result() for task in done]
        assert (answer.status_code, code(answer)) == (429, "too_many_streams")
        assert answer.headers["Retry-After"] == "2"
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
