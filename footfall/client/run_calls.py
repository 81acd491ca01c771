"""The requests about runs and backfills; each is named as its operation in the OpenAPI document."""

from datetime import datetime
from typing import Unpack

from footfall.client.answers import (
    BackfillPreview,
    BackfillView,
    RunCounts,
    RunDetail,
    RunList,
    RunView,
    ScheduleRunList,
)
from footfall.client.bodies import BackfillOverlap, CountFilters, RunFilters
from footfall.client.call import Call, filled, get, query
from footfall.client.read import part, parts, whole
from footfall.client.schedule_calls import keyed
from footfall.client.sse import Event

_RUNS = "/schedule/{schedule_id}/runs"
_RUN = f"{_RUNS}/{{run_id}}"
_BACKFILL = "/schedule/{schedule_id}/backfill"
_ONE_BACKFILL = f"{_BACKFILL}s/{{backfill_id}}"


def list_all_runs(**filters: Unpack[RunFilters]) -> Call[RunList]:
    """List one page of the runs that you see, the newest start first."""
    return get("/runs", whole(RunList), filters)


def list_runs(schedule_id: str, **filters: Unpack[RunFilters]) -> Call[ScheduleRunList]:
    """List one page of a schedule's runs, the newest start first, with the counts of all."""
    return get(_RUNS, whole(ScheduleRunList), filters, schedule_id=schedule_id)


def count_all_runs(**filters: Unpack[CountFilters]) -> Call[RunCounts]:
    """Count the runs that you see, by day or hour and by status."""
    return get("/runs/counts", whole(RunCounts), filters)


def count_runs(schedule_id: str, **filters: Unpack[CountFilters]) -> Call[RunCounts]:
    """Count a schedule's runs, by day or hour and by status."""
    return get(f"{_RUNS}/counts", whole(RunCounts), filters, schedule_id=schedule_id)


def get_run(schedule_id: str, run_id: str) -> Call[RunDetail]:
    """Give one run with its reports, its stdout and its error."""
    return get(_RUN, part("run", RunDetail), schedule_id=schedule_id, run_id=run_id)


def cancel_run(
    schedule_id: str, run_id: str, reason: str | None = None, *, dry_run: bool = False
) -> Call[RunView]:
    """Ask a run to end: its walker is killed, and what it printed is kept."""
    return _end("cancel", schedule_id, run_id, reason, dry_run=dry_run)


def terminate_run(
    schedule_id: str, run_id: str, reason: str | None = None, *, dry_run: bool = False
) -> Call[RunView]:
    """End a run at once; its walker is killed soon after, and what it printed is lost."""
    return _end("terminate", schedule_id, run_id, reason, dry_run=dry_run)


def tail_run(schedule_id: str, run_id: str) -> Call[Event]:
    """Follow a run: its stdout and progress while it runs, until it ends.

    Events are ``status``, ``stdout``, ``progress`` and at last ``end``, or ``expired`` when the
    token is no longer valid.
    """
    return get(f"{_RUN}/tail", _as_it_is, schedule_id=schedule_id, run_id=run_id)


def start_backfill(
    schedule_id: str,
    start: str | datetime,
    end: str | datetime,
    *,
    overlap: BackfillOverlap = "buffer_all",
    reason: str | None = None,
    idempotency_key: str | None = None,
) -> Call[BackfillView]:
    """Make the runs of a past range up: at most 1,000, each for a time of the schedule.

    Args:
        schedule_id: of the schedule.
        start: the first instant; without an offset it is meant in the schedule's time zone.
        end: the last instant, not later than now.
        overlap: ``buffer_all``, one run after another, or ``allow_all``, up to 20 at a time.
        reason: why.
        idempotency_key: makes several calls one backfill; else each call has a key of its own, by
            which it may be sent again.
    """
    return Call(
        method="POST",
        path=filled(_BACKFILL, {"schedule_id": schedule_id}),
        read=part("backfill", BackfillView),
        body={"start": start, "end": end, "overlap": overlap, "reason": reason},
        headers=keyed(idempotency_key),
        is_repeatable=True,
    )


def preview_backfill(
    schedule_id: str, start: str | datetime, end: str | datetime
) -> Call[BackfillPreview]:
    """Show the runs that a backfill would make; nothing is started."""
    return Call(
        method="POST",
        path=filled(_BACKFILL, {"schedule_id": schedule_id}),
        read=whole(BackfillPreview),
        params=query({"dry_run": True}),
        body={"start": start, "end": end},
        is_repeatable=True,
    )


def list_backfills(schedule_id: str) -> Call[list[BackfillView]]:
    """List the backfills of a schedule, the newest first."""
    return get(f"{_BACKFILL}s", parts("backfills", BackfillView), schedule_id=schedule_id)


def get_backfill(schedule_id: str, backfill_id: str) -> Call[BackfillView]:
    """Give one backfill and how far it is."""
    read = part("backfill", BackfillView)
    return get(_ONE_BACKFILL, read, schedule_id=schedule_id, backfill_id=backfill_id)


def cancel_backfill(
    schedule_id: str, backfill_id: str, reason: str | None = None, *, dry_run: bool = False
) -> Call[BackfillView]:
    """Cancel a backfill and the runs that it has under way; those that ended stay."""
    places = {"schedule_id": schedule_id, "backfill_id": backfill_id}
    return Call(
        method="POST",
        path=filled(f"{_ONE_BACKFILL}/cancel", places),
        read=part("backfill", BackfillView),
        params=query({"dry_run": dry_run or None}),
        body={"reason": reason},
        is_repeatable=dry_run,
    )


def _end(
    how: str, schedule_id: str, run_id: str, reason: str | None, *, dry_run: bool
) -> Call[RunView]:
    return Call(
        method="POST",
        path=filled(f"{_RUN}/{how}", {"schedule_id": schedule_id, "run_id": run_id}),
        read=part("run", RunView),
        params=query({"dry_run": dry_run or None}),
        body={"reason": reason},
        is_repeatable=dry_run,
    )


def _as_it_is(event: Event) -> Event:
    return event
