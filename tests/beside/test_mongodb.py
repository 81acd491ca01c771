"""Beside a jac-scale that keeps users, graphs and jobs in MongoDB."""

from pathlib import Path

from support.jac_scale import need_jac_scale, running_beside
from support.mongod import Mongod
from support.taking_over import assert_one_graph, imported, outcomes, put
from temporalio.testing import WorkflowEnvironment

HOURLY = {"trigger": "interval", "interval": 3600}
DAILY = {"trigger": "cron", "cron": "0 9 * * *"}


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
