"""Temporal drops a schedule with nothing left to do seven days after it last did something."""

from datetime import UTC, datetime, timedelta

from support.waiting import until
from support.walks import a_walk
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.horizons import HorizonActivities
from footfall.schedules.audit import changes
from footfall.schedules.policy import Policies
from footfall.schedules.schedule import ChangeKind, ScheduledWalk, ScheduleStatus
from footfall.temporal.keeping import Keeping
from footfall.temporal.schedules import ScheduleGateway

WEEK = timedelta(days=7)


async def timers(client: Client, walk: ScheduledWalk) -> list[tuple[datetime, timedelta]]:
    """Give when the schedule's own workflow in Temporal went to sleep, and for how long."""
    handle = client.get_workflow_handle(f"temporal-sys-scheduler:{walk.schedule_id}")
    history = await handle.fetch_history()
    return [
        (
            event.event_time.ToDatetime(tzinfo=UTC),
            event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta(),
        )
        for event in history.events
        if event.HasField("timer_started_event_attributes")
    ]


async def test_completed_schedules_begin_their_week_anew(client: Client, app_name: str) -> None:
    gateway = ScheduleGateway(client, app=app_name)
    past = {"trigger": "date", "run_date": "2020-01-01T00:00:00Z"}
    coming = {"trigger": "date", "run_date": "2099-01-01T00:00:00Z"}
    completed = [a_walk(app_name, config=past) for _ in range(2)]
    paused = a_walk(app_name, config=past)
    active = a_walk(app_name, config=coming)
    every_second = {"trigger": "interval", "seconds": 1}
    spent = a_walk(app_name, config=every_second, policies=Policies(max_runs=1))
    for walk in (*completed, paused, active, spent):
        await gateway.create(walk, paused=walk is paused)

    async def listed() -> bool:
        entries = await client.list_schedules(f"FootfallApp = '{app_name}'")
        return len([entry async for entry in entries]) == 5

    await until(listed, what="the list of all")

    completed.append(spent)

    async def all_sleep() -> bool:
        found = [await timers(client, walk) for walk in completed]
        return all(one and _is_a_week(one[-1][1]) for one in found)

    await until(all_sleep, what="the only run, and the week of each")
    before = {walk.schedule_id: await gateway.read(walk.schedule_id) for walk in completed}
    first = [await timers(client, walk) for walk in completed]
    assert all(_is_a_week(one[-1][1]) for one in first)
    keeping = Keeping(client, gateway, app=app_name)
    early = datetime.now(UTC) - timedelta(hours=1)
    assert await keeping.keep(early) == 0
    activities = HorizonActivities(gateway, keeping, kept_after=timedelta())
    await ActivityEnvironment(client).run(activities.renew_horizons)

    async def anew() -> bool:
        found = [await timers(client, walk) for walk in completed]
        return all(
            len(new) > len(old) and _is_a_week(new[-1][1])
            for old, new in zip(first, found, strict=True)
        )

    await until(anew, what="the new week")
    for walk in completed:
        found = await gateway.read(walk.schedule_id)
        assert found.walk.same_definition(before[walk.schedule_id].walk)
        assert found.status is ScheduleStatus.COMPLETED
        # To write a schedule as it is makes no change of it.
        found = changes(await gateway.events(walk.schedule_id))
        assert [one.kind for one in found] == [ChangeKind.CREATED]
    assert await timers(client, paused) == []
    assert all(lasts > WEEK * 100 for _, lasts in await timers(client, active))


def _is_a_week(lasts: timedelta) -> bool:
    return abs(WEEK - lasts) < timedelta(minutes=1)
