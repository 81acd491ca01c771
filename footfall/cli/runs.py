# ruff: noqa: PLC0415 - as in the other commands, each imports what it needs.
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from footfall.cli.known_names import schedule_names
from footfall.cli.server import Server, asking, given

cli = typer.Typer(help="Look at runs, and end them.", no_args_is_help=True, rich_markup_mode=None)

Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="Its id, or a schedule's name or id: its newest run.",
        autocompletion=schedule_names,
    ),
]

Whose = Annotated[
    str | None,
    typer.Argument(
        metavar="SCHEDULE", help="Whose; else everyone's.", autocompletion=schedule_names
    ),
]
Statuses = Annotated[
    list[str] | None,
    typer.Option("--status", metavar="STATUS", help="failed, running, ...; repeat it."),
]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", metavar="scheduled|manual|backfill|chained")
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="INSTANT", help="ISO 8601, or how long ago: 24h."),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="INSTANT", help="ISO 8601, or how long ago.")
]


@asking(cli, "list")
def list_(
    server: Server,
    schedule: Whose = None,
    *,
    status: Statuses = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="How many at most.")
    ] = 50,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """List runs, the newest start first."""
    from footfall.cli.pages import gathered
    from footfall.cli.refs import schedule_id
    from footfall.cli.run_views import listed
    from footfall.client import run_calls

    filters: Any = given(
        status=status,
        kind=kind,
        since=_instant("--since", since),
        until=_instant("--until", until),
        limit=1000 if everything else min(limit, 1000),
    )
    call: Any
    if schedule is None:
        call = run_calls.list_all_runs(**filters)
    else:
        call = run_calls.list_runs(schedule_id(server, schedule), **filters)
    data = gathered(server, call, "runs", None if everything else limit)
    server.tell(data, lambda console: listed(console, data, datetime.now(UTC)))


@asking(cli)
def count(
    server: Server,
    schedule: Whose = None,
    *,
    by: Annotated[str | None, typer.Option("--by", metavar="day|hour")] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="Whose days; UTC if not given.")
    ] = None,
    status: Statuses = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Count runs by day or hour and by status; by default of thirty days."""
    from footfall.cli.refs import schedule_id
    from footfall.cli.run_views import counts
    from footfall.client import run_calls
    from footfall.triggers.zone import parse_zone, zone_of

    filters: Any = given(
        by=by,
        timezone=timezone,
        status=status,
        kind=kind,
        since=_instant("--since", since),
        until=_instant("--until", until),
    )
    call = (
        run_calls.count_all_runs(**filters)
        if schedule is None
        else run_calls.count_runs(schedule_id(server, schedule), **filters)
    )
    data = server.data(call)
    zone = None if timezone is None else zone_of(parse_zone(timezone))
    server.tell(data, lambda console: counts(console, data, zone))


@asking(cli)
def show(server: Server, run: Run) -> None:
    """Show a run with its output, its reports and its error."""
    from footfall.cli.refs import run_place
    from footfall.cli.run_views import shown
    from footfall.client import run_calls

    data = server.data(run_calls.get_run(*run_place(server, run)))
    server.tell(data, lambda console: shown(console, data["run"], datetime.now(UTC)))


@asking(cli)
def tail(server: Server, run: Run) -> None:
    """Follow what a run prints until it ends; exit code 1 where it does not succeed."""
    from footfall.cli.refs import run_place
    from footfall.cli.tail import follow_run

    follow_run(server, *run_place(server, run))


@asking(cli)
def cancel(
    server: Server,
    run: Run,
    *,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    terminate: Annotated[
        bool, typer.Option("--terminate", help="At once; what it printed is lost.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check it.")] = False,
) -> None:
    """End a run; what it printed is kept."""
    from footfall.cli.refs import run_place
    from footfall.client import run_calls

    schedule, found = run_place(server, run)
    end = run_calls.terminate_run if terminate else run_calls.cancel_run
    data = server.data(end(schedule, found, reason, dry_run=dry_run))
    done = "terminated" if terminate else "asked to end"
    said = f"{found}: {'could be ' if dry_run else ''}{done}"
    server.tell(data, lambda console: console.print(said))


def _instant(option: str, text: str | None) -> str | None:
    """Give an instant as it was written, or the one that lies so long back."""
    from footfall.cli.duration import parse_duration

    if text is None or not text[-1:].isalpha() or "T" in text or "-" in text:
        return text
    try:
        return (datetime.now(UTC) - parse_duration(text)).isoformat()
    except OverflowError:
        raise typer.BadParameter(f"{text} ago was before the year 1", param_hint=option) from None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
