import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from deployment import deployment
from load import spread
from row import Figures
from scenario import Measure, Scenario, Size
from support.walks import a_walk
from temporal_server import Flavour, temporal_server

from footfall.schedules.event import ScheduleEvent
from footfall.schedules.schedule import Change, ChangeKind, ScheduleSnapshot
from footfall.temporal.changes import ChangeLog
from footfall.temporal.draft import Draft
from footfall.temporal.schedules import ScheduleGateway


class NoLog(ChangeLog):
    """Records nothing."""

    async def record(self, events: Sequence[ScheduleEvent]) -> None:
        del events


@asynccontextmanager
async def recording_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Update schedules with their changes recorded, against the same without."""
    number = size.of(40, quick=20)
    async with temporal_server(Flavour.EMBEDDED) as server, deployment(server) as ours:
        client, app = server.client, ours.app
        recorded = ScheduleGateway(client, app=app)
        silent = ScheduleGateway(client, app=app, changes=NoLog(client, app=app))
        yield [
            Scenario(
                "update, with its change recorded",
                "without",
                await _updates(recorded, app, number),
                await _updates(silent, app, number),
            ),
        ]


async def _updates(gateway: ScheduleGateway, app: str, number: int) -> Measure:
    walks = [a_walk(app, walker_name="idle") for _ in range(number)]
    for walk in walks:
        await gateway.create(walk)

    async def run() -> Figures:
        return await spread(walks, 1, lambda walk: gateway.commit(walk.schedule_id, _retagged))

    return run


def _retagged(before: ScheduleSnapshot) -> Draft:
    token = secrets.token_hex(8)
    change = Change(kind=ChangeKind.UPDATED, by="bench", at=datetime.now(UTC), token=token)
    return Draft(before.walk.changed(change, tags=(token,)), paused=False, note="")
