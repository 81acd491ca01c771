"""What runs after Temporal was away over due times."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.scene import Scene, running_scene
from support.temporal_file import temporal_file
from support.waiting import until

from footfall.config import TemporalSettings
from footfall.schedules.policy import SHORTEST_CATCHUP
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleStatus
from footfall.temporal.connection import connect
from footfall.temporal.registration import register_attributes

AWAY = timedelta(seconds=16)
SECOND = timedelta(seconds=1)
EVERY_FIVE = {"trigger": "interval", "seconds": 5}


@dataclass(frozen=True)
class Outage:
    """When Temporal was away (UTC), and the runs of each schedule by name."""

    begin: datetime
    end: datetime
    resumed_at: datetime
    runs: Mapping[str, list[RunSummary]]
    missed: Mapping[str, int]
    date_status: ScheduleStatus

    def due(self, name: str) -> list[datetime]:
        return [run.scheduled_at for run in self.runs[name] if run.scheduled_at]

    def made_up(self, name: str) -> list[datetime]:
        return [at for at in self.due(name) if self.begin < at < self.end]


async def outage(folder: Path, *, crash: bool) -> Outage:
    folder.mkdir()
    async with temporal_file(folder) as server:
        settings = TemporalSettings(address=server.address)
        client = await connect(settings, identity="test")
        await register_attributes(client)
        async with running_scene(client, folder, app="outage", processes=3) as scene:
            soon = datetime.now(UTC) + timedelta(seconds=18)
            date = {"trigger": "date", "run_date": soon.isoformat(timespec="seconds")}
            walks = {
                "skip": await scene.create("work", config=EVERY_FIVE),
                "all": await scene.create("work", overlap="allow_all"),
                "late": await scene.create("work", overlap="allow_all", catchup_window=10),
                "paused": await scene.create("work", overlap="allow_all", paused=True),
                "date": await scene.create("work", config=date),
            }
            for name in ("all", "late"):
                await scene.started(walks[name])
            # A run that is under way when Temporal goes would take the place of those missed.
            await scene.closed(walks["skip"])
            await (server.kill() if crash else server.stop())
            begin = datetime.now(UTC)
            assert begin < soon < begin + AWAY

            async def passed() -> bool:
                return datetime.now(UTC) > begin + AWAY

            await until(passed, what="the due times")
            end = datetime.now(UTC)
            await server.start()
            for name in ("skip", "all", "late"):
                await after(scene, walks[name].schedule_id, end)
            await scene.closed(walks["date"])
            assert await scene.runs(walks["paused"]) == []
            resumed_at = datetime.now(UTC)
            await client.get_schedule_handle(walks["paused"].schedule_id).unpause()
            await scene.started(walks["paused"], 2)
            for walk in walks.values():
                await client.get_schedule_handle(walk.schedule_id).pause()
            missed = {
                name: (await scene.info(walk)).num_actions_missed_catchup_window
                for name, walk in walks.items()
            }
            return Outage(
                begin=begin,
                end=end,
                resumed_at=resumed_at,
                runs={name: await scene.settled(walk) for name, walk in walks.items()},
                missed=missed,
                date_status=(await scene.schedules.read(walks["date"].schedule_id)).status,
            )


async def after(scene: Scene, schedule_id: str, at: datetime) -> None:
    async def ran() -> bool:
        starts = scene.ledger.starts(schedule_id)
        return any(line.scheduled_at > at + 2 * SECOND for line in starts)

    await until(ran, what="runs that are due after the outage", seconds=60)


@pytest.fixture(scope="module")
async def outages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outage]:
    folder = tmp_path_factory.mktemp("outage")
    killed, stopped = await asyncio.gather(
        outage(folder / "killed", crash=True),
        outage(folder / "stopped", crash=False),
    )
    return {"killed": killed, "stopped": stopped}


@pytest.fixture(params=["killed", "stopped"])
def one(outages: Mapping[str, Outage], request: pytest.FixtureRequest) -> Outage:
    return outages[request.param]


async def test_each_run_ends_well_and_none_is_made_twice(one: Outage) -> None:
    for runs in one.runs.values():
        assert {run.status for run in runs} == {RunStatus.SUCCEEDED}
        due = [run.scheduled_at for run in runs]
        assert len(due) == len(set(due))


async def test_skip_runs_once_for_all_that_was_missed(one: Outage) -> None:
    last = max(at for at in one.due("skip") if at < one.begin)
    assert one.made_up("skip") == [last + 5 * SECOND]
    assert one.missed["skip"] == 0


async def test_allow_all_runs_for_each_time_that_was_missed(one: Outage) -> None:
    due = one.due("all")
    every = [due[0] + number * SECOND for number in range(len(due))]
    assert due == every
    assert len(one.made_up("all")) >= AWAY / SECOND - 1
    assert one.missed["all"] == 0


async def test_what_is_older_than_the_catchup_window_is_left_out(one: Outage) -> None:
    window = SHORTEST_CATCHUP * SECOND
    made_up = one.made_up("late")
    first = next(run for run in one.runs["late"] if run.scheduled_at == made_up[0])
    assert made_up[0] > one.end - window
    assert made_up[0] - SECOND < first.started_at - window + SECOND
    due = one.due("late")
    left_out = (due[-1] - due[0]) / SECOND + 1 - len(due)
    # Of those that ran just before, Temporal may have lost that they did, and count them too.
    just_before = [at for at in due if one.begin - 10 * SECOND < at < one.begin]
    assert 0 < left_out <= one.missed["late"] <= left_out + len(just_before)


async def test_a_date_is_never_too_late(one: Outage) -> None:
    (run,) = one.runs["date"]
    assert run.scheduled_at
    assert one.begin < run.scheduled_at < one.end
    assert run.started_at > one.end
    assert one.date_status is ScheduleStatus.COMPLETED


async def test_a_paused_one_makes_up_nothing(one: Outage) -> None:
    assert one.due("paused")
    # Temporal may look at a time a moment late, and takes it for due then.
    assert min(one.due("paused")) > one.resumed_at - 3 * SECOND
    assert one.missed["paused"] == 0
