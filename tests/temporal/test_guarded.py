"""Each call to Temporal ends, whatever Temporal does."""

import asyncio
import time
from collections.abc import AsyncIterator, MutableMapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.waiting import until
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from footfall.config import TemporalSettings
from footfall.errors import TemporalUnavailableError
from footfall.temporal.connection import connect, translated_errors
from footfall.temporal.guarded import Guarding
from footfall.temporal.pulse import SILENT_SECONDS, Pulse


@pytest.fixture
async def silent() -> AsyncIterator[str]:
    """Address of something that takes connections and never says anything."""
    writers: list[asyncio.StreamWriter] = []

    async def taken(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.close()


async def test_a_call_that_names_no_deadline_has_one(silent: str) -> None:
    guarding = Guarding(deadline=timedelta(seconds=0.3), pulse=None)
    client = await Client.connect(silent, lazy=True, plugins=[guarding])
    begin = time.monotonic()

    async def lists() -> None:
        async for _ in client.list_workflows("WorkflowType = 'RunWalker'"):
            pass

    async def schedules() -> None:
        async for _ in await client.list_schedules():
            pass

    async def ends(call: object) -> None:
        with pytest.raises((RPCError, RuntimeError)):
            await call  # type: ignore[misc]

    await asyncio.wait_for(
        asyncio.gather(
            ends(lists()),
            ends(schedules()),
            ends(client.count_workflows()),
            ends(client.get_workflow_handle("x").describe()),
            ends(client.get_schedule_handle("x").describe()),
        ),
        60,
    )
    # The SDK asks again for ten seconds.
    assert time.monotonic() - begin < 30


async def test_calls_end_when_temporal_is_away_and_go_on_when_it_is_back(client: Client) -> None:
    pulse = Pulse()
    address = client.service_client.config.target_host
    guarded = await connect(TemporalSettings(address=address), identity="test", pulse=pulse)
    serves = True

    async def check() -> None:
        if not serves:
            raise TemporalUnavailableError

    watching = asyncio.create_task(pulse.watch(check))
    try:
        begin = time.monotonic()
        await guarded.count_workflows()
        serves = False
        await pulse.gone()
        assert SILENT_SECONDS * 0.9 < time.monotonic() - begin < SILENT_SECONDS + 8
        with pytest.raises(TemporalUnavailableError), translated_errors():
            await guarded.count_workflows()
        serves = True
        while pulse.is_away:
            await asyncio.sleep(0.05)
            assert time.monotonic() - begin < 60
        await guarded.count_workflows()
    finally:
        watching.cancel()


async def test_what_temporal_answers_keeps_it_alive(client: Client) -> None:
    pulse = Pulse()
    address = client.service_client.config.target_host
    guarded = await connect(TemporalSettings(address=address), identity="test", pulse=pulse)

    async def check() -> None:
        raise TemporalUnavailableError

    watching = asyncio.create_task(pulse.watch(check))
    begin = time.monotonic()
    try:
        while time.monotonic() - begin < 2 * SILENT_SECONDS:
            with pytest.raises(RPCError) as caught:
                await guarded.get_schedule_handle("of-nobody").describe()
            assert caught.value.status == RPCStatusCode.NOT_FOUND
            assert not pulse.is_away
            await asyncio.sleep(0.1)
    finally:
        watching.cancel()


def told(logs: Sequence[MutableMapping[str, Any]]) -> list[str]:
    """Give what was logged of Temporal, beside what a worker in this process may have to say."""
    return [one["event"][:16] for one in logs if one["event"].startswith("Temporal ")]


async def test_a_process_that_stood_still_takes_temporal_for_away_no_sooner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brief = {"EVERY": 0.05, "SILENT": 0.3, "PATIENCE": 0.4, "TICK": 0.02}
    for name, seconds in brief.items():
        monkeypatch.setattr(f"footfall.temporal.pulse.{name}_SECONDS", seconds)
    pulse, asked, serves = Pulse(), 0, True

    async def check() -> None:
        nonlocal asked
        asked += 1
        if not serves:
            raise TemporalUnavailableError
        if asked == 2:
            # The answer cannot be heard in time, and the question has timed out.
            time.sleep(1)  # noqa: ASYNC251 - it is what is tried
            await asyncio.sleep(0.1)

    async def is_asked_again() -> bool:
        assert not pulse.is_away
        return asked > 4

    with capture_logs() as logs:
        watching = asyncio.create_task(pulse.watch(check))
        try:
            await until(is_asked_again, what="the question after the pause")
            assert not told(logs)
            serves = False
            await asyncio.wait_for(pulse.gone(), 30)
        finally:
            watching.cancel()
    assert told(logs) == ["Temporal is away"]
