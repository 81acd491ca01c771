"""Whatever is sent: no 500, no stack trace, no request that hangs, and a refusal changes nothing.

FOOTFALL_ROUGH=long tries more; hypothesis prints what makes a failure happen again.
"""

import asyncio
import json
import os
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.api import Caller, api_settings, caller_of, served_api
from support.schedules import create
from support.strange import HEADERS, IDS, QUERIES, REFUSED, UNUSUAL
from support.waiting import until
from support.worker import running_worker
from temporalio.client import Client

APP = Path(__file__).parent.parent / "apps" / "rough"
DEADLINE = 20.0
SOME = settings(
    max_examples=2000 if os.environ.get("FOOTFALL_ROUGH") == "long" else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
LONG = pytest.mark.timeout(3600)
OPERATIONS = [
    ("POST", "/schedule/create"),
    ("POST", "/schedule/preview"),
    ("POST", "/schedule/apply"),
    ("POST", "/schedule/bulk"),
    ("PUT", "/schedule/{id}"),
    ("POST", "/schedule/{id}/pause"),
    ("POST", "/schedule/{id}/trigger"),
    ("POST", "/schedule/{id}/backfill"),
    ("POST", "/schedule/{id}/runs/{id}/cancel"),
    ("PUT", "/notifications"),
]
FIELDS = ["args", "name", "tags", "seconds", "cron", "schedules", "ids", "reason", "hooks", "start"]
NAMES = {"list", "export", "walkers"}
"""Parts of paths that stand where an id may stand."""

READS = [
    "/schedule/{id}",
    "/schedule/{id}/runs",
    "/schedule/{id}/runs/{id}",
    "/schedule/{id}/runs/{id}/tail",
    "/schedule/{id}/changes",
    "/schedule/{id}/backfills/{id}",
    "/schedule/list",
    "/runs",
    "/notifications",
    "/notifications/deliveries",
    "/notifications/deliveries/{id}",
]


class Rough:
    """An API as it is served, with a schedule that nothing may change."""

    def __init__(self, url: str, caller: Caller, client: Client, app: str, kept: str) -> None:
        self.url = url
        self.caller = caller
        self.kept = kept
        self._client = client
        self._app = app

    async def state(self) -> tuple[Any, ...]:
        """Give all that a request might have changed."""
        described = await self._client.get_schedule_handle(self.kept).describe()
        raw = described.raw_description
        listed = await self.caller.data("GET", "/schedule/list")
        hooks = await self.caller.data("GET", "/notifications")
        runs = await self.caller.data("GET", "/runs")
        return (
            raw.conflict_token,
            raw.schedule.SerializeToString(deterministic=True),
            sorted(one["id"] for one in listed["schedules"]),
            hooks["hooks"],
            [run["id"] for run in runs["runs"]],
        )

    async def scheduled(self) -> set[str]:
        query = f"FootfallApp = '{self._app}'"
        return {one.id async for one in await self._client.list_schedules(query)}


@pytest.fixture(scope="module")
async def rough(
    address: str, client: Client, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Rough]:
    app = f"rough-{uuid.uuid4().hex[:8]}"
    asked = api_settings(address, app)
    data_dir = tmp_path_factory.mktemp("rough")
    async with (
        running_worker(address, app_name=app, app=APP, data_dir=data_dir),
        served_api(asked) as url,
        httpx.AsyncClient(base_url=url, timeout=DEADLINE) as http,
    ):
        caller = caller_of(http, asked, "ruth")
        kept = await create(caller, walker_name="keep", args={})
        yield Rough(url, caller, client, app, kept["id"])


def is_sound(answer: httpx.Response) -> None:
    """Hold an answer to what every answer has to be."""
    said = answer.text
    assert answer.status_code < 500, said
    assert not re.search(r'Traceback|File "/|line \d+, in |site-packages', said)
    if answer.headers.get("content-type", "").startswith("application/json"):
        assert json.loads(said).keys() == {"status", "data", "meta"}
    else:
        # What is no HTTP at all is refused before it comes to us.
        assert (answer.status_code, said) == (400, "Invalid HTTP request received.")


def is_refused(answer: httpx.Response) -> None:
    is_sound(answer)
    assert 400 <= answer.status_code < 500, answer.text


def place(text: str, field: str, *, deep: bool) -> bytes:
    base: dict[str, Any] = {"walker_name": "keep", "trigger": "interval", "hours": 9}
    marked = {**base, field: {"value": ["@"]} if deep else "@"}
    return json.dumps(marked).replace('"@"', text).encode("utf-8", "surrogatepass")


@LONG
@SOME
@given(
    st.sampled_from(OPERATIONS), st.sampled_from(REFUSED), st.sampled_from(FIELDS), st.booleans()
)
async def test_what_is_no_json_changes_nothing(
    rough: Rough,
    operation: tuple[str, str],
    text: str,
    field: str,
    deep: bool,  # noqa: FBT001 - hypothesis gives it by its place
) -> None:
    method, path = operation
    before = await rough.state()
    sent = place(text, field, deep=deep)
    headers = {"Content-Type": "application/json"}
    is_refused(
        await rough.caller(method, path.format(id=rough.kept), content=sent, headers=headers)
    )
    assert await rough.state() == before


@LONG
@SOME
@given(st.sampled_from(OPERATIONS), st.binary(max_size=200), HEADERS)
async def test_bodies_that_are_anything_change_nothing(
    rough: Rough, operation: tuple[str, str], body: bytes, headers: dict[str, bytes]
) -> None:
    method, path = operation
    before = await rough.state()
    # Never what a body may be: where it may be left out, an empty one is right.
    sent = b"\xfe" + body
    answer = await rough.caller(method, path.format(id=rough.kept), content=sent, headers=headers)
    is_refused(answer)
    assert await rough.state() == before


@LONG
@SOME
@given(st.sampled_from(UNUSUAL), st.sampled_from(FIELDS[:8]))
async def test_unusual_values_are_kept_as_they_are_or_refused(
    rough: Rough, text: str, field: str
) -> None:
    before = await rough.scheduled()
    sent = place(text, field, deep=field == "args")
    headers = {"Content-Type": "application/json"}
    answer = await rough.caller("POST", "/schedule/create", content=sent, headers=headers)
    is_sound(answer)
    if answer.status_code != 200:
        assert field != "args"
        assert await rough.scheduled() == before
        return
    made = answer.json()["data"]["schedule"]
    shown = await rough.caller.data("GET", f"/schedule/{made['id']}")
    if field == "args":
        assert shown["schedule"]["args"] == json.loads(sent)["args"]
        ran = await rough.caller("POST", f"/schedule/{made['id']}/trigger")
        is_sound(ran)
        assert ran.status_code == 200
    await rough.caller.data("GET", "/schedule/list")
    await rough.caller.data("DELETE", f"/schedule/{made['id']}")
    await gone(rough, made["id"])


async def gone(rough: Rough, schedule_id: str) -> None:
    async def is_gone() -> bool:
        return schedule_id not in await rough.scheduled()

    await until(is_gone, what="the list without it")


@LONG
@SOME
@given(st.sampled_from(READS), IDS, QUERIES, HEADERS)
@example("/schedule/{id}", "..", {}, {})
async def test_ids_cursors_and_headers_that_nobody_gave(
    rough: Rough, path: str, one: str, query: dict[str, str], headers: dict[str, bytes]
) -> None:
    # A client would take dots for a way up, and ask for something else.
    asked = path.replace("{id}", quote(one, safe="").replace(".", "%2E"))
    async with httpx.AsyncClient(base_url=rough.url, timeout=DEADLINE) as http:
        sent = [*rough.caller._headers.items(), *headers.items()]
        async with http.stream("GET", asked, params=query, headers=sent) as answer:
            await answer.aread()
    is_sound(answer)
    # The pattern of a route bears a line's end, as `$` does.
    if "{id}" in path and one.removesuffix("\n") not in NAMES:
        assert answer.status_code >= 400, answer.text


async def test_huge_headers_and_targets_are_refused_at_once(rough: Rough) -> None:
    for size in (10_000, 100_000, 1_000_000):
        params = {"q": "x" * min(size, 60_000)}, {"cursor": "A" * min(size, 60_000)}
        for options in (
            {"headers": {"X-Huge": "x" * size}},
            {"headers": {"Authorization": "Bearer " + "x" * size}},
            {"headers": {f"X-{number}": "x" for number in range(min(size // 20, 2000))}},
            {"params": params[0]},
            {"params": params[1]},
        ):
            async with httpx.AsyncClient(base_url=rough.url, timeout=DEADLINE) as http:
                try:
                    answer = await http.get("/schedule/list", **options)
                except httpx.TransportError:
                    continue  # hung up on while it was still sending
            is_refused(answer)
    assert (await rough.caller("GET", "/schedule/list")).status_code == 200


async def test_a_body_that_never_comes_holds_up_nobody(rough: Rough) -> None:
    host, port = rough.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = ["POST /schedule/create HTTP/1.1", f"Host: {host}", "Content-Length: 1000000"]
    head += [f"{name}: {value}" for name, value in rough.caller._headers.items()]
    writer.write("\r\n".join([*head, "", '{"walker_name": ']).encode())
    await writer.drain()
    for _ in range(20):
        assert (await rough.caller("GET", "/schedule/list")).status_code == 200
    writer.close()
    await writer.wait_closed()
    del reader
    assert rough.kept in await rough.scheduled()
