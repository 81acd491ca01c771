"""While releases are mixed, what a newer one made waits for it, and nothing of it is lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from support.api import api_settings, running_api
from support.waiting import until
from support.walks import a_change, a_walk
from support.worker import running_worker
from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleSpec,
    WorkflowHandle,
)
from temporalio.worker import Worker

from footfall.errors import UnreadableError
from footfall.schedules import stored
from footfall.schedules.attributes import MEMO_DEFINITION
from footfall.schedules.chain import Chain
from footfall.schedules.event import ScheduleEvent
from footfall.schedules.recording import Record, Recording, pack
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.action import RUN_WALKER, action_id
from footfall.temporal.attributes import run_attributes, schedule_attributes
from footfall.temporal.changes import RECORD_CHANGES, ChangeLog
from footfall.temporal.draft import Draft
from footfall.temporal.schedules import ScheduleGateway
from workflows.record_changes import RecordChanges
from workflows.run_chain import RunChain

APP = Path(__file__).parent.parent / "apps" / "python_runs"
FAILED = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED

type Upgrade = Callable[[], None]


def understand(model: type[BaseModel], value: Any, place: tuple[str, ...]) -> Any:
    """Know what newer releases made, as far as it is asked for here."""
    del model, place
    return value


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Upgrade:
    """Make this process one of the newer release."""
    return lambda: monkeypatch.setattr(stored, "_understood", understand)


@pytest.fixture
def upgrade_after_refusal(monkeypatch: pytest.MonkeyPatch, upgrade: Upgrade) -> None:
    """Make this process one of the newer release once it has refused something.

    The next try is then given to a worker that understands, as in a fleet of both.
    """
    before = stored._understood

    def refuse_once(model: type[BaseModel], value: Any, place: tuple[str, ...]) -> Any:
        try:
            return before(model, value, place)
        except UnreadableError:
            upgrade()
            raise

    monkeypatch.setattr(stored, "_understood", refuse_once)


def newer(walk: ScheduledWalk) -> dict[str, Any]:
    """Give a definition as a later release would write it."""
    return {**walk.model_dump(mode="json"), "calendar": "business days"}


async def refused(handle: WorkflowHandle[Any, Any]) -> str:
    """Wait for the failure of a workflow's task, and give its message."""

    async def told() -> str | None:
        async for event in handle.fetch_history_events():
            if event.event_type == FAILED:
                failure = event.workflow_task_failed_event_attributes.failure
                while failure.HasField("cause"):
                    failure = failure.cause
                return failure.message
        return None

    return await until(told, what="a task that failed")


async def create(client: Client, walk: ScheduledWalk, **fields: Any) -> None:
    """Create a schedule as a later release would."""
    definition = {**walk.model_dump(mode="json"), **fields} if fields else newer(walk)
    action = ScheduleActionStartWorkflow(
        RUN_WALKER,
        definition,
        id=action_id(walk),
        task_queue=walk.app,
        typed_search_attributes=run_attributes(walk),
    )
    await client.create_schedule(
        walk.schedule_id,
        Schedule(action=action, spec=ScheduleSpec(cron_expressions=["0 0 1 1 *"])),
        memo={MEMO_DEFINITION: definition},
        search_attributes=schedule_attributes(walk, horizon=None),
    )


@pytest.mark.usefixtures("upgrade_after_refusal")
async def test_a_run_of_a_newer_definition_waits_for_a_worker_that_understands_it(
    client: Client, app_name: str, tmp_path: Path
) -> None:
    address = client.service_client.config.target_host
    walk = a_walk(app_name, walker_name="greet", args={"name": "later"})
    async with running_worker(address, app_name=app_name, app=APP, data_dir=tmp_path):
        handle = await client.start_workflow(
            RUN_WALKER,
            newer(walk),
            id=f"{app_name}-run",
            task_queue=app_name,
            search_attributes=run_attributes(walk),
        )
        message = await refused(handle)
        assert "made by a newer release" in message
        assert "ScheduledWalk has calendar; upgrade this process" in message
        outcome = await handle.result()
    assert outcome["stdout"] == "hello later\n"


async def test_a_newer_schedule_is_left_alone_and_the_others_go_on(
    client: Client, app_name: str, tmp_path: Path, upgrade: Upgrade
) -> None:
    address = client.service_client.config.target_host
    walk = a_walk(app_name, walker_name="greet")
    static = a_walk(
        app_name,
        schedule_id=f"{app_name}.tick",
        walker_name="tick",
        owner="system",
        root="system",
        is_static=True,
    )
    for one in (walk, static):
        await create(client, one)
    gateway = ScheduleGateway(client, app=app_name)
    assert await gateway.gone([walk.schedule_id, "nothing"]) == ["nothing"]
    settings = api_settings(address, app_name)
    # A worker starts, and neither mends nor removes what it does not understand.
    async with running_worker(address, app_name=app_name, app=APP, data_dir=tmp_path):
        async with running_api(settings) as api:
            alice = api.caller("alice")
            body = {"walker_name": "greet", "trigger": "interval", "hours": 1}
            good = (await alice.data("POST", "/schedule/create", json=body))["schedule"]

            async def is_listed() -> bool:
                found = await alice.data("GET", "/schedule/list")
                return good["id"] in {one["id"] for one in found["schedules"]}

            await until(is_listed, what="the schedule that can be read")
            path = f"/schedule/{walk.schedule_id}"
            for method, options in (
                ("GET", {}),
                ("PUT", {"json": {"description": "x"}}),
                ("DELETE", {}),
            ):
                status, told = await alice.error(method, path, **options)
                assert (status, told["code"]) == (503, "unreadable")
                assert told["details"] == {"field": "calendar", "owner": "alice"}
                assert "upgrade this process" in told["message"]
        upgrade()
        async with running_api(settings) as api:
            alice = api.caller("alice")
            shown = await alice.data("GET", path)
            assert shown["schedule"]["revision"] == 1
            # Nobody took it for deleted.
            changes = (await alice.data("GET", f"{path}/changes"))["changes"]
            assert [change["kind"] for change in changes] == ["created"]
            ticking = await gateway.read(static.schedule_id)
            assert ticking.walk.revision == 1


async def test_newer_values_and_triggers_are_neither_broken_nor_in_the_way(
    client: Client, app_name: str
) -> None:
    policy, trigger, plain = (a_walk(app_name) for _ in range(3))
    await create(client, policy, policies={"overlap": "wait_for_dawn"})
    await create(client, trigger, config={"trigger": "tide", "port": "Hamburg"})
    await ScheduleGateway(client, app=app_name).create(plain)
    address = client.service_client.config.target_host
    async with running_api(api_settings(address, app_name)) as api:
        alice = api.caller("alice")

        async def listed() -> dict[str, Any] | None:
            data = await alice.data("GET", "/schedule/list")
            found = {one["id"]: one for one in data["schedules"]}
            both = {trigger.schedule_id, plain.schedule_id}
            return found if found.keys() == both and data.get("broken") else None

        found = await until(listed, what="what can be read, and what cannot")
        shown = found[trigger.schedule_id]
        assert shown["config"] == {"trigger": "tide", "port": "Hamburg"}
        assert (shown["trigger_description"], shown["timezone"]) == ("", "UTC")
        assert len(shown["next_runs"]) == 5
        for method in ("GET", "DELETE"):
            status, told = await alice.error(method, f"/schedule/{policy.schedule_id}")
            assert (status, told["code"]) == (503, "unreadable")
            assert told["details"] == {"field": "policies.overlap", "owner": "alice"}
            assert "upgrade this process" in told["message"]


@pytest.mark.usefixtures("upgrade_after_refusal")
async def test_a_newer_change_waits_for_a_worker_that_understands_it(
    client: Client, app_name: str
) -> None:
    log = ChangeLog(client, app=app_name)
    gateway = ScheduleGateway(client, app=app_name, changes=log)
    walk = a_walk(app_name)
    await gateway.create(walk)
    async with Worker(client, task_queue=app_name, workflows=[RecordChanges]):
        after = await gateway.commit(
            walk.schedule_id,
            lambda before: Draft(before.walk.changed(a_change()), paused=False, note=""),
        )
        event = ScheduleEvent.written(after.walk.changed(a_change()), paused=False, note="")
        told = Recording(events=pack([event])).model_dump(mode="json")
        # Beside the definition, so that the SDK would have dropped the signal.
        told["events"][0]["calendar"] = "business days"
        handle = client.get_workflow_handle(log.id_of(walk.schedule_id))
        # That run ends with what it was told, and another one begins.
        run = client.get_workflow_handle(handle.id, run_id=(await handle.describe()).run_id)
        # A signal alone would wait until the record is roused.
        await client.start_workflow(
            RECORD_CHANGES,
            Record(),
            id=handle.id,
            task_queue=app_name,
            start_signal="record",
            start_signal_args=[told],
        )
        assert "made by a newer release" in await refused(run)

        async def is_taken() -> bool:
            return (await handle.describe()).raw_description.HasField(
                "pending_workflow_task"
            ) is False

        await until(is_taken, what="the change in the workflow")
        history = await log.read(walk.schedule_id)
    assert history is not None
    assert max(one.walk.revision for one in history.events) == 3


@pytest.mark.usefixtures("upgrade_after_refusal")
async def test_a_newer_end_of_a_run_waits_for_a_worker_that_understands_it(
    client: Client, app_name: str
) -> None:
    end = {
        "schedule_id": "first",
        "run": {"id": "run", "temporal_run_id": "1"},
        "status": "succeeded",
        "at": "2026-11-28T09:30:00Z",
        "calendar": "business days",
    }
    async with Worker(client, task_queue=app_name, workflows=[RunChain]):
        handle = await client.start_workflow(
            "RunChain",
            Chain(schedule_id="second"),
            id=f"{app_name}.chain.second",
            task_queue=app_name,
            start_signal="ended",
            start_signal_args=[end],
        )
        assert "RunEnd has calendar" in await refused(handle)

        async def is_followed() -> bool:
            pending = (await handle.describe()).raw_description.pending_activities
            return [one.activity_type.name for one in pending] == ["follow"]

        await until(is_followed, what="the end in the workflow")
        await handle.terminate()
