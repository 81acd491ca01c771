"""What the embedded server looks lists up by, and that they show the same without the rest."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from support.temporal_file import temporal_file
from support.waiting import until
from support.walks import a_walk
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from footfall.temporal.embedded import DATABASE_FILE
from footfall.temporal.schedules import ScheduleGateway
from footfall.temporal.visibility_indexes import KEPT


def indexes(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as database:
        found = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name = 'executions_visibility'"
        )
        return {name for (name,) in found}


async def test_lists_are_looked_up_by_few_indexes_and_show_what_they_showed(
    tmp_path: Path,
) -> None:
    async with temporal_file(tmp_path) as server:
        found = indexes(tmp_path)
        assert found >= KEPT
        client = await Client.connect(server.address, data_converter=pydantic_data_converter)
        request = DescribeNamespaceRequest(namespace="default")
        namespace = await client.workflow_service.describe_namespace(request)
        aliases = namespace.config.custom_search_attribute_aliases.items()
        columns = [
            column.lower()
            for column, name in aliases
            if name in ("FootfallApp", "FootfallSchedule", "FootfallChangedAt")
        ]
        assert {name.replace("_", "") for name in found - KEPT} == {f"by{one}" for one in columns}
        gateway = ScheduleGateway(client, app="lean")
        walk = a_walk("lean", tags=("x",))
        await gateway.create(walk)
        # The file has milliseconds.
        before = walk.change.at - timedelta(milliseconds=1)
        await client.start_workflow("Kind", id="started", task_queue="lean")
        queries = [
            "TaskQueue = 'lean'",
            "WorkflowId = 'started'",
            "ExecutionTime > '2000-01-01T00:00:00Z' AND TaskQueue = 'lean'",
            "WorkflowType = 'Kind' AND ExecutionStatus = 'Running'",
        ]

        async def shows_everything() -> bool:
            counts = [(await client.count_workflows(query)).count for query in queries]
            ids = [entry.id async for entry in gateway.listed()]
            changed = [entry.id async for entry in gateway.listed(changed_since=before)]
            own = f"FootfallOwner = '{walk.owner}' AND FootfallRevision = 1"
            theirs = [entry.id async for entry in await client.list_schedules(query=own)]
            everywhere = [[walk.schedule_id]] * 3
            return counts == [1] * len(queries) and [ids, changed, theirs] == everywhere

        await until(shows_everything, what="lists that show all")
        await server.stop()
        await server.start()
        assert indexes(tmp_path) == found
        await until(shows_everything, what="the same after another start")
