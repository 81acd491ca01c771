import os
import sys
from collections.abc import Mapping
from pathlib import Path

from footfall.config import Settings, forget_secrets, setting_keys, settings_environ
from footfall.dev.http import wait_for_ok
from footfall.dev.part import Part
from footfall.dev.ports import reachable
from footfall.temporal.embedded import EmbeddedTemporal, find_binary

TEMPORAL_READY_SECONDS = 60.0

STOP_GRACES = (2.5, 5.0)
"""Seconds that Temporal, then API and worker, are given to stop; 10 in all, with a reserve."""

EXIT_APP_BROKEN = 3

_WATCHED = "fix the app; it is tried again"


def build_stages(
    settings: Settings,
    *,
    app: Path,
    temporal: EmbeddedTemporal,
    environ: Mapping[str, str],
) -> list[list[Part]]:
    """Give what `footfall dev` runs: first Temporal, then the worker and the API.

    Args:
        settings: resolved; the children get exactly these, by their environment.
        app: folder or file of the app.
        temporal: the server to start.
        environ: the environment that the rest of theirs comes from.

    Raises:
        ConfigurationError: the `temporal` binary is not installed.
    """
    ours = child_environ(settings, environ)
    workers = worker_environ(settings, environ)
    temporals = dict(environ)
    forget_secrets(temporals)
    health = f"http://127.0.0.1:{settings.worker.health_port}/healthz/ready"
    api = f"{api_url(settings)}/healthz/ready"

    return [
        [
            Part(
                "temporal",
                temporal.command(find_binary()),
                environ=temporals,
                ready=lambda: temporal.wait_until_ready(deadline=TEMPORAL_READY_SECONDS),
                must_start=True,
                silent_end=True,
            ),
        ],
        [
            Part(
                "worker",
                footfall_command("worker", "--app", str(app)),
                environ=workers,
                ready=lambda: wait_for_ok(health),
                hints={EXIT_APP_BROKEN: _WATCHED},
            ),
            Part(
                "api",
                footfall_command("api"),
                environ=ours,
                ready=lambda: wait_for_ok(api),
            ),
        ],
    ]


def footfall_command(*arguments: str) -> list[str]:
    """Give the command of one of our processes, which takes its settings from its environment.

    The current folder stays off its module path, where a user's `api` or `worker` may lie, and
    no jac.toml is read again: the environment cannot unset what one sets.
    """
    return [sys.executable, "-P", "-m", "footfall", *arguments, "--config", os.devnull]


def child_environ(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Give the environment with exactly these settings in it."""
    keys = {key.env for key in setting_keys()}
    rest = {name: value for name, value in environ.items() if name not in keys}
    return {**rest, **settings_environ(settings), "PYTHONUNBUFFERED": "1"}


def worker_environ(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Give a worker's environment: who runs code of users is not told what only the API needs."""
    found = child_environ(settings, environ)
    secrets = {"FOOTFALL_JWT_SECRET", "FOOTFALL_WEBHOOKS_SECRET"}
    if settings.worker.root_locks != "mongodb":
        secrets.add("FOOTFALL_MONGODB_URI")
    return {name: value for name, value in found.items() if name not in secrets}


def api_url(settings: Settings) -> str:
    """Give the API's base URL, as seen from this machine."""
    return f"http://{reachable(settings.api.host)}:{settings.api.port}"
