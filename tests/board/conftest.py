import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser
from support.api import Caller, api_settings, served_api
from support.browser import Board, chromium_or_skip, opened_board, running_browser
from support.leftovers import delete_busy_schedules
from support.worker import running_worker
from temporalio.testing import WorkflowEnvironment

from footfall.config import Settings
from footfall.tokens import issue_token

APP = Path(__file__).parent.parent / "apps" / "python_runs"


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser(chromium_or_skip()) as running:
        yield running


@dataclass(frozen=True)
class Site:
    """A served API with a worker behind it."""

    app: str
    url: str
    settings: Settings

    def token(self, user: str, *, admin: bool = False) -> str:
        now, hour = datetime.now(UTC), timedelta(hours=1)
        return issue_token(self.settings.jwt, user=user, admin=admin, lifetime=hour, now=now)


@pytest.fixture(scope="package")
async def site(
    browser: Browser,
    temporal_server: WorkflowEnvironment,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Site]:
    del browser  # without one, nothing has to be started
    address = temporal_server.client.service_client.config.target_host
    app = f"board-{uuid.uuid4().hex[:8]}"
    data = tmp_path_factory.mktemp("data")
    settings = api_settings(address, app)
    async with (
        running_worker(address, app_name=app, app=APP, data_dir=data),
        served_api(settings) as url,
    ):
        yield Site(app, url, settings)
    await delete_busy_schedules(temporal_server.client)


@pytest.fixture
def user() -> str:
    """A user of her own for each test."""
    return f"ada-{uuid.uuid4().hex[:6]}"


@pytest.fixture
async def ada(site: Site, user: str) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(base_url=site.url, timeout=30) as http:
        yield Caller(http, site.token(user))


@pytest.fixture
async def board(browser: Browser, site: Site, user: str) -> AsyncIterator[Board]:
    async with opened_board(browser, site.url, site.token(user)) as opened:
        yield opened
