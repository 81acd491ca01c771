import asyncio
import shlex
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import structlog
from pydantic import SecretStr

from footfall.config import Settings, TemporalSettings
from footfall.dev.banner import Banner
from footfall.dev.folder import locked_folder
from footfall.dev.guard import Guard
from footfall.dev.output import Output
from footfall.dev.part import Part
from footfall.dev.ports import check_free, free_port, is_loopback, reachable
from footfall.dev.stages import STOP_GRACES, api_url, build_stages
from footfall.dev.supervisor import Supervisor
from footfall.errors import AppError
from footfall.schedules.schedule import utc_now
from footfall.temporal.embedded import EmbeddedTemporal
from footfall.tokens import ensure_dev_secret, issue_token

DEV_USER = "dev"
TOKEN_LIFETIME = timedelta(hours=24)

HEALTH_HOST = "127.0.0.1"
"""Where the worker tells its health and metrics, whatever the settings say."""

WORKER_GRACE = 4
"""Seconds that running walkers are given at the end; the worker itself is given one more."""

_log = structlog.get_logger(__name__)


def run(
    settings: Settings,
    *,
    app: Path,
    config: Path | None,
    host: str,
    temporal_port: int,
    ui_port: int,
    environ: Mapping[str, str],
) -> int:
    """Run everything on this machine until SIGINT or SIGTERM.

    Temporal is always the embedded one here, whatever the settings say of another.

    Args:
        settings: the loaded settings; without a JWT secret, the data folder's own is used.
        app: folder or file of the app.
        config: the jac.toml that was read, if any.
        host: address of the API and of the Web UI; Temporal itself stays on this machine.
        temporal_port: port of Temporal; 0 takes a free one.
        ui_port: port of Temporal's Web UI; 0 takes a free one.
        environ: the environment of this process.

    Returns:
        The process's exit code.

    Raises:
        AppError: there is no such app.
        ConfigurationError: a port is taken, the data folder is in use, or a setting is wrong;
            nothing was started.
        PartFailedError: Temporal did not start.
    """
    if not app.exists():
        raise AppError(f"{app}: there is no such app (--app)")
    with locked_folder(settings.data_dir) as data_dir:
        api = settings.api
        api_port = api.port or free_port(host)
        temporal = EmbeddedTemporal(
            host=host,
            port=temporal_port or free_port(),
            ui_port=ui_port or free_port(host),
            data_dir=data_dir,
            namespace=settings.temporal.namespace,
        )
        check_free(
            [
                (host, api_port, "--api-port"),
                ("127.0.0.1", temporal.port, "--temporal-port"),
                (host, temporal.ui_port, "--ui-port"),
                # Without one of their own a free one is taken.
                *(
                    (metrics_host, port, option)
                    for metrics_host, port, option in (
                        (api.metrics_host, api.metrics_port, "FOOTFALL_API_METRICS_PORT"),
                        (HEALTH_HOST, settings.worker.health_port, "FOOTFALL_WORKER_HEALTH_PORT"),
                    )
                    if port
                ),
            ],
        )
        resolved = _resolve(settings, host=host, api_port=api_port, temporal=temporal)
        if not is_loopback(host):
            _log.warning(
                "Temporal's Web UI asks for no password; everyone who reaches it can use it",
                host=host,
            )
        stages = build_stages(
            resolved,
            app=app.absolute(),
            temporal=temporal,
            environ=environ,
        )
        asyncio.run(_run(resolved, stages, _banner(resolved, config)))
    return 0


def _resolve(
    settings: Settings,
    *,
    host: str,
    api_port: int,
    temporal: EmbeddedTemporal,
) -> Settings:
    jwt = settings.jwt
    if jwt.lacks_secret:
        secret = SecretStr(ensure_dev_secret(settings.data_dir))
        jwt = jwt.model_copy(update={"secret": secret})
    return settings.model_copy(
        update={
            "api": settings.api.model_copy(
                update={
                    "host": host,
                    "port": api_port,
                    "metrics_port": settings.api.metrics_port or free_port(),
                },
            ),
            "temporal": TemporalSettings(
                address=temporal.address,
                namespace=temporal.namespace,
                task_queue=settings.temporal.task_queue,
                encryption_keys=settings.temporal.encryption_keys,
                encryption_key_file=settings.temporal.encryption_key_file,
                ui_url=f"http://{reachable(host)}:{temporal.ui_port}",
            ),
            "worker": settings.worker.model_copy(
                update={
                    "health_host": HEALTH_HOST,
                    "health_port": settings.worker.health_port or free_port(),
                    "shutdown_grace": min(settings.worker.shutdown_grace, WORKER_GRACE),
                },
            ),
            "jwt": jwt,
        },
    )


async def _run(settings: Settings, stages: Sequence[Sequence[Part]], banner: Banner) -> None:
    output = Output(prefixed=settings.log_format == "text")

    async def announce() -> None:
        output.write(await banner.text())

    with Guard() as guard:
        supervisor = Supervisor(
            stages,
            guard=guard,
            show=output.line,
            on_ready=announce,
            graces=STOP_GRACES,
        )
        supervisor.stop_on_signals()
        await supervisor.run()


def _banner(settings: Settings, config: Path | None) -> Banner:
    command = ["footfall", "token", "--user", "NAME", "--data-dir", str(settings.data_dir)]
    if config is not None:
        command += ["--config", str(config)]
    token = None
    if settings.jwt.algorithm == "HS256":
        token = issue_token(
            settings.jwt,
            user=DEV_USER,
            admin=False,
            lifetime=TOKEN_LIFETIME,
            now=utc_now(),
        )
    return Banner(
        api=api_url(settings),
        temporal=settings.temporal.address,
        ui=settings.temporal.ui_url,
        token=token,
        token_command=shlex.join(command),
        min_interval=settings.min_interval,
        enabled=settings.enabled,
        metrics={
            part: f"http://{reachable(host)}:{port}/metrics"
            for part, host, port in (
                ("API", settings.api.metrics_host, settings.api.metrics_port),
                ("Worker", settings.worker.health_host, settings.worker.health_port),
            )
        },
    )
