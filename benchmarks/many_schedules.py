import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from filled import Filled, filled_api
from lists import pages
from load import latency, spread
from row import Figures
from scenario import Measure, Scenario, Size
from support.walks import a_walk
from temporal_server import Flavour, TemporalServer, temporal_server
from temporalio.client import ScheduleListDescription

from footfall.projection.memory import MemoryStore
from footfall.projection.projector import Projector
from footfall.projection.witness import Witness
from footfall.schedules.attributes import MEMO_DEFINITION
from footfall.temporal.action import planned, to_schedule
from footfall.temporal.attributes import APP, WALKER, schedule_attributes
from footfall.temporal.changes import ChangeLog
from footfall.temporal.registration import register_attributes
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway

YEARLY = {"trigger": "cron", "month": 1, "day": 1, "hour": 0}
"""Due not while anything is measured."""


@asynccontextmanager
async def many_schedule_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """A page, and all of a new projection, against Temporal's list of as many schedules.

    Temporal can filter its list but not sort it: who wants a sorted page has to read all of it.
    """
    count = size.of(10_000, quick=1_000)
    app = f"bench-{secrets.token_hex(4)}"
    async with (
        temporal_server(Flavour.EMBEDDED) as server,
        filled_api(schedules=count) as filled,
    ):
        await register_attributes(server.client)
        await _create(server, app, count)
        everything = f"{APP.name} = '{app}'"
        filtered = f"{everything} AND {WALKER.name} = 'walker_3'"
        yield [
            Scenario(
                f"page of 50 of {count}, one walker of ten, by next run",
                "Temporal's list, all",
                _page(filled, size),
                _listed(server, everything),
                rounds=3,
            ),
            Scenario(
                f"page of 50 of {count}, one walker of ten, by next run",
                "Temporal's list, that walker",
                _page(filled, size),
                _listed(server, filtered),
                rounds=3,
            ),
            Scenario(
                f"rebuild of {count} schedules",
                "Temporal's list, all",
                _rebuilt(server, app, count),
                _listed(server, everything),
                rounds=3,
            ),
        ]


async def _create(server: TemporalServer, app: str, count: int) -> None:
    async def create(number: int) -> None:
        walk, _, plan = planned(a_walk(app, walker_name=f"walker_{number % 10}", config=YEARLY))
        await server.client.create_schedule(
            walk.schedule_id,
            to_schedule(walk, plan, paused=False, note="", runs_left=None),
            memo={MEMO_DEFINITION: walk},
            search_attributes=schedule_attributes(walk, horizon=plan.horizon),
        )

    await spread(range(count), 32, create)


def _page(filled: Filled, size: Size) -> Measure:
    return pages(filled, "&walker_name=walker_3&sort=next_run_at", size)


def _listed(server: TemporalServer, query: str) -> Measure:
    async def read() -> None:
        entries = await server.client.list_schedules(query, page_size=1000)
        found = [entry async for entry in entries]
        found.sort(key=_next)

    async def run() -> Figures:
        return await latency(1, read)

    return run


def _next(entry: ScheduleListDescription) -> float:
    times = entry.info.next_action_times if entry.info else []
    return times[0].timestamp() if times else 0.0


def _rebuilt(server: TemporalServer, app: str, count: int) -> Measure:
    async def week() -> timedelta:
        return timedelta(days=7)

    async def rebuild() -> None:
        gateway = ScheduleGateway(server.client, app=app)
        store = MemoryStore()
        projector = Projector(
            gateway,
            RunGateway(server.client, app=app),
            store,
            retention=week,
            witness=Witness(gateway, ChangeLog(server.client, app=app)),
        )
        await projector.advance()
        if len(await store.schedule_ids()) != count:
            raise RuntimeError("the projection is not whole")

    async def run() -> Figures:
        return await latency(1, rebuild)

    return run
