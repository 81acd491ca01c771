from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="jac.toml to read; else the one in the app's folder, if there is an app.",
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="DIR",
        help="Folder of local data and of the development secret.  [default: .footfall]",
    ),
]
LogFormat = Annotated[
    str | None,
    typer.Option("--log-format", metavar="text|json", help="How log lines look."),
]
App = Annotated[
    Path,
    typer.Option("--app", metavar="APP", help="The app: a folder, a .jac file or a .py file."),
]
TemporalAddress = Annotated[
    str | None,
    typer.Option(
        "--temporal-address",
        metavar="HOST:PORT",
        help="Temporal's frontend.  [default: 127.0.0.1:7233]",
    ),
]
TemporalNamespace = Annotated[
    str | None,
    typer.Option(
        "--temporal-namespace",
        metavar="NAME",
        help="Temporal namespace.  [default: default]",
    ),
]
TaskQueue = Annotated[
    str | None,
    typer.Option(
        "--task-queue",
        metavar="NAME",
        help="Name of the app, and Temporal's task queue.  [default: footfall]",
    ),
]
