"""What is due between the creation of a schedule and the moment at which Temporal reckons it."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.scene import Scene, running_scene
from support.temporal_file import temporal_file
from support.waiting import until
from support.walks import a_walk

from footfall.config import TemporalSettings
from footfall.errors import ConflictError, TemporalUnavailableError
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.connection import connect
from footfall.temporal.first_times import first_times
from footfall.temporal.registration import register_attributes

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
