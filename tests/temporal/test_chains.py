"""Schedules that run after the runs of others: what really ran, and when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from support.scene import Scene, running_scene
from support.waiting import until
from support.walks import a_change
from temporalio.client import Client, ScheduleUpdate, WorkflowExecutionStatus
from temporalio.service import RPCError

from footfall.schedules.audit import changes
from footfall.schedules.occasion import RunEnd, RunReference
from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.run import RunKind, RunStatus, RunSummary
from footfall.schedules.schedule import (
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    ScheduleStatus,
    utc_now,
)
from footfall.temporal.draft import Draft, Edit
from footfall.temporal.followers import FollowerGateway
from footfall.temporal.schedules import ScheduleGateway
from footfall.triggers import NEVER
from footfall.triggers.after import OUTCOMES

SELDOM = {"trigger": "interval", "days": 300}


@pytest.fixture(scope="module")
async def scene(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("chains")
    async with running_scene(client, folder, app="chains", processes=6) as scene:
        yield scene


def after(walk: ScheduledWalk, *on: str) -> dict[str, object]:
    return {"trigger": "after", "after": {"schedule": walk.schedule_id, "on": list(on or OUTCOMES)}}


async def looked_at(scene: Scene, walk: ScheduledWalk, count: int) -> None:
    """Wait until the chain of a schedule has looked at so many ends."""
    handle = scene.client.get_workflow_handle(f"{scene.app}.chain.{walk.schedule_id}")

    async def done() -> bool:
        try:
            history = await handle.fetch_history()
        except RPCError:
            return False
        named: dict[int, str] = {}
        for event in history.events:
            if event.HasField("activity_task_scheduled_event_attributes"):
                scheduled = event.activity_task_scheduled_event_attributes
                named[event.event_id] = scheduled.activity_type.name
        ended = [
            event.activity_task_completed_event_attributes.scheduled_event_id
            for event in history.events
            if event.HasField("activity_task_completed_event_attributes")
        ]
        return [named[one] for one in ended].count("follow") >= count

    await until(done, what=f"{count} ends are looked at", seconds=60)


async def is_followed(scene: Scene, *walks: ScheduledWalk) -> None:
    """Wait until the worker knows that schedules are followed."""
    followers = FollowerGateway(scene.client, app=scene.app)

    async def known() -> bool:
        return {walk.schedule_id for walk in walks} <= await followers.followed()

    await until(known, what="the followers are listed")
    # What the worker knows may be a second old; nothing tells when it asks anew.
    begin = utc_now()
    await until(lambda: passed(begin), what="the worker's list is old")


async def passed(begin: datetime) -> bool:
    return utc_now() - begin > timedelta(seconds=1.1)


@pytest.mark.parametrize("ending", list(OUTCOMES))
async def test_it_runs_after_those_ends_that_it_follows(scene: Scene, ending: str) -> None:
    fates = {"succeeded": "x", "failed": "f", "timed_out": "h", "cancelled": "h"}
    upstream = await scene.create(
        "attempts",
        args={"fates": fates[ending]},
        config=SELDOM,
        time_limit=1 if ending == "timed_out" else 300,
    )
    followers = {on: await scene.create("work", config=after(upstream, on)) for on in OUTCOMES}
    await is_followed(scene, upstream)
    await scene.trigger(upstream)
    if ending == "cancelled":
        await scene.started(upstream)
        run = await scene.only_run(upstream)
        await scene.client.get_workflow_handle(run.id).cancel()
    (ended,) = await scene.closed(upstream)
    assert ended.status.value == ending
    await asyncio.gather(*(looked_at(scene, walk, 1) for walk in followers.values()))
    (follows,) = await scene.closed(followers.pop(ending))
    assert (follows.kind, follows.status) == (RunKind.CHAINED, RunStatus.SUCCEEDED)
    assert (follows.after_schedule, follows.after_run) == (upstream.schedule_id, ended.id)
    assert follows.scheduled_at
    assert ended.closed_at
    assert ended.started_at < follows.scheduled_at <= ended.closed_at
    for walk in followers.values():
        assert await scene.runs(walk) == []


BUFFERS = (OverlapPolicy.BUFFER_ONE, OverlapPolicy.BUFFER_ALL)


async def told(scene: Scene, walk: ScheduledWalk, count: int) -> None:
    """Wait until the chain of a schedule was told of so many ends."""
    handle = scene.client.get_workflow_handle(f"{scene.app}.chain.{walk.schedule_id}")

    async def heard() -> bool:
        history = await handle.fetch_history()
        signals = [
            event
            for event in history.events
            if event.HasField("workflow_execution_signaled_event_attributes")
        ]
        return len(signals) >= count

    await until(heard, what=f"{count} ends are told", seconds=60)


@pytest.mark.parametrize(
    ("policy", "running", "ended", "succeeded"),
    [
        (OverlapPolicy.SKIP, 1, [], 1),
        (OverlapPolicy.BUFFER_ONE, 1, [], 2),
        (OverlapPolicy.BUFFER_ALL, 1, [], 3),
        (OverlapPolicy.ALLOW_ALL, 3, [], 3),
        (OverlapPolicy.CANCEL_OTHER, 1, [RunStatus.CANCELLED] * 2, 1),
        (OverlapPolicy.TERMINATE_OTHER, 1, [RunStatus.TERMINATED] * 2, 1),
    ],
)
async def test_its_overlap_policy_holds(
    scene: Scene, policy: OverlapPolicy, running: int, ended: list[RunStatus], succeeded: int
) -> None:
    """Three ends come while the walker of the first run that follows waits for a file."""
    flag = scene.flag(policy.value)
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create(
        "wait", args={"flag": str(flag)}, config=after(upstream), overlap=policy
    )
    followers = FollowerGateway(scene.client, app=scene.app)
    for number in range(1, 4):
        await followers.tell(walk.schedule_id, an_end(upstream, f"run-{number}"))
        await told(scene, walk, number)
        await looked_at(scene, walk, min(number, 2) if policy in BUFFERS else number)
        if number == 1:
            await scene.started(walk)

    async def as_expected() -> list[RunSummary] | None:
        found = await scene.runs(walk)
        closed = [run.status for run in found if run.closed_at]
        is_so = len(closed) == len(ended) and len(found) == running + len(ended)
        return found if is_so else None

    found = await until(as_expected, what="the runs under way", seconds=60)
    assert sorted(run.status for run in found if run.closed_at) == ended
    under_way = {run.id for run in found if not run.closed_at}

    async def begun() -> set[str]:
        return under_way & {line.run_id for line in scene.ledger.starts(walk.schedule_id)}

    # Walkers on one root take turns, whatever runs overlap.
    assert len(await until(begun, what="the start", seconds=60)) == 1
    flag.touch()
    done = await scene.settled_chain(walk, succeeded + len(ended))
    assert len(done) == succeeded + len(ended)
    assert [run.status for run in done].count(RunStatus.SUCCEEDED) == succeeded
    if not ended:
        starts = sorted(line.at for line in scene.ledger.starts(walk.schedule_id))
        ends = sorted(line.at for line in scene.ledger.ends(walk.schedule_id))
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def an_end(upstream: ScheduledWalk, name: str, at: datetime | None = None) -> RunEnd:
    return RunEnd(
        schedule_id=upstream.schedule_id,
        run=RunReference(id=name, temporal_run_id=f"temporal-{name}"),
        status=RunStatus.SUCCEEDED,
        at=at or utc_now(),
        through=(upstream.schedule_id,),
    )


async def test_many_ends_at_once_find_room_for_one(scene: Scene) -> None:
    flag = scene.flag("at-once")
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("wait", args={"flag": str(flag)}, config=after(upstream))
    followers = FollowerGateway(scene.client, app=scene.app)
    ends = [an_end(upstream, f"run-{number}") for number in range(5)]
    await asyncio.gather(*(followers.tell(walk.schedule_id, end) for end in ends))
    await looked_at(scene, walk, 5)
    flag.touch()
    (done,) = await scene.settled_chain(walk, 1)
    assert done.status is RunStatus.SUCCEEDED


async def test_a_paused_one_does_not_run_and_one_that_is_resumed_does(scene: Scene) -> None:
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("work", config=after(upstream), paused=True)
    await is_followed(scene, upstream)
    await scene.trigger(upstream)
    await looked_at(scene, walk, 1)
    await scene.client.get_schedule_handle(walk.schedule_id).unpause()
    await scene.trigger(upstream)
    await looked_at(scene, walk, 2)
    first, second = await scene.closed(upstream, 2)
    (run,) = await scene.closed(walk)
    assert run.after_run == max((first, second), key=lambda one: one.started_at).id


async def test_it_runs_so_often_and_is_completed(scene: Scene) -> None:
    upstream = await scene.create("work", max_runs=4, paused=True)
    walk = await scene.create("work", config=after(upstream), max_runs=2, overlap="allow_all")
    await is_followed(scene, upstream)
    await scene.client.get_schedule_handle(upstream.schedule_id).unpause()
    await looked_at(scene, walk, 4)
    assert len(await scene.settled_chain(walk, 2)) == 2
    snapshot = await scene.schedules.read(walk.schedule_id)
    assert (snapshot.runs_left, snapshot.status) == (0, ScheduleStatus.COMPLETED)


async def test_a_limit_that_is_changed_meanwhile_is_exact(scene: Scene) -> None:
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("work", config=after(upstream), max_runs=6, overlap="allow_all")
    followers = FollowerGateway(scene.client, app=scene.app)

    async def tell() -> None:
        for number in range(12):
            await followers.tell(walk.schedule_id, an_end(upstream, f"run-{number}"))
        await looked_at(scene, walk, 12)

    telling = asyncio.create_task(tell())
    other = ScheduleGateway(scene.client, app=scene.app)
    number = 0
    while not telling.done() or number % 2:
        number += 1
        await other.commit(walk.schedule_id, limited(7 if number % 2 else 6))
    await telling
    # With the larger limit one more may have come, before the smaller one stood again.
    snapshot = await scene.schedules.read(walk.schedule_id)
    assert snapshot.runs_left == 0
    assert len(await scene.settled_chain(walk, 6)) in (6, 7)


def limited(most: int) -> Edit:
    def edit(before: ScheduleSnapshot) -> Draft:
        policies = before.walk.policies.model_copy(update={"max_runs": most})
        walk = before.walk.changed(a_change(), policies=policies)
        return Draft(walk, paused=before.paused, note=before.note)

    return edit


async def test_a_pause_drops_what_waits(scene: Scene) -> None:
    flag = scene.flag("paused-queue")
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create(
        "wait", args={"flag": str(flag)}, config=after(upstream), overlap="buffer_all"
    )
    followers = FollowerGateway(scene.client, app=scene.app)
    for number in range(4):
        await followers.tell(walk.schedule_id, an_end(upstream, f"run-{number}"))
    await scene.started(walk)
    await looked_at(scene, walk, 2)
    await scene.client.get_schedule_handle(walk.schedule_id).pause()
    flag.touch()
    await looked_at(scene, walk, 5)
    (run,) = await scene.settled_chain(walk, 1)
    assert run.after_run == "run-0"


async def test_a_long_queue_is_worked_off_in_order(scene: Scene) -> None:
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("work", config=after(upstream), overlap="buffer_all")
    followers = FollowerGateway(scene.client, app=scene.app)
    names = [f"run-{number}" for number in range(20)]
    for name in names:
        await followers.tell(walk.schedule_id, an_end(upstream, name))
    runs = await scene.settled_chain(walk, len(names))
    assert [run.after_run for run in sorted(runs, key=lambda run: run.started_at)] == names


async def test_a_chain_goes_on_and_a_circle_ends(scene: Scene) -> None:
    first = await scene.create("work", config=SELDOM)
    second = await scene.create("work", config=after(first))
    third = await scene.create("work", config=after(second))
    # No API would allow it; two that are written at once may come out so.
    circle = await scene.create("work", config=after(third))
    walk = first.model_copy(update={"config": after(circle), "schedule_id": first.schedule_id})
    await scene.schedules.delete(first.schedule_id)
    await scene.schedules.create(walk)
    await is_followed(scene, first, second, third, circle)
    await scene.trigger(walk)
    for one in (second, third, circle):
        (run,) = await scene.closed(one)
        assert run.kind is RunKind.CHAINED
    await looked_at(scene, walk, 1)
    assert [run.kind for run in await scene.closed(walk)] == [RunKind.SCHEDULED]


async def test_what_is_told_twice_runs_once(scene: Scene) -> None:
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("work", config=after(upstream), max_runs=5)
    end = an_end(upstream, "one")
    followers = FollowerGateway(scene.client, app=scene.app)
    await asyncio.gather(*(followers.tell(walk.schedule_id, end) for _ in range(5)))
    await looked_at(scene, walk, 5)
    (run,) = await scene.closed(walk)
    assert run.after_run == "one"
    assert (await scene.schedules.read(walk.schedule_id)).runs_left == 4


async def test_what_ended_before_or_too_long_ago_is_not_followed(scene: Scene) -> None:
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("work", config=after(upstream), catchup_window=10)
    followers = FollowerGateway(scene.client, app=scene.app)
    for number, seconds in enumerate((-60, 0)):
        end = an_end(upstream, f"run-{number}", walk.anchor + timedelta(seconds=seconds))
        await followers.tell(walk.schedule_id, end)
    await looked_at(scene, walk, 2)
    assert [run.after_run for run in await scene.closed(walk)] == ["run-1"]


async def test_temporal_keeps_it_while_nothing_runs(scene: Scene) -> None:
    """Temporal closes a schedule with nothing left to do after seven days."""
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("work", config=after(upstream))
    handle = scene.client.get_workflow_handle(f"temporal-sys-scheduler:{walk.schedule_id}")

    async def timers() -> list[timedelta]:
        history = await handle.fetch_history()
        return [
            event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            for event in history.events
            if event.HasField("timer_started_event_attributes")
        ]

    found = await until(timers, what="the schedule's timer")
    assert min(found) > timedelta(days=20_000)
    assert list((await scene.info(walk)).next_action_times) == [NEVER]


async def test_a_chain_that_nobody_tells_anything_ends_and_begins_anew(scene: Scene) -> None:
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("work", config=after(upstream))
    await is_followed(scene, upstream)
    handle = scene.client.get_workflow_handle(f"{scene.app}.chain.{walk.schedule_id}")
    for number in (1, 2):
        await scene.trigger(upstream)
        await scene.closed(walk, number)
        description = await handle.describe()
        assert description.status is WorkflowExecutionStatus.RUNNING
        await handle.terminate()


async def test_to_count_a_run_is_no_change_and_to_write_from_outside_is(scene: Scene) -> None:
    upstream = await scene.create("work", config=SELDOM)
    walk = await scene.create("work", config=after(upstream), max_runs=5)
    followers = FollowerGateway(scene.client, app=scene.app)
    for number in range(2):
        await followers.tell(walk.schedule_id, an_end(upstream, f"run-{number}"))
        await scene.closed(walk, number + 1)

    async def counted() -> bool:
        return (await scene.schedules.read(walk.schedule_id)).runs_left == 3

    await until(counted, what="the second run is counted")
    events = await scene.schedules.events(walk.schedule_id)
    assert [one.kind for one in changes(events)] == [ChangeKind.CREATED]
    handle = scene.client.get_schedule_handle(walk.schedule_id)
    await handle.update(lambda given: ScheduleUpdate(given.description.schedule))
    seen = [*events, *await scene.schedules.events(walk.schedule_id)]
    kinds = [(one.kind, one.outside) for one in changes(seen)]
    assert kinds == [(ChangeKind.CREATED, False), (ChangeKind.UPDATED, True)]
