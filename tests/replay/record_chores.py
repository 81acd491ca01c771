"""Write the histories of the workflows that run no walker, made by today's code.

    python tests/replay/record_chores.py

Those that are there stay as they are: a history of an older release is what must replay.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from pydantic import SecretStr
from support.dev_server import dev_server
from support.histories import TESTS, keep, stand_ins
from support.receiver import running_receiver
from support.waiting import until
from support.walks import a_walk
from support.worker import running_worker
from temporalio.client import Client, WorkflowExecution
from temporalio.worker import Worker

from activities.webhooks import WebhookActivities
from footfall.schedules.hook import Hook
from footfall.schedules.notice import completed
from footfall.schedules.schedule import utc_now
from footfall.temporal.catalogue import WalkerCatalogue
from footfall.temporal.deliveries import DeliveryGateway
from footfall.temporal.owner_hooks import OwnerHookGateway, notices_queue
from footfall.webhooks.sender import Sender
from workflows.deliver_notice import DeliverNotice
from workflows.hold_hooks import HoldHooks

APP = "replay"
RELEASE = 1
"""Counts up where a workflow has been changed, and is recorded anew."""

WAITING = 3
"""Events of a history whose first task was done."""


class Recorder:
    """Has each of the workflows run, and keeps what Temporal wrote of them."""

    def __init__(self, client: Client, secrets: dict[str, str]) -> None:
        self._client = client
        self._secrets = secrets

    async def all(self) -> None:
        """Record each case."""
        await WalkerCatalogue(self._client, app=APP).read()
        await self._keep("ListWalkers", "list_walkers-answered")
        # Each worker starts one at once.
        await self._keep("RenewHorizons", "renew_horizons-done")
        hooks = OwnerHookGateway(self._client, app=APP)
        await hooks.put("alice", (Hook(url="http://127.0.0.1:1/one"),))
        await until(self._waits, what="hooks that a worker has looked at")
        await hooks.put("alice", (Hook(url="http://127.0.0.1:1/two"),))
        await self._keep("HoldHooks", "hold_hooks-replaced")
        deliveries = DeliveryGateway(self._client, app=APP)
        with running_receiver() as receiver:
            hook = Hook(url=receiver.url("/hook"))
            await deliveries.send(completed(a_walk(APP, schedule_id="s1"), utc_now()), [hook])
            await self._keep("DeliverNotice", "deliver_notice-delivered")
        hook = Hook(url="http://127.0.0.1:1/hook")
        await deliveries.send(completed(a_walk(APP, schedule_id="s2"), utc_now()), [hook])
        await self._keep("DeliverNotice", "deliver_notice-failed", status="Failed")

    async def _waits(self) -> bool:
        query = "WorkflowType = 'HoldHooks'"
        for one in [one async for one in self._client.list_workflows(query)]:
            found = await self._client.get_workflow_handle(one.id).describe()
            return found.history_length > WAITING
        return False

    async def _keep(self, kind: str, name: str, *, status: str | None = None) -> None:
        query = f"WorkflowType = '{kind}' AND ExecutionStatus "
        query += f"= '{status}'" if status else "!= 'Running'"

        async def closed() -> WorkflowExecution | None:
            return next(iter([one async for one in self._client.list_workflows(query)]), None)

        found = await until(closed, what=f"the end of {kind}")
        await keep(self._client, found.id, f"{name}-{RELEASE}", self._secrets, found.run_id)


async def main() -> None:
    async with dev_server() as server:
        address = server.client.service_client.config.target_host
        with tempfile.TemporaryDirectory() as folder:
            async with running_worker(
                address, app_name=APP, app=TESTS / "apps" / "python_runs", data_dir=Path(folder)
            ):
                client = await Client.connect(
                    address, data_converter=server.client.data_converter, identity="replay"
                )
                posting = WebhookActivities(
                    Sender(allow_private=True), secret=SecretStr("s" * 32), attempts=2
                )
                async with Worker(
                    client,
                    task_queue=notices_queue(APP),
                    workflows=[DeliverNotice, HoldHooks],
                    activities=[posting.post_webhook],
                    identity="replay",
                ):
                    await Recorder(client, stand_ins(folder)).all()


if __name__ == "__main__":
    asyncio.run(main())
