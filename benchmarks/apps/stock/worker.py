"""The reference's worker: what a user of the plain SDK writes. `stock.py ADDRESS QUEUE`."""

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.worker import Worker


@activity.defn
def note(ledger: str, schedule: str, scheduled: float) -> None:
    """Do what the walker `tick` does."""
    with Path(ledger).open("ab", buffering=0) as sink:
        sink.write(f"{schedule} {scheduled} {time.time()}\n".encode())


@workflow.defn
class Stock:
    """One workflow with one activity."""

    @workflow.run
    async def run(self, ledger: str, schedule: str) -> None:
        info = workflow.info()
        key = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
        scheduled = info.typed_search_attributes.get(key) or info.workflow_start_time
        await workflow.execute_activity(
            note,
            args=[ledger, schedule, scheduled.timestamp()],
            start_to_close_timeout=timedelta(minutes=1),
        )


async def main(address: str, queue: str) -> None:
    """Work until killed."""
    client = await Client.connect(address)
    with ThreadPoolExecutor(100) as executor:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[Stock],
            activities=[note],
            activity_executor=executor,
        )
        await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
