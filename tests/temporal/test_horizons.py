import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from structlog.testing import capture_logs
from support.waiting import until
from support.walks import a_change, a_walk
from temporalio.api.workflowservice.v1 import ListScheduleMatchingTimesRequest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.testing import ActivityEnvironment

from activities.horizons import HorizonActivities
from footfall.errors import TemporalUnavailableError
from footfall.schedules.renewal import Renewal
from footfall.schedules.schedule import (
    SYSTEM_OWNER,
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    ScheduleStatus,
)
from footfall.temporal import attributes
from footfall.temporal.action import RUN_WALKER, planned
from footfall.temporal.draft import Draft, Edit
from footfall.temporal.keeping import Keeping
from footfall.temporal.schedules import ScheduleGateway
from footfall.triggers import basis, basis_of, compile_config, horizon_of, next_times
from footfall.triggers.basis import _basis

NOW = datetime.now(UTC)
NEAR = NOW + timedelta(days=10)
FAR = horizon_of(NOW)

# Gaza's clocks hang on Ramadan: to tell all changes at several times takes too many calendars.
CLOCKS = {"trigger": "cron", "cron": "30 1,2 * * *", "timezone": "Asia/Gaza"}
HOLIDAYS = {
    "trigger": "cron",
    "cron": "0 9 * * *",
    "timezone": "Europe/Berlin",
    "exclude": {"holidays": "DE-BE"},
}
BERLIN = {"trigger": "cron", "cron": "30 2 * * *", "timezone": "Europe/Berlin"}

LATER = (
    datetime(NOW.year + 3, 1, 1, tzinfo=UTC),
    datetime(NOW.year + 4, 1, 1, tzinfo=UTC),
)
"""A year in which a plan with the near horizon is wrong and one with the far horizon is right."""


class Maintenance:
    """Schedules of one app, and the activity that renews them, outside of a worker."""

    def __init__(self, client: Client, app: str) -> None:
        self.client = client
        self.app = app
        self.gateway = ScheduleGateway(client, app=app)

    async def run(self, gateway: ScheduleGateway | None = None) -> Renewal:
        gateway = gateway or self.gateway
        activities = HorizonActivities(gateway, Keeping(self.client, gateway, app=self.app))
        return await ActivityEnvironment(self.client).run(activities.renew_horizons)

    async def given(self, *configs: dict[str, Any], **fields: Any) -> list[ScheduledWalk]:
        """Create schedules, and wait until those whose horizon is near are listed as due."""
        walks = [
            a_walk(self.app, config=config, **{"horizon": NEAR, **fields}) for config in configs
        ]
        for walk in walks:
            await self.gateway.create(walk)
        due = {walk.schedule_id for walk in walks if walk.config in (CLOCKS, HOLIDAYS)}
        if all(walk.horizon == NEAR for walk in walks):
            await self.due(due)
        return walks

    async def due(self, wanted: set[str]) -> None:
        async def listed() -> bool:
            return set(await self.gateway.outdated(NOW + timedelta(days=900))) >= wanted

        await until(listed, what="the schedules in the list")

    async def horizon_listed(self, schedule_id: str) -> datetime | None:
        """Give the search attribute."""
        description = await self.client.get_schedule_handle(schedule_id).describe()
        return description.typed_search_attributes.get(attributes.HORIZON)

    async def times(self, schedule_id: str) -> list[datetime]:
        """Give all times at which Temporal fires a schedule in the later year."""
        begin, end = Timestamp(), Timestamp()
        begin.FromDatetime(LATER[0])
        end.FromDatetime(LATER[1])
        answer = await self.client.workflow_service.list_schedule_matching_times(
            ListScheduleMatchingTimesRequest(
                namespace=self.client.namespace,
                schedule_id=schedule_id,
                start_time=begin,
                end_time=end,
            ),
        )
        return [at.ToDatetime(tzinfo=UTC) for at in answer.start_time]


def right_times(walk: ScheduledWalk) -> list[datetime]:
    compiled = compile_config(walk.config, walk.anchor)
    times = next_times(compiled, LATER[0] - timedelta(seconds=1), 900)
    return [at for at in times if at <= LATER[1]]


@pytest.fixture
def maintenance(client: Client, app_name: str) -> Maintenance:
    return Maintenance(client, app_name)


@pytest.mark.parametrize("config", [CLOCKS, HOLIDAYS], ids=["clocks", "holidays"])
async def test_a_horizon_that_comes_near_is_moved_on(
    maintenance: Maintenance,
    config: dict[str, Any],
) -> None:
    (walk,) = await maintenance.given(config, tags=("a",), args={"n": 1})
    assert await maintenance.times(walk.schedule_id) != right_times(walk)

    assert await maintenance.run() == Renewal(renewed=1)

    after = await maintenance.gateway.read(walk.schedule_id)
    assert await maintenance.times(walk.schedule_id) == right_times(walk)
    assert await maintenance.horizon_listed(walk.schedule_id) == FAR
    assert (after.walk.horizon, after.walk.revision) == (FAR, 2)
    change = after.walk.change
    assert (change.kind, change.by) == (ChangeKind.RENEWED, SYSTEM_OWNER)
    assert f"until {FAR:%Y-%m-%d}" in (change.reason or "")
    assert after.walk.same_definition(
        walk.model_copy(update={"revision": 2, "change": change}),
    )
    assert after.walk.anchor == walk.anchor
    assert (after.status, after.note) == (ScheduleStatus.ACTIVE, "")


async def test_a_second_run_changes_nothing(maintenance: Maintenance) -> None:
    (walk,) = await maintenance.given(CLOCKS)
    assert (await maintenance.run()).renewed == 1
    before = await maintenance.gateway.read(walk.schedule_id)
    # At once, while the list may still show it as due; and once it no longer does.
    assert (await maintenance.run()).renewed == 0

    async def nothing_due() -> bool:
        return await maintenance.run() == Renewal()

    await until(nothing_due, what="a list without it")
    assert await maintenance.gateway.read(walk.schedule_id) == before


async def test_two_at_once_renew_once(maintenance: Maintenance, client: Client) -> None:
    walks = await maintenance.given(CLOCKS, HOLIDAYS, CLOCKS)
    others = [ScheduleGateway(client, app=maintenance.app) for _ in range(2)]
    answers = await asyncio.gather(*(maintenance.run(gateway) for gateway in others))
    assert sum(answer.renewed for answer in answers) == 3
    assert sum(answer.failed for answer in answers) == 0
    for walk in walks:
        after = await maintenance.gateway.read(walk.schedule_id)
        assert (after.walk.horizon, after.walk.revision) == (FAR, 2)


async def test_what_needs_no_horizon_or_has_a_far_one_is_not_touched(
    maintenance: Maintenance,
) -> None:
    (needless,) = await maintenance.given({"trigger": "cron", "cron": "0 9 * * *"})
    far = a_walk(maintenance.app, config=CLOCKS)
    await maintenance.gateway.create(far)
    await maintenance.given(CLOCKS)
    assert (await maintenance.run()).renewed == 1
    for walk in (needless, far):
        assert (await maintenance.gateway.read(walk.schedule_id)).walk == planned(walk)[0]
    assert await maintenance.horizon_listed(needless.schedule_id) is None
    assert await maintenance.horizon_listed(far.schedule_id) == FAR


@pytest.mark.parametrize("config", [HOLIDAYS, BERLIN], ids=["holidays", "clocks"])
async def test_other_releases_of_holidays_or_zones_plan_anew(
    maintenance: Maintenance,
    monkeypatch: pytest.MonkeyPatch,
    config: dict[str, Any],
) -> None:
    plain = {"trigger": "cron", "cron": "0 9 * * *"}
    other, untouched = await maintenance.given(config, plain, horizon=None)
    before = await maintenance.gateway.read(untouched.schedule_id)
    assert await maintenance.run() == Renewal()
    _basis.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(basis, "release", lambda: "2099.1")
        patched.setattr(basis, "version", lambda _: "99.9")

        async def renewed() -> bool:
            return (await maintenance.run()).renewed == 1

        await until(renewed, what="the schedule in the list")
        after = await maintenance.gateway.read(other.schedule_id)
        assert after.walk.basis == basis_of(compile_config(config, NOW))
    _basis.cache_clear()
    assert after.walk.basis != basis_of(compile_config(config, NOW))
    assert after.walk.change.kind is ChangeKind.RENEWED
    assert "new releases" in (after.walk.change.reason or "")
    assert await maintenance.gateway.read(untouched.schedule_id) == before


async def test_a_paused_one_is_renewed_and_stays_paused(
    maintenance: Maintenance,
    client: Client,
) -> None:
    (walk,) = await maintenance.given(HOLIDAYS)
    await client.get_schedule_handle(walk.schedule_id).pause(note="by hand")
    assert await maintenance.run() == Renewal(renewed=1)
    after = await maintenance.gateway.read(walk.schedule_id)
    assert (after.walk.horizon, after.walk.revision) == (FAR, 2)
    assert (after.paused, after.note) == (True, "by hand")
    assert after.status is ScheduleStatus.PAUSED
    assert await maintenance.times(walk.schedule_id) == right_times(walk)


async def test_a_completed_one_is_left_alone(maintenance: Maintenance) -> None:
    ended = {**HOLIDAYS, "end_at": f"{NOW.year - 1}-01-01"}
    (walk,) = await maintenance.given(ended)
    await maintenance.due({walk.schedule_id})
    assert await maintenance.run() == Renewal(left=1)
    after = await maintenance.gateway.read(walk.schedule_id)
    assert (after.status, after.walk) == (ScheduleStatus.COMPLETED, planned(walk)[0])


async def test_one_whose_years_end_before_the_horizon_is_renewed_too(
    maintenance: Maintenance,
) -> None:
    years = f"{NOW.year}-{NOW.year + 4}"
    config = {"trigger": "cron", "year": years, "hour": 2, "minute": 30}
    (walk,) = await maintenance.given({**config, "exclude": {"holidays": "DE-BE"}})
    await maintenance.due({walk.schedule_id})
    assert await maintenance.run() == Renewal(renewed=1)
    assert await maintenance.times(walk.schedule_id) == right_times(walk)


async def test_a_users_edit_at_the_same_time_is_not_lost(
    maintenance: Maintenance,
    client: Client,
) -> None:
    walks = await maintenance.given(*[CLOCKS] * 4)
    user = ScheduleGateway(client, app=maintenance.app)

    def retag(before: ScheduleSnapshot) -> Draft:
        changed = before.walk.changed(a_change(), tags=("mine",))
        return Draft(changed, paused=True, note="held")

    _, *edited = await asyncio.gather(
        maintenance.run(),
        *(user.commit(walk.schedule_id, retag) for walk in walks),
    )
    assert len(edited) == 4
    for walk in walks:
        after = await maintenance.gateway.read(walk.schedule_id)
        assert (after.walk.tags, after.walk.horizon) == (("mine",), FAR)
        assert (after.paused, after.note, after.walk.revision) == (True, "held", 3)


async def test_a_list_that_lags_undoes_no_new_trigger(maintenance: Maintenance) -> None:
    (walk,) = await maintenance.given(CLOCKS)

    class Lagging(ScheduleGateway):
        async def outdated(self, before: datetime) -> list[str]:
            del before
            return [walk.schedule_id, "deleted"]

    def reschedule(before: ScheduleSnapshot) -> Draft:
        now = datetime.now(UTC)
        changed = before.walk.changed(a_change(), config=HOLIDAYS, anchor=now, horizon=None)
        return Draft(changed, paused=False, note="")

    edited = await maintenance.gateway.commit(walk.schedule_id, reschedule)
    lagging = Lagging(maintenance.client, app=maintenance.app)
    assert await maintenance.run(lagging) == Renewal(left=2)
    assert await maintenance.gateway.read(walk.schedule_id) == edited


@pytest.fixture
async def undecodable(client: Client, app_name: str) -> AsyncIterator[str]:
    """Give the id of a schedule of the app whose definition nobody can read."""
    schedule_id = secrets.token_hex(10)
    handle = await client.create_schedule(
        schedule_id,
        Schedule(
            action=ScheduleActionStartWorkflow(
                RUN_WALKER,
                {"from": "another world"},
                id=schedule_id,
                task_queue=app_name,
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=1))]),
        ),
        search_attributes=TypedSearchAttributes(
            [
                SearchAttributePair(attributes.APP, app_name),
                SearchAttributePair(attributes.HORIZON, NEAR),
            ],
        ),
    )
    yield schedule_id
    await handle.delete()


async def test_one_that_cannot_be_decoded_stops_no_other(
    maintenance: Maintenance,
    undecodable: str,
) -> None:
    walks = await maintenance.given(CLOCKS, HOLIDAYS)
    await maintenance.due({undecodable})
    with capture_logs() as logs:
        assert await maintenance.run() == Renewal(renewed=2, failed=1)
    assert [line["schedule_id"] for line in logs if line["log_level"] == "error"] == [undecodable]
    for walk in walks:
        assert (await maintenance.gateway.read(walk.schedule_id)).walk.horizon == FAR


async def test_one_for_which_temporal_does_not_answer_stops_no_other(
    maintenance: Maintenance,
    client: Client,
) -> None:
    walks = await maintenance.given(CLOCKS, HOLIDAYS)
    silent = (await maintenance.gateway.outdated(FAR))[0]

    class Partial(ScheduleGateway):
        async def commit(self, schedule_id: str, edit: Edit) -> ScheduleSnapshot:
            if schedule_id == silent:
                raise TemporalUnavailableError
            return await super().commit(schedule_id, edit)

    with pytest.raises(TemporalUnavailableError):
        await maintenance.run(Partial(client, app=maintenance.app))
    found = await maintenance.gateway.read_many(walk.schedule_id for walk in walks)
    assert {after.walk.schedule_id for after in found if after.walk.horizon != FAR} == {silent}
    # The next attempt does the rest.
    assert (await maintenance.run()).renewed == 1
    assert (await maintenance.gateway.read(silent)).walk.horizon == FAR
