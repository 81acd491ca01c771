"""Jobs as jac-scale 0.2.31 shows them, made of our schedules, and its answers about them."""

from collections.abc import Mapping
from typing import Any

from api.job_bodies import NewJob, WordedError
from footfall.errors import FieldProblem, FootfallError, InvalidInputError
from footfall.jac_scale.naming import job_id_of
from footfall.projection.row import RunTally, ScheduleRow
from footfall.schedules.run import RunStatus
from footfall.walkers.catalogue import WalkerInfo

_UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}

_CODES = {
    "invalid_trigger": "INVALID_REQUEST",
    "schedule_not_found": "NOT_FOUND",
    "walker_not_found": "NOT_FOUND",
    "temporal_unavailable": "STORAGE_UNAVAILABLE",
    "projection_unavailable": "STORAGE_UNAVAILABLE",
}
"""jac-scale's words for our errors; what it has no word for is ours in capitals."""

_MESSAGES = {
    "UNAUTHORIZED": "Authorization required",
    "STORAGE_UNAVAILABLE": "Job store temporarily unavailable",
}

_FIELDS = {
    "cron": "invalid cron expression: ",
    "run_date": "invalid date: ",
    "seconds": "invalid interval: ",
}
"""What jac-scale, or we in its place, say before what is wrong with a trigger."""

_TAKEN = frozenset({*NewJob.model_fields, "body", "Idempotency-Key"})
"""What requests to `/jobs` have; all else is our own API's alone."""

_ELSEWHERE = {
    "args": "`/jobs` takes no arguments: give the field a default in the code, or take "
    "`POST /schedule/create`",
}

_BEYOND = "`/jobs` does not take it, `PUT /schedule/{id}` does"


def job_view(row: ScheduleRow, walker: WalkerInfo | None) -> dict[str, Any]:
    """Show a schedule as a job.

    A trigger that jac-scale has no words for has none of the three values. As there, what
    was last run is told only of a job that ran, and its change only of one that was changed.

    Args:
        row: the schedule.
        walker: what it runs, if a worker knows it.
    """
    walk = row.snapshot.walk
    job = {
        "job_id": job_id_of(walk.name) or walk.schedule_id,
        "name": walk.walker_name,
        "created_by": walk.owner,
        "is_walker": walker is None or walker.kind == "walker",
        "created_at": walk.created_at.isoformat(),
        "status": row.snapshot.status.value,
        "trigger": walk.trigger,
        "interval": _interval(walk.config),
        "cron": walk.config.get("cron"),
        "date": walk.config.get("run_date"),
    }
    if walk.revision > 1:
        job["updated_at"] = walk.change.at.isoformat()
    return job | _last_run(row.tally)


def refusal(walker: WalkerInfo) -> str | None:
    """Say why jac-scale's API does not schedule a walker; None if it does.

    What Jac code offers to it is decorated so; Python has no such decorator.
    """
    if walker.schedule is not None:
        return (
            f"\"{walker.name}\" uses trigger='static', but only DYNAMIC-trigger walkers/functions "
            "can be scheduled via /jobs. Use @schedule(trigger=ScheduleTrigger.DYNAMIC) to enable "
            "this."
        )
    if walker.language == "jac" and not walker.is_dynamic:
        return (
            f'"{walker.name}" does not have a @schedule decorator. Add '
            "@schedule(trigger=ScheduleTrigger.DYNAMIC) to enable dynamic scheduling."
        )
    return None


def success(status: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """Give jac-scale's envelope of a success."""
    return {
        "ok": True,
        "type": "response",
        "data": data,
        "error": None,
        "meta": {"extra": {"http_status": status}},
    }


def failure(status: int, code: str, message: str) -> dict[str, Any]:
    """Give jac-scale's envelope of an error."""
    return {
        "ok": False,
        "type": "error",
        "data": None,
        "error": {"code": code, "message": message},
        "meta": {"extra": {"http_status": status}},
    }


def told(error: FootfallError) -> tuple[str, str]:
    """Give code and message of an error, as jac-scale says it where it does."""
    code = _CODES.get(error.code, error.code.upper())
    return code, _MESSAGES.get(code) or _message(error)


def _message(error: FootfallError) -> str:
    if error.code == "schedule_not_found":
        return "Job not found"
    if error.code == "walker_not_found":
        return f'Walker or function "{error.details.get("walker_name")}" not found'
    if isinstance(error, WordedError):
        return "; ".join(one.message for one in error.problems)
    if isinstance(error, InvalidInputError):
        return "; ".join(map(_problem, error.problems))
    return error.message


def _problem(problem: FieldProblem) -> str:
    """Name the field and the remedy, which may be beyond what `/jobs` takes."""
    if problem.field in _FIELDS:
        return f"{_FIELDS[problem.field]}{problem.message}"
    told = f"{problem.field}: {problem.message}"
    name = problem.field.partition(".")[0]
    return told if name in _TAKEN else f"{told.rstrip('.')}; {_ELSEWHERE.get(name, _BEYOND)}"


def _interval(config: Mapping[str, Any]) -> float | None:
    if config["trigger"] != "interval":
        return None
    return float(sum(config.get(unit, 0) * seconds for unit, seconds in _UNITS.items()))


def _last_run(tally: RunTally) -> dict[str, Any]:
    run = tally.last_run
    if run is None or run.closed_at is None:
        return {"run_count": tally.run_count} if tally.run_count else {}
    has_succeeded = run.status is RunStatus.SUCCEEDED
    return {
        "run_count": tally.run_count,
        "last_run_at": run.closed_at.isoformat(),
        "last_status": "succeeded" if has_succeeded else "failed",
        "last_error": None if has_succeeded else _error_of(tally),
    }


def _error_of(tally: RunTally) -> str:
    run = tally.last_run
    assert run is not None  # noqa: S101 - asked only of one that ran
    return run.error.message if run.error else run.status.value
