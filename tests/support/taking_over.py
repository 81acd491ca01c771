"""What the tests of taking over from jac-scale have in common."""

import asyncio
import json
import os
from typing import Any

from support.jac_scale import Beside, Person
from typer.testing import CliRunner

from footfall.cli.commands import cli

VARIABLES = [name for name in os.environ if name.startswith("FOOTFALL_")]


async def imported(
    beside: Beside, *options: str, token: str | None = None, code: int | None = 0
) -> dict[str, Any]:
    """Run the command, which ends with an exit code (None: any), and give what it prints."""
    environ = {**dict.fromkeys(VARIABLES), "FOOTFALL_URL": beside.footfall}
    arguments = ["import", "jac-scale", *options, "--json"]
    environ |= {"FOOTFALL_TOKEN": token, "FOOTFALL_PROFILES": "none"}
    done = await asyncio.to_thread(CliRunner().invoke, cli, arguments, env=environ)
    assert code is None or done.exit_code == code, done.output
    data: dict[str, Any] = json.loads(done.stdout)
    assert sum(data["counts"].values()) == len(data["jobs"])
    return data


async def put(person: Person, **jobs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Create jobs at jac-scale, and give them by name."""
    made = {}
    for name, body in jobs.items():
        answer = await person.jac_scale.post("/jobs", json={"walker_or_function": "water", **body})
        assert answer.status_code == 201, answer.text
        made[name] = answer.json()["data"]
    return made


def outcomes(data: dict[str, Any], jobs: dict[str, dict[str, Any]]) -> dict[str, str]:
    names = {job["job_id"]: name for name, job in jobs.items()}
    return {names[one["job_id"]]: one["outcome"] for one in data["jobs"] if one["job_id"] in names}


async def assert_one_graph(person: Person) -> None:
    """Assert that a worker sees what jac-scale wrote, and jac-scale what a worker wrote."""
    await person.walk("plant", name="rose")
    job = await person.job()
    run = await person.run(job["job_id"])
    assert run["status"] == "succeeded", run["error"]
    assert await person.plants() == [["rose", 1], ["weed", 0]]
    # Neither goes on with what it has read before.
    await person.walk("plant", name="fern")
    assert (await person.run(job["job_id"]))["status"] == "succeeded"
    assert await person.plants() == [["fern", 1], ["rose", 2], ["weed", 0], ["weed", 1]]
