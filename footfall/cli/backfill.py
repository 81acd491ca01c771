# ruff: noqa: PLC0415 - as in the other commands, each imports what it needs.
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from footfall.cli.schedules import Reference
from footfall.cli.server import Server, asking, warn

cli = typer.Typer(
    help="Look at backfills, and end them.", no_args_is_help=True, rich_markup_mode=None
)

POLL_SECONDS = 1.0
Id = Annotated[str, typer.Argument(metavar="BACKFILL", help="Its id.")]


def backfill(
    server: Server,
    reference: Reference,
    start: Annotated[
        str,
        typer.Argument(
            metavar="START", help="ISO 8601; without an offset, in the schedule's time zone."
        ),
    ],
    end: Annotated[
        str, typer.Argument(metavar="END", help="The last instant; not later than now.")
    ],
    *,
    overlap: Annotated[
        str,
        typer.Option(
            "--overlap",
            metavar="POLICY",
            help="buffer_all, one after another, or allow_all, up to 20 at a time.",
        ),
    ] = "buffer_all",
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Do not wait for its end.")] = False,
    key: Annotated[
        str | None,
        typer.Option("--idempotency-key", metavar="TEXT", help="Several calls with it start one."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the times; start nothing.")
    ] = False,
) -> None:
    """Make up the runs of a past range, and wait until they have ended.

    Exit code 1 where a run fails. What ends the command does not end the backfill.
    """
    from footfall.cli.refs import schedule_id
    from footfall.cli.run_views import backfill as shown
    from footfall.client import run_calls

    schedule = schedule_id(server, reference)
    if dry_run:
        times = server.data(run_calls.preview_backfill(schedule, start, end))
        server.tell(times, lambda console: _times(console, times))
        return
    chosen: Any = overlap
    call = run_calls.start_backfill(
        schedule, start, end, overlap=chosen, reason=reason, idempotency_key=key
    )
    data = server.data(call)
    if not detach:
        data = _followed(server, data)
    found = data["backfill"]
    server.tell(data, lambda console: shown(console, found))
    if not detach and (found["failed"] or found["status"] != "completed"):
        raise typer.Exit(1)


@asking(cli, "list")
def list_(server: Server, reference: Reference) -> None:
    """List a schedule's backfills, the newest first."""
    from footfall.cli.refs import schedule_id
    from footfall.cli.run_views import backfills
    from footfall.client import run_calls

    data = server.data(run_calls.list_backfills(schedule_id(server, reference)))
    server.tell(data, lambda console: backfills(console, data, datetime.now(UTC)))


@asking(cli)
def show(server: Server, reference: Reference, backfill_id: Id) -> None:
    """Show how far a backfill is."""
    from footfall.cli.refs import schedule_id
    from footfall.cli.run_views import backfill as shown
    from footfall.client import run_calls

    data = server.data(run_calls.get_backfill(schedule_id(server, reference), backfill_id))
    server.tell(data, lambda console: shown(console, data["backfill"]))


@asking(cli)
def cancel(
    server: Server,
    reference: Reference,
    backfill_id: Id,
    *,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
) -> None:
    """End a backfill and the runs that it has under way."""
    from footfall.cli.refs import schedule_id
    from footfall.cli.run_views import backfill as shown
    from footfall.client import run_calls

    schedule = schedule_id(server, reference)
    data = server.data(run_calls.cancel_backfill(schedule, backfill_id, reason))
    server.tell(data, lambda console: shown(console, data["backfill"]))


def _times(console: Any, data: Any) -> None:
    from footfall.counted import counted

    for run in data["runs"]:
        console.print(run["local"])
    console.print(f"{counted(data['total'], 'run')}; nothing was started.")


def _followed(server: Server, data: Any) -> Any:
    from footfall.cli.progress import bar
    from footfall.client import run_calls

    first = data["backfill"]
    call = run_calls.get_backfill(first["schedule_id"], first["id"])
    try:
        with bar("backfill", first["total"]) as advance:
            return _until_closed(data, lambda: server.data(call), advance)
    except KeyboardInterrupt:
        place = f"{first['schedule_id']} {first['id']}"
        warn(f"the backfill goes on; `footfall backfills cancel {place}` ends it")
        raise
    finally:
        sys.stderr.flush()


def _until_closed(data: Any, read: Callable[[], Any], advance: Callable[[int], None]) -> Any:
    while data["backfill"]["closed_at"] is None:
        advance(data["backfill"]["succeeded"] + data["backfill"]["failed"])
        time.sleep(POLL_SECONDS)
        data = read()
    advance(data["backfill"]["succeeded"] + data["backfill"]["failed"])
    return data
