import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from support.waiting import until
from temporalio.client import Client

from footfall.schedules.audit import changes
from footfall.schedules.schedule import SYSTEM_OWNER, ScheduledWalk, ScheduleStatus
from footfall.temporal.listed import ListedSchedule
from footfall.temporal.schedules import ScheduleGateway
from footfall.walkers.catalogue import AppProblem, Catalogue, WalkerField, WalkerInfo
from worker.declared import declared_walks, static_id
from worker.statics import StaticSchedules

HOURLY = {"trigger": "interval", "hours": 1}


def a_walker(name: str, schedule: dict[str, Any] | None, **fields: Any) -> WalkerInfo:
    return WalkerInfo(
        name=name,
        kind="walker",
        language="python",
        file="app.py",
        line=3,
        schedule=schedule,
        **fields,
    )


def declared(catalogue: Catalogue) -> tuple[list[ScheduledWalk], list[AppProblem]]:
    return declared_walks(catalogue, min_interval=1, default_timeout=300)


class Deployment:
    """One version of an app, as its workers register it."""

    def __init__(self, client: Client, app: str) -> None:
        self.app = app
        self.gateway = ScheduleGateway(client, app=app)
        self.statics = StaticSchedules(self.gateway, app=app)

    async def deploy(self, *walkers: WalkerInfo) -> list[AppProblem]:
        catalogue = Catalogue(app=self.app, walkers=walkers)
        walks, problems = declared(catalogue)
        keep = [problem.walker for problem in problems if problem.walker]
        await self.statics.sync(walks, keep=keep)
        return problems

    async def listed(self, number: int) -> dict[str, ListedSchedule]:
        async def all_there() -> dict[str, ListedSchedule] | None:
            found = {entry.id: entry async for entry in self.gateway.listed(only_static=True)}
            return found if len(found) == number else None

        return await until(all_there, what=f"{number} static schedules in the list")


@pytest.fixture
def deployment(client: Client, app_name: str) -> Deployment:
    return Deployment(client, app_name)


async def test_declared_again_nothing_changes(deployment: Deployment) -> None:
    for _ in range(3):
        assert await deployment.deploy(a_walker("tidy", HOURLY)) == []
        await deployment.listed(1)
    snapshot = await deployment.gateway.read(static_id(deployment.app, "tidy"))
    assert snapshot.walk.revision == 1
    assert snapshot.walk.owner == snapshot.walk.root == SYSTEM_OWNER
    assert snapshot.walk.is_static


async def test_five_workers_at_once_register_one_schedule(
    client: Client,
    app_name: str,
) -> None:
    walkers = [a_walker(f"w{number}", HOURLY) for number in range(4)]
    workers = [Deployment(client, app_name) for _ in range(5)]
    await asyncio.gather(*(worker.deploy(*walkers) for worker in workers))
    assert len(await workers[0].listed(4)) == 4
    for walker in walkers:
        snapshot = await workers[0].gateway.read(static_id(app_name, walker.name))
        assert snapshot.walk.revision == 1


async def test_a_changed_declaration_is_updated_by_whoever_comes_first(
    client: Client,
    app_name: str,
) -> None:
    workers = [Deployment(client, app_name) for _ in range(3)]
    await workers[0].deploy(a_walker("tidy", HOURLY))
    changed = a_walker("tidy", {"trigger": "cron", "hour": 9, "tags": ["t"], "root": "alice"})
    await asyncio.gather(*(worker.deploy(changed) for worker in workers))
    snapshot = await workers[0].gateway.read(static_id(app_name, "tidy"))
    assert snapshot.walk.config == {"trigger": "cron", "hour": 9}
    assert (snapshot.walk.tags, snapshot.walk.root) == (("t",), "alice")
    assert snapshot.walk.revision == 2
    assert {at.hour for at in snapshot.next_times} == {9}


async def test_an_interval_keeps_its_rhythm_when_something_else_changes(
    deployment: Deployment,
) -> None:
    await deployment.deploy(a_walker("tidy", HOURLY))
    schedule_id = static_id(deployment.app, "tidy")
    before = await deployment.gateway.read(schedule_id)
    await deployment.deploy(a_walker("tidy", {**HOURLY, "timeout": 5}))
    after = await deployment.gateway.read(schedule_id)
    assert after.walk.timeout == 5
    assert after.walk.anchor == before.walk.anchor
    assert after.next_times == before.next_times


async def test_what_is_no_longer_declared_is_removed(deployment: Deployment) -> None:
    await deployment.deploy(a_walker("a", HOURLY), a_walker("b", HOURLY))
    await deployment.listed(2)
    await deployment.deploy(a_walker("a", HOURLY), a_walker("b", None))
    assert (await deployment.listed(1)).keys() == {static_id(deployment.app, "a")}
    await deployment.deploy(a_walker("a", HOURLY), a_walker("b", HOURLY))
    await deployment.listed(2)


async def test_what_is_broken_is_reported_and_keeps_what_it_was(deployment: Deployment) -> None:
    await deployment.deploy(a_walker("a", HOURLY))
    await deployment.listed(1)
    broken = {"trigger": "interval", "hours": -1}
    problems = await deployment.deploy(a_walker("a", broken), a_walker("b", HOURLY))
    (problem,) = problems
    assert (problem.walker, problem.file, problem.line) == ("a", "app.py", 3)
    assert "hours" in problem.message
    listed = await deployment.listed(2)
    assert listed[static_id(deployment.app, "a")].first.config == HOURLY


async def test_a_pause_outlives_a_deployment(client: Client, deployment: Deployment) -> None:
    await deployment.deploy(a_walker("a", HOURLY))
    schedule_id = static_id(deployment.app, "a")
    await client.get_schedule_handle(schedule_id).pause(note="not now")
    await deployment.deploy(a_walker("a", {"trigger": "interval", "hours": 2}))
    snapshot = await deployment.gateway.read(schedule_id)
    assert (snapshot.status, snapshot.note) == (ScheduleStatus.PAUSED, "not now")
    assert snapshot.walk.config["hours"] == 2


async def test_the_guides_new_year_task_is_completed(deployment: Deployment) -> None:
    schedule = {"trigger": "date", "run_date": "2025-12-31T23:59:59"}
    assert await deployment.deploy(a_walker("new_year_task", schedule)) == []
    snapshot = await deployment.gateway.read(static_id(deployment.app, "new_year_task"))
    assert snapshot.status is ScheduleStatus.COMPLETED


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        ({"trigger": "interval"}, "trigger"),
        ({"trigger": "cron", "cron": "0 0 30 2 *"}, "cron"),
        ({"trigger": "cron", "cron": "99 * * * *"}, "cron"),
        ({"trigger": "cron", "hour": 9, "timezone": "Nowhere/City"}, "timezone"),
        ({"trigger": "date", "run_date": "soon"}, "run_date"),
        ({**HOURLY, "timeout": "long"}, "timeout"),
        ({**HOURLY, "colour": "red"}, "colour"),
        ({**HOURLY, "args": {"unknown": 1}}, "args.unknown"),
        ({"hours": 1}, "trigger"),
    ],
)
def test_each_bad_declaration_names_its_field(schedule: dict[str, Any], field: str) -> None:
    catalogue = Catalogue(app="app", walkers=(a_walker("w", schedule), a_walker("ok", HOURLY)))
    walks, problems = declared(catalogue)
    assert [walk.walker_name for walk in walks] == ["ok"]
    assert f"{field}:" in problems[0].message


def test_a_cron_whose_years_have_passed_is_completed_not_broken() -> None:
    walker = a_walker("w", {"trigger": "cron", "year": 2020})
    walks, problems = declared(Catalogue(app="app", walkers=(walker,)))
    assert (len(walks), problems) == (1, [])
    assert walks[0].created_at <= datetime.now(UTC)


def test_a_walker_that_needs_arguments_must_give_them() -> None:
    fields = (WalkerField(name="n", type="int", required=True, json_schema={"type": "integer"}),)
    bad = a_walker("bad", HOURLY, fields=fields)
    good = a_walker("good", {**HOURLY, "args": {"n": 3}}, fields=fields)
    walks, problems = declared(Catalogue(app="app", walkers=(bad, good)))
    assert [walk.args for walk in walks] == [{"n": 3}]
    assert "args.n" in problems[0].message


async def test_what_deployments_change_is_recorded(deployment: Deployment) -> None:
    await deployment.deploy(a_walker("tidy", HOURLY))
    await deployment.deploy(a_walker("tidy", {**HOURLY, "tags": ["t"]}))
    await deployment.listed(1)
    await deployment.deploy()
    history = await deployment.gateway.changes.read(static_id(deployment.app, "tidy"))
    assert history is not None
    found = changes(history.events)
    assert [one.kind.value for one in found] == ["created", "updated", "deleted"]
    assert {one.by for one in found} == {SYSTEM_OWNER}
    assert found[1].difference == {"tags": {"before": [], "after": ["t"]}}
    assert found[2].reason == "it is no longer declared in the app's code"
    assert not any(one.outside for one in found)
