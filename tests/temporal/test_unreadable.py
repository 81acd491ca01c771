"""What a process cannot read is left alone: not gone, not deleted, and no hindrance to the rest."""

import base64
import hashlib
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from support.api import api_settings, running_api
from support.waiting import until
from support.walks import a_change, a_walk
from temporalio.client import Client

from footfall.config import TemporalSettings
from footfall.errors import UnreadableError
from footfall.projection.memory import MemoryStore
from footfall.projection.projector import Projector
from footfall.projection.witness import Witness
from footfall.schedules.hook import Hook
from footfall.schedules.notice import completed
from footfall.schedules.occasion import Occasion
from footfall.schedules.run import RunKind
from footfall.schedules.schedule import ScheduledWalk, utc_now
from footfall.temporal.connection import connect
from footfall.temporal.deliveries import DeliveryGateway
from footfall.temporal.draft import Draft
from footfall.temporal.keeping import Keeping
from footfall.temporal.owner_hooks import KnownHooks, OwnerHookGateway
from footfall.temporal.run_control import RunControl
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway

KEYS = "k1:" + base64.b64encode(hashlib.sha256(b"a key for tests").digest()).decode()


@pytest.fixture
async def sealing(client: Client, app_name: str) -> Client:
    """A client that encrypts."""
    address = client.service_client.config.target_host
    settings = TemporalSettings.model_validate(
        {"address": address, "task_queue": app_name, "encryption_keys": KEYS},
    )
    return await connect(settings, identity="sealing")


@pytest.fixture
async def without(client: Client, app_name: str) -> Client:
    """A client of the same app that has no key."""
    address = client.service_client.config.target_host
    return await connect(TemporalSettings(address=address, task_queue=app_name), identity="without")


def a_projector(client: Client, app: str, store: MemoryStore) -> Projector:
    async def retention() -> timedelta:
        return timedelta(days=1)

    schedules = ScheduleGateway(client, app=app)
    return Projector(
        schedules,
        RunGateway(client, app=app),
        store,
        retention=retention,
        witness=Witness(schedules, schedules.changes, grace=0),
    )


async def create(client: Client, app: str) -> ScheduledWalk:
    """Create a schedule, and change it once."""
    gateway, walk = ScheduleGateway(client, app=app), a_walk(app)
    await gateway.create(walk)
    edited = await gateway.commit(
        walk.schedule_id,
        lambda before: Draft(before.walk.changed(a_change(), tags=("x",)), paused=False, note=""),
    )
    return edited.walk


async def ids(store: MemoryStore) -> set[str]:
    page = await store.list_schedules(owner=None, limit=100)
    return {row.id for row in page.rows}


async def test_a_projector_without_the_key_keeps_the_row_and_records_no_deletion(
    sealing: Client, without: Client, app_name: str
) -> None:
    sealed, plain = await create(sealing, app_name), await create(without, app_name)
    both, store = {sealed.schedule_id, plain.schedule_id}, MemoryStore()

    async def known() -> bool:
        await a_projector(sealing, app_name, store).advance()
        return await ids(store) == both

    await until(known, what="both rows")
    blind = a_projector(without, app_name, store)
    with capture_logs() as logs:
        for _ in range(3):
            await blind.sweep()
            await blind.advance()
    assert await ids(store) == both
    told = [one for one in logs if one["event"] == "a schedule cannot be read"]
    assert [one["schedule_id"] for one in told] == [sealed.schedule_id]
    assert "'k1'" in told[0]["reason"]
    # What is really gone goes.
    await ScheduleGateway(sealing, app=app_name).delete(sealed.schedule_id)

    async def gone() -> bool:
        await blind.sweep()
        return await ids(store) == {plain.schedule_id}

    await until(gone, what="the deletion")
    history = await ScheduleGateway(sealing, app=app_name).changes.read(sealed.schedule_id)
    assert history is not None
    assert [one.outside for one in history.events if one.deletion] == [False]


async def test_what_is_for_one_schedule_says_why_it_cannot_be_read(
    sealing: Client, without: Client, app_name: str
) -> None:
    sealed = await create(sealing, app_name)
    gateway = ScheduleGateway(without, app=app_name)
    for reading in (
        gateway.find(sealed.schedule_id),
        gateway.events(sealed.schedule_id),
        gateway.delete(sealed.schedule_id),
        gateway.commit(sealed.schedule_id, lambda _: None),
        gateway.changes.read(sealed.schedule_id),
    ):
        with pytest.raises(UnreadableError, match="'k1'"):
            await reading
    assert await gateway.read_many([sealed.schedule_id]) == []
    assert await gateway.gone([sealed.schedule_id]) == []
    keeping = Keeping(without, gateway, app=app_name)
    assert await keeping.keep(utc_now() + timedelta(days=1)) == 0
    # To another app it does not exist, whatever it is encrypted with.
    assert await ScheduleGateway(without, app="other").find(sealed.schedule_id) is None


async def test_what_cannot_be_read_does_not_exist_for_strangers(
    sealing: Client, without: Client, app_name: str
) -> None:
    kept, deleted = await create(sealing, app_name), await create(sealing, app_name)
    run_id = f"{app_name}-run"
    manual = kept.model_copy(update={"occasion": Occasion(kind=RunKind.MANUAL, by="alice")})
    assert await RunControl(sealing, RunGateway(sealing, app=app_name)).start(manual, run_id)
    await ScheduleGateway(sealing, app=app_name).delete(deleted.schedule_id)
    address = without.service_client.config.target_host
    async with running_api(api_settings(address, app_name)) as api:
        of_kept, of_deleted = (f"/schedule/{one.schedule_id}" for one in (kept, deleted))
        wanted = (
            ("GET", f"{of_kept}/changes"),
            ("GET", f"{of_deleted}/changes"),
            ("GET", f"{of_deleted}?at=1"),
            ("GET", f"{of_kept}/runs/{run_id}"),
            ("POST", f"{of_kept}/runs/{run_id}/cancel"),
        )
        for method, path in wanted:
            for user, admin in (("alice", False), ("carol", True)):
                status, told = await api.caller(user, admin=admin).error(method, path)
                assert (status, told["code"]) == (503, "unreadable"), (path, user)
                assert "'k1'" in told["message"]
            status, told = await api.caller("mallory").error(method, path)
            assert (status, told["code"]) == (404, "schedule_not_found"), path
            assert "k1" not in str(told)


async def test_runs_hooks_and_deliveries_that_cannot_be_read_do_not_hide_the_others(
    sealing: Client, without: Client, app_name: str
) -> None:
    for client, owner in ((sealing, "alice"), (without, "bob")):
        walk = a_walk(app_name, owner=owner, occasion=Occasion(kind=RunKind.MANUAL, by=owner))
        runs = RunGateway(client, app=app_name)
        assert await RunControl(client, runs).start(walk, f"{app_name}-{owner}")
        await OwnerHookGateway(client, app=app_name).put(owner, (Hook(url="https://a.example/"),))
        notice = completed(walk, utc_now())
        hooks = [Hook(url="https://a.example/")]
        await DeliveryGateway(client, app=app_name).send(notice, hooks)
    runs, deliveries = RunGateway(without, app=app_name), DeliveryGateway(without, app=app_name)

    async def listed() -> bool:
        return {run.owner async for run in runs.listed()} == {"bob"}

    await until(listed, what="the run that can be read")
    with pytest.raises(UnreadableError):
        await runs.observe("any", f"{app_name}-alice")

    async def delivered() -> list[str]:
        found = await deliveries.listed(owner=None, status=None, schedule_id=None, limit=10)
        return [one.delivery.notice.owner for one in found]

    async def are_delivered() -> bool:
        return await delivered() == ["bob"]

    await until(are_delivered, what="the delivery that can be read")

    gateway = OwnerHookGateway(without, app=app_name)

    async def are_known() -> bool:
        return (await gateway.every()).keys() == {"alice", "bob"}

    await until(are_known, what="the owners with webhooks")
    known = KnownHooks(gateway)
    assert await known.listens("alice")
    assert await known.listens("bob")
    assert not await known.listens("carol")
    assert [hook.url for hook in await known.of("bob")] == ["https://a.example/"]
    with pytest.raises(UnreadableError, match="'k1'"):
        await known.of("alice")
