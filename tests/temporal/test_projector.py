from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.waiting import until
from support.walks import a_change, a_walk
from support.worker import running_worker
from temporalio.client import (
    Client,
    Schedule,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.testing import WorkflowEnvironment

from footfall.projection.memory import MemoryStore
from footfall.projection.projector import Projector
from footfall.projection.row import ScheduleRow
from footfall.projection.run_query import RunQuery
from footfall.projection.witness import Witness
from footfall.schedules.occasion import Occasion
from footfall.schedules.run import RunKind, RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus
from footfall.temporal.draft import Draft
from footfall.temporal.namespace import read_retention
from footfall.temporal.run_control import RunControl
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway

APP = Path(__file__).parent.parent / "apps" / "python_runs"
EVERY_SECOND = {"trigger": "interval", "seconds": 1}


class Projection:
    """A projector with its store, as one API has it."""

    def __init__(self, client: Client, app: str, retention: timedelta | None = None) -> None:
        self.store = MemoryStore()
        self.schedules = ScheduleGateway(client, app=app)
        self.runs = RunGateway(client, app=app)

        async def longest() -> timedelta:
            return await read_retention(client) if retention is None else retention

        self.projector = Projector(
            self.schedules,
            self.runs,
            self.store,
            retention=longest,
            witness=Witness(self.schedules, self.schedules.changes),
        )

    async def rows(self) -> dict[str, ScheduleRow]:
        page = await self.store.list_schedules(owner=None, limit=1000)
        return {row.id: row for row in page.rows}

    async def all_runs(self) -> dict[str, list[RunSummary]]:
        return {
            schedule_id: (
                await self.store.list_runs(RunQuery(schedule_id=schedule_id, limit=1000))
            ).runs
            for schedule_id in await self.rows()
        }

    async def row_after(self, schedule_id: str) -> ScheduleRow | None:
        await self.projector.advance()
        return (await self.rows()).get(schedule_id)


@pytest.fixture
def projection(client: Client, app_name: str) -> Projection:
    return Projection(client, app_name)


@pytest.fixture
async def worker(
    temporal_server: WorkflowEnvironment,
    app_name: str,
    tmp_path: Path,
) -> AsyncIterator[None]:
    async with running_worker(
        temporal_server.client.service_client.config.target_host,
        app_name=app_name,
        app=APP,
        data_dir=tmp_path,
    ):
        yield


async def test_what_others_write_shows(projection: Projection, app_name: str) -> None:
    walk = a_walk(app_name)
    await projection.projector.advance()
    await projection.schedules.create(walk)

    async def row() -> ScheduleRow | None:
        return await projection.row_after(walk.schedule_id)

    assert (await until(row)).snapshot.walk == walk

    def retag(before: ScheduleSnapshot) -> Draft:
        return Draft(before.walk.changed(a_change(), tags=("x",)), paused=True, note="why")

    await projection.schedules.commit(walk.schedule_id, retag)

    async def changed() -> bool:
        found = await projection.row_after(walk.schedule_id)
        return found is not None and found.snapshot.walk.revision == 2

    await until(changed)
    snapshot = (await projection.rows())[walk.schedule_id].snapshot
    assert (snapshot.walk.tags, snapshot.paused, snapshot.note) == (("x",), True, "why")


async def test_runs_are_kept_no_longer_than_their_retention(
    client: Client,
    app_name: str,
    worker: None,
) -> None:
    del worker
    long, short = Projection(client, app_name), Projection(client, app_name, timedelta(0))
    ticking = f"{app_name}.tick"

    async def closed() -> bool:
        await long.projector.advance()
        return any(run.closed_at for run in (await long.all_runs()).get(ticking, []))

    await until(closed, what="a run that has ended")
    await short.projector.advance()
    assert ticking in await short.rows()
    # A running one may be there: it has not ended.
    assert not any(run.closed_at for run in (await short.all_runs())[ticking])


async def test_what_happens_outside_footfall_shows(
    projection: Projection,
    client: Client,
    app_name: str,
) -> None:
    walks = [a_walk(app_name) for _ in range(3)]
    for walk in walks:
        await projection.projector.saw(await projection.schedules.create(walk))
    paused, respecified, deleted = (client.get_schedule_handle(walk.schedule_id) for walk in walks)
    await paused.pause(note="from the Web UI")
    await deleted.delete()

    def every_hour(given: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule: Schedule = given.description.schedule
        schedule.spec = ScheduleSpec(
            intervals=[ScheduleIntervalSpec(every=timedelta(hours=1), offset=timedelta(minutes=7))],
        )
        return ScheduleUpdate(schedule)

    await respecified.update(every_hour)

    async def shown() -> bool:
        await projection.projector.sweep()
        rows = await projection.rows()
        return (
            rows[walks[0].schedule_id].snapshot.status is ScheduleStatus.PAUSED
            and rows[walks[1].schedule_id].snapshot.next_times[0].minute == 7
            and walks[2].schedule_id not in rows
        )

    await until(shown, what="the outside changes")
    rows = await projection.rows()
    assert rows[walks[0].schedule_id].snapshot.note == "from the Web UI"


async def test_a_sweep_never_takes_away_what_the_list_does_not_show_yet(
    projection: Projection,
    app_name: str,
) -> None:
    for _ in range(5):
        walk = a_walk(app_name)
        await projection.projector.saw(await projection.schedules.create(walk))
        await projection.projector.sweep()
        assert walk.schedule_id in await projection.rows()


async def test_a_deleted_schedule_does_not_come_back(
    projection: Projection,
    app_name: str,
) -> None:
    await projection.projector.advance()
    for _ in range(5):
        walk = a_walk(app_name)
        await projection.projector.saw(await projection.schedules.create(walk))
        await projection.schedules.delete(walk.schedule_id)
        await projection.projector.lost(walk.schedule_id)
        await projection.projector.advance()
        assert walk.schedule_id not in await projection.rows()


@pytest.mark.usefixtures("worker")
async def test_one_that_is_created_again_has_the_runs_that_it_had_everywhere(
    client: Client,
    app_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Otherwise each poll reads the last runs again for a while, whatever was removed.
    for name in ("LAG", "OVERLAP"):
        monkeypatch.setattr(f"footfall.projection.reach.{name}", timedelta())
    writer, other = Projection(client, app_name), Projection(client, app_name)
    walk = a_walk(app_name, name="again", walker_name="greet")
    await writer.projector.saw(await writer.schedules.create(walk))
    occasion = Occasion(kind=RunKind.MANUAL, by="alice")
    control = RunControl(client, writer.runs)
    await control.start(walk.model_copy(update={"occasion": occasion}), f"{walk.schedule_id}-one")

    async def shows_run(projection: Projection) -> bool:
        await projection.projector.advance()
        runs = (await projection.all_runs()).get(walk.schedule_id, [])
        return [run.id for run in runs if run.closed_at] == [f"{walk.schedule_id}-one"]

    for projection in (writer, other):
        await until(lambda one=projection: shows_run(one))
    await writer.schedules.delete(walk.schedule_id, by="alice")
    await writer.projector.lost(walk.schedule_id)

    async def is_gone() -> bool:
        # Temporal lists a deleted schedule for a moment.
        await other.projector.sweep()
        return walk.schedule_id not in await other.rows()

    await until(is_gone, what="the deletion")
    again = a_walk(app_name, name="again", walker_name="greet", schedule_id=walk.schedule_id)
    await writer.projector.saw(await writer.schedules.create(again))
    for projection in (writer, other):
        await until(lambda one=projection: shows_run(one))


@pytest.mark.usefixtures("worker")
async def test_runs_are_folded_and_a_rebuild_gives_the_same(
    projection: Projection,
    client: Client,
    app_name: str,
) -> None:
    good = a_walk(app_name, walker_name="greet", config=EVERY_SECOND)
    bad = a_walk(app_name, walker_name="boom", config=EVERY_SECOND)
    soon = datetime.now(UTC) + timedelta(seconds=4)
    once = a_walk(
        app_name,
        walker_name="greet",
        config={"trigger": "date", "run_date": soon.isoformat(timespec="seconds")},
    )
    for walk in (good, bad, once):
        await projection.projector.saw(await projection.schedules.create(walk))

    async def enough() -> bool:
        await projection.projector.advance()
        rows = await projection.rows()
        return (
            rows[good.schedule_id].tally.run_count >= 3
            and rows[bad.schedule_id].tally.failure_count >= 3
            and rows[once.schedule_id].tally.run_count == 1
        )

    await until(enough, what="the runs")

    def hold(before: ScheduleSnapshot) -> Draft:
        return Draft(before.walk.changed(a_change()), paused=True, note="")

    for walk in (good, bad):
        await projection.projector.saw(await projection.schedules.commit(walk.schedule_id, hold))

    async def settled() -> bool:
        await projection.projector.advance()
        runs = [run for runs in (await projection.all_runs()).values() for run in runs]
        return all(run.status is not RunStatus.RUNNING for run in runs)

    await until(settled, what="every run's end")
    rows = await projection.rows()
    assert rows[once.schedule_id].snapshot.status is ScheduleStatus.COMPLETED
    assert rows[good.schedule_id].tally.failure_count == 0
    tally = rows[bad.schedule_id].tally
    assert tally.failure_count == tally.run_count
    assert tally.last_run is not None
    assert tally.last_run.error is not None
    assert tally.last_run.error.message == "no luck"

    rebuilt = Projection(client, app_name)
    static = {f"{app_name}.tick", f"{app_name}.passed"}

    async def same() -> bool:
        await projection.projector.sweep()
        await projection.projector.advance()
        await rebuilt.projector.advance()
        return _comparable(await rebuilt.rows()) == _comparable(await projection.rows())

    await client.get_schedule_handle(f"{app_name}.tick").pause()
    await until(same, what="equal rows")
    assert static <= (await rebuilt.rows()).keys()
    assert await rebuilt.all_runs() == await projection.all_runs()


def _comparable(rows: dict[str, ScheduleRow]) -> dict[str, object]:
    """What does not depend on when Temporal was looked at."""
    return {
        schedule_id: (row.snapshot.walk, row.snapshot.status, row.snapshot.note, row.tally)
        for schedule_id, row in rows.items()
    }
