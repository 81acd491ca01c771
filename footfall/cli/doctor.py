# ruff: noqa: PLC0415 - as in the other commands, each imports what it needs.
import os
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.cli.exits import FAILED
from footfall.cli.options import Config, DataDir, TaskQueue, TemporalAddress, TemporalNamespace
from footfall.cli.server import Server

if TYPE_CHECKING:
    from rich.console import Console

    from footfall.config import Settings
    from footfall.doctor.finding import Finding

_STYLES = {"ok": "green", "warning": "yellow", "broken": "bold red", "skipped": "dim"}


def doctor(
    server: Server,
    *,
    app: Annotated[
        Path | None,
        typer.Option("--app", metavar="APP", help="The app, whose folder may hold a jac.toml."),
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
    temporal_address: TemporalAddress = None,
    temporal_namespace: TemporalNamespace = None,
    task_queue: TaskQueue = None,
) -> None:
    """Look whether all parts are there and fit together, and say how to mend what does not.

    Exit code 1 if something is broken. Nothing is changed.
    """
    import asyncio

    overrides = {
        "data_dir": data_dir,
        "temporal.address": temporal_address,
        "temporal.namespace": temporal_namespace,
        "temporal.task_queue": task_queue,
    }
    findings = asyncio.run(_found(server, app=app, config=config, overrides=overrides))
    is_broken = any(one.state == "broken" for one in findings)
    data = {"is_broken": is_broken, "findings": [asdict(one) for one in findings]}
    server.tell(data, lambda console: _shown(console, findings))
    if is_broken:
        raise typer.Exit(FAILED)


async def _found(
    server: Server, *, app: Path | None, config: Path | None, overrides: dict[str, Any]
) -> "list[Finding]":
    from footfall.config import load_settings
    from footfall.doctor.finding import Finding
    from footfall.errors import ConfigurationError

    try:
        settings = load_settings(config=config, app=app, environ=os.environ, overrides=overrides)
    except ConfigurationError as error:
        remedy = "Each line names a setting; docs/configuration.md has the table of all."
        return [Finding("configuration", "broken", error.message, remedy)]
    return [finding async for finding in _each(server, settings, app)]


async def _each(server: Server, settings: "Settings", app: Path | None) -> "AsyncIterator[Finding]":
    import asyncio

    from footfall.doctor.api import api_findings
    from footfall.doctor.app import app_finding
    from footfall.doctor.finding import Finding
    from footfall.doctor.mongo import mongo_findings
    from footfall.doctor.secret import secret_finding
    from footfall.doctor.temporal import temporal_findings
    from footfall.errors import ConfigurationError

    if app is not None:
        yield app_finding(app)
    yield secret_finding(settings)
    async for finding in temporal_findings(settings.temporal):
        yield finding
    for finding in await mongo_findings(settings):
        yield finding
    try:
        asked = server.where()
    except ConfigurationError as error:
        remedy = "docs/cli.md says where profiles are, and what is in them."
        yield Finding("profile", "broken", error.message, remedy)
        return
    found = api_findings(asked.url, asked.token, asked.lacks)
    for finding in await asyncio.to_thread(list, found):
        yield finding


def _shown(console: "Console", findings: "list[Finding]") -> None:
    from rich.text import Text

    from footfall.cli.tables import printable

    width = max(len(one.part) for one in findings)
    for one in findings:
        line = Text(f"{one.state:8} ", style=_STYLES[one.state])
        line.append(f"{one.part:{width}}  ", style="bold")
        line.append(printable(one.message), style="default")
        console.print(line)
        if one.remedy:
            console.print(f"{'':8} {'':{width}}  {printable(one.remedy)}")
