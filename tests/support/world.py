"""Two API processes' worth of services, one on memory and one on MongoDB, and a worker."""

import asyncio
import threading
import uuid
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import httpx
from support.api import Api, Caller, api_settings
from support.waiting import until
from support.worker import running_worker
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from api.app import build_app
from api.process import wired_services
from api.services import Services
from footfall.config import Settings
from footfall.schedules.attributes import SCHEDULE
from footfall.schedules.schedule import ScheduleSnapshot
from footfall.temporal.action import RUN_WALKER
from footfall.temporal.schedules import ScheduleGateway

WALKERS = Path(__file__).parent.parent / "apps" / "python_runs"


class World:
    """Everything real, on an event loop of its own, since a state machine's steps are not async."""

    def __init__(self, address: str, mongodb_uri: str, data_dir: Path) -> None:
        self.app = f"model-{uuid.uuid4().hex[:8]}"
        self._address = address
        self._mongodb_uri = mongodb_uri
        self._data_dir = data_dir
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()
        self._apis: list[Api] = []
        self._services: list[Services] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self.do(self._start(), seconds=300)
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self._stack.aclose(), seconds=60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def do[Value](self, work: Coroutine[Any, Any, Value], *, seconds: float = 150) -> Value:
        """Wait for something that runs on the world's loop."""
        done: Future[Value] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(seconds)

    def caller(self, api: int, user: str) -> Caller:
        return self._apis[api].caller(user)

    def handle(self, schedule_id: str) -> Any:
        """Give the schedule as Temporal's own client has it, as the Web UI and the CLI do."""
        return self._client.get_schedule_handle(schedule_id)

    async def described(self, schedule_id: str) -> ScheduleSnapshot | None:
        return await ScheduleGateway(self._client, app=self.app).find(schedule_id)

    async def started(self, schedule_id: str) -> set[str]:
        """Give the ids of a schedule's runs as Temporal's own client lists them."""
        query = f"WorkflowType = '{RUN_WALKER}' AND {SCHEDULE} = '{schedule_id}'"
        return {run.id async for run in self._client.list_workflows(query)}

    async def swept(self) -> None:
        for services in self._services:
            await services.projector.sweep()

    async def projected(self, api: int, schedule_id: str) -> ScheduleSnapshot | None:
        row = await self._services[api].store.get_schedule(schedule_id)
        return row.snapshot if row else None

    async def _start(self) -> None:
        self._client = await Client.connect(self._address, data_converter=pydantic_data_converter)
        await self._stack.enter_async_context(
            running_worker(self._address, app_name=self.app, app=WALKERS, data_dir=self._data_dir),
        )
        mongo = {"FOOTFALL_MONGODB_URI": self._mongodb_uri, "FOOTFALL_MONGODB_DATABASE": "model"}
        # Faster than any user.
        pace = {"FOOTFALL_LIMITS_CREATIONS": "100000"}
        for environ in (pace, mongo | pace):
            await self._api(api_settings(self._address, self.app, **environ))

    async def _api(self, settings: Settings) -> None:
        services = await self._stack.enter_async_context(wired_services(settings))
        assert services is not None
        transport = httpx.ASGITransport(build_app(services), raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://api")
        await self._stack.enter_async_context(client)

        async def is_ready() -> bool:
            return (await client.get("/healthz/ready")).status_code == 200

        await until(is_ready, what="an API's readiness")
        self._services.append(services)
        self._apis.append(Api(client, settings))
