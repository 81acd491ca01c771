import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from http_caller import HttpCaller
from support.api import SECRET, api_settings
from support.ports import free_port
from support.processes import Running, footfall, ready
from temporal_server import TemporalServer

from footfall.tokens import issue_token

APP = Path(__file__).parent / "apps" / "ticks"


@dataclass(frozen=True)
class Deployment:
    """An app's API and worker, each a process as a user starts it.

    Attributes:
        folder: where walkers may write; removed at the end.
        caller: calls the API as one user.
    """

    app: str
    folder: Path
    caller: HttpCaller
    api: Running
    worker: Running


def environ_of(address: str, app: str, folder: Path) -> dict[str, str]:
    """Give the environment of Footfall's processes, with limits that nothing here reaches."""
    return {
        "FOOTFALL_TEMPORAL_ADDRESS": address,
        "FOOTFALL_TEMPORAL_TASK_QUEUE": app,
        "FOOTFALL_JWT_SECRET": SECRET,
        "FOOTFALL_DATA_DIR": str(folder),
        "FOOTFALL_LOG_LEVEL": "warning",
        "FOOTFALL_LIMITS_CREATIONS": "100000",
        "FOOTFALL_LIMITS_SCHEDULES": "1000000",
    }


def token(user: str = "bench", *, admin: bool = False) -> str:
    """Give a token that the deployments take."""
    jwt = api_settings("127.0.0.1:1", "bench").jwt
    now = datetime.now(UTC)
    return issue_token(jwt, user=user, admin=admin, lifetime=timedelta(days=1), now=now)


@asynccontextmanager
async def deployment(server: TemporalServer, **environ: str) -> AsyncIterator[Deployment]:
    """Start an API and a worker of the app `ticks`, and wait until both are ready."""
    app = f"bench-{secrets.token_hex(4)}"
    port, health = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as name:
        folder = Path(name)
        settings = {**environ_of(server.address, app, folder), **environ}
        worker_settings = {**settings, "FOOTFALL_WORKER_HEALTH_PORT": str(health)}
        async with (
            footfall("worker", "--app", str(APP), tmp_path=folder, **worker_settings) as worker,
            footfall("api", "--port", str(port), tmp_path=folder, **settings) as api,
        ):
            await ready(f"http://127.0.0.1:{health}", running=worker)
            await ready(f"http://127.0.0.1:{port}", running=api)
            caller = HttpCaller("127.0.0.1", port, token())
            try:
                yield Deployment(app, folder, caller, api, worker)
            finally:
                caller.close()
