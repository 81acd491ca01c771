"""Beside a jac-scale that keeps users, graphs and jobs in MongoDB."""

import asyncio
from contextlib import closing
from pathlib import Path

from motor.motor_asyncio import AsyncIOMotorClient
from support.jac_scale import environ_of, need_jac_scale, running_beside, write_app
from support.mongod import Mongod
from support.taking_over import assert_one_graph, imported, outcomes, put
from temporalio.testing import WorkflowEnvironment

HOURLY = {"trigger": "interval", "interval": 3600}
DAILY = {"trigger": "cron", "cron": "0 9 * * *"}

# Two workers that find no guest in the moment in which each makes one.
OPENING = """
import sys
from pathlib import Path
from footfall.walkers.jac import Jac
from footfall.walkers.source import locate
jac = Jac(locate(Path.cwd()), Path("data"))
print("ready", flush=True)
sys.stdin.readline()
jac.prepare(Path(sys.argv[1]))
"""


async def test_workers_of_two_machines_open_a_new_database_at_once(
    mongod: Mongod, tmp_path: Path
) -> None:
    python = need_jac_scale() / "python"
    app = tmp_path / "app"
    write_app(app, mongodb_uri=mongod.uri)
    users: AsyncIOMotorClient[dict[str, object]]
    with closing(AsyncIOMotorClient(mongod.uri)) as users:
        await users.drop_database("jac_db")
        await open_at_once(python, app, machines=2)
        guests = {"identities.value_normalized": "__guest__"}
        assert await users["jac_db"]["users"].count_documents(guests) == 1


async def open_at_once(python: Path, app: Path, *, machines: int) -> None:
    workers = [
        await asyncio.create_subprocess_exec(
            *(python, "-c", OPENING, str(app.parent / f"machine-{number}")),
            cwd=app,
            env=environ_of(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for number in range(machines)
    ]
    for worker in workers:
        assert worker.stdout is not None
        while (line := await worker.stdout.readline()) != b"ready\n":
            assert line, (await worker.communicate())[1].decode()
    ends = await asyncio.gather(*(worker.communicate(b"\n") for worker in workers))
    assert [worker.returncode for worker in workers] == [0] * machines, ends


async def test_one_graph_and_jobs_that_outlive_their_server(
    temporal_server: WorkflowEnvironment, mongod: Mongod, tmp_path: Path
) -> None:
    need_jac_scale()
    address = temporal_server.client.service_client.config.target_host
    async with (
        running_beside(address, tmp_path, mongodb_uri=mongod.uri, processes=1) as beside,
        beside.person() as alice,
        beside.person() as bob,
    ):
        await assert_one_graph(alice)
        jobs = await put(alice, hers=HOURLY) | await put(bob, his=DAILY)
        await beside.server.kill()
        config = f"--config={beside.folder / 'jac.toml'}"
        created = {"hers": "created", "his": "created"}
        assert outcomes(await imported(beside, config), jobs) == created
        again = await imported(beside, config, "--dry-run")
        assert outcomes(again, jobs) == dict.fromkeys(created, "unchanged")
        shown = (await bob.footfall.get(f"/jobs/{jobs['his']['job_id']}")).json()["data"]
        assert (shown["cron"], shown["created_by"]) == ("0 9 * * *", bob.user_id)
        # The graph needs no server of jac-scale's.
        (taken,) = (one for one in again["jobs"] if one["job_id"] == jobs["hers"]["job_id"])
        assert (await alice.run(taken["schedule_id"]))["status"] == "succeeded"
