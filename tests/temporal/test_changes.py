import asyncio
import subprocess
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.dev_server import temporal_binary
from support.waiting import until
from support.walks import a_change, a_walk
from support.worker_of_changes import recording_worker
from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
    WorkflowExecutionStatus,
    WorkflowHandle,
)

from footfall.projection.memory import MemoryStore
from footfall.projection.projector import Projector
from footfall.projection.witness import Witness
from footfall.schedules.audit import RecordedChange, changes
from footfall.schedules.event import ScheduleEvent
from footfall.schedules.recording import Limits
from footfall.schedules.schedule import ChangeKind, ScheduleSnapshot
from footfall.temporal.changes import ChangeLog
from footfall.temporal.draft import Draft, Edit
from footfall.temporal.namespace import read_retention
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway


@pytest.fixture
def gateway(client: Client, app_name: str) -> ScheduleGateway:
    return ScheduleGateway(client, app=app_name)


@pytest.fixture
async def worker(client: Client, app_name: str) -> AsyncIterator[None]:
    async with recording_worker(client, app_name):
        yield


class Deaf(ChangeLog):
    """A log that fails, as for a process that ends between a change and its record."""

    async def record(self, events: Sequence[ScheduleEvent]) -> None:
        raise RuntimeError(f"{len(events)} events are lost")


class ApiProcess:
    """What one API process runs to see changes."""

    def __init__(self, client: Client, app: str) -> None:
        self.schedules = ScheduleGateway(client, app=app)
        self.store = MemoryStore()
        self.projector = Projector(
            self.schedules,
            RunGateway(client, app=app),
            self.store,
            retention=lambda: read_retention(client),
            witness=Witness(self.schedules, self.schedules.changes, grace=0),
        )

    async def look(self) -> None:
        await self.projector.sweep()
        await self.projector.advance()

    async def know(self, schedule_id: str) -> None:
        """Look until the schedule is seen: Temporal lists a new one a moment later."""

        async def known() -> bool:
            await self.look()
            return await self.store.get_schedule(schedule_id) is not None

        await until(known, what=f"{schedule_id} is seen")


def retagged(*tags: str, by: str = "alice", paused: bool | None = None) -> Edit:
    def edit(before: ScheduleSnapshot) -> Draft:
        return Draft(
            before.walk.changed(a_change(by=by), tags=tags),
            paused=before.paused if paused is None else paused,
            note=before.note,
        )

    return edit


async def tasks_of(handle: WorkflowHandle[Any, Any]) -> int:
    """Count the workflow tasks of the current run."""
    history = await handle.fetch_history()
    task = EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED
    return sum(event.event_type == task for event in history.events)


async def recorded(log: ChangeLog, schedule_id: str) -> list[RecordedChange]:
    history = await log.read(schedule_id)
    return changes(history.events) if history else []


def told(found: Sequence[RecordedChange]) -> list[tuple[int, str, str | None, bool]]:
    return [(one.revision, one.kind.value, one.by, one.outside) for one in found]


async def test_changes_are_read_without_any_worker(gateway: ScheduleGateway, app_name: str) -> None:
    walk = a_walk(app_name, args={"name": "Ada", "odd": [1, 1.0, True, None]})
    await gateway.create(walk)
    assert await gateway.changes.read(walk.schedule_id) is None
    await gateway.commit(walk.schedule_id, retagged("a", by="bob"))
    await gateway.commit(walk.schedule_id, retagged("b"))
    found = await recorded(gateway.changes, walk.schedule_id)
    assert told(found) == [
        (1, "created", "alice", False),
        (2, "updated", "bob", False),
        (3, "updated", "alice", False),
    ]
    assert found[0].event.walk == walk
    assert found[2].difference == {"tags": {"before": ["a"], "after": ["b"]}}
    assert found[2].event.walk == (await gateway.read(walk.schedule_id)).walk.model_copy(
        update={"trail": ()},
    )


@pytest.mark.usefixtures("worker")
async def test_changes_are_the_same_with_a_worker_and_over_many_runs_of_the_workflow(
    client: Client,
    app_name: str,
) -> None:
    log = ChangeLog(client, app=app_name, limits=Limits(history=12))
    gateway = ScheduleGateway(client, app=app_name, changes=log)
    walk = a_walk(app_name)
    await gateway.create(walk)
    handle = client.get_workflow_handle(log.id_of(walk.schedule_id))
    await gateway.commit(walk.schedule_id, retagged("0"))
    first = (await handle.describe()).run_id
    for number in range(1, 20):
        await gateway.commit(walk.schedule_id, retagged(str(number)))

    async def was_continued() -> bool:
        return (await handle.describe()).run_id != first

    await until(was_continued, what="a next run of the workflow")

    async def all_shown() -> bool:
        # What comes while a worker has the workflow's task shows when that is done.
        return len(await recorded(log, walk.schedule_id)) == 21

    await until(all_shown, what="the last change")
    found = await recorded(log, walk.schedule_id)
    assert [one.revision for one in found] == list(range(1, 22))
    assert [one.event.walk.tags for one in found[1:]] == [(str(number),) for number in range(20)]
    history = await log.read(walk.schedule_id)
    assert history is not None
    assert not history.truncated


@pytest.mark.usefixtures("worker")
async def test_a_record_rests_until_enough_is_waiting_for_it(
    client: Client,
    app_name: str,
) -> None:
    log = ChangeLog(client, app=app_name, limits=Limits(history=80))
    gateway = ScheduleGateway(client, app=app_name, changes=log)
    walk = a_walk(app_name)
    await gateway.create(walk)
    handle = client.get_workflow_handle(log.id_of(walk.schedule_id))
    for tag in ("a", "b"):
        await gateway.commit(walk.schedule_id, retagged(tag))
        assert await tasks_of(handle) == 0
    # Revision 4 rouses it.
    await gateway.commit(walk.schedule_id, retagged("c"))

    async def was_roused() -> bool:
        history = await handle.fetch_history()
        return len(history.events) == 1

    await until(was_roused, what="a next run that was told nothing yet")
    for tag in ("d", "e", "f"):
        await gateway.commit(walk.schedule_id, retagged(tag))
        assert await tasks_of(handle) == 0
    found = await recorded(log, walk.schedule_id)
    assert [one.revision for one in found] == list(range(1, 8))


@pytest.mark.usefixtures("worker")
async def test_a_large_definition_rouses_the_record(client: Client, app_name: str) -> None:
    gateway = ScheduleGateway(client, app=app_name)
    walk = a_walk(app_name, args={"text": "x" * 110_000})
    await gateway.create(walk)
    await gateway.commit(walk.schedule_id, retagged("a"))
    handle = client.get_workflow_handle(gateway.changes.id_of(walk.schedule_id))
    first = (await handle.describe()).run_id
    await gateway.commit(walk.schedule_id, retagged("b"))

    async def was_continued() -> bool:
        return (await handle.describe()).run_id != first

    await until(was_continued, what="a next run of the workflow")
    assert len(await recorded(gateway.changes, walk.schedule_id)) == 3


@pytest.mark.usefixtures("worker")
async def test_beyond_the_limits_the_oldest_are_dropped_and_it_is_said(
    client: Client,
    app_name: str,
) -> None:
    log = ChangeLog(client, app=app_name, limits=Limits(events=5, history=60))
    gateway = ScheduleGateway(client, app=app_name, changes=log)
    walk = a_walk(app_name)
    await gateway.create(walk)
    handle = client.get_workflow_handle(log.id_of(walk.schedule_id))
    for number in range(20):
        await gateway.commit(walk.schedule_id, retagged(str(number)))

    # Each third revision rouses it, also the last one.
    async def is_truncated() -> bool:
        history = await log.read(walk.schedule_id)
        rests = len((await handle.fetch_history()).events) == 1
        return history is not None and history.truncated and rests

    await until(is_truncated)
    await gateway.commit(walk.schedule_id, retagged("last"))
    found = await recorded(log, walk.schedule_id)
    assert found[-1].revision == 22
    # The creation stands in the schedule's memo, and comes with every change.
    revisions = [one.revision for one in found]
    assert revisions[1] > 2
    assert revisions == [1, *range(revisions[1], 23)]
    assert [one.revision for one in found if one.difference is None] == [revisions[1]]


async def test_the_next_change_closes_the_hole_that_a_crash_left(
    client: Client,
    gateway: ScheduleGateway,
    app_name: str,
) -> None:
    crashing = ScheduleGateway(client, app=app_name, changes=Deaf(client, app=app_name))
    walk = a_walk(app_name)
    await gateway.create(walk)
    await crashing.commit(walk.schedule_id, retagged("lost", by="bob"))
    await gateway.commit(walk.schedule_id, retagged("kept"))
    found = await recorded(gateway.changes, walk.schedule_id)
    assert told(found) == [
        (1, "created", "alice", False),
        (2, "updated", "bob", False),
        (3, "updated", "alice", False),
    ]
    assert found[1].event.walk.tags == ("lost",)


@pytest.mark.parametrize("restarted", [False, True])
async def test_the_projector_closes_the_hole_that_a_crash_left(
    client: Client,
    app_name: str,
    restarted: bool,  # noqa: FBT001
) -> None:
    crashing = ScheduleGateway(client, app=app_name, changes=Deaf(client, app=app_name))
    walk = a_walk(app_name)
    await crashing.create(walk)
    api = ApiProcess(client, app_name)
    if not restarted:
        await api.know(walk.schedule_id)
    await crashing.commit(walk.schedule_id, retagged("lost", by="bob"))

    async def closed() -> list[RecordedChange]:
        await api.projector.advance()
        return await recorded(api.schedules.changes, walk.schedule_id)

    found = await until(closed, what="the record")
    assert told(found) == [(1, "created", "alice", False), (2, "updated", "bob", False)]


@pytest.mark.usefixtures("worker")
async def test_what_was_done_outside_shows_once_whoever_sees_it(
    client: Client,
    gateway: ScheduleGateway,
    app_name: str,
) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    await gateway.commit(walk.schedule_id, retagged("a"))
    apis = [ApiProcess(client, app_name) for _ in range(2)]
    await asyncio.gather(*(api.know(walk.schedule_id) for api in apis))
    handle = client.get_schedule_handle(walk.schedule_id)
    begin = datetime.now(UTC)

    async def seen_by_all(number: int) -> list[RecordedChange]:
        async def enough() -> list[RecordedChange]:
            await asyncio.gather(*(api.look() for api in apis))
            found = await recorded(gateway.changes, walk.schedule_id)
            return found if len(found) >= number else []

        return await until(enough, what=f"{number} changes")

    await asyncio.to_thread(
        subprocess.run,
        [
            temporal_binary(),
            *("schedule", "toggle", "--pause", "--reason", "by hand"),
            *("--schedule-id", walk.schedule_id),
            *("--address", client.service_client.config.target_host),
        ],
        check=True,
    )
    await seen_by_all(3)
    await handle.unpause(note="go on")
    await seen_by_all(4)

    def every_hour(given: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule = given.description.schedule
        schedule.spec = ScheduleSpec(
            intervals=[ScheduleIntervalSpec(timedelta(hours=1), offset=timedelta(minutes=7))],
        )
        return ScheduleUpdate(schedule)

    await handle.update(every_hour)
    found = await seen_by_all(5)
    updated_at = (await handle.describe()).info.last_updated_at
    for _ in range(3):
        await asyncio.gather(*(api.look() for api in apis))
    await gateway.commit(walk.schedule_id, retagged("b"))
    found = await recorded(gateway.changes, walk.schedule_id)
    assert told(found) == [
        (1, "created", "alice", False),
        (2, "updated", "alice", False),
        (2, "paused", None, True),
        (2, "resumed", None, True),
        (2, "updated", None, True),
        (3, "updated", "alice", False),
    ]
    paused, resumed, respecified = found[2:5]
    assert (paused.reason, resumed.reason, respecified.reason) == ("by hand", "go on", None)
    assert paused.difference["paused"] == {"before": False, "after": True}
    assert begin <= paused.at <= resumed.at
    assert respecified.at == updated_at


async def test_an_outside_pause_is_told_by_the_next_change_too(
    client: Client,
    gateway: ScheduleGateway,
    app_name: str,
) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    await client.get_schedule_handle(walk.schedule_id).pause(note="why")
    await gateway.commit(walk.schedule_id, retagged("a"))
    found = await recorded(gateway.changes, walk.schedule_id)
    assert told(found) == [
        (1, "created", "alice", False),
        (1, "paused", None, True),
        (2, "updated", "alice", False),
    ]
    assert found[2].difference == {"tags": {"before": [], "after": ["a"]}}


async def test_a_run_is_no_change(client: Client, app_name: str) -> None:
    api = ApiProcess(client, app_name)
    walk = a_walk(app_name, config={"trigger": "interval", "seconds": 1})
    await api.schedules.create(walk)
    await api.schedules.commit(walk.schedule_id, retagged("a"))
    handle = client.get_schedule_handle(walk.schedule_id)

    async def ran() -> bool:
        await api.look()
        return (await handle.describe()).info.num_actions > 0

    await until(ran)
    await handle.trigger()
    await api.look()
    await api.schedules.commit(walk.schedule_id, retagged("b"))
    found = await recorded(api.schedules.changes, walk.schedule_id)
    await api.schedules.delete(walk.schedule_id)
    assert [one.revision for one in found] == [1, 2, 3]


@pytest.mark.parametrize("changed", [False, True])
async def test_a_deletion_is_recorded(
    gateway: ScheduleGateway,
    app_name: str,
    changed: bool,  # noqa: FBT001
) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    if changed:
        await gateway.commit(walk.schedule_id, retagged("a"))
    await gateway.delete(walk.schedule_id, by="bob", reason="no longer needed")
    found = await recorded(gateway.changes, walk.schedule_id)
    assert [one.kind.value for one in found] == [
        "created",
        *(["updated"] if changed else []),
        "deleted",
    ]
    assert (found[-1].by, found[-1].reason) == ("bob", "no longer needed")
    assert not found[-1].outside
    # No API may take for an outside deletion what is recorded.
    api = ApiProcess(gateway._client, app_name)
    await api.look()
    assert await recorded(gateway.changes, walk.schedule_id) == found


async def test_what_is_recorded_is_not_recorded_again(
    client: Client,
    gateway: ScheduleGateway,
    app_name: str,
) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    api = ApiProcess(client, app_name)
    await api.know(walk.schedule_id)
    await gateway.commit(walk.schedule_id, retagged("a"))

    async def seen() -> bool:
        await api.look()
        row = await api.store.get_schedule(walk.schedule_id)
        return row is not None and row.snapshot.walk.tags == ("a",)

    await until(seen)
    await ApiProcess(client, app_name).look()
    handle = client.get_workflow_handle(gateway.changes.id_of(walk.schedule_id))
    history = await handle.fetch_history()
    signals = [
        one
        for one in history.events
        if one.HasField("workflow_execution_signaled_event_attributes")
    ]
    assert len(signals) == 1


@pytest.mark.parametrize("seen_before", [False, True])
async def test_an_outside_deletion_is_noticed(
    client: Client,
    gateway: ScheduleGateway,
    app_name: str,
    seen_before: bool,  # noqa: FBT001
) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    api = ApiProcess(client, app_name)
    if seen_before:
        await api.know(walk.schedule_id)
    else:
        # Deleted while no API ran: only what was recorded before tells that it was there.
        await gateway.commit(walk.schedule_id, retagged("a"))
    await client.get_schedule_handle(walk.schedule_id).delete()

    async def noticed() -> list[RecordedChange]:
        await api.look()
        found = await recorded(gateway.changes, walk.schedule_id)
        return found if found and found[-1].kind is ChangeKind.DELETED else []

    async def again() -> list[RecordedChange]:
        # An API that starts sees every record whose schedule is not there.
        nonlocal api
        if not seen_before:
            api = ApiProcess(client, app_name)
        return await noticed()

    found = await until(again)
    assert told(found)[-1] == (found[-1].revision, "deleted", None, True)
    assert found[0].kind is ChangeKind.CREATED
    assert [one.kind.value for one in found].count("deleted") == 1


async def test_what_was_seen_before_an_outside_deletion_is_told_with_it(
    client: Client,
    app_name: str,
) -> None:
    walk = a_walk(app_name)
    api = ApiProcess(client, app_name)
    await api.schedules.create(walk)
    await api.schedules.commit(walk.schedule_id, retagged("a"))
    await api.know(walk.schedule_id)
    handle = client.get_schedule_handle(walk.schedule_id)
    await handle.pause(note="by hand")
    await api.projector.saw(await api.schedules.read(walk.schedule_id))
    await handle.delete()

    async def noticed() -> list[RecordedChange]:
        await api.look()
        found = await recorded(api.schedules.changes, walk.schedule_id)
        return found if found[-1].kind is ChangeKind.DELETED else []

    assert told(await until(noticed)) == [
        (1, "created", "alice", False),
        (2, "updated", "alice", False),
        (2, "paused", None, True),
        (2, "deleted", None, True),
    ]


@pytest.mark.usefixtures("worker")
async def test_a_record_ends_when_its_retention_is_over(
    client: Client,
    app_name: str,
) -> None:
    log = ChangeLog(client, app=app_name, retention=timedelta(seconds=2))
    gateway = ScheduleGateway(client, app=app_name, changes=log)
    kept = ScheduleGateway(client, app=app_name)
    short, long = a_walk(app_name), a_walk(app_name)
    # The short one last: it is read before its two seconds are over.
    for one, walk in ((kept, long), (gateway, short)):
        await one.create(walk)
        await one.delete(walk.schedule_id)
    assert len(await recorded(log, short.schedule_id)) == 2

    async def is_over() -> bool:
        return await log.read(short.schedule_id) is None

    await until(is_over, what="the end of the record")
    handle = client.get_workflow_handle(log.id_of(long.schedule_id))
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    assert len(await recorded(log, long.schedule_id)) == 2


@pytest.mark.usefixtures("worker")
async def test_a_schedule_that_is_made_again_under_its_id_goes_on(
    client: Client,
    app_name: str,
) -> None:
    # It has to be made again before that is over.
    retention = timedelta(seconds=4)
    log = ChangeLog(client, app=app_name, retention=retention)
    gateway = ScheduleGateway(client, app=app_name, changes=log)
    walk = a_walk(app_name, schedule_id=f"{app_name}.tick", is_static=True)
    await gateway.create(walk)
    await gateway.delete(walk.schedule_id)
    again = a_walk(app_name, schedule_id=walk.schedule_id, is_static=True)
    await gateway.create(again)
    await gateway.commit(walk.schedule_id, retagged("a"))
    found = await recorded(log, walk.schedule_id)
    assert [one.kind.value for one in found] == ["created", "deleted", "created", "updated"]
    deleted_at = found[1].at

    async def long_after() -> bool:
        return datetime.now(UTC) > deleted_at + retention + timedelta(seconds=1)

    await until(long_after)
    assert await recorded(log, walk.schedule_id) == found


@pytest.mark.usefixtures("worker")
async def test_concurrent_changes_are_all_recorded(
    client: Client,
    app_name: str,
) -> None:
    gateways = [ScheduleGateway(client, app=app_name) for _ in range(8)]
    walk = a_walk(app_name)
    await gateways[0].create(walk)

    async def write(number: int) -> ScheduleSnapshot:
        edit = retagged(str(number), by=f"user{number}")
        return await gateways[number % 8].commit(walk.schedule_id, edit)

    answers = await asyncio.gather(*(write(number) for number in range(24)), return_exceptions=True)
    final = await gateways[0].read(walk.schedule_id)

    async def all_shown() -> list[RecordedChange] | None:
        # What comes while a worker has the workflow's task shows when that is done.
        found = await recorded(gateways[0].changes, walk.schedule_id)
        return found if len(found) >= final.walk.revision else None

    found = await until(all_shown, what="the last change")
    assert [one.revision for one in found] == list(range(1, final.walk.revision + 1))
    assert not any(one.outside for one in found)
    assert all(f"user{one.event.walk.tags[0]}" == one.by for one in found[1:])
    won = sum(isinstance(answer, ScheduleSnapshot) for answer in answers)
    assert len(found) - 1 >= won > 0
    assert len({one.by for one in found[1:]}) == len(found) - 1


async def test_a_record_is_no_run(
    client: Client,
    gateway: ScheduleGateway,
    app_name: str,
) -> None:
    walk = a_walk(app_name)
    await gateway.create(walk)
    await gateway.commit(walk.schedule_id, retagged("a"))

    async def is_listed() -> bool:
        return [one async for one in gateway.changes.recorded_ids()] == [walk.schedule_id]

    await until(is_listed)
    runs = RunGateway(client, app=app_name)
    assert [run async for run in runs.listed()] == []
    assert await runs.find(walk.schedule_id, gateway.changes.id_of(walk.schedule_id)) is None
