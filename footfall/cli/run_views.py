"""How people are shown runs and backfills."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from footfall.cli.tables import ago, beginning, facts, printable, table, took
from footfall.counted import counted


def listed(console: Console, data: Mapping[str, Any], now: datetime) -> None:
    """Show a list of runs."""
    rows = [
        (
            ago(one["started_at"], now, units=1),
            one["status"],
            took(one["duration_ms"]),
            one["kind"],
            beginning(one["error"]["message"]) if one["error"] else None,
            one["id"],
        )
        for one in data["runs"]
    ]
    if not rows:
        console.print("No runs.")
        return
    console.print(table(("STARTED", "STATUS", "TOOK", "KIND", "ERROR", "ID"), rows))
    if data["cursor"] is not None:
        console.print(f"{counted(len(rows), 'run')}, and there are more; --all shows all.")


def counts(console: Console, data: Mapping[str, Any], zone: ZoneInfo | None) -> None:
    """Show how many runs there were in each span, by the clocks of a zone, by default in UTC.

    Spans without a run are left out.
    """
    spans = [span for span in data["spans"] if span["total"]]
    if not spans:
        console.print("No runs.")
        return
    statuses = sorted({status for span in spans for status in span["counts"]})
    rows = [
        (
            span["since"] if zone is None else _local(span["since"], zone),
            str(span["total"]),
            *(str(span["counts"].get(status, 0)) for status in statuses),
        )
        for span in spans
    ]
    console.print(table(("SINCE", "RUNS", *(status.upper() for status in statuses)), rows))


def _local(instant: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(instant).astimezone(zone).isoformat(timespec="seconds")


def started(console: Console, run: Mapping[str, Any] | None) -> None:
    """Say what was started."""
    if run is None:
        console.print("It could be run; nothing was started.")
        return
    console.print(printable(f"started {run['id']}"))


def shown(console: Console, run: Mapping[str, Any], now: datetime) -> None:
    """Show a run with its output."""
    error, progress = run["error"], run["progress"]
    console.print(
        facts(
            {
                "id": run["id"],
                "status": run["status"],
                "kind": run["kind"],
                "by": run["by"],
                "why": run["reason"],
                "scheduled": run["scheduled_at"],
                "started": f"{run['started_at']} ({ago(run['started_at'], now)})",
                "took": took(run["duration_ms"]),
                "attempts": run["attempts"],
                "worker": run["worker"] or None,
                "progress": f"{progress['fraction']:.0%} {progress['message']}"
                if progress
                else None,
                "error": f"{error['type']}: {error['message']}" if error else None,
                "Temporal": run["links"]["temporal_ui"],
            },
        ),
    )
    if error and error["traceback"]:
        console.print(printable(error["traceback"].rstrip("\n")), style="red")
    if run["reports"]:
        _part(console, "reports", json.dumps(run["reports"], indent=2, ensure_ascii=False))
        _cut(console, cut=run["reports_truncated"])
    if run["stdout"]:
        _part(console, "stdout", run["stdout"].rstrip("\n"))
        _cut(console, cut=run["stdout_truncated"])


def _part(console: Console, name: str, text: str) -> None:
    console.print(name, style="bold")
    console.print(printable(text))


def _cut(console: Console, *, cut: bool) -> None:
    if cut:
        console.print("(more was not kept)", style="dim")


def backfills(console: Console, data: Mapping[str, Any], now: datetime) -> None:
    """Show a schedule's backfills."""
    rows = [
        (
            one["id"],
            one["status"],
            f"{one['start']} to {one['end']}",
            one["total"],
            one["succeeded"],
            one["failed"],
            ago(one["created_at"], now),
            one["by"],
            one["reason"],
        )
        for one in data["backfills"]
    ]
    columns = ("ID", "STATUS", "RANGE", "RUNS", "SUCCEEDED", "FAILED", "STARTED", "BY", "WHY")
    console.print(table(columns, rows) if rows else "No backfills.")


def backfill(console: Console, one: Mapping[str, Any]) -> None:
    """Show one backfill."""
    done = f"{one['succeeded']} succeeded, {one['failed']} failed, of {one['total']}"
    console.print(
        facts(
            {
                "id": one["id"],
                "status": one["status"],
                "range": f"{one['start']} to {one['end']}",
                "runs": done,
                "by": one["by"],
                "why": one["reason"],
            },
        ),
    )
