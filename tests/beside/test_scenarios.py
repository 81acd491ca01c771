"""What jac-scale's own tests of its scheduler try, tried on ours by its users."""

from datetime import UTC, datetime, timedelta
from typing import Any

from support.jac_scale import Beside, Person
from support.waiting import until

WALKERS = ["water", "rinse"]
"""A walker and a function, both offered to be scheduled."""


def body(walker: str, trigger: str, value: Any) -> dict[str, Any]:
    return {"walker_or_function": walker, "trigger": trigger, trigger: value}


async def error_of(person: Person, method: str, path: str, **options: Any) -> tuple[int, str]:
    answer = await person.footfall.request(method, path, **options)
    found = answer.json()
    assert not found["ok"]
    assert found["data"] is None
    return answer.status_code, found["error"]["code"]


async def seen(person: Person, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await person.footfall.get(f"/jobs/{job_id}")).json()["data"]
    return found


async def test_someone_registers_signs_in_and_schedules_with_each_trigger(beside: Beside) -> None:
    async with beside.signed_in("alice") as alice:
        await assert_each_trigger_runs(alice)


async def assert_each_trigger_runs(alice: Person) -> None:
    def value_of(trigger: str) -> Any:
        soon = datetime.now(UTC) + timedelta(seconds=4)
        return {"interval": 1, "cron": "* * * * *", "date": f"{soon:%Y-%m-%d %H:%M:%S}"}[trigger]

    made = {}
    for walker in WALKERS:
        for trigger in ("interval", "cron", "date"):
            value = value_of(trigger)
            answer = await alice.footfall.post("/jobs", json=body(walker, trigger, value))
            assert answer.status_code == 201, answer.text
            job = answer.json()["data"]
            assert (job["name"], job["trigger"], job["status"]) == (walker, trigger, "active")
            assert (job["is_walker"], job[trigger]) == (walker == "water", value)
            assert job["created_by"] == alice.user_id
            made[walker, trigger] = job["job_id"]
    listed = (await alice.footfall.get("/jobs")).json()["data"]
    assert [one["job_id"] for one in listed["jobs"]] == list(made.values())
    assert (listed["count"], listed["total"]) == (6, 6)

    async def have_run() -> bool:
        jobs = {key: await seen(alice, job_id) for key, job_id in made.items()}
        for walker in WALKERS:
            every, once = jobs[walker, "interval"], jobs[walker, "date"]
            if every.get("run_count", 0) < 2 or once["status"] != "completed":
                return False
            assert every.get("last_status", "succeeded") == "succeeded", every
        return all(jobs[walker, "date"].get("run_count") == 1 for walker in WALKERS)

    await until(have_run, what="two runs of each interval and one of each date")
    for job_id in made.values():
        await alice.footfall.delete(f"/jobs/{job_id}")


async def test_a_job_from_its_creation_to_its_end(alice: Person) -> None:
    job = await alice.job(interval=60)
    path = f"/jobs/{job['job_id']}"
    assert await seen(alice, job["job_id"]) == job
    assert (await alice.footfall.get("/jobs")).json()["data"]["jobs"] == [job]
    change = {"trigger": "interval", "interval": 120}
    changed = (await alice.footfall.put(path, json=change)).json()["data"]
    assert changed.pop("updated_at") > job["created_at"]
    assert changed == {**job, "interval": 120.0}
    gone = (await alice.footfall.delete(path)).json()["data"]
    assert gone == {"deleted": True, "job_id": job["job_id"]}
    for method, options in (("GET", {}), ("PUT", {"json": change}), ("DELETE", {})):
        assert await error_of(alice, method, path, **options) == (404, "NOT_FOUND")
        assert await error_of(alice, method, "/jobs/none", **options) == (404, "NOT_FOUND")


async def test_nobody_without_a_token_gets_anything(beside: Beside) -> None:
    async with beside.clients(None) as (_, ours):
        for method, path in (
            ("GET", "/jobs"),
            ("POST", "/jobs"),
            ("GET", "/jobs/x"),
            ("PUT", "/jobs/x"),
            ("DELETE", "/jobs/x"),
        ):
            answer = await ours.request(method, path, json={})
            assert (answer.status_code, answer.json()["ok"]) == (401, False)


WRONG = [
    (body("nobody", "interval", 60), (404, "NOT_FOUND")),
    (body("garden", "interval", 60), (400, "INVALID_REQUEST")),
    (body("yearly", "interval", 60), (400, "INVALID_REQUEST")),
    (body("yearly_too", "interval", 60), (400, "INVALID_REQUEST")),
    ({"walker_or_function": "water", "trigger": "interval"}, (400, "INVALID_REQUEST")),
    ({"walker_or_function": "water", "trigger": "cron"}, (400, "INVALID_REQUEST")),
    ({"walker_or_function": "water", "trigger": "date"}, (400, "INVALID_REQUEST")),
    *(
        (body("water", "cron", cron), (400, "INVALID_REQUEST"))
        for cron in ("99 99 99 99 99", "no crontab", "* * *", "60 * * * *", "* 24 * * *")
    ),
]


async def test_what_is_wrong_is_refused(alice: Person) -> None:
    for sent, error in WRONG:
        assert await error_of(alice, "POST", "/jobs", json=sent) == error, sent
    for sent in ({"walker_or_function": "water"}, body("water", "weekly", 1)):
        answer = await alice.footfall.post("/jobs", json=sent)
        assert answer.status_code == 422
        assert ["body", "trigger"] in [one["loc"] for one in answer.json()["detail"]]
    assert (await alice.footfall.get("/jobs")).json()["data"]["total"] == 0
    for cron in ("* * * * *", "0 0 * * *", "*/5 * * * *", "0 9-17 * * 1-5"):
        answer = await alice.footfall.post("/jobs", json=body("water", "cron", cron))
        assert answer.json()["data"]["cron"] == cron
        await alice.footfall.delete(f"/jobs/{answer.json()['data']['job_id']}")


async def test_nobody_gets_at_anothers_job_but_an_admin(
    beside: Beside, alice: Person, bob: Person
) -> None:
    job = await alice.job()
    path = f"/jobs/{job['job_id']}"
    change = {"trigger": "interval", "interval": 7200}
    for method, options in (("GET", {}), ("PUT", {"json": change}), ("DELETE", {})):
        assert await error_of(bob, method, path, **options) == (404, "NOT_FOUND")
    assert (await bob.footfall.get("/jobs")).json()["data"]["jobs"] == []
    assert await seen(alice, job["job_id"]) == job
    async with beside.admin() as admin:
        asked = f"/jobs?created_by={alice.user_id}"
        assert (await admin.footfall.get(asked)).json()["data"]["jobs"] == [job]
        changed = (await admin.footfall.put(path, json=change)).json()["data"]
        assert (changed["interval"], changed["created_by"]) == (7200.0, alice.user_id)
        assert (await admin.footfall.delete(path)).json()["data"]["deleted"]
    assert await error_of(alice, "GET", path) == (404, "NOT_FOUND")


async def test_what_is_static_runs_at_one_of_the_two_and_is_no_job(
    beside: Beside, alice: Person
) -> None:
    ledger = beside.folder / "by-footfall.txt"

    async def ran() -> bool:
        lines = ledger.read_text().splitlines() if ledger.exists() else []
        return min(lines.count("walker"), lines.count("function")) >= 3

    await until(ran, what="three runs of each static schedule")
    assert not (beside.folder / "by-jac-scale.txt").exists()
    static_id = f"{beside.app}.beat"
    assert (await alice.footfall.get(f"/schedule/{static_id}")).status_code == 200
    async with beside.admin() as admin:
        for person in (alice, admin):
            for method in ("GET", "DELETE"):
                assert await error_of(person, method, f"/jobs/{static_id}") == (404, "NOT_FOUND")
