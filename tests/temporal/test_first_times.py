"""What is due between the creation of a schedule and the moment at which Temporal reckons it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.api import api_settings, running_api
from support.scene import Scene, running_scene
from support.temporal_file import temporal_file
from support.waiting import until
from support.walks import a_walk
from temporalio.client import Client

from footfall.config import TemporalSettings
from footfall.errors import ConflictError, TemporalUnavailableError
from footfall.schedules.policy import OverlapPolicy, Policies
from footfall.schedules.schedule import ScheduledWalk, ScheduleStatus
from footfall.temporal import attributes
from footfall.temporal.connection import connect
from footfall.temporal.first_times import first_times
from footfall.temporal.registration import register_attributes
from footfall.temporal.schedules import ScheduleGateway
from worker.statics import StaticSchedules

MANY = 60
SECOND = timedelta(seconds=1)
EVERY_SECOND = {"trigger": "cron", "second": "*"}


async def test_a_crash_right_after_the_creation_loses_no_time(tmp_path: Path) -> None:
    """The server is killed while some creations are written and not yet begun."""
    async with temporal_file(tmp_path) as server:
        client = await connect(TemporalSettings(address=server.address), identity="test")
        await register_attributes(client)
        async with running_scene(client, tmp_path, app="first") as scene:
            soon = datetime.now(UTC) + timedelta(seconds=4)
            walks = [date(scene, soon) for _ in range(MANY)]
            creating = [asyncio.create_task(created(scene, walk)) for walk in walks]
            await asyncio.wait(creating, return_when=asyncio.FIRST_COMPLETED)
            await server.kill()

            async def passed() -> bool:
                return datetime.now(UTC) > soon + SECOND

            await until(passed, what="the due time")
            await server.start()
            await asyncio.gather(*creating)
            for walk in walks:
                (run,) = await scene.closed(walk)
                assert run.scheduled_at == soon.replace(microsecond=0)
                assert len(scene.ledger.starts(walk.schedule_id)) == 1


def date(scene: Scene, at: datetime) -> ScheduledWalk:
    walk = a_walk(
        scene.app,
        walker_name="work",
        args={"ledger": str(scene.ledger)},
        config={"trigger": "date", "run_date": at.isoformat(timespec="seconds")},
    )
    return walk.model_copy(update={"root": walk.schedule_id})


async def created(scene: Scene, walk: ScheduledWalk) -> None:
    """Create it, asking again as the API's users do where it says that Temporal is away."""

    async def done() -> bool:
        try:
            await scene.schedules.create(walk)
        except TemporalUnavailableError:
            return False
        except ConflictError:
            return True
        return True

    await until(done, seconds=60, what="the creation")


@pytest.mark.parametrize("overlap", ["allow_all", "buffer_all", "skip"])
async def test_what_is_made_up_runs_once_however_often_it_is_asked_for(
    client: Client, tmp_path: Path, overlap: OverlapPolicy
) -> None:
    async with running_scene(client, tmp_path, app=f"begun-{overlap}") as scene:
        walk = late(scene, overlap=overlap)
        await scene.schedules.create(walk)
        await again(scene, walk)
        await scene.closed(walk, 4)
        # Temporal's backfill would run again what has ended.
        await again(scene, walk)
        handle = client.get_schedule_handle(walk.schedule_id)
        await handle.pause()
        runs = await scene.settled(walk)
        times = Counter(run.scheduled_at for run in runs)
        assert set(times.values()) == {1}
        made_up = first_times(walk, begun=walk.created_at + 4 * SECOND, now=datetime.now(UTC))
        if overlap != "skip":
            assert set(made_up) <= times.keys()
        executions = [
            one.id
            async for one in client.list_workflows(
                f"{attributes.SCHEDULE.name} = '{walk.schedule_id}'"
            )
        ]
        assert len(executions) == len(set(executions)) == len(runs)


@pytest.mark.parametrize("most", [1, 2, 6])
async def test_what_is_made_up_counts(client: Client, tmp_path: Path, most: int) -> None:
    async with running_scene(client, tmp_path, app=f"limited-{most}") as scene:
        walk = late(scene, max_runs=most, overlap="allow_all")
        await scene.schedules.create(walk)
        await again(scene, walk)
        await scene.closed(walk, most)

        async def is_completed() -> bool:
            snapshot = await scene.schedules.read(walk.schedule_id)
            return snapshot.status is ScheduleStatus.COMPLETED

        await until(is_completed, what="its completion")
        runs = await scene.settled(walk)
        assert len(runs) == most
        assert len({run.scheduled_at for run in runs}) == most


class CrashError(Exception):
    """The process ended at this place."""


async def crash(*_: object) -> bool:
    raise CrashError


async def request(scene: Scene, route: str, body: dict[str, Any]) -> None:
    """Ask an API that lets an owner have one schedule, as one that started just now."""
    address = scene.client.service_client.config.target_host
    settings = api_settings(address, scene.app, FOOTFALL_LIMITS_SCHEDULES="1")
    async with running_api(settings) as api:
        await api.caller("alice")("POST", route, json=body)


def declared(scene: Scene) -> dict[str, Any]:
    given = {"walker_name": "work", "args": {"ledger": str(scene.ledger)}, "name": "first"}
    return {**given, **EVERY_SECOND, "overlap": "allow_all"}


async def by_creating(scene: Scene) -> None:
    await request(scene, "/schedule/create", declared(scene))


async def by_applying(scene: Scene) -> None:
    await request(scene, "/schedule/apply", {"schedules": [declared(scene)]})


async def by_registering(scene: Scene) -> None:
    walk = late(scene, overlap="allow_all")
    static = {"schedule_id": f"{scene.app}.work", "owner": "system", "is_static": True}
    walk = walk.model_copy(update={**static, "root": "system"})
    await StaticSchedules(ScheduleGateway(scene.client, app=scene.app), app=scene.app).sync(
        [walk], keep=[]
    )


@pytest.mark.parametrize("ask", [by_creating, by_applying, by_registering])
async def test_whoever_asks_again_after_a_crash_has_the_first_times_made_up(
    client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Scene], Awaitable[None]],
) -> None:
    async with running_scene(client, tmp_path, app=f"again-{ask.__name__}") as scene:
        with monkeypatch.context() as patched:
            patched.setattr("footfall.temporal.schedules.make_up_first_times", crash)
            for module in ("api.schedules", "api.applying"):
                patched.setattr(f"{module}.utc_now", long_ago)
            try:
                await ask(scene)
            except CrashError:
                assert ask is by_registering

        async def created() -> ScheduledWalk | None:
            found = [one.first async for one in scene.schedules.listed()]
            return found[0] if found else None

        walk = await until(created, what="the schedule in the list")
        found = await scene.schedules.describe(walk.schedule_id)
        assert found is not None
        begun = found.begun_at
        missed = first_times(walk, begun=begun, now=datetime.now(UTC))
        assert len(missed) >= 3
        await ask(scene)

        async def are_made_up() -> bool:
            return set(missed) <= {run.scheduled_at for run in await scene.runs(walk)}

        await until(are_made_up, what="the first times")
        snapshot = await scene.schedules.read(walk.schedule_id)
        assert snapshot.walk.revision == 1


async def test_an_api_makes_up_what_nobody_asks_for_again(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_scene(client, tmp_path, app="unasked") as scene:
        walk = late(scene, overlap="allow_all")
        with monkeypatch.context() as patched:
            patched.setattr("footfall.temporal.schedules.make_up_first_times", crash)
            with pytest.raises(CrashError):
                await scene.schedules.create(walk)
        found = await scene.schedules.describe(walk.schedule_id)
        assert found is not None
        begun = found.begun_at
        missed = first_times(walk, begun=begun, now=datetime.now(UTC))
        assert len(missed) >= 3

        async def are_made_up() -> bool:
            return set(missed) <= {run.scheduled_at for run in await scene.runs(walk)}

        address = client.service_client.config.target_host
        async with running_api(api_settings(address, scene.app)):
            await until(are_made_up, what="the first times")
        times = Counter(run.scheduled_at for run in await scene.runs(walk))
        assert set(times.values()) == {1}


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=3.5)


def late(scene: Scene, **policies: Any) -> ScheduledWalk:
    """Give a definition that is created some seconds after it was made."""
    walk = a_walk(
        scene.app,
        walker_name="work",
        args={"ledger": str(scene.ledger)},
        config=EVERY_SECOND,
        policies=Policies(**policies),
        created_at=long_ago(),
    )
    return walk.model_copy(update={"root": walk.schedule_id})


async def again(scene: Scene, walk: ScheduledWalk) -> None:
    """Create it again, as those do who were not answered."""
    asked = (scene.schedules.create(walk) for _ in range(5))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(answer) for answer in answers} == {ConflictError}


def test_what_was_due_before_temporal_began_is_made_up() -> None:
    walk = a_walk("app", config=EVERY_SECOND)
    created_at = walk.created_at.replace(microsecond=500_000)
    walk = walk.model_copy(update={"created_at": created_at})
    begun = created_at + timedelta(seconds=2.7)
    found = first_times(walk, begun=begun, now=begun + SECOND)
    begin = created_at.replace(microsecond=0)
    assert found == [begin + SECOND, begin + 2 * SECOND, begin + 3 * SECOND]


def test_clocks_that_differ_have_nothing_made_up() -> None:
    walk = a_walk("app", config=EVERY_SECOND)
    created_at = walk.created_at.replace(microsecond=500_000)
    walk = walk.model_copy(update={"created_at": created_at})
    begun = (created_at + timedelta(hours=1)).replace(microsecond=540_000)
    assert first_times(walk, begun=begun, now=created_at + timedelta(milliseconds=40)) == []


def test_a_chained_schedule_has_no_times() -> None:
    config = {"trigger": "after", "after": {"schedule": "one", "on": ["succeeded"]}}
    walk = a_walk("app", config=config)
    begun = walk.created_at + SECOND
    assert first_times(walk, begun=begun, now=begun) == []
