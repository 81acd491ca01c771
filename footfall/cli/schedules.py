# ruff: noqa: PLC0415 - as in the other commands, each imports what it needs.
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.cli.definition import arguments, definition
from footfall.cli.definition_options import Arg, Args
from footfall.cli.known_names import schedule_names, walker_names
from footfall.cli.server import Server, asking, given, warn

if TYPE_CHECKING:
    from rich.console import Console

_NO_FIELDS = {"dry_run", "idempotency_key", "if_match", "schedule_id"}
"""What the client's calls take beside a schedule's fields."""

cli = typer.Typer(
    help="Look at schedules, and change them.", no_args_is_help=True, rich_markup_mode=None
)

Reference = Annotated[
    str,
    typer.Argument(metavar="SCHEDULE", help="Its name or its id.", autocompletion=schedule_names),
]
Reason = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="Why; stands in the schedule's changes."),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Check everything and show what would be; change nothing."),
]
IfRevision = Annotated[
    int | None,
    typer.Option("--if-revision", min=1, metavar="N", help="Only if this is still its revision."),
]
Key = Annotated[
    str | None,
    typer.Option("--idempotency-key", metavar="TEXT", help="Several calls with it do it once."),
]


@asking(cli, "list")
def list_(
    server: Server,
    *,
    walker: Annotated[str | None, typer.Option("--walker", metavar="NAME")] = None,
    status: Annotated[
        str | None, typer.Option("--status", metavar="active|paused|completed")
    ] = None,
    last_status: Annotated[
        str | None,
        typer.Option("--last-status", metavar="STATUS", help="How it last ran; none: never."),
    ] = None,
    trigger: Annotated[
        str | None, typer.Option("--trigger", metavar="interval|cron|date|after")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="TAG")] = None,
    search: Annotated[
        str | None,
        typer.Option("--search", "-s", metavar="WORDS", help="In id, name, walker, tags, ..."),
    ] = None,
    follows: Annotated[
        str | None,
        typer.Option("--follows", metavar="SCHEDULE", help="Those that run after this one."),
    ] = None,
    static: Annotated[
        bool | None,
        typer.Option("--static/--no-static", help="Those of the code, or the others."),
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Whose; for admins.")
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort", metavar="FIELD", help="-FIELD is descending.  [default: created_at]"
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="How many at most.")
    ] = 100,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """List schedules: yours, and those of the code."""
    from footfall.cli.pages import gathered
    from footfall.cli.refs import schedule_id
    from footfall.cli.schedule_views import listed
    from footfall.client import schedule_calls

    filters: Any = given(
        walker_name=walker,
        status=status,
        last_status=last_status,
        trigger=trigger,
        tag=tag,
        q=search,
        follows=follows and schedule_id(server, follows),
        is_static=static,
        owner=owner,
        sort=sort,
    )
    call = schedule_calls.list_schedules(**filters, limit=1000 if everything else min(limit, 1000))
    data = gathered(server, call, "schedules", None if everything else limit)
    server.tell(data, lambda console: listed(console, data, datetime.now(UTC)))


@asking(cli)
def show(
    server: Server,
    reference: Reference,
    *,
    at: Annotated[
        int | None, typer.Option("--at", min=1, metavar="N", help="As it was at this revision.")
    ] = None,
) -> None:
    """Show a schedule, when it runs next, and how it last ran."""
    from footfall.cli.refs import schedule_id
    from footfall.cli.schedule_views import revision, shown
    from footfall.client import schedule_calls

    found = schedule_id(server, reference)
    if at is not None:
        data = server.data(schedule_calls.get_revision(found, at))
        server.tell(data, lambda console: revision(console, data["schedule"]))
        return
    data = server.data(schedule_calls.get_schedule(found))
    server.tell(data, lambda console: shown(console, data["schedule"], datetime.now(UTC)))


@asking(cli)
def changes(server: Server, reference: Reference) -> None:
    """Show who changed what of a schedule, the newest first."""
    from footfall.cli.refs import schedule_id
    from footfall.cli.schedule_views import changed
    from footfall.client import schedule_calls

    data = server.data(schedule_calls.list_changes(schedule_id(server, reference)))
    server.tell(data, lambda console: changed(console, data))


@asking(cli, body=definition)
def create(
    server: Server,
    body: dict[str, Any],
    walker: Annotated[
        str,
        typer.Argument(metavar="WALKER", help="What it runs.", autocompletion=walker_names),
    ],
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="TEXT", help="What you call it.")
    ] = None,
    paused: Annotated[bool, typer.Option("--paused", help="It does not run yet.")] = False,
    reason: Reason = None,
    key: Key = None,
    dry_run: DryRun = False,
) -> None:
    """Create a schedule: give --every, --cron, --at or --after."""
    from footfall.cli.walkers import telling_of_walkers
    from footfall.client import schedule_calls

    wanted = {"walker_name": walker, **_resolved(server, body), **given(name=name, reason=reason)}
    if paused:
        wanted["is_active"] = False
    _need_trigger(wanted)
    with telling_of_walkers(server, walker):
        data = server.data(
            schedule_calls.create_schedule(**wanted, idempotency_key=key, dry_run=dry_run),
        )
    _tell_one(server, data, dry_run=dry_run)


@asking(cli, body=definition)
def update(
    server: Server,
    body: dict[str, Any],
    reference: Reference,
    *,
    if_revision: IfRevision = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Change what is named of a schedule; a new trigger replaces the whole old one."""
    from footfall.cli.refs import schedule_id
    from footfall.client import schedule_calls

    if not body:
        raise typer.BadParameter("name at least one thing to change")
    change = {**_resolved(server, body), **given(reason=reason)}
    data = server.data(
        schedule_calls.update_schedule(
            schedule_id(server, reference), if_match=if_revision, dry_run=dry_run, **change
        ),
    )
    _tell_one(server, data, dry_run=dry_run)


@asking(cli, body=definition)
def preview(
    server: Server,
    body: dict[str, Any],
    *,
    walker: Annotated[
        str | None,
        typer.Option("--walker", metavar="NAME", help="Check its fields, too."),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", min=1, metavar="N", help="How many runs to show.")
    ] = 10,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="INSTANT", help="As if it were created then."),
    ] = None,
) -> None:
    """Show when a schedule would run, and what may surprise; nothing is created."""
    from footfall.cli.schedule_views import previewed
    from footfall.cli.walkers import telling_of_walkers
    from footfall.client import schedule_calls

    wanted = {**_resolved(server, body), **given(walker_name=walker, count=count)}
    _need_trigger(wanted)
    if since is not None:
        if "after" in wanted:
            raise typer.BadParameter("it does not go with --after", param_hint="--from")
        wanted["after"] = since
    with telling_of_walkers(server, walker):
        data = server.data(schedule_calls.preview_schedule(**wanted))
    server.tell(data, lambda console: previewed(console, data, datetime.now(UTC)))


@asking(cli)
def pause(
    server: Server,
    reference: Reference,
    *,
    reason: Reason = None,
    if_revision: IfRevision = None,
    dry_run: DryRun = False,
) -> None:
    """Pause a schedule: it does not run until it is resumed."""
    from footfall.cli.refs import schedule_id
    from footfall.client import schedule_calls

    call = schedule_calls.pause_schedule(
        schedule_id(server, reference), reason, if_match=if_revision, dry_run=dry_run
    )
    _tell_one(server, server.data(call), dry_run=dry_run)


@asking(cli)
def resume(
    server: Server,
    reference: Reference,
    *,
    reason: Reason = None,
    if_revision: IfRevision = None,
    dry_run: DryRun = False,
) -> None:
    """Resume a schedule; what was due meanwhile is not made up for."""
    from footfall.cli.refs import schedule_id
    from footfall.client import schedule_calls

    call = schedule_calls.resume_schedule(
        schedule_id(server, reference), reason, if_match=if_revision, dry_run=dry_run
    )
    _tell_one(server, server.data(call), dry_run=dry_run)


@asking(cli)
def run(
    server: Server,
    reference: Reference,
    *,
    arg: Arg = None,
    args: Args = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    respect_overlap: Annotated[
        bool,
        typer.Option("--respect-overlap", help="Obey its overlap policy as to runs under way."),
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Show its output until it ends.")
    ] = False,
    key: Key = None,
    dry_run: DryRun = False,
) -> None:
    """Run a schedule's walker now, once; also while it is paused."""
    from footfall.cli.refs import schedule_id
    from footfall.cli.run_views import started
    from footfall.cli.tail import follow_run
    from footfall.client import schedule_calls

    call = schedule_calls.trigger_schedule(
        schedule_id(server, reference),
        args=arguments(arg, args),
        reason=reason,
        respect_overlap=respect_overlap,
        idempotency_key=key,
        dry_run=dry_run,
    )
    data = server.data(call)
    begun = data["run"]
    if follow and begun is not None:
        follow_run(server, begun["schedule_id"], begun["id"])
        return
    server.tell(data, lambda console: started(console, begun))


@asking(cli)
def delete(
    server: Server,
    reference: Reference,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    reason: Reason = None,
    if_revision: IfRevision = None,
    dry_run: DryRun = False,
) -> None:
    """Delete a schedule, which cannot be undone; a run that is under way goes on."""
    from footfall.cli.refs import schedule_id
    from footfall.client import schedule_calls

    found = schedule_id(server, reference)
    if not yes and not dry_run:
        _confirm(f"Delete schedule {reference}?")
    call = schedule_calls.delete_schedule(found, reason, if_match=if_revision, dry_run=dry_run)
    data = server.data(call)

    def tell(console: "Console") -> None:
        console.print(f"{'deleted' if data['deleted'] else 'would delete'} {found}")

    server.tell(data, tell)


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to be asked; give --yes")
    if not typer.confirm(question, err=True):
        warn("nothing was changed")
        raise typer.Exit(1)


def _tell_one(server: Server, data: Mapping[str, Any], *, dry_run: bool) -> None:
    from footfall.cli.schedule_views import shown

    if dry_run:
        warn("nothing was changed; it would be:")
    server.tell(data, lambda console: shown(console, data["schedule"], datetime.now(UTC)))


def _resolved(server: Server, body: dict[str, Any]) -> dict[str, Any]:
    """Give a definition whose `after` names the id of what it follows."""
    from footfall.cli.refs import schedule_id

    for name in _NO_FIELDS & body.keys():
        raise typer.BadParameter(f"{name} is no field of a schedule; it has an option of its own")
    after = body.get("after")
    if not isinstance(after, dict) or "schedule" not in after:
        return body
    if not isinstance(after["schedule"], str):
        raise typer.BadParameter("after.schedule must be the name or the id of a schedule")
    return {**body, "after": {**after, "schedule": schedule_id(server, after["schedule"])}}


def _need_trigger(body: Mapping[str, Any]) -> None:
    if "trigger" not in body:
        raise typer.BadParameter("say when it runs: give --every, --cron, --at or --after")
