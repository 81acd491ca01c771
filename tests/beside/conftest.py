from collections.abc import AsyncIterator

import pytest
from support.jac_scale import Beside, Person, need_jac_scale, running_beside
from support.leftovers import delete_busy_schedules
from temporalio.testing import WorkflowEnvironment


@pytest.fixture(scope="package")
async def beside(
    temporal_server: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Beside]:
    """One server on SQLite for all that can share it."""
    need_jac_scale()
    address = temporal_server.client.service_client.config.target_host
    async with running_beside(address, tmp_path_factory.mktemp("beside")) as running:
        yield running
    await delete_busy_schedules(temporal_server.client)


@pytest.fixture
async def alice(beside: Beside) -> AsyncIterator[Person]:
    """A user of her own for each test."""
    async with beside.person() as person:
        yield person


@pytest.fixture
async def bob(beside: Beside) -> AsyncIterator[Person]:
    async with beside.person() as person:
        yield person
