"""Walkers of schedules run on the graph that a jac-scale server serves."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.jac_scale import Beside, Person
from support.taking_over import assert_one_graph
from support.waiting import until

from footfall.tokens import issue_token


async def test_a_schedule_and_a_request_work_on_one_graph(
    beside: Beside, alice: Person, bob: Person
) -> None:
    await bob.walk("plant", name="ivy")
    await assert_one_graph(alice)
    assert await bob.plants() == [["ivy", 0]]
    assert not (beside.folder.parent / "data" / "graphs").exists()


async def test_runs_at_once_lose_no_write(alice: Person) -> None:
    await alice.walk("plant", name="rose")
    job = await alice.job()
    path = f"/schedule/{job['job_id']}"
    await alice.footfall.put(path, json={"overlap": "allow_all"})
    runs = await asyncio.gather(*(alice.run(job["job_id"]) for _ in range(10)))
    assert {run["status"] for run in runs} == {"succeeded"}
    assert (await alice.plants())[0] == ["rose", 10]


async def test_a_walkers_error_undoes_what_it_did_and_is_told(alice: Person) -> None:
    job = await alice.job("wither")
    run = await alice.run(job["job_id"])
    assert (run["status"], run["error"]["message"]) == ("failed", "no water")

    async def told() -> bool:
        seen = (await alice.footfall.get(f"/jobs/{job['job_id']}")).json()["data"]
        return seen.get("last_status") == "failed" and "no water" in seen["last_error"]

    await until(told, what="the failure in the job")
    assert await alice.plants() == []


def users_of(app: Path) -> set[str]:
    with closing(sqlite3.connect(app / ".jac" / "data" / "users.db", timeout=60)) as database:
        return {row[0] for row in database.execute("SELECT user_id FROM identity_users")}


async def test_whom_jac_scale_does_not_know_has_no_graph_and_gets_none(beside: Beside) -> None:
    before = users_of(beside.folder)
    async with beside.signed_in("carol") as carol:
        names = ["carol", "somebody", "00000000-0000-0000-0000-000000000000"]
        for name in names:
            token = issue_token(
                beside.settings.jwt,
                user=name,
                admin=False,
                lifetime=timedelta(hours=1),
                now=datetime.now(UTC),
            )
            async with beside.clients(token) as (theirs, ours):
                stranger = Person(name, token, theirs, ours)
                run = await stranger.run((await stranger.job())["job_id"])
            assert (run["status"], run["error"]["type"]) == ("failed", "UnknownUserError")
            assert "no user with the id" in run["error"]["message"]
        assert users_of(beside.folder) - before == {carol.user_id}


async def test_an_api_key_for_webhooks_is_no_token(alice: Person) -> None:
    new = {"name": "hook", "expiry_days": 30, "allowed_walkers": ""}
    answer = await alice.jac_scale.post("/api-key/create", json=new)
    key = answer.json()["data"]["api_key"]
    for client, path in ((alice.jac_scale, "/jobs"), (alice.footfall, "/jobs")):
        answer = await client.get(path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 401, answer.text
