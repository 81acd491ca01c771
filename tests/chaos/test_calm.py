"""The same processes without havoc: one run for each time, and ends that lose nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import httpx
import psutil
import pytest
from chaos.deployment import Deployment, deployment
from chaos.member import Member
from chaos.requests import Requests
from support.api import api_settings
from support.ledger import Line
from support.waiting import until
from temporalio.client import Client

from footfall.config import TemporalSettings
from footfall.schedules.run import RunOutcome, RunStatus
from footfall.temporal.connection import connect
from footfall.temporal.pulse import SILENT_SECONDS
from footfall.temporal.runs import RunGateway

EVERY_SECOND = {"walker_name": "affect", "trigger": "interval", "seconds": 1}
NEVER = {"walker_name": "work", "trigger": "date", "run_date": "2099-01-01T00:00:00Z"}
TICKS = 6
HEARTBEAT_TIMEOUT = 10
SIGNS = 10
"""Signs of life of one walker, a tenth of a second apart, in which another would show its own."""
OLDEST_HEARTBEAT = 3.5
"""Seconds since the last heartbeat of a walker that has just ended, at most."""


class Calm:
    """A deployment, and who asks its APIs."""

    def __init__(self, found: Deployment, client: Client) -> None:
        self.found = found
        self.client = client
        self.runs = RunGateway(client, app=found.app)
        jwt = api_settings(found.temporal.address, found.app).jwt
        self.requests = [Requests([member.url], jwt) for member in found.named("api")]

    async def create(self, body: dict[str, Any], *, user: str, api: int = 0) -> str:
        data = await self.requests[api].post("/schedule/create", body, user=user)
        assert data is not None, self.requests[api].problems
        return str(data["schedule"]["id"])

    async def started(self, seconds: float, *, user: str) -> str:
        """Run a walker that takes so long, and give the schedule's id once it is under way."""
        schedule_id = await self.create({**NEVER, "args": {"seconds": seconds}}, user=user)
        await self.requests[0].post(f"/schedule/{schedule_id}/trigger", {}, user=user)

        async def begun() -> bool:
            return bool(self.found.ledger.starts(schedule_id))

        await until(begun, seconds=60, what="the start of the walker")
        return schedule_id

    def worker_of(self, schedule_id: str) -> Member:
        (start,) = self.found.ledger.starts(schedule_id)
        (member,) = [one for one in self.found.named("worker") if one.pids[-1] == start.worker]
        return member

    async def outcome(self, schedule_id: str) -> RunOutcome:
        """Give how the one run of a schedule ended."""

        async def closed() -> RunOutcome | None:
            found = [run async for run in self.runs.listed(schedule_id=schedule_id)]
            ended = [run for run in found if run.closed_at]
            return await self.runs.outcome(ended[0]) if ended else None

        return await until(closed, seconds=60, what="the end of the run")

    async def terminate(self, schedule_id: str) -> None:
        """Terminate the one run of a schedule."""
        (run,) = [run async for run in self.runs.listed(schedule_id=schedule_id)]
        await self.client.get_workflow_handle(run.id).terminate()

    def attempts(self, schedule_id: str) -> list[list[Line]]:
        lines = [line for line in self.found.ledger.all() if line.schedule_id == schedule_id]
        numbers = sorted({line.attempt for line in lines})
        return [[line for line in lines if line.attempt == number] for number in numbers]


async def ask_once(url: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as http:
        return await http.post(url, json=body, headers=headers)


@pytest.fixture(scope="module")
async def calm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Calm]:
    async with deployment(tmp_path_factory.mktemp("calm")) as found:
        client = await connect(TemporalSettings(address=found.temporal.address), identity="test")
        there = Calm(found, client)
        yield there
        for requests in there.requests:
            await requests.close()


@pytest.mark.timeout(300)
async def test_each_time_has_one_run_with_three_workers_and_three_apis(calm: Calm) -> None:
    body = {**EVERY_SECOND, "overlap": "allow_all"}
    ids = [await calm.create(body, user=f"tick-{api}", api=api) for api in range(3)]
    ids.append(f"{calm.found.app}.tick")
    begin = datetime.now(UTC)

    async def enough() -> bool:
        return all(len(calm.found.ledger.ends(one)) >= TICKS for one in ids)

    await until(enough, seconds=120, what=f"{TICKS} runs of each")
    end = datetime.now(UTC)
    for schedule_id in ids:
        times = await until(
            partial(in_a_row, calm, schedule_id, end), seconds=60, what="a run for each second"
        )
        starts = Counter(line.scheduled_at for line in calm.found.ledger.starts(schedule_id))
        assert set(times.values()) == set(starts.values()) == {1}
        assert min(times) <= begin + timedelta(seconds=3)
    pids = {member.pids[-1] for member in calm.found.named("worker")}

    async def all_work() -> bool:
        return {line.worker for line in calm.found.ledger.all()} == pids

    await until(all_work, what="runs on each worker")
    for api, schedule_id in enumerate(ids[:3]):
        await calm.requests[api].post(f"/schedule/{schedule_id}/pause", {}, user=f"tick-{api}")


async def in_a_row(calm: Calm, schedule_id: str, end: datetime) -> Counter[datetime] | None:
    """Give how many runs each time has, once each second until the end has any; None before.

    Of those that have just begun, a later one may be listed first.
    """
    runs = [run async for run in calm.runs.listed(schedule_id=schedule_id)]
    times = Counter(run.scheduled_at for run in runs if run.scheduled_at)
    pauses = {later - at for at, later in pairwise(sorted(times))}
    is_whole = pauses == {timedelta(seconds=1)} and max(times) >= end - timedelta(seconds=1)
    return times if is_whole else None


@pytest.mark.timeout(300)
async def test_a_run_that_ends_within_the_grace_is_finished_by_its_worker(calm: Calm) -> None:
    schedule_id = await calm.started(1.0, user="short")
    member = calm.worker_of(schedule_id)
    assert await member.terminate() == 0
    outcome = await calm.outcome(schedule_id)
    assert (outcome.status, outcome.attempts) == (RunStatus.SUCCEEDED, 1)
    (lines,) = calm.attempts(schedule_id)
    assert lines[-1].event == "end"
    await member.start()
    await member.ready()


@pytest.mark.timeout(300)
async def test_a_run_that_takes_longer_is_soon_taken_over_by_another_worker(calm: Calm) -> None:
    schedule_id = await calm.started(4.5, user="long")
    member = calm.worker_of(schedule_id)
    assert await member.terminate() == 0
    outcome = await calm.outcome(schedule_id)
    assert (outcome.status, outcome.attempts) == (RunStatus.SUCCEEDED, 2)
    first, second = calm.attempts(schedule_id)
    assert [line.event for line in (first[-1], second[-1])] == ["alive", "end"]
    assert second[0].worker != first[0].worker
    pause = second[0].at - first[-1].at
    # Had it not told of it, Temporal would have missed heartbeats first.
    assert 0 < pause < HEARTBEAT_TIMEOUT - OLDEST_HEARTBEAT
    await member.start()
    await member.ready()


@pytest.mark.timeout(300)
async def test_no_walker_goes_on_beside_the_one_that_takes_its_place(calm: Calm) -> None:
    """A worker that Temporal hears nothing of must let go before another one takes over."""
    schedule_id = await calm.started(60.0, user="unheard")
    member = calm.worker_of(schedule_id)
    member.ways["temporal"].stall()

    async def taken_over() -> bool:
        attempts = calm.attempts(schedule_id)
        return len(attempts) == 2 and len(attempts[1]) > SIGNS

    # Temporal may give it to the one that hears nothing again, and miss that for ten seconds.
    await until(taken_over, seconds=180, what="another worker")
    first, second = calm.attempts(schedule_id)
    assert first[-1].at < second[0].at
    assert second[0].worker != first[0].worker
    await member.ways["temporal"].mend()
    await calm.terminate(schedule_id)


@pytest.mark.timeout(300)
async def test_workers_that_are_restarted_one_by_one_lose_nothing(calm: Calm) -> None:
    body = {**EVERY_SECOND, "overlap": "allow_all"}
    ids = [await calm.create(body, user=f"roll-{number}") for number in range(3)]
    for member in calm.found.named("worker"):
        assert await member.terminate() == 0
        await member.start()
        await member.ready()
    now = datetime.now(UTC)

    async def passed() -> bool:
        return all(
            any(line.scheduled_at > now for line in calm.found.ledger.ends(one)) for one in ids
        )

    await until(passed, seconds=120, what="runs after the last restart")

    async def without_gaps() -> bool:
        # With `allow_all` a later one may end before.
        return all(
            len(due) == (due[-1] - due[0]).total_seconds() + 1
            for one in ids
            for due in [sorted({line.scheduled_at for line in calm.found.ledger.ends(one)})]
        )

    await until(without_gaps, what="the end of each run that was due")
    for schedule_id in ids:
        runs = [run async for run in calm.runs.listed(schedule_id=schedule_id)]
        closed = [run for run in runs if run.closed_at]
        assert {run.status for run in closed} == {RunStatus.SUCCEEDED}
        assert len({run.scheduled_at for run in runs}) == len(runs)
        starts = calm.found.ledger.starts(schedule_id)
        assert {line.attempt for line in starts} == {1}
    for number, schedule_id in enumerate(ids):
        await calm.requests[0].post(f"/schedule/{schedule_id}/pause", {}, user=f"roll-{number}")


@pytest.mark.timeout(300)
async def test_an_api_answers_what_was_asked_before_it_ends(calm: Calm) -> None:
    member = calm.found.named("api")[1]
    way = member.ways["temporal"]
    body = {**NEVER, "args": {"seconds": 0.0}}
    await calm.create(body, user="before", api=1)
    headers = calm.requests[1].headers("in-flight")
    stalled = time.monotonic()
    way.stall()
    asking = asyncio.create_task(ask_once(f"{member.url}/schedule/create", body, headers))

    async def asked() -> bool:
        connections = psutil.Process(member.pids[-1]).net_connections("tcp")
        return any(
            one.laddr.port == member.port and one.status == psutil.CONN_ESTABLISHED
            for one in connections
        )

    await until(asked, what="the request's connection")
    ending = asyncio.create_task(member.terminate())

    async def refuses() -> bool:
        try:
            async with httpx.AsyncClient() as http:
                await http.get(f"{member.url}/healthz/live", timeout=1)
        except httpx.ConnectError:
            return True
        except httpx.HTTPError:
            # It takes the request, and ends before it has answered.
            return False
        return False

    began = time.monotonic()
    await until(refuses, what="an API that takes no more requests")
    assert not asking.done() or time.monotonic() - stalled > SILENT_SECONDS
    await way.mend()
    stalled_for = time.monotonic() - stalled
    answer = await asking
    assert await ending == 0
    assert time.monotonic() - began < 2 * HEARTBEAT_TIMEOUT
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        # A busy machine took long for the steps above, and Temporal counted as away by then.
        assert stalled_for > SILENT_SECONDS
        return
    schedule_id = answer.json()["data"]["schedule"]["id"]
    url = calm.found.named("api")[0].url

    async def shown() -> bool:
        rows = await calm.requests[0].pages(url, "/schedule/list", "schedules", 1000)
        found = [row["id"] for row in rows if row["owner"] == "in-flight"]
        assert found in ([], [schedule_id])
        return bool(found)

    # Another API learns of what took long to be written with one look in ten seconds.
    await until(shown, what="the schedule in another API's list")


@pytest.mark.timeout(300)
async def test_processes_end_in_time_though_temporal_does_not_answer(calm: Calm) -> None:
    schedule_id = await calm.started(60.0, user="stuck")
    members = [calm.worker_of(schedule_id), calm.found.named("api")[2]]
    for member in members:
        member.ways["temporal"].stall()
    began = time.monotonic()
    assert await asyncio.gather(*(member.terminate() for member in members)) == [0, 0]
    assert time.monotonic() - began < 2 * HEARTBEAT_TIMEOUT
