"""`footfall import jac-scale`, from a live server and from its MongoDB."""

from datetime import datetime
from typing import Any

from support.jac_scale import Beside, Person
from support.taking_over import imported, outcomes, put

JOBS: dict[str, dict[str, Any]] = {
    "interval": {"trigger": "interval", "interval": 3600},
    "function": {"walker_or_function": "rinse", "trigger": "interval", "interval": 60},
    "cron": {"trigger": "cron", "cron": "0 9 * * mon-fri"},
    "date": {"trigger": "date", "date": "2098-01-01 00:00:00"},
    "monday": {"trigger": "cron", "cron": "0 9 * * 0"},
    "fraction": {"trigger": "interval", "interval": 1.5},
}


async def total(person: Person) -> int:
    found: int = (await person.footfall.get("/jobs")).json()["data"]["total"]
    return found


async def test_jobs_of_a_live_server_are_taken_over_once(beside: Beside, alice: Person) -> None:
    jobs = await put(alice, **JOBS)
    source = f"--from={beside.jac_scale}"
    fine = dict.fromkeys(("interval", "function", "cron", "date"), "created")
    cannot = dict.fromkeys(("monday", "fraction"), "cannot")

    dry = await imported(beside, source, "--dry-run", token=alice.token, code=1)
    assert outcomes(dry, jobs) == fine | cannot
    assert await total(alice) == 0

    done = await imported(beside, source, token=alice.token, code=1)
    assert outcomes(done, jobs) == fine | cannot
    why = {one["job_id"]: one["why"] for one in done["jobs"]}
    assert "--weekdays" in why[jobs["monday"]["job_id"]]
    assert "whole seconds" in why[jobs["fraction"]["job_id"]]
    # Who knows the id of a job finds it here.
    for name in fine:
        path = f"/jobs/{jobs[name]['job_id']}"
        shown = (await alice.footfall.get(path)).json()["data"]
        assert shown | {"created_at": None} == jobs[name] | {"created_at": None}

    assert await total(alice) == 4

    changed = jobs["interval"]["job_id"]
    await alice.footfall.put(f"/jobs/{changed}", json={"trigger": "interval", "interval": 7200})
    await imported(beside, source, "--weekdays=as-run", token=alice.token, code=1)
    options = (source, "--remove")
    last = await imported(beside, *options, token=alice.token, code=1)
    assert outcomes(last, jobs) == {
        **dict.fromkeys(fine, "unchanged"),
        "interval": "kept",
        # It is there, whatever is said of weekdays the second time.
        "monday": "unchanged",
        "fraction": "cannot",
    }
    assert (await alice.footfall.get(f"/jobs/{changed}")).json()["data"]["interval"] == 7200
    assert {one["owner"] for one in last["jobs"]} == {alice.user_id}
    (monday,) = (one for one in last["jobs"] if one["job_id"] == jobs["monday"]["job_id"])
    path = f"/schedule/{monday['schedule_id']}"
    found = (await alice.footfall.get(path)).json()["data"]["schedule"]["next_run_at"]
    assert datetime.fromisoformat(found).strftime("%A") == "Monday"
    # What is here runs here alone.
    left = (await alice.jac_scale.get("/jobs")).json()["data"]["jobs"]
    assert [one["job_id"] for one in left] == [jobs["fraction"]["job_id"]]


async def test_an_admin_takes_over_what_is_others(
    beside: Beside, alice: Person, bob: Person
) -> None:
    jobs = await put(alice, hers=JOBS["interval"]) | await put(bob, his=JOBS["cron"])
    source = f"--from={beside.jac_scale}"
    secret = f"--config={beside.folder / 'jac.toml'}"
    async with beside.admin() as admin:
        refused = await imported(beside, source, token=admin.token, code=1)
        assert outcomes(refused, jobs) == {"hers": "cannot", "his": "cannot"}
        # Others' jobs are taken over with them, and some may be none of ours.
        done = await imported(beside, source, secret, token=admin.token, code=None)
    assert outcomes(done, jobs) == {"hers": "created", "his": "created"}
    for person, name in ((alice, "hers"), (bob, "his")):
        shown = (await person.footfall.get(f"/jobs/{jobs[name]['job_id']}")).json()["data"]
        assert shown["created_by"] == person.user_id
        assert await total(person) == 1
    assert (await bob.footfall.get(f"/jobs/{jobs['hers']['job_id']}")).status_code == 404
