import os
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from deployment import Deployment, deployment
from load import spread
from row import Figures
from scenario import Measure, Scenario, Size
from support.walks import a_change, a_walk
from temporal_server import Flavour, temporal_server
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleHandle,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from usage import own_cpu_seconds

from footfall.schedules.attributes import MEMO_DEFINITION
from footfall.schedules.event import ScheduleEvent
from footfall.schedules.recording import LONGEST_REST, Record, Recording, pack
from footfall.temporal.action import planned, to_schedule
from footfall.temporal.attributes import APP, OWNER, SCHEDULE, STATIC, schedule_attributes
from footfall.temporal.changes import RECORD_CHANGES

CALLERS = (1, 32)


@asynccontextmanager
async def write_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Create, update, pause and delete schedules through the API, against the plain SDK.

    The SDK does it once as we have to (it makes the calls to Temporal that ours makes, with what
    ours writes), and once as somebody who needs nothing of that would.
    """
    async with temporal_server(Flavour.EMBEDDED) as server, deployment(server) as ours:
        needed = NeededCalls(server.client, ours.app)
        least = LeastCalls(server.client)
        api_pids = (ours.api.process.pid, ours.worker.process.pid)
        found = [
            Scenario(
                f"writes, {callers} callers",
                against,
                _passes(callers, size, Api(ours), Spent(server.pid, api_pids)),
                _passes(callers, size, raw, Spent(server.pid, (os.getpid(),))),
            )
            for callers in CALLERS
            for raw, against in ((needed, "raw, same calls"), (least, "raw, fewest calls"))
        ]
        yield found[::2] if size.is_quick else found


class Api:
    """Our API."""

    def __init__(self, deployed: Deployment) -> None:
        self._caller = deployed.caller

    def fresh(self, number: int) -> list[Any]:
        """Prepare what `create` takes."""
        body = {"walker_name": "idle", "trigger": "interval", "hours": 1}
        return [body] * number

    async def create(self, body: Any) -> str:
        """Create a schedule, and give what the others take."""
        data = await self._caller.data("POST", "/schedule/create", body)
        found: str = data["schedule"]["id"]
        return found

    async def update(self, schedule_id: str) -> None:
        """Change when it runs."""
        body = {"trigger": "interval", "hours": 2}
        await self._caller.data("PUT", f"/schedule/{schedule_id}", body)

    async def pause(self, schedule_id: str) -> None:
        """Pause it."""
        await self._caller.data("POST", f"/schedule/{schedule_id}/pause")

    async def delete(self, schedule_id: str) -> None:
        """Delete it."""
        await self._caller.data("DELETE", f"/schedule/{schedule_id}")


class LeastCalls:
    """The plain SDK, one call for each; only its update reads the schedule first."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fresh(self, number: int) -> list[Any]:
        """Prepare what `create` takes."""
        return [_bare(hours=1) for _ in range(number)]

    async def create(self, schedule: Schedule) -> ScheduleHandle:
        """Create a schedule, and give what the others take."""
        return await self._client.create_schedule(secrets.token_hex(10), schedule)

    async def update(self, handle: ScheduleHandle) -> None:
        """Change when it runs."""
        await handle.update(lambda _: ScheduleUpdate(_bare(hours=2)))

    async def pause(self, handle: ScheduleHandle) -> None:
        """Pause it."""
        await handle.pause()

    async def delete(self, handle: ScheduleHandle) -> None:
        """Delete it."""
        await handle.delete()


class NeededCalls:
    """The plain SDK, making the calls that ours makes: with definition, attributes and record.

    What is changed is read before, since it has to be checked, and read again, since Temporal may
    drop a write without saying so; what became of it is told to a workflow that rests.
    """

    def __init__(self, client: Client, app: str) -> None:
        self._client = client
        # Another app, whose schedules are not projected.
        self._app = f"{app}-raw"
        walk = a_walk(self._app, walker_name="idle", config={"trigger": "interval", "hours": 1})
        changed = walk.changed(a_change(), config={"trigger": "interval", "hours": 2})
        states = [
            ScheduleEvent.created(walk),
            ScheduleEvent.written(walk, paused=False, note="", position="0" * 16),
            ScheduleEvent.written(changed, paused=False, note="", position="1" * 16),
        ]
        self._told = Recording(events=pack(states)).model_dump(mode="json")
        self._nothing = Record().model_dump(mode="json")

    def fresh(self, number: int) -> list[Any]:
        """Prepare what `create` takes."""
        return [self._definition({"trigger": "interval", "hours": 1}) for _ in range(number)]

    async def create(self, fresh: tuple[str, Schedule, Any, Any]) -> ScheduleHandle:
        """Create a schedule, and give what the others take."""
        schedule_id, schedule, memo, attributes = fresh
        return await self._client.create_schedule(
            schedule_id, schedule, memo=memo, search_attributes=attributes
        )

    async def update(self, handle: ScheduleHandle) -> None:
        """Change when it runs, for the first time."""
        await handle.update(self._changed)
        await handle.describe()
        await self._client.start_workflow(
            RECORD_CHANGES,
            self._nothing,
            id=self._record_of(handle),
            task_queue=self._app,
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(APP, self._app),
                    SearchAttributePair(SCHEDULE, handle.id),
                    SearchAttributePair(OWNER, "bench"),
                    SearchAttributePair(STATIC, value=False),
                ]
            ),
            static_summary=f"Changes of {handle.id}",
            start_signal="record",
            start_signal_args=[self._told],
            start_delay=LONGEST_REST,
        )

    async def pause(self, handle: ScheduleHandle) -> None:
        """Pause it, as a change of its definition."""
        await handle.update(self._paused)
        await handle.describe()
        await self._tell(handle)

    async def delete(self, handle: ScheduleHandle) -> None:
        """Delete it."""
        await handle.describe()
        await handle.delete()
        await self._tell(handle)

    async def _tell(self, handle: ScheduleHandle) -> None:
        record = self._client.get_workflow_handle(self._record_of(handle))
        await record.signal("record", self._told)

    def _record_of(self, handle: ScheduleHandle) -> str:
        return f"{self._app}.changes.{handle.id}"

    def _changed(self, _: ScheduleUpdateInput) -> ScheduleUpdate:
        _, schedule, _, attributes = self._definition({"trigger": "interval", "hours": 2})
        return ScheduleUpdate(schedule, search_attributes=attributes)

    def _paused(self, before: ScheduleUpdateInput) -> ScheduleUpdate:
        update = self._changed(before)
        update.schedule.state = replace(update.schedule.state, paused=True, note="by bench")
        return update

    def _definition(
        self, config: dict[str, Any]
    ) -> tuple[str, Schedule, dict[str, Any], TypedSearchAttributes]:
        walk, _, plan = planned(a_walk(self._app, walker_name="idle", config=config))
        schedule = to_schedule(walk, plan, paused=False, note="", runs_left=None)
        attributes = schedule_attributes(walk, horizon=plan.horizon)
        return walk.schedule_id, schedule, {MEMO_DEFINITION: walk}, attributes


def _bare(*, hours: int) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "Nothing", id=secrets.token_hex(10), task_queue="nothing"
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=hours))]),
    )


class Spent:
    """What processors were used for by Temporal, and by the processes that call it."""

    def __init__(self, server: int, callers: Sequence[int]) -> None:
        self._server = server
        self._callers = callers

    def seconds(self) -> tuple[float, float]:
        """Give the seconds of the server and of its callers so far."""
        return own_cpu_seconds(self._server), sum(map(own_cpu_seconds, self._callers))


def _passes(
    callers: int, size: Size, target: Api | LeastCalls | NeededCalls, spent: Spent
) -> Measure:
    number = size.of(320 if callers > 1 else 60, quick=96 if callers > 1 else 20)

    async def measured(what: str, items: list[Any], do: Callable[[Any], Any]) -> Figures:
        before = spent.seconds()
        figures = await spread(items, callers, do, what)
        server, caller = (
            1000 * (now - then) / number for now, then in zip(spent.seconds(), before, strict=True)
        )
        return {
            **figures,
            (what, "ms of server CPU"): server,
            (what, "ms of caller CPU"): caller,
        }

    async def run() -> Figures:
        made: list[Any] = []

        async def create(fresh: Any) -> None:
            made.append(await target.create(fresh))

        return {
            **await measured("create", target.fresh(number), create),
            **await measured("update", made, target.update),
            **await measured("pause", made, target.pause),
            **await measured("delete", made, target.delete),
        }

    return run
