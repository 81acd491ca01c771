import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from support.api import Api, Caller
from support.ports import free_port
from support.schedules import beating, create, ended, run_of, trigger, walking
from support.waiting import until

from footfall.schedules.run import RunStatus


def runs_path(run: dict[str, Any], suffix: str = "") -> str:
    return f"/schedule/{run['schedule_id']}/runs/{run['id']}{suffix}"


async def test_cancelling_kills_the_walker_and_keeps_what_it_printed(
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(alice, "beat", args={"folder": str(tmp_path)})
    run = await trigger(alice, schedule["id"])
    await walking(alice, run)
    await beating(tmp_path)
    body = {"reason": "it takes too long"}
    await alice.data("POST", runs_path(run, "/terminate?dry_run=true"))
    foreseen = await alice.data("POST", runs_path(run, "/cancel?dry_run=true"), json=body)
    assert foreseen["run"]["status"] == "running"
    data = await alice.data("POST", runs_path(run, "/cancel"), json=body)
    assert data["run"]["status"] == "running"
    found = await ended(alice, run)
    assert found["status"] == "cancelled"
    assert found["stdout"] == "beating\n"
    assert found["attempts"] == 1
    assert found["walker_started_at"]
    assert found["error"]["type"] == "Cancelled"
    assert found["error"]["message"] == f"Cancelled by {run['by']}: it takes too long"
    await is_dead(tmp_path)
    for query in ("", "?dry_run=true"):
        status, error = await alice.error("POST", runs_path(run, f"/cancel{query}"))
        assert (status, error["code"]) == (409, "run_ended")


async def test_terminating_ends_the_run_at_once_and_its_walker_soon(
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(alice, "beat", args={"folder": str(tmp_path)})
    run = await trigger(alice, schedule["id"])
    await walking(alice, run)
    await beating(tmp_path)
    data = await alice.data("POST", runs_path(run, "/terminate"), json={"reason": "now"})
    assert data["run"]["status"] == "terminated"
    await is_dead(tmp_path)
    found = await run_of(alice, run)
    assert found["error"]["message"] == f"Terminated by {run['by']}: now"
    status, error = await alice.error("POST", runs_path(run, "/terminate"))
    assert (status, error["code"]) == (409, "run_ended")
    counts = (await alice.data("GET", f"/schedule/{schedule['id']}/runs"))["counts"]
    assert counts["terminated"] == 1


async def is_dead(folder: Path) -> None:
    """Wait until the walker leaves no more signs of life."""

    async def silent() -> bool:
        before = (folder / "alive").read_text()
        await asyncio.sleep(0.3)
        return (folder / "alive").read_text() == before

    await until(silent, what="the walker's death")


async def test_who_may_end_a_run(
    alice: Caller,
    bob: Caller,
    admin: Caller,
    app: str,
    tmp_path: Path,
) -> None:
    schedule = await create(alice, "beat", args={"folder": str(tmp_path)})
    run = await trigger(alice, schedule["id"])
    for end in ("/cancel", "/terminate"):
        status, error = await bob.error("POST", runs_path(run, end))
        assert (status, error["code"]) == (404, "schedule_not_found")
        unknown = {**run, "id": "nothing"}
        status, error = await alice.error("POST", runs_path(unknown, end))
        assert (status, error["code"]) == (404, "run_not_found")
        static = {"schedule_id": f"{app}.passed", "id": "any"}
        status, error = await alice.error("POST", runs_path(static, end))
        assert (status, error["code"]) == (403, "forbidden")
        status, error = await admin.error("POST", runs_path(static, end))
        assert (status, error["code"]) == (404, "run_not_found")
        fields = await alice.fields("POST", runs_path(run, end), json={"reason": "x" * 501})
        assert fields == {"reason"}
    await admin.data("POST", runs_path(run, "/cancel"))
    assert (await ended(alice, run))["status"] == "cancelled"


async def test_runs_are_filtered_and_counted(alice: Caller, bob: Caller) -> None:
    good, bad = await create(alice), await create(alice, "boom")
    runs = [await trigger(alice, one["id"]) for one in (good, bad, good)]
    for run in runs:
        await ended(alice, run)

    async def counted() -> bool:
        data = await alice.data("GET", f"/schedule/{good['id']}/runs")
        assert data["counts"].keys() == set(RunStatus)
        other = await alice.data("GET", f"/schedule/{bad['id']}/runs")
        return (data["counts"]["succeeded"], other["counts"]["failed"]) == (2, 1)

    await until(counted, what="the counts")

    async def ids(path: str, who: Caller = alice, **params: Any) -> list[str]:
        data = await who.data("GET", path, params=params)
        return [run["id"] for run in data["runs"] if run["kind"] == "manual"]

    first, failed, last = (run["id"] for run in runs)
    everywhere = "/runs"
    assert await ids(everywhere, kind="manual") == [last, failed, first]
    assert await ids(everywhere, bob, kind="manual") == []
    assert await ids(everywhere, status="failed", kind="manual") == [failed]
    both = {"status": ["failed", "succeeded"], "kind": ["manual", "backfill"]}
    assert await ids(everywhere, **both) == [last, failed, first]
    assert await ids(everywhere, kind="backfill") == []
    shown = (await run_of(alice, runs[1]))["started_at"]
    assert await ids(everywhere, since=shown, kind="manual", limit=10)
    assert first not in await ids(everywhere, since=shown, kind="manual")
    assert await ids(everywhere, until=shown, kind="manual") == [first]
    path = f"/schedule/{good['id']}/runs"
    assert await ids(path, status="succeeded") == [last, first]
    assert await ids(path, status="failed") == []
    for where, who, statuses in (
        (path, alice, {"succeeded": 2}),
        (everywhere, alice, {"succeeded": 2, "failed": 1}),
        (everywhere, bob, {}),
    ):
        params = {"by": "hour", "timezone": "Asia/Kathmandu", "since": shown[:10], "kind": "manual"}
        spans = (await who.data("GET", f"{where}/counts", params=params))["spans"]
        assert sum(map(Counter, (span["counts"] for span in spans)), Counter()) == statuses
        assert sum(span["total"] for span in spans) == sum(statuses.values())
    assert await alice.fields("GET", f"{path}/counts", params={"timezone": "Mars"}) == {"timezone"}
    page = await alice.data("GET", everywhere, params={"limit": 2, "kind": "manual"})
    assert [run["id"] for run in page["runs"]] == [last, failed]
    rest = {"limit": 2, "kind": "manual", "cursor": page["cursor"]}
    assert await alice.fields("GET", path, params=rest) == {"cursor"}
    for other in ({"kind": "backfill"}, {"status": "failed"}, {"since": shown}):
        assert await alice.fields("GET", everywhere, params={**rest, **other}) == {"cursor"}
    assert await bob.fields("GET", everywhere, params=rest) == {"cursor"}
    page = await alice.data("GET", everywhere, params=rest)
    assert ([run["id"] for run in page["runs"]], page["cursor"]) == ([first], None)


async def test_runs_of_a_deleted_schedule_leave_the_list(alice: Caller, tmp_path: Path) -> None:
    schedule = await create(alice, "stepwise", args={"folder": str(tmp_path), "steps": 1})
    await trigger(alice, schedule["id"])
    await alice.data("DELETE", f"/schedule/{schedule['id']}")
    (tmp_path / "1").touch()

    async def gone() -> bool:
        runs = (await alice.data("GET", "/runs", params={"kind": "manual"}))["runs"]
        return runs == []

    await until(gone, what="the list without it")


async def test_a_schedule_that_is_created_again_shows_its_earlier_runs(alice: Caller) -> None:
    schedule = await create(alice, name="again")
    run = await trigger(alice, schedule["id"])
    await ended(alice, run)
    path = f"/schedule/{schedule['id']}"
    await alice.data("DELETE", path)
    again = await create(alice, name="again")
    assert again["id"] == schedule["id"]

    async def shown() -> bool:
        runs = (await alice.data("GET", f"{path}/runs"))["runs"]
        return [one["id"] for one in runs] == [run["id"]]

    await until(shown, what="the earlier run")


@pytest.mark.parametrize("path", ["/runs", "/schedule/{id}/runs"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "done"),
        ("kind", "mine"),
        ("since", "yesterday"),
        ("until", "2026-13-01"),
        ("limit", "0"),
        ("cursor", "?"),
    ],
)
async def test_a_filter_that_means_nothing_is_named(
    alice: Caller,
    path: str,
    name: str,
    value: str,
) -> None:
    schedule = await create(alice)
    path = path.format(id=schedule["id"])
    fields = await alice.fields("GET", path, params={name: value})
    assert {field.split(".")[0] for field in fields} == {name}


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


type Events = AsyncIterator[tuple[str, dict[str, Any]]]


async def events(lines: AsyncIterator[str]) -> Events:
    name = ""
    async for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def test_a_tail_shows_output_and_progress_while_the_walker_runs(
    api: Api,
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(alice, "stepwise", args={"folder": str(tmp_path), "steps": 3})
    run = await trigger(alice, schedule["id"])
    seen: list[tuple[str, dict[str, Any]]] = []
    async with served(api) as base, httpx.AsyncClient(base_url=base, timeout=60) as http:
        stream = http.stream("GET", runs_path(run, "/tail"), headers=alice._headers)
        async with stream as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            begun = time.monotonic()
            async for name, data in events(answer.aiter_lines()):
                seen.append((name, data))
                if name == "progress":
                    # It waits for the test: so this was told while it runs.
                    detail = await run_of(alice, run)
                    assert (detail["status"], detail["progress"]) == ("running", data)
                    (tmp_path / data["message"].removeprefix("step ")).touch()
    assert time.monotonic() - begun < 60
    told = [data for name, data in seen if name == "progress"]
    assert [one["message"] for one in told] == ["step 1", "step 2", "step 3"]
    assert [one["fraction"] for one in told] == [pytest.approx(n / 3) for n in (1, 2, 3)]
    text = ""
    for name, data in seen:
        if name == "stdout":
            assert data["offset"] == len(text)
            text += data["text"]
    assert text == "".join(f"step {n} of 3: 🚶\n" for n in (1, 2, 3))
    assert [data["status"] for name, data in seen if name == "status"][-1] == "running"
    last = {"status": "succeeded", "stdout_truncated": False, "error": None}
    assert seen[-1] == ("end", last)
    assert [name for name, _ in seen].count("end") == 1
    assert (await run_of(alice, run))["progress"] is None


async def test_the_tail_of_a_closed_run_is_what_it_left(alice: Caller, bob: Caller) -> None:
    schedule = await create(alice, "boom")
    run = await trigger(alice, schedule["id"])
    await ended(alice, run)
    answer = await alice("GET", runs_path(run, "/tail"))
    lines = answer.text.splitlines()

    async def given() -> AsyncIterator[str]:
        for line in lines:
            yield line

    seen = [event async for event in events(given())]
    error = {"type": "ValueError", "message": "no luck"}
    assert seen == [
        ("stdout", {"offset": 0, "text": "before\n"}),
        ("end", {"status": "failed", "stdout_truncated": False, "error": error}),
    ]
    assert (await bob.error("GET", runs_path(run, "/tail")))[0] == 404
    assert (await alice.error("GET", runs_path({**run, "id": "x"}, "/tail")))[0] == 404


async def test_streams_are_limited_and_end_with_their_reader(
    api: Api,
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(alice, "stepwise", args={"folder": str(tmp_path), "steps": 1})
    run = await trigger(alice, schedule["id"])
    transport: Any = api.http._transport
    streams = transport.app.state.services.streams
    streams._most = 2

    async def opened(count: int) -> None:
        async def probe() -> bool:
            return bool(streams._open.total() == count)

        await until(probe, what=f"{count} open streams")

    async with served(api) as base, httpx.AsyncClient(base_url=base, timeout=60) as http:

        def stream() -> Any:
            return http.stream("GET", runs_path(run, "/tail"), headers=alice._headers)

        async with stream() as first:
            assert first.status_code == 200
            async with stream() as second:
                assert second.status_code == 200
                await opened(2)
                async with stream() as third:
                    await third.aread()
                    assert third.status_code == 429
                    assert third.json()["data"]["code"] == "too_many_streams"
                    assert third.json()["data"]["message"].startswith("2 streams are open")
                    assert third.headers["retry-after"]
            await opened(1)
            async with stream() as again:
                assert again.status_code == 200
        await opened(0)
    streams._most = 100
    (tmp_path / "1").touch()
    await ended(alice, run)
