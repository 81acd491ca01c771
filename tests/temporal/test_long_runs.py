"""A walker may take longer than any timeout of a heartbeat, of Temporal's or of its SDK's."""

from pathlib import Path

from support.scene import running_scene
from temporalio.client import Client

from footfall.schedules.run import RunStatus

SECONDS = 22


async def test_a_long_walker_is_started_once(client: Client, tmp_path: Path) -> None:
    async with running_scene(client, tmp_path, app="long", processes=1) as scene:
        walk = await scene.create("work", args={"seconds": SECONDS}, max_runs=1)
        (run,) = await scene.closed(walk)
        assert run.status is RunStatus.SUCCEEDED
        assert (await scene.outcome(run)).attempts == 1
        assert len(scene.ledger.starts(walk.schedule_id)) == 1
