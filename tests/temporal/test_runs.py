from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from support.waiting import until
from support.walks import a_walk
from support.worker import running_worker
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from footfall.errors import NoWorkerError, WalkerNotFoundError
from footfall.schedules.run import RunOutcome, RunStatus, RunSummary
from footfall.temporal.catalogue import WalkerCatalogue
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway
from worker.health import WorkerState

APP = Path(__file__).parent.parent / "apps" / "python_runs"
NAME = "runs-of-every-kind"


@pytest.fixture(scope="module")
async def worker(
    temporal_server: WorkflowEnvironment,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WorkerState]:
    async with running_worker(
        temporal_server.client.service_client.config.target_host,
        app_name=NAME,
        app=APP,
        data_dir=tmp_path_factory.mktemp("data"),
    ) as state:
        yield state


Run = Callable[..., Any]


@pytest.fixture
async def run(client: Client, worker: WorkerState) -> Run:
    """Schedule a walker every second, wait for its first run to close, and stop it."""
    del worker
    schedules, runs = ScheduleGateway(client, app=NAME), RunGateway(client, app=NAME)

    async def run(walker_name: str, **fields: Any) -> tuple[RunSummary, RunOutcome]:
        config = {"trigger": "interval", "seconds": 1}
        walk = a_walk(NAME, walker_name=walker_name, config=config, **fields)
        await schedules.create(walk)

        async def first() -> RunSummary | None:
            found = [run async for run in runs.listed(schedule_id=walk.schedule_id)]
            return min(found, key=lambda run: run.started_at) if found else None

        started = await until(first, what="a run")
        await schedules.delete(walk.schedule_id)

        async def closed() -> RunSummary | None:
            found = await runs.find(walk.schedule_id, started.id)
            return found if found and found.closed_at else None

        summary = await until(closed, what="the run's end")
        outcome = await runs.outcome(summary)
        assert outcome is not None
        return summary, outcome

    return run


async def test_a_good_run(run: Run) -> None:
    summary, outcome = await run("greet", args={"name": "Ada"})
    assert summary.status is outcome.status is RunStatus.SUCCEEDED
    assert outcome.stdout == "hello Ada\n"
    assert summary.scheduled_at is not None
    assert summary.scheduled_at <= summary.started_at
    (report,) = outcome.reports
    assert report == {"name": "Ada", "at": summary.scheduled_at.isoformat(), "run": summary.id}
    assert (outcome.attempts, outcome.error) == (1, None)
    assert outcome.worker.startswith("footfall-worker-")


async def test_a_failed_run_tells_why(run: Run) -> None:
    summary, outcome = await run("boom", args={"text": "nothing left"})
    assert summary.status is outcome.status is RunStatus.FAILED
    assert outcome.attempts == 1
    assert outcome.stdout == "before\n"
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.message) == ("ValueError", "nothing left")
    assert "raise ValueError(text)" in (outcome.error.traceback or "")
    assert summary.error is not None
    assert (summary.error.type, summary.error.message) == ("ValueError", "nothing left")


async def test_a_run_whose_time_is_up(run: Run) -> None:
    summary, outcome = await run("sleepy", timeout=2)
    assert summary.status is outcome.status is RunStatus.TIMED_OUT
    assert outcome.stdout == "going to sleep\n"
    assert outcome.error is not None
    assert outcome.error.type == "WalkerTimeout"


async def test_output_is_bounded(run: Run) -> None:
    summary, outcome = await run("shout", args={"size": 300_000})
    assert summary.status is RunStatus.SUCCEEDED
    assert outcome.stdout_truncated
    assert outcome.reports_truncated
    assert 65_000 < len(outcome.stdout) <= 65_536
    assert len(str(outcome.reports)) <= 65_536


async def test_a_walker_that_no_worker_knows(run: Run) -> None:
    summary, outcome = await run("nobody")
    assert summary.status is RunStatus.FAILED
    assert outcome.error is not None
    assert outcome.error.type == "WalkerNotFound"


async def test_a_cancelled_run_ends_its_walker(client: Client, worker: WorkerState) -> None:
    del worker
    schedules, runs = ScheduleGateway(client, app=NAME), RunGateway(client, app=NAME)
    walk = a_walk(NAME, walker_name="sleepy", config={"trigger": "interval", "seconds": 1})
    await schedules.create(walk)

    async def started() -> RunSummary | None:
        found = [run async for run in runs.listed(schedule_id=walk.schedule_id)]
        outcome = await runs.outcome(found[0]) if found else None
        return found[0] if outcome and outcome.attempts == 1 else None

    summary = await until(started, what="a run under way")
    await schedules.delete(walk.schedule_id)
    await client.get_workflow_handle(summary.id).cancel()

    async def cancelled() -> bool:
        found = await runs.find(walk.schedule_id, summary.id)
        return found is not None and found.status is RunStatus.CANCELLED

    await until(cancelled, what="the cancelled run's end", seconds=40)


async def test_the_catalogue_comes_from_the_worker(client: Client, worker: WorkerState) -> None:
    catalogue = WalkerCatalogue(client, app=NAME)
    found = await catalogue.find("greet")
    assert [field.name for field in found.fields] == ["name"]
    with pytest.raises(WalkerNotFoundError):
        await catalogue.find("nobody")
    assert (await catalogue.read()).problems == worker.problems


async def test_without_a_worker_there_is_no_catalogue(client: Client, app_name: str) -> None:
    with pytest.raises(NoWorkerError, match="No worker is running"):
        await WalkerCatalogue(client, app=app_name).read()


async def test_bad_static_schedules_are_skipped_and_reported(
    client: Client,
    worker: WorkerState,
) -> None:
    problems = {problem.walker: problem for problem in worker.problems}
    assert problems.keys() == {"never", "february_30", "needy"}
    lines = (APP / "app.py").read_text().splitlines()
    for name, problem in problems.items():
        assert problem.file.endswith("app.py")
        near = "\n".join(lines[problem.line - 2 : problem.line + 1])
        assert f"def {name}" in near
    assert "args.name" in problems["needy"].message
    good = {f"{NAME}.tick", f"{NAME}.passed"}

    async def all_good() -> set[str] | None:
        listed = {entry.id async for entry in ScheduleGateway(client, app=NAME).listed()}
        return listed if listed >= good else None

    listed = await until(all_good, what="the good ones in the list")
    assert not {f"{NAME}.{name}" for name in problems} & listed
    assert worker.static_schedules == 2
