"""`footfall dev` that is told to stop while a walker runs."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from support.api import Caller
from support.ledger import APP, Ledger
from support.ports import free_port
from support.processes import footfall, ready
from support.waiting import until

NEVER = {"trigger": "date", "run_date": "2099-01-01T00:00:00Z"}


@pytest.mark.timeout(600)
async def test_a_walker_finishes_before_dev_ends_and_its_run_is_known_to_the_next(
    tmp_path: Path,
) -> None:
    ledger, flag = Ledger(tmp_path), tmp_path / "flag"
    url = f"http://127.0.0.1:{(port := free_port())}"
    data = f"--data-dir={tmp_path / 'data'}"
    arguments = [
        *("dev", f"--app={APP}", data, f"--api-port={port}"),
        *(f"--temporal-port={free_port()}", f"--ui-port={free_port()}"),
    ]
    async with footfall(*arguments, tmp_path=tmp_path) as running:
        await ready(url, running=running)
        async with footfall("token", "--user=ada", data, tmp_path=tmp_path) as made:
            assert await made.process.wait() == 0
            token = made.output.strip()
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            ada = Caller(http, token)
            args = {"ledger": str(ledger), "flag": str(flag)}
            body = {"walker_name": "wait", "args": args, **NEVER}
            schedule_id = (await ada.data("POST", "/schedule/create", json=body))["schedule"]["id"]
            run = (await ada.data("POST", f"/schedule/{schedule_id}/trigger"))["run"]

            async def begun() -> bool:
                return bool(ledger.starts(schedule_id))

            await until(begun, what="the walker's start")
        told_at = datetime.now(UTC).timestamp()
        running.process.send_signal(signal.SIGTERM)
        await running.shows("stopping")
        # Not before it ends does the walker.
        flag.touch()
        await running.all_gone()
        assert running.process.returncode == 0
    (end,) = ledger.ends(schedule_id)
    assert end.at > told_at

    async with footfall(*arguments, tmp_path=tmp_path) as running:
        await ready(url, running=running)
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            ada = Caller(http, token)

            async def succeeded() -> bool:
                path = f"/schedule/{schedule_id}/runs/{run['id']}"
                shown = (await ada.data("GET", path))["run"]
                return (shown["status"], shown["attempts"]) == ("succeeded", 1)

            await until(succeeded, what="the run's success")
    assert len(ledger.starts(schedule_id)) == 1
