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

# How long anything takes says nothing about whether it is right, least of all on a busy machine.
settings.register_profile("footfall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("footfall")

# Workers and APIs in the tests' own process log as processes do: stdout is for what is asked for.
# Not to what stands for stderr while a command is run here, whose own lines are compared.
structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.__stderr__))


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
