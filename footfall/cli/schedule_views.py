"""How people are shown schedules."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console

from footfall.cli.tables import ago, facts, printable, table
from footfall.counted import counted


def listed(console: Console, data: Mapping[str, Any], now: datetime) -> None:
    """Show a list of schedules."""
    rows = data["schedules"]
    if rows:
        columns = ("SCHEDULE", "WALKER", "STATUS", "WHEN", "NEXT RUN", "LAST RUN", "RUNS")
        console.print(table(columns, (_row(one, now) for one in rows)))
    if len(rows) < data["total"]:
        console.print(f"{len(rows)} of {counted(data['total'], 'schedule')}; --all shows all.")
    elif not rows:
        console.print("No schedules.")
    for broken in data.get("broken", ()):
        console.print(f"broken: {printable(broken['id'])}: {printable(broken['reason'])}")


def _row(one: Mapping[str, Any], now: datetime) -> tuple[Any, ...]:
    last, failed = one["last_run"], one["failure_count"]
    return (
        one["name"] or one["id"],
        one["walker_name"],
        one["status"],
        one["trigger_description"],
        ago(one["next_run_at"], now, units=1),
        f"{last['status']} {ago(last['started_at'], now, units=1)}" if last else None,
        f"{one['run_count']}, {failed} failed" if failed else one["run_count"],
    )


def _last(run: Mapping[str, Any] | None, now: datetime) -> str | None:
    return f"{run['status']} {ago(run['started_at'], now)}" if run else None


def shown(console: Console, one: Mapping[str, Any], now: datetime) -> None:
    """Show one schedule."""
    coming = [f"{run['local']} ({ago(run['utc'], now)})" for run in one["next_runs"]]
    described = one["description"] if one["description"] != one["trigger_description"] else None
    console.print(
        facts(
            {
                # As the API answers a dry run.
                "id": "(not created)" if one["id"] == "dry-run" else one["id"],
                "name": one["name"],
                "walker": one["walker_name"],
                "status": one["status"],
                "why": one["pause_reason"],
                "when": one["trigger_description"],
                "description": described,
                "arguments": _json(one["args"]),
                "tags": ", ".join(one["tags"]) or None,
                "next runs": "\n".join(coming) or "none",
                "last run": _last(one["last_run"], now) or "none",
                "runs": f"{one['run_count']}, {one['failure_count']} of them failed",
                "overlap": one["overlap"],
                "timeout": f"{one['timeout']} s",
                "runs left": one["runs_left"],
                "owner": one["owner"] + (", by the code" if one["is_static"] else ""),
                "revision": f"{one['revision']}, {ago(one['updated_at'], now)}",
                "Temporal": one["links"]["temporal_ui"],
            },
        ),
    )


def revision(console: Console, one: Mapping[str, Any]) -> None:
    """Show what a schedule was at a revision."""
    change = one["change"]
    console.print(
        facts(
            {
                "id": one["id"],
                "name": one["name"],
                "walker": one["walker_name"],
                "when": one["trigger_description"],
                "paused": one["is_paused"],
                "arguments": _json(one["args"]),
                "tags": ", ".join(one["tags"]) or None,
                "revision": one["revision"],
                "change": f"{change['kind']} by {change['by']} at {change['at']}",
                "why": change["reason"],
            },
        ),
    )


def changed(console: Console, data: Mapping[str, Any]) -> None:
    """Show the changes of a schedule."""
    rows = [
        (
            one["at"],
            one["revision"],
            one["kind"],
            one["by"] or "outside Footfall",
            one["reason"],
            "\n".join(
                f"{name}: {_value(values['before'])} -> {_value(values['after'])}"
                for name, values in (one["difference"] or {}).items()
            )
            or None,
        )
        for one in data["changes"]
    ]
    console.print(table(("AT", "REVISION", "WHAT", "BY", "WHY", "DIFFERENCE"), rows))
    if data["truncated"]:
        console.print("Older changes are no longer kept.")


def previewed(console: Console, data: Mapping[str, Any], now: datetime) -> None:
    """Show when a schedule would run."""
    console.print(printable(data["description"]))
    rows = [(run["local"], run["utc"], ago(run["utc"], now)) for run in data["next_runs"]]
    console.print(table(("LOCAL", "UTC", ""), rows))
    for warning in data["warnings"]:
        console.print(f"note: {printable(warning)}", style="yellow")


def _value(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None
