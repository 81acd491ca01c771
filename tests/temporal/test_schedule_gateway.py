import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from support.ports import free_port
from support.waiting import until
from support.walks import a_change, a_walk
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from footfall.errors import ConflictError, ScheduleNotFoundError, TemporalUnavailableError
from footfall.schedules.schedule import ChangeKind, ScheduleSnapshot, ScheduleStatus
from footfall.temporal import attributes
from footfall.temporal.connection import connect
from footfall.temporal.draft import Draft
from footfall.temporal.listed import ListedSchedule
from footfall.temporal.schedules import ScheduleGateway


@pytest.fixture
def gateway(client: Client, app_name: str) -> ScheduleGateway:
    return ScheduleGateway(client, app=app_name)


async def second_client(server: WorkflowEnvironment) -> Client:
    config = server.client.service_client.config
    return await Client.connect(
        config.target_host,
        data_converter=server.client.data_converter,
    )


async def ids_listed(gateway: ScheduleGateway, **filters: object) -> dict[str, ListedSchedule]:
    return {entry.id: entry async for entry in gateway.listed(**filters)}  # type: ignore[arg-type]


async def test_what_is_created_is_read_back(gateway: ScheduleGateway, app_name: str) -> None:
    walk = a_walk(app_name, args={"deep": {"list": [1, 2.5, None, "ü\x00"]}}, tags=("a", "b"))
    created = await gateway.create(walk)
    assert created.walk == walk
    assert created.status is ScheduleStatus.ACTIVE
    assert not created.paused
    first = created.next_times[0]
    expected = walk.anchor.replace(microsecond=0) + timedelta(minutes=30)
    assert first == expected
    assert await gateway.find(walk.schedule_id) == created


async def test_an_id_is_created_once(gateway: ScheduleGateway, app_name: str) -> None:
    walk = a_walk(app_name)
    answers = await asyncio.gather(
        *(gateway.create(walk) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, ScheduleSnapshot) for answer in answers) == 1
    assert sum(isinstance(answer, ConflictError) for answer in answers) == 4


@pytest.mark.parametrize("trail_length", [64, 1])
async def test_concurrent_changes_lose_nothing_and_none_is_made_twice(
    monkeypatch: pytest.MonkeyPatch,
    trail_length: int,
    temporal_server: WorkflowEnvironment,
    client: Client,
    app_name: str,
) -> None:
    # However short a memory the definition has, a writer may not guess.
    monkeypatch.setattr("footfall.schedules.schedule._TRAIL_LENGTH", trail_length)
    # A gateway serialises its own writers, as one process does: many gateways collide.
    clients = [client, await second_client(temporal_server)]
    gateways = [ScheduleGateway(clients[number % 2], app=app_name) for number in range(8)]
    walk = a_walk(app_name, args={"marks": []})
    await gateways[0].create(walk)

    async def mark(number: int) -> ScheduleSnapshot:
        def add(before: ScheduleSnapshot) -> Draft:
            args = {"marks": [*before.walk.args["marks"], number]}
            return Draft(
                walk=before.walk.changed(a_change(), args=args),
                paused=before.paused,
                note=before.note,
            )

        return await gateways[number % 8].commit(walk.schedule_id, add)

    answers = await asyncio.gather(*(mark(number) for number in range(40)), return_exceptions=True)
    done = {
        number: answer
        for number, answer in enumerate(answers)
        if isinstance(answer, ScheduleSnapshot)
    }
    refused = [answer for answer in answers if isinstance(answer, ConflictError)]
    assert len(refused) + len(done) == 40
    final = await gateways[0].read(walk.schedule_id)
    marks = final.walk.args["marks"]
    assert len(set(marks)) == len(marks)
    assert set(done) <= set(marks)
    assert final.walk.revision == len(marks) + 1
    if trail_length > len(marks):
        assert sorted(marks) == sorted(done)
    # A writer that was overtaken at once is given the newer revision, which has its change
    # in it: revision n holds the first n - 1 marks, its own among them.
    for number, answer in done.items():
        assert answer.walk.args["marks"] == marks[: answer.walk.revision - 1]
        assert number in answer.walk.args["marks"]


async def test_a_change_keeps_what_was_done_outside(
    gateway: ScheduleGateway,
    client: Client,
    app_name: str,
) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    await client.get_schedule_handle(walk.schedule_id).pause(note="by hand")

    def retag(before: ScheduleSnapshot) -> Draft:
        return Draft(
            walk=before.walk.changed(a_change(), tags=("new",)),
            paused=before.paused,
            note=before.note,
        )

    after = await gateway.commit(walk.schedule_id, retag)
    assert (after.paused, after.note, after.walk.tags) == (True, "by hand", ("new",))
    assert after.status is ScheduleStatus.PAUSED


async def test_a_changed_trigger_is_what_fires(gateway: ScheduleGateway, app_name: str) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    config = {"trigger": "cron", "hour": 9, "timezone": "Europe/Berlin"}

    def reschedule(before: ScheduleSnapshot) -> Draft:
        return Draft(before.walk.changed(a_change(), config=config), paused=False, note="")

    after = await gateway.commit(walk.schedule_id, reschedule)
    assert after.walk.config == config
    assert {at.minute for at in after.next_times} == {0}
    assert {at.hour for at in after.next_times} <= {7, 8}


async def test_a_one_shot_that_has_passed_is_completed(
    gateway: ScheduleGateway,
    app_name: str,
) -> None:
    config = {"trigger": "date", "run_date": "2025-12-31T23:59:59"}
    snapshot = await gateway.create(a_walk(app_name, config=config))
    assert snapshot.status is ScheduleStatus.COMPLETED


async def test_another_apps_schedule_does_not_exist_here(
    gateway: ScheduleGateway,
    client: Client,
    app_name: str,
) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    other = ScheduleGateway(client, app=f"{app_name}-other")
    assert await other.find(walk.schedule_id) is None
    with pytest.raises(ScheduleNotFoundError):
        await other.commit(walk.schedule_id, lambda _: None)


@pytest.mark.parametrize("schedule_id", ["nothing", "", "x" * 2000, "a\x00b", "ü" * 400])
async def test_what_does_not_exist_is_not_found(gateway: ScheduleGateway, schedule_id: str) -> None:
    assert await gateway.find(schedule_id) is None
    with pytest.raises(ScheduleNotFoundError):
        await gateway.commit(schedule_id, lambda _: None)


async def test_deleted_twice_is_not_found(gateway: ScheduleGateway, app_name: str) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    await gateway.delete(walk.schedule_id)
    assert await gateway.find(walk.schedule_id) is None
    with pytest.raises(ScheduleNotFoundError):
        await gateway.delete(walk.schedule_id)


async def test_the_list_shows_definition_revision_and_filters(
    gateway: ScheduleGateway,
    app_name: str,
) -> None:
    old = a_walk(app_name)
    static = a_walk(app_name, schedule_id=f"{app_name}.tick", is_static=True)
    for walk in (old, static):
        await gateway.create(walk)
    await until(lambda: _has(gateway, 2), what="both in the list")
    changed_after = datetime.now(UTC)

    def touch(before: ScheduleSnapshot) -> Draft:
        return Draft(
            before.walk.changed(a_change(ChangeKind.PAUSED)),
            paused=True,
            note="held",
        )

    await gateway.commit(old.schedule_id, touch)

    async def changed() -> dict[str, ListedSchedule]:
        return await ids_listed(gateway, changed_since=changed_after)

    found = await until(changed, what="the change in the list")
    assert found.keys() == {old.schedule_id}
    entry = found[old.schedule_id]
    assert (entry.first, entry.revision, entry.paused, entry.note) == (old, 2, True, "held")
    assert len(entry.next_times) == 5
    assert (await ids_listed(gateway, only_static=True)).keys() == {static.schedule_id}


async def _has(gateway: ScheduleGateway, number: int) -> bool:
    return len(await ids_listed(gateway)) == number


async def test_runs_carry_the_search_attributes(
    gateway: ScheduleGateway,
    client: Client,
    app_name: str,
) -> None:
    walk = a_walk(app_name, config={"trigger": "interval", "seconds": 1})
    await gateway.create(walk)

    async def runs() -> list[object]:
        query = f"{attributes.SCHEDULE.name} = '{walk.schedule_id}'"
        return [run async for run in client.list_workflows(query)]

    run = (await until(runs, what="a run"))[0]
    await gateway.delete(walk.schedule_id)
    assert run.id.startswith(f"my_walker-{walk.schedule_id}-20")  # type: ignore[attr-defined]
    found = run.typed_search_attributes  # type: ignore[attr-defined]
    assert found.get(attributes.OWNER) == "alice"
    assert found.get(attributes.WALKER) == "my_walker"
    assert found.get(attributes.TRIGGER) is None
    assert found.get(attributes.STATIC) is None
    await client.get_workflow_handle(run.id).terminate()  # type: ignore[attr-defined]


async def test_temporal_away_is_said_so(app_name: str) -> None:
    from footfall.config import TemporalSettings  # noqa: PLC0415

    settings = TemporalSettings(address=f"127.0.0.1:{free_port()}")
    with pytest.raises(TemporalUnavailableError):
        await connect(settings, identity="test")
    lazy = await connect(settings, identity="test", lazy=True)
    with pytest.raises(TemporalUnavailableError):
        await ScheduleGateway(lazy, app=app_name).find("anything")
