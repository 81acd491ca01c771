from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import generate_latest
from support.scraped import Scraped
from support.walks import a_walk

from footfall.metrics.registry import new_registry
from footfall.metrics.run_metrics import RunMetrics
from footfall.schedules.request import RunRequest
from footfall.schedules.run import RunStatus
from footfall.temporal.action import scheduled_run_id

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)


def request_of(run_id: str | None = None, **fields: object) -> RunRequest:
    walk = a_walk("app", walker_name="greet", **fields)
    found = scheduled_run_id(walk, AT)
    run_id = found if run_id is None else run_id.format(found)
    return RunRequest.of(walk, run_id=run_id, scheduled_at=AT)


def metrics() -> tuple[RunMetrics, "Look"]:
    registry = new_registry("worker")
    made = RunMetrics(registry)
    made.know(["greet"])
    return made, Look(registry)


class Look:
    def __init__(self, registry: object) -> None:
        self._registry = registry

    def __call__(self) -> Scraped:
        return Scraped(generate_latest(self._registry).decode())  # type: ignore[arg-type]


@pytest.mark.parametrize("static", [True, False])
def test_how_late_runs_of_a_time_begin_is_told(static: bool) -> None:  # noqa: FBT001
    fields = {"is_static": True, "schedule_id": "app.greet"} if static else {}
    made, look = metrics()
    made.began(request_of(**fields), 1, AT + timedelta(seconds=7))
    assert look()("footfall_run_lateness_seconds_sum", walker="greet") == 7
    assert look()("footfall_run_lateness_seconds_count", walker="greet") == 1


def test_what_a_run_is_put_off_by_its_jitter_is_not_late() -> None:
    made, look = metrics()
    config = {"trigger": "interval", "hours": 1, "jitter": 600}
    for seconds in (2, 599, 607):
        made.began(request_of(config=config), 1, AT + timedelta(seconds=seconds))
    assert look()("footfall_run_lateness_seconds_sum", walker="greet") == 7
    assert look()("footfall_run_lateness_seconds_count", walker="greet") == 3


@pytest.mark.parametrize("run_id", ["{0}-1", "greet-x-manual-1", "backfill-1-{0}"])
def test_runs_of_no_time_are_not_late(run_id: str) -> None:
    made, look = metrics()
    made.began(request_of(run_id), 1, AT + timedelta(days=7))
    assert look()("footfall_run_lateness_seconds_count") == 0


def test_only_the_first_start_of_a_run_can_be_late_and_none_is_early() -> None:
    made, look = metrics()
    made.began(request_of(), 2, AT + timedelta(days=7))
    assert look()("footfall_run_lateness_seconds_count") == 0
    made.began(request_of(), 1, AT - timedelta(seconds=1))
    assert look()("footfall_run_lateness_seconds_count") == 1
    assert look()("footfall_run_lateness_seconds_sum") == 0


def test_walkers_that_the_app_does_not_have_share_a_label() -> None:
    made, look = metrics()
    for number in range(100):
        walk = a_walk("app", walker_name=f"unknown{number}")
        made.ended(walk, RunStatus.FAILED, AT, AT + timedelta(seconds=2))
    assert look()("footfall_runs_total", walker="other", outcome="failed") == 100
    walkers = {labels["walker"] for labels, _ in look().samples("footfall_runs_total")}
    assert walkers == {"greet", "other"}


def test_what_has_not_happened_yet_is_told_as_zero() -> None:
    _, look = metrics()
    found = {labels["outcome"]: value for labels, value in look().samples("footfall_runs_total")}
    assert found == {"succeeded": 0, "failed": 0, "timed_out": 0}
