import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.api import Api, Caller, api_settings, running_api
from support.worker import running_worker
from temporalio.testing import WorkflowEnvironment

from worker.health import WorkerState

APP = Path(__file__).parent.parent / "apps" / "python_runs"


@pytest.fixture(scope="module")
def app() -> str:
    return f"http-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def address(temporal_server: WorkflowEnvironment) -> str:
    return temporal_server.client.service_client.config.target_host


@pytest.fixture(scope="module")
async def worker(
    address: str,
    app: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WorkerState]:
    async with running_worker(
        address,
        app_name=app,
        app=APP,
        data_dir=tmp_path_factory.mktemp("data"),
    ) as state:
        yield state


@pytest.fixture(scope="module")
async def api(address: str, app: str, worker: WorkerState) -> AsyncIterator[Api]:
    del worker
    async with running_api(api_settings(address, app)) as running:
        yield running


@pytest.fixture
def alice(api: Api) -> Caller:
    """A user of her own for each test."""
    return api.caller(f"alice-{uuid.uuid4().hex[:6]}")


@pytest.fixture
def bob(api: Api) -> Caller:
    return api.caller(f"bob-{uuid.uuid4().hex[:6]}")


@pytest.fixture
def admin(api: Api) -> Caller:
    return api.caller("root-admin", admin=True)
