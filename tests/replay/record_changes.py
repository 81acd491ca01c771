"""Write the histories of RecordChanges that are replayed in tests, made by today's code.

    python tests/replay/record_changes.py

Those that are there stay as they are: a history of an older release is what must replay.
"""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from support.dev_server import dev_server
from support.waiting import until
from support.walks import a_change, a_walk
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Worker

from footfall.schedules.recording import Limits
from footfall.temporal.changes import ChangeLog
from footfall.temporal.draft import Draft
from footfall.temporal.registration import register_attributes
from footfall.temporal.schedules import ScheduleGateway
from workflows.record_changes import RecordChanges

HISTORIES = Path(__file__).parent / "histories"
APP = "replay"


async def main() -> None:
    async with dev_server() as server:
        await register_attributes(server.client)
        client = await Client.connect(
            server.client.service_client.config.target_host,
            data_converter=server.client.data_converter,
            identity="replay",
        )
        async with Worker(client, task_queue=APP, workflows=[RecordChanges], identity="replay"):
            await _write(client)


async def _write(client: Client) -> None:
    log = ChangeLog(
        client,
        app=APP,
        retention=timedelta(seconds=1),
        limits=Limits(events=4, history=60),
    )
    gateway = ScheduleGateway(client, app=APP, changes=log)
    walk = a_walk(APP, schedule_id="s1")
    await gateway.create(walk)
    handle = client.get_workflow_handle(log.id_of(walk.schedule_id))
    runs: dict[str, None] = {}
    for number in range(8):
        await gateway.commit(
            walk.schedule_id,
            lambda before, tag=str(number): Draft(  # type: ignore[misc]
                before.walk.changed(a_change(), tags=(tag,)),
                paused=False,
                note="",
            ),
        )
        runs[(await handle.describe()).run_id or ""] = None
    await gateway.delete(walk.schedule_id)

    async def is_over() -> bool:
        found = await handle.describe()
        runs[found.run_id or ""] = None
        return found.status is WorkflowExecutionStatus.COMPLETED

    await until(is_over)
    for number, run_id in enumerate(runs, 1):
        history = await client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
        path = HISTORIES / f"record_changes-rests-{number}.json"
        if not path.exists():
            path.write_text(json.dumps(json.loads(history.to_json()), indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
