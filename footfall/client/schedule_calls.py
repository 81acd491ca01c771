"""The requests about schedules; each is named as its operation in the OpenAPI document."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from footfall.client.answers import (
    ApplyData,
    BulkData,
    ChangeList,
    DeletedData,
    PreviewData,
    RevisionView,
    ScheduleList,
    ScheduleView,
    StartedRun,
    WalkerList,
    WorkersData,
)
from footfall.client.bodies import (
    AppliedSchedule,
    BulkRequest,
    NewSchedule,
    PreviewRequest,
    ScheduleChange,
    ScheduleListFilters,
)
from footfall.client.call import LONG, Call, filled, get, header, query
from footfall.client.errors import UnsendableError
from footfall.client.read import part, part_or_none, whole

type Seen = ScheduleView | int | None
"""The schedule, or its revision, that a change is meant for; None: whatever it is now."""

_ONE = "/schedule/{schedule_id}"


def list_walkers() -> Call[WalkerList]:
    """List the walkers that can be scheduled, as the running workers know them."""
    return get("/schedule/walkers", whole(WalkerList))


def list_workers() -> Call[WorkersData]:
    """List the workers that ask Temporal for work of this app; for admins."""
    return get("/workers", whole(WorkersData))


def list_schedules(**filters: Unpack[ScheduleListFilters]) -> Call[ScheduleList]:
    """List one page of your schedules and of all static ones; an admin sees everyone's."""
    return get("/schedule/list", whole(ScheduleList), filters)


def get_schedule(schedule_id: str) -> Call[ScheduleView]:
    """Give one schedule as it is."""
    return get(_ONE, part("schedule", ScheduleView), schedule_id=schedule_id)


def get_revision(schedule_id: str, revision: int) -> Call[RevisionView]:
    """Give a schedule as it was at one of its revisions, deleted or not."""
    read = part("schedule", RevisionView)
    return get(_ONE, read, {"at": revision}, schedule_id=schedule_id)


def list_changes(schedule_id: str) -> Call[ChangeList]:
    """List who changed what of a schedule, the newest first; also after its deletion."""
    return get(f"{_ONE}/changes", whole(ChangeList), schedule_id=schedule_id)


def create_schedule(
    *,
    idempotency_key: str | None = None,
    dry_run: bool = False,
    **schedule: Unpack[NewSchedule],
) -> Call[ScheduleView]:
    """Create a schedule that runs a walker on your own graph root.

    Args:
        idempotency_key: makes several calls one schedule; else each call has a key of its own, by
            which it may be sent again.
        dry_run: check everything and show what would be; nothing is created.
        schedule: its fields, as `POST /schedule/create` takes them.
    """
    return Call(
        method="POST",
        path="/schedule/create",
        read=part("schedule", ScheduleView),
        params=_dry(dry_run=dry_run),
        body=schedule,
        headers=keyed(idempotency_key),
        is_repeatable=True,
    )


def preview_schedule(**schedule: Unpack[PreviewRequest]) -> Call[PreviewData]:
    """Say when a schedule would run, and what may surprise; nothing is created."""
    return Call(
        method="POST",
        path="/schedule/preview",
        read=whole(PreviewData),
        body=schedule,
        is_repeatable=True,
    )


def update_schedule(
    schedule_id: str,
    *,
    if_match: Seen = None,
    dry_run: bool = False,
    **change: Unpack[ScheduleChange],
) -> Call[ScheduleView]:
    """Change what is named; `trigger` with its options replaces the configuration.

    Args:
        schedule_id: of the schedule.
        if_match: the schedule as you have read it, or its revision: StaleError where it was changed
            since.
        dry_run: check everything and show what would be; nothing is changed.
        change: the fields to change.
    """
    return _write("PUT", "", schedule_id, if_match, change, dry_run=dry_run)


def pause_schedule(
    schedule_id: str,
    reason: str | None = None,
    *,
    if_match: Seen = None,
    dry_run: bool = False,
) -> Call[ScheduleView]:
    """Pause a schedule, and say why; admins may pause static ones, too."""
    return _write("POST", "/pause", schedule_id, if_match, {"reason": reason}, dry_run=dry_run)


def resume_schedule(
    schedule_id: str,
    reason: str | None = None,
    *,
    if_match: Seen = None,
    dry_run: bool = False,
) -> Call[ScheduleView]:
    """Resume a schedule; what was due while it was paused is not made up for."""
    return _write("POST", "/resume", schedule_id, if_match, {"reason": reason}, dry_run=dry_run)


def delete_schedule(
    schedule_id: str,
    reason: str | None = None,
    *,
    if_match: Seen = None,
    dry_run: bool = False,
) -> Call[DeletedData]:
    """Delete a schedule; a run that is under way is not stopped."""
    return Call(
        method="DELETE",
        path=filled(_ONE, {"schedule_id": schedule_id}),
        read=whole(DeletedData),
        params=(*query({"reason": reason}), *_dry(dry_run=dry_run)),
        headers=_matching(if_match),
        is_repeatable=dry_run,
    )


def trigger_schedule(
    schedule_id: str,
    *,
    args: Mapping[str, Any] | None = None,
    reason: str | None = None,
    respect_overlap: bool = False,
    idempotency_key: str | None = None,
    dry_run: bool = False,
) -> Call[StartedRun | None]:
    """Run the walker now, also of a schedule that is paused or completed.

    Args:
        schedule_id: of the schedule.
        args: the walker's fields, instead of all of the schedule's.
        reason: why.
        respect_overlap: obey the schedule's overlap policy as to runs that are under way.
        idempotency_key: makes several calls one run; else each call has a key of its own, by which
            it may be sent again.
        dry_run: check everything and start nothing; the answer is None.
    """
    body = {"args": args, "reason": reason, "respect_overlap": respect_overlap}
    return Call(
        method="POST",
        path=filled(f"{_ONE}/trigger", {"schedule_id": schedule_id}),
        read=part_or_none("run", StartedRun),
        params=_dry(dry_run=dry_run),
        body=body,
        headers=keyed(idempotency_key),
        is_repeatable=True,
    )


def change_many(*, dry_run: bool = False, **request: Unpack[BulkRequest]) -> Call[BulkData]:
    """Pause, resume, delete, run or tag up to 1,000 schedules, each on its own."""
    return Call(
        method="POST",
        path="/schedule/bulk",
        read=whole(BulkData),
        params=_dry(dry_run=dry_run),
        body=request,
        is_repeatable=dry_run or request.get("action") in ("pause", "resume", "tag"),
        seconds=LONG,
    )


def apply_schedules(
    schedules: Iterable[AppliedSchedule],
    *,
    prune: bool = False,
    reason: str | None = None,
    dry_run: bool = False,
) -> Call[ApplyData]:
    """Make your schedules be as declared: create, change and, with `prune`, delete them."""
    return Call(
        method="POST",
        path="/schedule/apply",
        read=whole(ApplyData),
        params=_dry(dry_run=dry_run),
        body={"schedules": list(schedules), "prune": prune, "reason": reason},
        is_repeatable=True,
        seconds=LONG,
    )


def export_schedules() -> Call[list[AppliedSchedule]]:
    """Give your schedules as `apply_schedules` takes them; defaults are left out."""
    return get("/schedule/export", lambda data: data["schedules"])


def keyed(key: str | None) -> dict[str, str]:
    """Give the header that makes several requests one.

    Raises:
        UnsendableError: no header can hold the key.
    """
    made = uuid.uuid4().hex if key is None else key
    return header("idempotency_key", "Idempotency-Key", made)


def _write(
    method: str,
    end: str,
    schedule_id: str,
    seen: Seen,
    body: Mapping[str, Any],
    *,
    dry_run: bool,
) -> Call[ScheduleView]:
    return Call(
        method=method,
        path=filled(f"{_ONE}{end}", {"schedule_id": schedule_id}),
        read=part("schedule", ScheduleView),
        params=_dry(dry_run=dry_run),
        body=body,
        headers=_matching(seen),
        # Done already, it is no longer what it was meant for.
        is_repeatable=seen is None,
    )


def _matching(seen: Seen) -> dict[str, str]:
    match seen:
        case None:
            return {}
        case ScheduleView():
            revision, status = seen.revision, str(seen.status)
        case int() if seen > 0 and not isinstance(seen, bool):
            revision, status = seen, ""
        case _:
            message = f"it must be a schedule as it was read, or its revision, not {seen!r}"
            raise UnsendableError("if_match", message)
    # Of others nobody can say whether they are held as well.
    ends = {"active": ("",), "paused": ("-paused",)}.get(status, ("", "-paused"))
    return {"If-Match": ", ".join(f'"{revision}{end}"' for end in ends)}


def _dry(*, dry_run: bool) -> tuple[tuple[str, str], ...]:
    return query({"dry_run": True}) if dry_run else ()
