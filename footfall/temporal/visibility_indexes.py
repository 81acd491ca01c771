"""By what the embedded server looks up what lists show: few of its 58 indexes.

It has one for each search attribute that anybody may have, and each row of each run is written to
all of them, once or twice: that is a quarter of what a run costs the server. They change nothing
but how quickly a list is found, and a file of one machine has few enough rows to be gone through.
"""

import asyncio
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import structlog
from temporalio.client import Client

from footfall.temporal.attributes import APP, CHANGED_AT, SCHEDULE
from footfall.temporal.namespace import read_columns

KEPT = frozenset(
    {
        # The Web UI's lists, in their order.
        "default_idx",
        "by_temporal_namespace_division",
        "by_status",
        "by_workflow_type",
        "by_workflow_id",
        "by_temporal_scheduled_by_id",
    }
)
"""Indexes that stay, beside those of Footfall's attributes that rows are looked up by."""

_LOOKED_UP = (APP, SCHEDULE, CHANGED_AT)

_LOCK_SECONDS = 5.0

_MOST_SECONDS = 5.0
"""For so long indexes of a large file are dropped; the others are at the next start."""

_log = structlog.get_logger(__name__)


async def drop_needless_indexes(client: Client, file: Path) -> None:
    """Drop the other indexes from the file of a running server that knows Footfall's attributes.

    That takes milliseconds for a new file; where it fails, the server is slower and no worse.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
    """
    columns = await read_columns(client)
    needed = [columns.get(key.name) for key in _LOOKED_UP]
    kept = {_index_of(column) for column in needed if column is not None}
    if len(kept) < len(needed):
        return
    try:
        await asyncio.to_thread(_drop, file, KEPT | kept)
    except sqlite3.Error as error:
        _log.warning("the server keeps indexes that nobody reads", reason=str(error))


def _index_of(column: str) -> str:
    """Give the index of a column such as ``Keyword02``."""
    return re.sub(r"(\d+)$", r"_\1", f"by_{column.lower()}")


def _drop(file: Path, kept: frozenset[str]) -> None:
    with closing(sqlite3.connect(file, timeout=_LOCK_SECONDS, isolation_level=None)) as database:
        found = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name = 'executions_visibility'"
        )
        needless = [name for (name,) in found.fetchall() if name not in kept]
        # As the server itself writes.
        database.execute("PRAGMA synchronous = normal")
        until = time.monotonic() + _MOST_SECONDS
        for name in needless:
            if time.monotonic() < until:
                # One by one, so that the server never waits for long.
                database.execute(f'DROP INDEX IF EXISTS "{name}"')
