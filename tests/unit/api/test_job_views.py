"""Schedules as jobs of jac-scale, and its words for our errors."""

from typing import Any

import pytest
from support.rows import at, run, snapshot, tally

from api.job_bodies import JobTrigger
from api.job_views import job_view, refusal, told
from footfall import errors
from footfall.projection.row import ScheduleRow
from footfall.schedules.run import RunStatus, RunSummary
from footfall.walkers.catalogue import WalkerInfo

WALKER = WalkerInfo(name="tidy", kind="function", language="jac", file="main.jac", line=1)
JOB_ID = "41c950ac-589e-45ed-a33c-4989c480e55e"


def row(*runs: RunSummary, config: dict[str, Any] | None = None, **fields: Any) -> ScheduleRow:
    found = snapshot(**fields)
    if config is not None:
        walk = found.walk.model_copy(update={"config": config})
        found = found.model_copy(update={"walk": walk})
    return ScheduleRow(snapshot=found, tally=tally(runs))


def test_a_new_schedule_is_shown_with_the_keys_of_a_new_job() -> None:
    assert job_view(row(), WALKER) == {
        "job_id": "s1",
        "name": "tidy",
        "created_by": "ann",
        "is_walker": False,
        "created_at": "2026-03-01T12:00:00.123457+00:00",
        "status": "active",
        "trigger": "interval",
        "interval": 6.0,
        "cron": None,
        "date": None,
    }
    assert job_view(row(), None)["is_walker"]


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        ({"trigger": "interval", "weeks": 1, "minutes": 2, "seconds": 3}, (604_923.0, None, None)),
        ({"trigger": "cron", "cron": "0 9 * * *"}, (None, "0 9 * * *", None)),
        ({"trigger": "cron", "hour": 9}, (None, None, None)),
        ({"trigger": "date", "run_date": "2027-01-01"}, (None, None, "2027-01-01")),
    ],
)
def test_each_trigger_is_shown_in_its_own_field(
    config: dict[str, Any], shown: tuple[Any, ...]
) -> None:
    job = job_view(row(config=config), WALKER)
    assert (job["interval"], job["cron"], job["date"]) == shown


def test_one_that_was_changed_says_when() -> None:
    assert job_view(row(revision=2), WALKER)["updated_at"] == at(0).isoformat()


def test_one_that_took_a_job_over_has_the_jobs_id() -> None:
    assert job_view(row(name=f"jac-scale/{JOB_ID}"), WALKER)["job_id"] == JOB_ID
    for other in ("jac-scale/nightly", JOB_ID, f"jac-scale/jac-scale/{JOB_ID}"):
        assert job_view(row(name=other), WALKER)["job_id"] == "s1"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (run(), ("succeeded", None)),
        (run(status=RunStatus.FAILED, error="no water"), ("failed", "no water")),
        (run(status=RunStatus.TIMED_OUT), ("failed", "timed_out")),
    ],
)
def test_the_last_run_is_told_as_jac_scale_tells_it(
    one: RunSummary, said: tuple[str, str | None]
) -> None:
    job = job_view(row(one), WALKER)
    assert (job["last_status"], job["last_error"]) == said
    assert (job["run_count"], job["last_run_at"]) == (1, at(1).isoformat())


def test_a_run_that_is_under_way_is_only_counted() -> None:
    job = job_view(row(run(status=RunStatus.RUNNING)), WALKER)
    assert job["run_count"] == 1
    assert "last_status" not in job


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"is_dynamic": True}, None),
        ({}, "does not have a @schedule decorator"),
        ({"schedule": {"trigger": "interval", "seconds": 1}}, "uses trigger='static'"),
        ({"language": "python"}, None),
    ],
)
def test_only_what_the_code_offers_is_scheduled(fields: dict[str, Any], said: str | None) -> None:
    found = refusal(WALKER.model_copy(update=fields))
    assert found is None if said is None else said in str(found)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.UnauthorizedError("why"), ("UNAUTHORIZED", "Authorization required")),
        (errors.ScheduleNotFoundError(), ("NOT_FOUND", "Job not found")),
        (
            errors.WalkerNotFoundError("no", walker_name="x"),
            ("NOT_FOUND", 'Walker or function "x" not found'),
        ),
        (
            errors.InvalidTriggerError("cron", "must have five fields"),
            ("INVALID_REQUEST", "invalid cron expression: must have five fields"),
        ),
        (
            errors.TemporalUnavailableError(),
            ("STORAGE_UNAVAILABLE", "Job store temporarily unavailable"),
        ),
        (errors.NoWorkerError("none"), ("NO_WORKER", "none")),
        (errors.ConflictError("others"), ("CONFLICT", "others")),
    ],
)
def test_errors_are_told_in_its_words(error: errors.FootfallError, said: tuple[str, str]) -> None:
    assert told(error) == said


@pytest.mark.parametrize("seconds", [1.5, 0.3, 1e-9, float("inf")])
def test_only_whole_seconds_are_an_interval(seconds: float) -> None:
    with pytest.raises(errors.InvalidInputError, match="whole number of seconds"):
        JobTrigger(trigger="interval", interval=seconds).config()
