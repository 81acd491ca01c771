import os
import sys
import uuid
from collections.abc import AsyncIterator

import pytest
import structlog
from hypothesis import HealthCheck, settings
from support.dev_server import dev_server
from support.leftovers import delete_busy_schedules
from support.mongod import Mongod, running_mongod
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from footfall.temporal.registration import register_attributes

settings.register_profile(
    "footfall",
    # How long anything takes says nothing about whether it is right.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # What stops a change is to come of that change.
    derandomize=not os.environ.get("FOOTFALL_EXPLORE"),
)
settings.load_profile("footfall")

# Workers and APIs in the tests' own process log as processes do: stdout is for what is asked for.
# It is not the stderr that some test looks at just then.
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))


LASTING = ("board-", "beside-")
"""How the names of apps begin that run for several modules."""

_servers: list[WorkflowEnvironment] = []


@pytest.fixture(scope="session")
async def temporal_server() -> AsyncIterator[WorkflowEnvironment]:
    async with dev_server() as environment:
        await register_attributes(environment.client)
        _servers.append(environment)
        yield environment
        _servers.clear()


@pytest.fixture(scope="module", autouse=True)
async def _nothing_goes_on() -> AsyncIterator[None]:
    yield
    for server in _servers:
        await delete_busy_schedules(server.client, lasting=LASTING)


@pytest.fixture(scope="session")
def client(temporal_server: WorkflowEnvironment) -> Client:
    return temporal_server.client


@pytest.fixture(scope="session")
async def mongod() -> AsyncIterator[Mongod]:
    async with running_mongod() as server:
        yield server


@pytest.fixture
def app_name() -> str:
    """An app of its own for each test, so that tests share a server without meeting."""
    return f"app-{uuid.uuid4().hex[:8]}"
