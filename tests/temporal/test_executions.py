"""What is new among executions, in the order of their lists and by their times."""

import random
import secrets
from datetime import UTC, datetime

import pytest
from support.waiting import until
from temporalio.client import Client, WorkflowExecution

from footfall.temporal.executions import Executions

RUNNING, CLOSED = 8, 40
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def listed(client: Client, query: str) -> list[WorkflowExecution]:
    return [one async for one in client.list_workflows(query)]


@pytest.mark.parametrize("are_in_order", [True, False])
async def test_what_started_or_closed_since_an_instant_is_listed(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    *,
    are_in_order: bool,
) -> None:
    kind = f"Kind{secrets.token_hex(6)}"
    query = f"WorkflowType = '{kind}'"
    handles = [
        await client.start_workflow(kind, id=f"{kind}-{number}", task_queue=kind)
        for number in range(RUNNING + CLOSED)
    ]
    # Some close long after others that started later.
    for handle in random.Random(7).sample(handles, CLOSED):  # noqa: S311
        await handle.terminate()

    async def settled() -> list[WorkflowExecution] | None:
        found = await listed(client, query)
        closed = [one for one in found if one.close_time is not None]
        return found if (len(found), len(closed)) == (RUNNING + CLOSED, CLOSED) else None

    everything = await until(settled, what="lists that show all")
    executions = Executions(client)
    assert await executions._lists_in_order()
    monkeypatch.setattr(executions, "_are_in_order", are_in_order)
    ends = [one.close_time for one in everything if one.close_time is not None]
    starts = [one.start_time for one in everything]
    edges = [LONG_AGO, *random.Random(7).sample(ends + starts, 12), max(ends)]  # noqa: S311
    for since in edges:
        found = [one.id async for one in executions.listed(query, since)]
        new = {
            one.id
            for one in everything
            if one.start_time > since or (one.close_time is not None and one.close_time > since)
        }
        assert sorted(found) == sorted(new), since
    assert len([one async for one in executions.listed(query, None)]) == RUNNING + CLOSED
    for handle in handles:
        description = await handle.describe()
        if description.close_time is None:
            await handle.terminate()
