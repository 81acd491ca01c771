import secrets
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from scenario import Scenario
from support.dev_server import dev_server
from support.walks import a_walk
from support.worker import running_worker

from footfall.schedules.event import ScheduleEvent
from footfall.schedules.schedule import Change, ChangeKind, ScheduleSnapshot
from footfall.temporal.changes import ChangeLog
from footfall.temporal.draft import Draft
from footfall.temporal.schedules import ScheduleGateway

SCHEDULES = 20
APP = Path(__file__).parent.parent / "examples" / "python_app"


class NoLog(ChangeLog):
    """Records nothing."""

    async def record(self, events: Sequence[ScheduleEvent]) -> None:
        del events


@asynccontextmanager
async def update_scenarios() -> AsyncIterator[list[Scenario]]:
    """Update schedules with their changes recorded, against the same without."""
    app = f"bench-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder:
        async with dev_server() as server:
            client = server.client
            address = client.service_client.config.target_host
            async with running_worker(address, app_name=app, app=APP, data_dir=Path(folder)):
                yield [
                    Scenario(
                        "update, recorded or not",
                        "ms (p50)",
                        await _updates(ScheduleGateway(client, app=app), app),
                        await _updates(
                            ScheduleGateway(client, app=app, changes=NoLog(client, app=app)),
                            app,
                        ),
                    ),
                ]


async def _updates(gateway: ScheduleGateway, app: str) -> Callable[[], Awaitable[float]]:
    walks = [a_walk(app) for _ in range(SCHEDULES)]
    for walk in walks:
        await gateway.create(walk)

    async def run() -> float:
        taken: list[float] = []
        for walk in walks:
            started = time.perf_counter()
            await gateway.commit(walk.schedule_id, _retagged)
            taken.append(time.perf_counter() - started)
        return 1000 * statistics.median(taken)

    return run


def _retagged(before: ScheduleSnapshot) -> Draft:
    token = secrets.token_hex(8)
    change = Change(kind=ChangeKind.UPDATED, by="bench", at=datetime.now(UTC), token=token)
    return Draft(before.walk.changed(change, tags=(token,)), paused=False, note="")
