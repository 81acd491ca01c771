# ruff: noqa: PLC0415 - each command imports what it needs: `token` must not wait for Temporal's
# client, nor the API for the worker's modules.
import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.cli import backfill, declarations, importing, runs, schedules
from footfall.cli.completion import ASKED, answer_shells, completion
from footfall.cli.doctor import doctor
from footfall.cli.duration import parse_duration
from footfall.cli.options import (
    App,
    Config,
    DataDir,
    LogFormat,
    TaskQueue,
    TemporalAddress,
    TemporalNamespace,
)
from footfall.cli.server import asking
from footfall.cli.walkers import walkers

if TYPE_CHECKING:
    from footfall.config import Settings

cli = typer.Typer(
    name="footfall",
    help="Durable schedules for walkers, on Temporal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@cli.command()
def dev(
    *,
    app: App,
    host: Annotated[
        str,
        typer.Option("--host", help="Address of the API and of Temporal's Web UI."),
    ] = "127.0.0.1",
    api_port: Annotated[
        int | None,
        typer.Option("--api-port", help="Port of the API.  [default: 8000]"),
    ] = None,
    temporal_port: Annotated[
        int,
        typer.Option("--temporal-port", min=0, max=65535, help="Port of Temporal."),
    ] = 7233,
    ui_port: Annotated[
        int,
        typer.Option("--ui-port", min=0, max=65535, help="Port of Temporal's Web UI."),
    ] = 8233,
    config: Config = None,
    data_dir: DataDir = None,
    log_format: LogFormat = None,
) -> None:
    """Run everything on this machine: an embedded Temporal, an API and a worker."""
    settings = _settings(
        "dev",
        config=config,
        app=app,
        overrides={
            "api.host": host,
            "api.port": api_port,
            "data_dir": data_dir,
            "log_format": log_format,
        },
    )
    from footfall.config import find_config
    from footfall.dev.process import run

    code = run(
        settings,
        app=app,
        config=find_config(config=config, app=app),
        host=host,
        temporal_port=temporal_port,
        ui_port=ui_port,
        environ=os.environ,
    )
    raise typer.Exit(code)


@cli.command()
def api(
    *,
    host: Annotated[
        str | None,
        typer.Option("--host", help="Address to listen on.  [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="Port to listen on.  [default: 8000]"),
    ] = None,
    temporal_address: TemporalAddress = None,
    temporal_namespace: TemporalNamespace = None,
    task_queue: TaskQueue = None,
    config: Config = None,
    data_dir: DataDir = None,
    log_format: LogFormat = None,
) -> None:
    """Serve the REST API, against any Temporal."""
    settings = _settings(
        "api",
        config=config,
        overrides={
            "api.host": host,
            "api.port": port,
            "temporal.address": temporal_address,
            "temporal.namespace": temporal_namespace,
            "temporal.task_queue": task_queue,
            "data_dir": data_dir,
            "log_format": log_format,
        },
    )
    if settings.enabled:
        from footfall.tokens import TokenVerifier

        # A missing secret stops the start, before anything else is looked at.
        TokenVerifier(settings.jwt)
    from api.process import run

    raise typer.Exit(run(settings))


@cli.command()
def worker(
    *,
    app: App,
    health_port: Annotated[
        int | None,
        typer.Option(
            "--health-port",
            help="Port of /healthz/live and /healthz/ready; 0 means none.  [default: 0]",
        ),
    ] = None,
    temporal_address: TemporalAddress = None,
    temporal_namespace: TemporalNamespace = None,
    task_queue: TaskQueue = None,
    config: Config = None,
    data_dir: DataDir = None,
    log_format: LogFormat = None,
) -> None:
    """Run the walkers of an app, against any Temporal."""
    settings = _settings(
        "worker",
        config=config,
        app=app,
        overrides={
            "worker.health_port": health_port,
            "temporal.address": temporal_address,
            "temporal.namespace": temporal_namespace,
            "temporal.task_queue": task_queue,
            "data_dir": data_dir,
            "log_format": log_format,
        },
    )
    from worker.process import run

    raise typer.Exit(run(settings, app))


@cli.command()
def token(
    *,
    user: Annotated[
        str,
        typer.Option("--user", metavar="NAME", help="Whom the token speaks for."),
    ],
    admin: Annotated[
        bool,
        typer.Option("--admin", help="Let the token see and change everyone's schedules."),
    ] = False,
    expires: Annotated[
        str,
        typer.Option("--expires", metavar="DURATION", help="How long it is valid: 8h, 30m, 7d."),
    ] = "8h",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Print a token, signed with the configured secret or else the data folder's."""
    try:
        lifetime = parse_duration(expires)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--expires") from error
    from footfall.config import load_settings
    from footfall.errors import ConfigurationError
    from footfall.schedules.schedule import utc_now
    from footfall.tokens import issue_token, read_dev_secret

    settings = load_settings(
        config=config,
        environ=os.environ,
        overrides={"data_dir": data_dir},
    )
    jwt = settings.jwt
    if jwt.lacks_secret:
        secret = read_dev_secret(settings.data_dir)
        if secret is None:
            raise ConfigurationError(
                "There is no secret to sign with: set plugins.scale.jwt.secret "
                f"(FOOTFALL_JWT_SECRET), or start `footfall dev` with --data-dir "
                f"{settings.data_dir}, which makes one.",
            )
        jwt = type(jwt).model_validate({**dict(jwt), "secret": secret})
    text = issue_token(jwt, user=user, admin=admin, lifetime=lifetime, now=utc_now())
    sys.stdout.write(f"{text}\n")


@cli.command()
def version(config: Config = None, data_dir: DataDir = None) -> None:
    """Print the version of Footfall."""
    del config, data_dir  # every command takes them, so that a script can pass them to all
    sys.stdout.write(f"footfall {version_of('footfall')}\n")


asking(cli)(declarations.apply)
asking(cli)(declarations.export)
cli.add_typer(schedules.cli, name="schedules")
cli.add_typer(runs.cli, name="runs")
asking(cli)(walkers)
asking(cli)(doctor)
asking(cli)(backfill.backfill)
cli.add_typer(backfill.cli, name="backfills")
cli.add_typer(importing.cli, name="import")
cli.command()(completion)
if ASKED in os.environ:
    answer_shells()


def _settings(
    process: str,
    *,
    config: Path | None,
    overrides: dict[str, Any],
    app: Path | None = None,
) -> "Settings":
    from footfall.config import load_settings
    from footfall.logs import configure_logs
    from footfall.temporal.sdk_logs import forward_sdk_logs

    settings = load_settings(config=config, app=app, environ=os.environ, overrides=overrides)
    configure_logs(process, form=settings.log_format, level=settings.log_level)
    forward_sdk_logs()
    return settings
