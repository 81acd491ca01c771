# ruff: noqa: PLC0415 - as in the other commands, each imports what it needs.
import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from footfall.cli.options import Config
from footfall.cli.server import Server, asking

if TYPE_CHECKING:
    from rich.console import Console

    from footfall.client import Client
    from footfall.config import Settings
    from footfall.jac_scale.job import Job
    from footfall.jac_scale.server import JacScaleServer
    from footfall.jac_scale.takeover import Taken

cli = typer.Typer(
    help="Take schedules over from elsewhere.", no_args_is_help=True, rich_markup_mode=None
)

_FAILED = 1
_OUTCOMES = ("created", "unchanged", "kept", "cannot")


@asking(cli, "jac-scale")
def jac_scale(
    server: Server,
    *,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="URL",
            help="A running jac-scale; else its jobs are read from the MongoDB of --config.",
        ),
    ] = None,
    source_token: Annotated[
        str | None,
        typer.Option(
            "--from-token", metavar="TOKEN", help="Token for it; else the one for the API."
        ),
    ] = None,
    config: Config = None,
    collection: Annotated[
        str | None,
        typer.Option(
            "--collection", metavar="NAME", help="Of the jobs.  [default: scheduled_jobs]"
        ),
    ] = None,
    weekdays: Annotated[
        Literal["as-run", "as-written"] | None,
        typer.Option(
            "--weekdays",
            metavar="as-run|as-written",
            help="Days of a crontab that jac-scale reads in its own way: those on which it ran, "
            "or those of crontab(5).",
        ),
    ] = None,
    remove: Annotated[
        bool,
        typer.Option("--remove", help="Delete at jac-scale what is here, so that it runs once."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be; change nothing.")
    ] = False,
) -> None:
    """Make the jobs of a jac-scale schedules of their owners; those that are here stay as they are.

    With the secret of --config it does so for every owner, else for the token's own jobs. Exit
    code 1 where a job cannot be taken over.
    """
    from footfall.jac_scale.job import Job
    from footfall.jac_scale.takeover import take_over

    if remove and source is None:
        raise typer.BadParameter("needs --from: a running server forgets none", param_hint="remove")
    settings = _settings(config)
    target = server.where()
    url, token = target.url, target.token
    with ExitStack() as stack:
        there = _server(source, source_token or token)
        if there is not None:
            stack.enter_context(there)
            found: Sequence[Any] = list(there.jobs())
        else:
            found = _stored(settings, collection)
        clients = _Clients(url, token, settings, stack)
        taken = take_over(
            [Job.read(one) for one in found], clients.of, weekdays=weekdays, dry_run=dry_run
        )
        if there is not None and remove and not dry_run:
            taken = [_removed(one, there.remove) for one in taken]
    outcomes: list[str] = [one.outcome for one in taken]
    counts = {name: outcomes.count(name) for name in _OUTCOMES}
    data = {"jobs": [_shown(one) for one in taken], "counts": counts, "dry_run": dry_run}
    server.tell(data, lambda console: _tell(console, data))
    if counts["cannot"] or any(one.removed is None for one in taken):
        raise typer.Exit(_FAILED)


class _Clients:
    """What calls the API for each owner: with the token that was given, or one of their own."""

    def __init__(
        self, url: str, token: str | None, settings: "Settings | None", stack: ExitStack
    ) -> None:
        self._url, self._token, self._settings = url, token, settings
        self._stack = stack
        self._open: dict[str, Client] = {}

    def of(self, owner: str) -> "Client":
        """Give the one of an owner.

        Raises:
            UntakenError: nothing says that we may speak for them.
        """
        from footfall.cli.server import RETRY_SECONDS
        from footfall.client import Client

        if owner not in self._open:
            client = Client(self._url, self._token_of(owner), retry_seconds=RETRY_SECONDS)
            self._stack.callback(client.close)
            self._open[owner] = client
        return self._open[owner]

    def _token_of(self, owner: str) -> str:
        from datetime import timedelta

        from footfall.jac_scale.job import UntakenError
        from footfall.schedules.schedule import utc_now
        from footfall.tokens import issue_token, user_of

        if self._token is not None and user_of(self._token) == owner:
            return self._token
        if self._settings is None:
            raise UntakenError(
                "it is another user's: with --config FILE, which has the secret of both, it is "
                "made theirs"
            )
        return issue_token(
            self._settings.jwt,
            user=owner,
            admin=False,
            lifetime=timedelta(hours=1),
            now=utc_now(),
        )


def _settings(config: Path | None) -> "Settings | None":
    from footfall.config import load_settings

    return None if config is None else load_settings(config=config, environ=os.environ)


def _server(source: str | None, token: str | None) -> "JacScaleServer | None":
    from footfall.errors import ConfigurationError
    from footfall.jac_scale.server import JacScaleServer

    if source is None:
        return None
    if token is None:
        raise ConfigurationError(
            "There is no token for jac-scale: give --from-token, --token or --profile, or set "
            "FOOTFALL_TOKEN."
        )
    return JacScaleServer(source, token)


def _stored(settings: "Settings | None", collection: str | None) -> Sequence[Any]:
    from footfall.errors import ConfigurationError
    from footfall.mongo.jac_scale_jobs import COLLECTION, stored_jobs

    if settings is None or settings.mongodb_uri is None:
        raise ConfigurationError(
            "Name a running jac-scale with --from, or with --config a jac.toml that has its "
            "plugins.scale.database.mongodb_uri: without MongoDB it has its jobs in memory only."
        )
    uri = settings.mongodb_uri.get_secret_value()
    return asyncio.run(stored_jobs(uri, collection or COLLECTION))


def _removed(taken: "Taken", remove: Callable[[str], bool]) -> "Taken":
    from dataclasses import replace

    from footfall.client.errors import ClientError

    if taken.outcome == "cannot":
        return taken
    try:
        return replace(taken, removed=remove(taken.job.job_id))
    except ClientError as error:
        why = f"it is here, and could not be removed at jac-scale: {error.message}"
        return replace(taken, removed=None, why=why)


def _shown(taken: "Taken") -> dict[str, Any]:
    job: Job = taken.job
    return {
        "job_id": job.job_id,
        "walker": job.walker,
        "owner": job.owner,
        "outcome": taken.outcome,
        "schedule_id": taken.schedule_id,
        "why": taken.why,
        "removed": bool(taken.removed),
    }


def _tell(console: "Console", data: dict[str, Any]) -> None:
    from footfall.cli.tables import table

    would = "would be " if data["dry_run"] else ""
    rows = [
        (
            one["job_id"],
            one["walker"],
            one["owner"],
            f"{would}{one['outcome']}" if one["outcome"] == "created" else one["outcome"],
            one["schedule_id"],
            "removed at jac-scale" if one["removed"] else one["why"],
        )
        for one in data["jobs"]
    ]
    if rows:
        console.print(table(("JOB", "WALKER", "OWNER", "OUTCOME", "SCHEDULE", "NOTE"), rows))
    counts = data["counts"]
    told = ", ".join(f"{counts[name]} {name}" for name in _OUTCOMES)
    end = "; nothing was changed" if data["dry_run"] else ""
    console.print(f"{told}{end}.")
