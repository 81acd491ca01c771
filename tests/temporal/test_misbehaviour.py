"""Whatever a walker does, its run ends as one clear failure, and the next run is as ever."""

import shutil
from pathlib import Path
from typing import Any

from support.waiting import until
from support.walks import a_walk
from support.worker import running_worker
from temporalio.client import Client

from footfall.schedules.occasion import Occasion
from footfall.schedules.run import RunKind, RunOutcome, RunStatus, RunSummary
from footfall.temporal.run_control import RunControl
from footfall.temporal.runs import RunGateway

ROGUE = Path(__file__).parent.parent / "jac" / "apps" / "rogue.py"
ENDS: list[tuple[str, dict[str, Any], str, str]] = [
    ("hold_the_gil", {}, "WalkerTimeout", "took longer than 2 s"),
    ("hard_exit", {"code": 0}, "WalkerCrashed", "exited with code 0"),
    ("soft_exit", {"code": 3}, "WalkerCrashed", "sys.exit(3)"),
    ("segfault", {}, "WalkerCrashed", "SIGSEGV"),
    ("kill_self", {}, "WalkerCrashed", "SIGKILL"),
    ("multiply", {"mark": "", "how": "breed"}, "WalkerTooManyProcesses", "more than 20"),
    ("devour", {"mebibytes": 4096, "where": "itself"}, "WalkerOutOfMemory", "512 MiB"),
]
HARMLESS: list[tuple[str, dict[str, Any]]] = [
    ("chatter", {"megabytes": 100}),
    ("close_stdout", {"how": "descriptor"}),
    ("leave_thread", {}),
    ("leave_child", {}),
]


async def test_each_ends_as_one_failure_and_the_worker_goes_on(
    client: Client, tmp_path: Path, app_name: str
) -> None:
    app = tmp_path / "app.py"
    shutil.copy(ROGUE, app)
    async with running_worker(
        client.service_client.config.target_host,
        app_name=app_name,
        app=app,
        data_dir=tmp_path / "data",
        FOOTFALL_PROCESSES="1",
        FOOTFALL_WORKER_MEMORY_LIMIT="512",
        FOOTFALL_WORKER_PROCESS_LIMIT="20",
    ) as worker:
        runs = RunGateway(client, app=app_name)
        control = RunControl(client, runs)

        async def ran(walker: str, **args: Any) -> tuple[RunSummary, RunOutcome]:
            walk = a_walk(
                app_name,
                walker_name=walker,
                args=args,
                timeout=2 if walker == "hold_the_gil" else 60,
                occasion=Occasion(kind=RunKind.MANUAL, by="alice"),
            )
            run_id = f"{app_name}-{walk.schedule_id}"
            await control.start(walk, run_id)

            async def ended() -> RunSummary | None:
                found = [run async for run in runs.listed(schedule_id=walk.schedule_id)]
                return found[0] if found and found[0].closed_at else None

            run = await until(ended, what=f"the end of {walker}", seconds=60)
            outcome = await runs.outcome(run)
            assert outcome is not None
            assert outcome.attempts == 1
            return run, outcome

        for walker, args, kind, said in ENDS:
            if "mark" in args:
                args["mark"] = str(tmp_path / "mark")
            run, outcome = await ran(walker, **args)
            assert run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT), walker
            assert outcome.error is not None
            assert (outcome.error.type, said in outcome.error.message) == (kind, True), outcome
            _, outcome = await ran("hello", name=walker)
            assert outcome.stdout == f"hello {walker}\n"
        for walker, args in HARMLESS:
            run, _ = await ran(walker, **args)
            assert run.status is RunStatus.SUCCEEDED, walker
            _, outcome = await ran("hello", name=walker)
            assert outcome.stdout == f"hello {walker}\n"
        assert worker.waiting_for is None
