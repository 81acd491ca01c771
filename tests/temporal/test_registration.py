"""Search attributes on servers that, unlike a development server, do not read them at each use."""

import asyncio

import pytest
from support.dev_server import dev_server
from temporalio.client import Client

from footfall.errors import TemporalUnavailableError
from footfall.temporal.listed import entries
from footfall.temporal.registration import missing_attributes, register_attributes

READS_ONCE = {"system.forceSearchAttributesCacheRefreshOnRead": "false"}


async def test_what_was_registered_can_be_used_at_once() -> None:
    async with dev_server(**READS_ONCE) as server:
        assert "FootfallApp" in await missing_attributes(server.client)
        # A worker and an API begin at the same time.
        await asyncio.gather(register_attributes(server.client), register_attributes(server.client))
        assert not await missing_attributes(server.client)
        assert await _schedules(server.client) == []


async def test_a_server_that_does_not_come_to_know_them_is_told_as_away() -> None:
    never = {**READS_ONCE, "system.namespaceCacheRefreshInterval": '"1h"'}
    async with dev_server(**never) as server:
        with pytest.raises(TemporalUnavailableError, match="search attributes 1 s after"):
            await register_attributes(server.client, deadline=1)


async def _schedules(client: Client) -> list[str]:
    query = "FootfallApp = 'mine' AND FootfallStatic = true"
    return [entry.schedule_id async for entry in entries(client, query)]
