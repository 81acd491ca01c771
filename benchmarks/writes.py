import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from deployment import Deployment, deployment
from load import spread
from row import Figures
from scenario import Scenario, Size
from support.walks import a_walk
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
from temporalio.common import TypedSearchAttributes

from footfall.schedules.attributes import MEMO_DEFINITION
from footfall.temporal.action import planned, to_schedule
from footfall.temporal.attributes import schedule_attributes

CALLERS = (1, 32)


@asynccontextmanager
async def write_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Create, update, pause and delete schedules through the API, against the plain SDK.

    The SDK does it once as we have to (it reads a schedule before it changes it, and writes what
    ours holds), and once as somebody who needs nothing of that would.
    """
    async with temporal_server(Flavour.EMBEDDED) as server, deployment(server) as ours:
        needed = NeededCalls(server.client, ours.app)
        least = LeastCalls(server.client)
        found = [
            Scenario(
                f"writes, {callers} callers",
                against,
                _passes(callers, size, Api(ours)),
                _passes(callers, size, raw),
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
    """The plain SDK, writing what ours writes: definition, search attributes, and whose it is.

    A new schedule is described once, so that none of its times is lost; and what has to be
    checked or kept is read before it is written.
    """

    def __init__(self, client: Client, app: str) -> None:
        self._client = client
        # Another app, whose schedules are not projected.
        self._app = f"{app}-raw"

    def fresh(self, number: int) -> list[Any]:
        """Prepare what `create` takes."""
        return [self._definition({"trigger": "interval", "hours": 1}) for _ in range(number)]

    async def create(self, fresh: tuple[str, Schedule, Any, Any]) -> ScheduleHandle:
        """Create a schedule, and give what the others take."""
        schedule_id, schedule, memo, attributes = fresh
        handle = await self._client.create_schedule(
            schedule_id, schedule, memo=memo, search_attributes=attributes
        )
        await handle.describe()
        return handle

    async def update(self, handle: ScheduleHandle) -> None:
        """Change when it runs."""
        await handle.update(self._changed)

    async def pause(self, handle: ScheduleHandle) -> None:
        """Pause it, as a change of its definition."""
        await handle.update(self._paused)

    async def delete(self, handle: ScheduleHandle) -> None:
        """Delete it."""
        await handle.describe()
        await handle.delete()

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


def _passes(callers: int, size: Size, target: Api | LeastCalls | NeededCalls) -> Any:
    number = size.of(320 if callers > 1 else 60, quick=96 if callers > 1 else 20)

    async def run() -> Figures:
        made: list[Any] = []

        async def create(fresh: Any) -> None:
            made.append(await target.create(fresh))

        return {
            **await spread(target.fresh(number), callers, create, "create"),
            **await spread(made, callers, target.update, "update"),
            **await spread(made, callers, target.pause, "pause"),
            **await spread(made, callers, target.delete, "delete"),
        }

    return run
