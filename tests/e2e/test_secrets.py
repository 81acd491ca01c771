"""No secret of ours is in a log, an answer or Temporal, whatever goes wrong."""

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from support.api import Api, Caller, api_settings
from support.mongod import Mongod, running_mongod
from support.ports import free_port
from support.processes import footfall, ready
from support.waiting import until
from temporalio.client import Client

APP = Path(__file__).parent.parent / "apps" / "nosy"

JWT, WEBHOOKS, MONGO, API_KEY = (
    f"{name}-{secrets.token_hex(20)}" for name in ("jwt", "webhooks", "mongo", "key")
)
SECRETS = (JWT, WEBHOOKS, MONGO, API_KEY)

DEBUG = {"FOOTFALL_LOG_LEVEL": "debug"}


@pytest.fixture
async def own_mongod() -> AsyncIterator[Mongod]:
    """A server with a user whose password is a secret."""
    async with running_mongod() as server:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(server.uri)
        roles = ["readWriteAnyDatabase", "dbAdminAnyDatabase"]
        await client.admin.command("createUser", "footfall", pwd=MONGO, roles=roles)
        client.close()
        yield server


class Answers:
    """Requests, and what was answered to all of them."""

    def __init__(self, http: httpx.AsyncClient, caller: Caller) -> None:
        self._http = http
        self._caller = caller
        self.text: list[str] = []

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = await self._caller(method, path, **options)
        self.text.append(f"{answer.headers}{answer.text}")
        return answer

    async def ask_as(self, token: str, path: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self._http.get(path, headers=headers)
        self.text.append(f"{answer.headers}{answer.text}")
        return answer.status_code


def found(texts: Iterable[str], *hidden: str) -> list[str]:
    return [secret for secret in hidden if any(secret in text for text in texts)]


async def in_temporal(client: Client, app: str) -> list[str]:
    """Give all that Temporal holds of an app: schedules, and histories with their payloads."""
    # Latin 1 keeps every byte; payloads stand in a message as they are.
    texts: list[str] = []
    async for row in await client.list_schedules():
        if row.search_attributes and app in str(row.search_attributes):
            described = await client.get_schedule_handle(row.id).describe()
            texts.append(described.raw_description.SerializeToString().decode("latin-1"))
    async for one in client.list_workflows(f"TaskQueue STARTS_WITH '{app}'"):
        handle = client.get_workflow_handle(one.id, run_id=one.run_id)
        texts.append(str((await handle.describe()).raw_description))
        history = await handle.fetch_history()
        texts += [event.SerializeToString().decode("latin-1") for event in history.events]
    return texts


async def ended(asked: Answers, path: str) -> dict[str, Any]:
    async def probe() -> dict[str, Any] | None:
        run = (await asked.ask("GET", path)).json()["data"]["run"]
        return run if run["closed_at"] else None

    return await until(probe, what="the end of the run")


@pytest.mark.timeout(600)
async def test_secrets_stay_where_they_belong(
    client: Client, own_mongod: Mongod, tmp_path: Path
) -> None:
    app = f"nosy-{secrets.token_hex(4)}"
    uri = f"mongodb://footfall:{MONGO}@127.0.0.1:{own_mongod.port}/?authSource=admin"
    shared = {
        "FOOTFALL_TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "FOOTFALL_TEMPORAL_TASK_QUEUE": app,
        "FOOTFALL_DATA_DIR": str(tmp_path / "data"),
        "FOOTFALL_JWT_SECRET": JWT,
        "FOOTFALL_WEBHOOKS_SECRET": WEBHOOKS,
        "FOOTFALL_WEBHOOKS_ALLOW_PRIVATE": "true",
        "FOOTFALL_WEBHOOKS_ATTEMPTS": "1",
        "FOOTFALL_MONGODB_URI": uri,
        **DEBUG,
    }
    port, health = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    async with (
        footfall(
            "worker", f"--app={APP}", f"--health-port={health}", tmp_path=tmp_path, **shared
        ) as worker,
        footfall("api", f"--port={port}", tmp_path=tmp_path, **shared) as api,
        httpx.AsyncClient(base_url=url, timeout=60) as http,
    ):
        await ready(f"http://127.0.0.1:{health}", running=worker)
        await ready(url, running=api)
        caller = Api(http, api_settings("127.0.0.1:1", app, FOOTFALL_JWT_SECRET=JWT)).caller("ada")
        token = caller._headers["Authorization"].removeprefix("Bearer ")
        asked = Answers(http, caller)

        hook = {"url": f"http://127.0.0.1:{free_port()}/gone", "on": ["failed"]}
        for walker, hooks in (("look", []), ("fail", [hook])):
            body = {"walker_name": walker, "trigger": "interval", "hours": 1, "notify": hooks}
            made = await asked.ask("POST", "/schedule/create", json=body)
            assert made.status_code == 200, made.text
            schedule = f"/schedule/{made.json()['data']['schedule']['id']}"
            run = (await asked.ask("POST", f"{schedule}/trigger")).json()["data"]["run"]
            outcome = await ended(asked, f"{schedule}/runs/{run['id']}")
        assert outcome["error"]["type"] == "RuntimeError"
        # It could see the environment, and there was nothing in it.
        assert "PATH" in outcome["error"]["message"]
        assert "FOOTFALL_TEMPORAL_TASK_QUEUE" in outcome["error"]["message"]

        async def delivered() -> bool:
            answer = await asked.ask("GET", "/notifications/deliveries")
            return [one["status"] for one in answer.json()["data"]["deliveries"]] == ["failed"]

        await until(delivered, what="the failed delivery")
        signature = token.split(".")[2]
        assert await asked.ask_as(token[: -len(signature)] + signature[::-1], "/runs") == 401
        await asked.ask("GET", "/notifications")
        await asked.ask("POST", "/schedule/create", content=b"{")
        await asked.ask("GET", "/openapi.json")
        held = await in_temporal(client, app)

        await own_mongod.stop()

        async def is_away() -> bool:
            return (await asked.ask("GET", "/schedule/list")).status_code == 503

        await until(is_away, what="503 without MongoDB")
        await asked.ask("GET", "/healthz/ready")
        for process in (worker, api):
            await process.stop()
        logs = [worker.output, api.output]

    assert len(held) > 20
    assert found(held, "look", "RuntimeError", "FOOTFALL_TEMPORAL_TASK_QUEUE")
    # What should be seen is seen: the search would find a secret.
    assert found(logs, "level=debug", "debug")
    assert found(asked.text, "too_many", "projection_unavailable")
    assert found([*held, *logs, *asked.text], *SECRETS, token, signature) == []


async def test_processes_that_cannot_work_tell_no_secret(tmp_path: Path) -> None:
    nobody = free_port()
    shared = {
        "FOOTFALL_TEMPORAL_ADDRESS": f"127.0.0.1:{nobody}",
        "FOOTFALL_TEMPORAL_TLS": "true",
        "FOOTFALL_TEMPORAL_API_KEY": API_KEY,
        "FOOTFALL_DATA_DIR": str(tmp_path / "data"),
        "FOOTFALL_JWT_SECRET": JWT,
        "FOOTFALL_WEBHOOKS_SECRET": WEBHOOKS,
        **DEBUG,
    }
    port, health = free_port(), free_port()
    away = f"mongodb://footfall:{MONGO}@127.0.0.1:{nobody}/?serverSelectionTimeoutMS=500"
    wrong: list[dict[str, str]] = [
        {"FOOTFALL_MONGODB_URI": away},
        {"FOOTFALL_MONGODB_URI": f"mongodb://footfall:{MONGO}@"},
        {
            "FOOTFALL_JWT_SECRET": JWT[:20],
            "FOOTFALL_WEBHOOKS_SECRET": WEBHOOKS[:20],
            "FOOTFALL_TEMPORAL_API_KEY": f"{API_KEY}\n{API_KEY}",
        },
    ]
    told: list[str] = []
    async with (
        footfall("api", f"--port={port}", tmp_path=tmp_path, **shared) as api,
        footfall(
            "worker", f"--app={APP}", f"--health-port={health}", tmp_path=tmp_path, **shared
        ) as worker,
        httpx.AsyncClient(timeout=60) as http,
    ):
        for environ in wrong:
            start = ("api", f"--port={free_port()}")
            async with footfall(*start, tmp_path=tmp_path, **{**shared, **environ}) as broken:
                assert await broken.process.wait() != 0, broken.output
                told.append(broken.output)
        await api.shows("Temporal is not ready")

        async def waits(port: int) -> bool:
            with suppress(httpx.ConnectError):
                answer = await http.get(f"http://127.0.0.1:{port}/healthz/ready")
                told.append(answer.text)
                return "temporal" in answer.text.lower()
            return False

        await until(lambda: waits(health), what="a worker that waits for Temporal")
        await until(lambda: waits(port), what="an API that waits for Temporal")
        for process in (api, worker):
            await process.stop()
            told.append(process.output)
    assert all(told)
    assert found(told, *SECRETS, JWT[:20], WEBHOOKS[:20]) == []
