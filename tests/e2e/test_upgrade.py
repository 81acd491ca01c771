"""What becomes of static schedules while workers of two versions of an app run."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.ports import free_port
from support.processes import Running, footfall, ready
from support.waiting import until
from temporalio.testing import WorkflowEnvironment

from footfall.schedules.schedule import ScheduleSnapshot
from footfall.temporal.declared_versions import DeclaredVersions
from footfall.temporal.schedules import ScheduleGateway

HEAD = "from footfall import restspec\n\n"
X = '@restspec(schedule={{"trigger": "interval", "hours": {hours}}})\ndef x() -> None: ...\n'
Y = '@restspec(schedule={"trigger": "cron", "hour": 3})\ndef y() -> None: ...\n'
OLD = HEAD + X.format(hours=1)
NEW = HEAD + X.format(hours=2) + Y


class Cluster:
    """The workers of an app."""

    def __init__(self, server: WorkflowEnvironment, folder: Path) -> None:
        self.app = f"upgrade-{secrets.token_hex(4)}"
        self._address = server.client.service_client.config.target_host
        self._folder = folder
        self._gateway = ScheduleGateway(server.client, app=self.app)

    @asynccontextmanager
    async def worker(self, code: str) -> AsyncIterator[Running]:
        folder = self._folder / f"app-{secrets.token_hex(4)}"
        folder.mkdir()
        (folder / "app.py").write_text(code)
        port = free_port()
        async with footfall(
            "worker",
            f"--app={folder}",
            f"--health-port={port}",
            tmp_path=self._folder,
            FOOTFALL_TEMPORAL_ADDRESS=self._address,
            FOOTFALL_TEMPORAL_TASK_QUEUE=self.app,
            FOOTFALL_DATA_DIR=str(self._folder / "data"),
            FOOTFALL_PROCESSES="1",
        ) as running:
            await ready(f"http://127.0.0.1:{port}", running=running)
            yield running

    async def restarted(self, code: str) -> None:
        async with self.worker(code) as running:
            assert await running.stop() == 0

    async def statics(self) -> dict[str, ScheduleSnapshot]:
        """Give the static schedules that there are, by their walkers."""
        found = [await self._gateway.find(f"{self.app}.{name}") for name in ("x", "y")]
        return {one.walk.walker_name: one for one in found if one}

    async def shape(self) -> dict[str, tuple[object, int, datetime]]:
        """Give what must not flap: what each is, how often it was written, and since when."""
        return {
            name: (one.walk.config, one.walk.revision, one.walk.created_at)
            for name, one in (await self.statics()).items()
        }


@pytest.fixture
def cluster(temporal_server: WorkflowEnvironment, tmp_path: Path) -> Cluster:
    return Cluster(temporal_server, tmp_path)


@pytest.mark.timeout(600)
async def test_five_workers_that_start_together_register_each_once(cluster: Cluster) -> None:
    async with AsyncExitStack() as stack:
        workers = [stack.enter_async_context(cluster.worker(NEW)) for _ in range(5)]
        for worker in asyncio.as_completed(workers):
            await worker
        found = await cluster.statics()
        assert {name: one.walk.revision for name, one in found.items()} == {"x": 1, "y": 1}


@pytest.mark.timeout(600)
async def test_an_upgrade_and_its_end_are_each_made_once(cluster: Cluster) -> None:
    async with AsyncExitStack() as stack:
        old = await stack.enter_async_context(cluster.worker(OLD))
        before = await cluster.shape()
        assert before.keys() == {"x"}
        new = await stack.enter_async_context(cluster.worker(NEW))
        upgraded = await cluster.shape()
        assert upgraded["x"][:2] == ({"trigger": "interval", "hours": 2}, 2)
        assert upgraded["y"][1] == 1

        # Both versions go on starting, in any order, as long as one of the newer is there.
        await cluster.restarted(OLD)
        assert await cluster.shape() == upgraded
        await asyncio.gather(cluster.restarted(OLD), cluster.restarted(NEW))
        assert await cluster.shape() == upgraded
        assert await old.stop() == 0
        await cluster.restarted(NEW)
        assert await cluster.shape() == upgraded

        # It is taken back: a worker of the older version waits for the last of the newer.
        late = await stack.enter_async_context(cluster.worker(OLD))
        assert "a newer version of the app runs" in late.output
        assert await cluster.shape() == upgraded
        assert await new.stop() == 0

        async def taken_back() -> bool:
            return (await cluster.shape()).keys() == {"x"}

        await until(taken_back, what="the older version's schedules")
        shape = await cluster.shape()
        assert shape["x"][:2] == ({"trigger": "interval", "hours": 1}, 3)
        assert shape["x"][2] == before["x"][2]


async def test_versions_that_come_together_are_all_remembered(
    temporal_server: WorkflowEnvironment, app_name: str
) -> None:
    names = [f"v{number}" for number in range(5)]
    logs = [DeclaredVersions(temporal_server.client, app=app_name) for _ in range(15)]
    await asyncio.gather(*(log.enter(names[one % 5]) for one, log in enumerate(logs)))
    newer = [await logs[0].enter(name) for name in names]
    assert sorted(map(len, newer)) == [0, 1, 2, 3, 4]
    (oldest,) = [name for name, after in zip(names, newer, strict=True) if len(after) == 4]
    await logs[0].renew(oldest)
    assert await logs[0].enter(oldest) == ()
    described = await temporal_server.client.get_schedule_handle(logs[0].id).describe()
    assert described.schedule.state.paused
    assert described.info.next_action_times == []
    assert described.info.created_at < datetime.now(UTC)
