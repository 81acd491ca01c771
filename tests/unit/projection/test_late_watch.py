import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from support.waiting import until
from support.walks import a_change, a_walk

from footfall.projection.late_watch import LateWatch
from footfall.schedules.notice import Notice
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal.action import action_id
from footfall.temporal.beginnings import Beginning

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


class Runs:
    """Runs that all began in time, with the ids that Temporal gives them."""

    def __init__(self, ids: set[str]) -> None:
        self._ids = ids
        self.asked: list[str] = []

    async def of(self, walk: ScheduledWalk, due: datetime) -> Beginning | None:
        run_id = f"{action_id(walk)}-{due:%H:%M}"
        self.asked.append(run_id)
        if run_id not in self._ids:
            return None
        return Beginning(
            RunSummary(
                id=run_id,
                temporal_run_id="1",
                schedule_id=walk.schedule_id,
                app=walk.app,
                owner=walk.owner,
                walker_name=walk.walker_name,
                status=RunStatus.RUNNING,
                started_at=due,
            ),
            due,
        )


class Present:
    """Temporal's own word on a schedule."""

    def __init__(self, walk: ScheduledWalk) -> None:
        self._walk = walk

    async def find(self, _schedule_id: str) -> ScheduleSnapshot | None:
        return ScheduleSnapshot(walk=self._walk, paused=False)


async def told_of(
    before: ScheduledWalk, after: ScheduledWalk, ids: set[str], *, kept: timedelta = 60 * MINUTE
) -> list[Notice]:
    """Give what is told of a schedule that was changed; it is looked at until nothing is left."""
    notices: list[Notice] = []

    async def tell(_walk: ScheduledWalk, notice: Notice) -> None:
        notices.append(notice)

    async def retention() -> timedelta:
        return kept

    runs = Runs(ids)
    watch = LateWatch(runs, Present(after), retention=retention, tell=tell)
    for walk in (before, after):
        watch.saw_schedules([ScheduleSnapshot(walk=walk, paused=False)])
    looking = asyncio.create_task(watch.run())
    last = f"{datetime.now(UTC) - 2 * MINUTE:%H:%M}"

    async def looked() -> bool:
        return any(run_id.endswith(last) for run_id in runs.asked) or len(notices) > 1

    await until(looked, what="a look at the last time")
    looking.cancel()
    return notices


def schedule(now: datetime) -> tuple[ScheduledWalk, ScheduledWalk]:
    """A schedule of every minute, and the same with another walker for the last 9 minutes."""
    start = now - 30 * MINUTE
    before = a_walk(
        "app",
        walker_name="old",
        config={"trigger": "cron", "cron": "* * * * *"},
        late_after=10,
        anchor=start,
        created_at=start,
        change=a_change().model_copy(update={"at": start}),
    )
    change = a_change().model_copy(update={"at": now - 9 * MINUTE})
    return before, before.changed(change, walker_name="new")


def expected(before: ScheduledWalk, after: ScheduledWalk) -> set[str]:
    times = [before.anchor + number * MINUTE for number in range(40)]
    return {
        f"{action_id(before if at.replace(second=0, microsecond=0) <= after.change.at else after)}"
        f"-{at:%H:%M}"
        for at in times
    }


async def test_runs_before_a_change_of_the_walker_are_found_and_not_missed(now: datetime) -> None:
    before, after = schedule(now)
    assert await told_of(before, after, expected(before, after)) == []


async def test_a_run_that_the_former_definition_started_right_after_the_change_is_found(
    now: datetime,
) -> None:
    before, after = schedule(now)
    at = (after.change.at + MINUTE).replace(second=0, microsecond=0)
    ids = expected(before, after) - {f"{action_id(after)}-{at:%H:%M}"}
    assert await told_of(before, after, ids | {f"{action_id(before)}-{at:%H:%M}"}) == []


async def test_what_is_missed_before_a_change_is_told_of_the_walker_that_was_meant(
    now: datetime,
) -> None:
    before, after = schedule(now)
    at = (after.change.at - 3 * MINUTE).replace(second=0, microsecond=0)
    notices = await told_of(
        before, after, expected(before, after) - {f"{action_id(before)}-{at:%H:%M}"}
    )
    assert [notice.kind for notice in notices] == ["missed"]
    assert notices[0].message.startswith(f"The run of old that was due at {at:%Y-%m-%dT%H:%M:%SZ}")


async def test_what_temporal_may_have_forgotten_is_not_missed(now: datetime) -> None:
    before, after = schedule(now)
    assert await told_of(before, after, set(), kept=timedelta()) == []
