"""A live jac-scale server in its own environment, and a worker and an API of ours beside it."""

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from support.api import SECRET, served_api
from support.ports import free_port
from support.processes import Running, clean_environ, footfall, ready
from support.waiting import until

from footfall.config import Settings, load_settings
from footfall.tokens import issue_token

ROOT = Path(__file__).parent.parent.parent
ENVIRONMENT = ROOT / ".jac-scale"
APP = ROOT / "tests" / "apps" / "jac_scale"
PASSWORD = "only good for tests"
THEIRS = ("JAC_DATA_PATH", "JAC_DISABLED_PLUGINS", "MONGODB_URI", "REDIS_URL")


def need_jac_scale() -> Path:
    """Give the folder of commands of jac-scale's environment, or skip the test."""
    if not (ENVIRONMENT / ".installed").exists():
        pytest.skip("no jac-scale: `make .jac-scale/.installed` installs it, with a network")
    return ENVIRONMENT / "bin"


def environ_of(**extra: str) -> dict[str, str]:
    """Give the environment of a process that compiles Jac: what is compiled is kept for all."""
    kept = {name: value for name, value in clean_environ({}).items() if name not in THEIRS}
    return {**kept, "XDG_CACHE_HOME": str(ENVIRONMENT / "cache"), **extra}


@dataclass(frozen=True)
class Person:
    """A user of jac-scale's, who calls both with the token that it gave them."""

    user_id: str
    token: str
    jac_scale: httpx.AsyncClient
    footfall: httpx.AsyncClient

    async def walk(self, walker: str, /, **fields: Any) -> list[Any]:
        """Run a walker by a request to jac-scale, and give its reports."""
        answer = await self.jac_scale.post(f"/walker/{walker}", json=fields)
        body = answer.json()
        assert body["ok"], body
        reports: list[Any] = body["data"]["reports"]
        return reports

    async def plants(self) -> list[Any]:
        """Give how often each plant was watered, as jac-scale's server sees it."""
        return sorted((await self.walk("garden"))[0])

    async def job(self, walker: str = "water", **fields: Any) -> dict[str, Any]:
        """Create a job through our API."""
        body = {"walker_or_function": walker, "trigger": "interval", "interval": 3600, **fields}
        answer = await self.footfall.post("/jobs", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()["data"]
        return found

    async def run(self, job_id: str) -> dict[str, Any]:
        """Run a job now, and give its run once it has ended."""
        answer = await self.footfall.post(f"/schedule/{job_id}/trigger")
        assert answer.status_code == 200, answer.text
        path = f"/schedule/{job_id}/runs/{answer.json()['data']['run']['id']}"

        async def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = (await self.footfall.get(path)).json()["data"]["run"]
            return found if found["status"] != "running" else None

        return await until(ended, what="the run's end")


@dataclass(frozen=True)
class Beside:
    """A jac-scale server, and ours: one jac.toml, one graph, one secret."""

    folder: Path
    server: "JacScale"
    footfall: str
    settings: Settings
    worker: Running

    @property
    def jac_scale(self) -> str:
        return self.server.url

    @property
    def app(self) -> str:
        return self.settings.temporal.task_queue

    @asynccontextmanager
    async def person(self) -> AsyncIterator[Person]:
        """Register someone with jac-scale, who has a token that we signed: it is good there too."""
        user_id = await self._registered(f"user-{secrets.token_hex(4)}")
        token = issue_token(
            self.settings.jwt,
            user=user_id,
            admin=False,
            lifetime=timedelta(hours=1),
            now=datetime.now(UTC),
        )
        async with self.clients(token) as (theirs, ours):
            yield Person(user_id, token, theirs, ours)

    @asynccontextmanager
    async def signed_in(self, name: str, *, password: str = PASSWORD) -> AsyncIterator[Person]:
        """Register someone with jac-scale unless they are, and sign them in there."""
        await self._registered(name)
        known = {"identity": _named(name), "credential": _password(password)}
        async with httpx.AsyncClient(base_url=self.jac_scale, timeout=30) as nobody:
            answer = await nobody.post("/user/login", json=known)
        data = answer.json()["data"]
        async with self.clients(data["token"]) as (theirs, ours):
            yield Person(data["user_id"], data["token"], theirs, ours)

    async def _registered(self, name: str) -> str:
        """Register someone; gives their id, or nothing where they are known."""
        new = {"identities": [_named(name)], "credential": _password(PASSWORD)}
        async with httpx.AsyncClient(base_url=self.jac_scale, timeout=30) as nobody:
            answer = await nobody.post("/user/register", json=new)
        return str((answer.json()["data"] or {}).get("user_id", ""))

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[Person]:
        """Sign jac-scale's own first admin in."""
        async with self.signed_in("admin", password="changeme") as admin:
            yield admin

    @asynccontextmanager
    async def clients(
        self, token: str | None
    ) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
        """Give what calls jac-scale and us with a token, or without one."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with (
            httpx.AsyncClient(base_url=self.jac_scale, headers=headers, timeout=30) as theirs,
            httpx.AsyncClient(base_url=self.footfall, headers=headers, timeout=30) as ours,
        ):
            yield theirs, ours


def _named(name: str) -> dict[str, str]:
    return {"type": "username", "value": name}


def _password(password: str) -> dict[str, str]:
    return {"type": "password", "password": password}


class JacScale:
    """One server and its folder; killed and started again it keeps port and data."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self._folder, self._jac = folder, bin_folder / "jac"
        self._process: asyncio.subprocess.Process | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    async def start(self) -> Self:
        """Start it, and wait until it answers."""
        with (self._folder / "jac-scale.txt").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(self._jac, "start", "main.jac", "--no_client", "--port", str(self.port)),
                cwd=self._folder,
                env=environ_of(LEDGER=str(self._folder / "by-jac-scale.txt")),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )

        async def answers() -> bool:
            assert self._process is not None
            assert self._process.returncode is None, self._output()
            try:
                async with httpx.AsyncClient() as client:
                    return (await client.get(f"{self.url}/healthz")).status_code == 200
            except httpx.HTTPError:
                return False

        # On a cold cache it compiles itself first.
        await until(answers, seconds=150, what="jac-scale's first answer", every=0.1)
        return self

    async def kill(self) -> None:
        """End it as a crash would."""
        if self._process is None:
            return
        process, self._process = self._process, None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    def _output(self) -> str:
        return (self._folder / "jac-scale.txt").read_text(errors="replace")[-3000:]


def write_app(folder: Path, *, mongodb_uri: str | None = None) -> None:
    """Write the app, with a jac.toml that jac-scale and we read."""
    folder.mkdir()
    shutil.copy(APP / "main.jac", folder / "main.jac")
    database = "" if mongodb_uri is None else f'mongodb_uri = "{mongodb_uri}"'
    text = f"""
        [project]
        name = "garden"
        version = "0.1.0"
        entry-point = "main.jac"
        [plugins.scale.jwt]
        secret = "{SECRET}"
        [plugins.scale.scheduler]
        thread_pool_size = 4
        [plugins.scale.database]
        {database}
    """
    (folder / "jac.toml").write_text(text)


@asynccontextmanager
async def running_beside(
    address: str, folder: Path, *, mongodb_uri: str | None = None, processes: int = 2
) -> AsyncIterator[Beside]:
    """Run a jac-scale server, and beside it a worker of its environment and an API of ours.

    Args:
        address: of Temporal.
        folder: one that is there, for everything.
        mongodb_uri: where users and graphs are; None: in SQLite, in the app's folder.
        processes: how many walkers the worker runs at once.
    """
    bin_folder = need_jac_scale()
    app = folder / "app"
    write_app(app, mongodb_uri=mongodb_uri)
    environ = {
        "FOOTFALL_TEMPORAL_ADDRESS": address,
        "FOOTFALL_TEMPORAL_TASK_QUEUE": f"beside-{secrets.token_hex(4)}",
        "FOOTFALL_PROCESSES": str(processes),
        "FOOTFALL_DATA_DIR": str(folder / "data"),
    }
    settings = load_settings(config=app / "jac.toml", environ=environ)
    health = free_port()
    server = JacScale(app, bin_folder)
    try:
        # It dies of a user of its own that someone else makes in a new store in the same moment.
        await server.start()
        async with (
            footfall(
                *("worker", f"--app={app}", f"--health-port={health}"),
                tmp_path=folder,
                program=str(bin_folder / "footfall"),
                **environ_of(
                    **environ, SCHEDULES_BY="footfall", LEDGER=str(app / "by-footfall.txt")
                ),
            ) as worker,
            served_api(settings) as url,
        ):
            await ready(f"http://127.0.0.1:{health}", running=worker)
            yield Beside(app, server, url, settings, worker)
    finally:
        await server.kill()
