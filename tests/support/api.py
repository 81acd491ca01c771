"""The API with everything real behind it, called without a network between."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn
from support.waiting import until

from api.app import build_app
from api.process import wired_services
from footfall.config import Settings, load_settings
from footfall.listener import listen
from footfall.tokens import issue_token

SECRET = "a secret that is only good for tests, 32 bytes"


def api_settings(address: str, app_name: str, **environ: str) -> Settings:
    return load_settings(
        environ={
            "FOOTFALL_TEMPORAL_ADDRESS": address,
            "FOOTFALL_TEMPORAL_TASK_QUEUE": app_name,
            "FOOTFALL_JWT_SECRET": SECRET,
            **environ,
        },
    )


class Caller:
    """Someone with a token who calls the API."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    async def __call__(
        self, method: str, path: str, *, headers: Mapping[str, Any] | None = None, **options: Any
    ) -> httpx.Response:
        sent = {**self._headers, **(headers or {})}
        return await self._client.request(method, path, headers=sent, **options)

    async def data(self, method: str, path: str, **options: Any) -> Any:
        """Give the data of an answer that must be a success."""
        answer = await self(method, path, **options)
        body = answer.json()
        assert (answer.status_code, body["status"]) == (200, "success"), body
        return body["data"]

    async def error(self, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
        """Give status and data of an answer that must be an error in its envelope."""
        answer = await self(method, path, **options)
        body = answer.json()
        assert body["status"] == "error", body
        assert body.keys() == {"status", "data", "meta"}
        assert body["data"].keys() == {"code", "message", "details"}
        assert body["meta"] == {"extra": {"http_status": answer.status_code}}
        return answer.status_code, body["data"]

    async def fields(self, method: str, path: str, **options: Any) -> set[str]:
        """Give the fields that a refusal with status 400 names."""
        status, data = await self.error(method, path, **options)
        assert status == 400, data
        return {problem["field"] for problem in data["details"]["fields"]}


def caller_of(
    client: httpx.AsyncClient,
    settings: Settings,
    user: str,
    *,
    admin: bool = False,
    lifetime: timedelta = timedelta(hours=1),
) -> Caller:
    now = datetime.now(UTC)
    token = issue_token(settings.jwt, user=user, admin=admin, lifetime=lifetime, now=now)
    return Caller(client, token)


class Api:
    """A running API."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.http = client
        self._settings = settings

    def caller(
        self, user: str, *, admin: bool = False, lifetime: timedelta = timedelta(hours=1)
    ) -> Caller:
        return caller_of(self.http, self._settings, user, admin=admin, lifetime=lifetime)


@asynccontextmanager
async def started_api(settings: Settings) -> AsyncIterator[Api]:
    """Start an API that need not become ready."""
    async with wired_services(settings) as services:
        transport = httpx.ASGITransport(build_app(services), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            yield Api(client, settings)


@asynccontextmanager
async def running_api(settings: Settings) -> AsyncIterator[Api]:
    async with started_api(settings) as api:

        async def is_ready() -> bool:
            return (await api.http.get("/healthz/ready")).status_code == 200

        await until(is_ready, what="the API's readiness")
        yield api


class _Server(uvicorn.Server):
    """A server inside a test, whose signals stay pytest's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served_api(settings: Settings) -> AsyncIterator[str]:
    """Serve an API on a free port, and give its URL once it is ready."""
    listener = listen("127.0.0.1", 0, option="--port")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with wired_services(settings) as services:
        server = _Server(uvicorn.Config(build_app(services), log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:

            async def is_ready() -> bool:
                return (await client.get("/healthz/ready")).status_code == 200

            await until(is_ready, what="the API's readiness")
        try:
            yield url
        finally:
            server.should_exit = True
            await serving
