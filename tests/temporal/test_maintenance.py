import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support.api import api_settings, running_api
from support.waiting import until
from support.walks import a_walk
from support.worker import running_worker
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleState,
    WorkflowExecutionStatus,
)

from footfall.schedules.renewal import Renewal
from footfall.schedules.schedule import ChangeKind, ScheduleSnapshot
from footfall.temporal.maintenance import RENEW_HORIZONS, MaintenanceSchedule
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway
from footfall.triggers import horizon_of

APP = Path(__file__).parent.parent / "apps" / "python_runs"
CLOCKS = {"trigger": "cron", "cron": "30 1,2 * * *", "timezone": "Asia/Gaza"}


async def runs_of(client: Client, app: str) -> list[Any]:
    query = f"WorkflowType = '{RENEW_HORIZONS}' AND TaskQueue = '{app}'"
    return [run async for run in client.list_workflows(query)]


async def test_workers_renew_at_once_what_came_near_while_none_ran(
    client: Client,
    app_name: str,
    tmp_path: Path,
) -> None:
    address = client.service_client.config.target_host
    now = datetime.now(UTC)
    gateway = ScheduleGateway(client, app=app_name)
    walk = a_walk(app_name, walker_name="greet", config=CLOCKS, horizon=now + timedelta(days=3))
    await gateway.create(walk)

    async def due() -> list[str]:
        return await gateway.outdated(horizon_of(now))

    await until(due, what="the schedule in the list")

    async def renewed() -> ScheduleSnapshot | None:
        found = await gateway.read(walk.schedule_id)
        return found if found.walk.revision > 1 else None

    async def closed() -> list[Any]:
        runs = await runs_of(client, app_name)
        running = WorkflowExecutionStatus.RUNNING
        return [] if any(run.status is running for run in runs) else runs

    maintenance = MaintenanceSchedule(client, app=app_name)
    async with AsyncExitStack() as stack:
        await asyncio.gather(
            *(
                stack.enter_async_context(
                    running_worker(
                        address,
                        app_name=app_name,
                        app=APP,
                        data_dir=tmp_path / str(number),
                    ),
                )
                for number in range(2)
            ),
        )
        after = await until(renewed, what="the renewal")
        assert after.walk.change.kind is ChangeKind.RENEWED
        assert after.walk.horizon == horizon_of(after.walk.change.at)
        # Both workers made one schedule, which started one maintenance.
        (run,) = await until(closed, what="the maintenance's end")
        assert run.status is WorkflowExecutionStatus.COMPLETED
        handle = client.get_workflow_handle(run.id, result_type=Renewal)
        assert await handle.result() == Renewal(renewed=1)

        assert maintenance.id not in {entry.id async for entry in gateway.listed()}
        assert maintenance.id not in await gateway.outdated(horizon_of(now))
        assert await gateway.find(maintenance.id) is None
        runs = RunGateway(client, app=app_name)
        assert run.id not in {entry.id async for entry in runs.listed()}
        assert await runs.find(maintenance.id, run.id) is None

        async with running_api(api_settings(address, app_name)) as api:
            admin = api.caller("root", admin=True)
            shown = await admin.data("GET", "/schedule/list?limit=100")
            assert walk.schedule_id in str(shown)
            assert maintenance.id not in str(shown)
            for method in ("GET", "DELETE"):
                status, _ = await admin.error(method, f"/schedule/{maintenance.id}")
                assert status == 404


async def test_it_is_made_once_however_many_make_it(client: Client, app_name: str) -> None:
    maintenance = MaintenanceSchedule(client, app=app_name)
    await asyncio.gather(*(maintenance.ensure() for _ in range(5)))

    async def started() -> list[Any]:
        return await runs_of(client, app_name)

    assert len(await until(started, what="the first maintenance")) == 1
    handle = client.get_schedule_handle(maintenance.id)
    description = await handle.describe()
    assert description.info.num_actions == 1
    assert description.info.last_updated_at is None
    assert description.info.next_action_times[0] < datetime.now(UTC) + timedelta(hours=25)
    await maintenance.ensure()
    assert (await handle.describe()).info.last_updated_at is None


async def test_an_outdated_one_is_updated_and_stays_paused(client: Client, app_name: str) -> None:
    maintenance = MaintenanceSchedule(client, app=app_name)
    handle = await client.create_schedule(
        maintenance.id,
        Schedule(
            action=ScheduleActionStartWorkflow(
                "OfAnOlderRelease",
                id="old",
                task_queue=app_name,
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=7))]),
            state=ScheduleState(paused=True, note="by an operator"),
        ),
    )
    await asyncio.gather(*(maintenance.ensure() for _ in range(3)))

    async def updated() -> Schedule | None:
        schedule = (await handle.describe()).schedule
        return schedule if schedule.spec.intervals[0].every == timedelta(days=1) else None

    schedule = await until(updated, what="the new definition")
    assert isinstance(schedule.action, ScheduleActionStartWorkflow)
    assert schedule.action.workflow == RENEW_HORIZONS
    assert (schedule.state.paused, schedule.state.note) == (True, "by an operator")
