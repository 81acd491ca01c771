"""jac-scale's API of jobs without a jac-scale; tests/beside has both side by side."""

import uuid
from typing import Any

import httpx
import pytest
from support.api import Caller

from api.app import build_app

HOURLY: dict[str, Any] = {"walker_or_function": "greet", "trigger": "interval", "interval": 3600}


async def job_of(who: Caller, **options: Any) -> dict[str, Any]:
    answer = await who("POST", "/jobs", json=HOURLY, **options)
    body = answer.json()
    assert (answer.status_code, body["ok"], body["error"]) == (201, True, None), body
    assert body["meta"] == {"extra": {"http_status": 201}}
    job: dict[str, Any] = body["data"]
    return job


async def scheduled(who: Caller, **fields: Any) -> dict[str, Any]:
    body = {"walker_name": "greet", **fields}
    data = await who.data("POST", "/schedule/create", json=body)
    schedule: dict[str, Any] = data["schedule"]
    return schedule


async def ids(who: Caller, query: str) -> tuple[list[str], int]:
    data = (await who("GET", f"/jobs?{query}")).json()["data"]
    assert data["count"] == len(data["jobs"])
    return [job["job_id"] for job in data["jobs"]], data["total"]


async def test_a_job_is_a_schedule_and_the_other_way_round(alice: Caller) -> None:
    job = await job_of(alice)
    shown = (await alice.data("GET", f"/schedule/{job['job_id']}"))["schedule"]
    assert shown["config"] == {"trigger": "interval", "seconds": 3600}
    schedule = await scheduled(alice, trigger="cron", cron="0 9 * * *", is_active=False)
    job = (await alice("GET", f"/jobs/{schedule['id']}")).json()["data"]
    assert (job["cron"], job["status"]) == ("0 9 * * *", "paused")
    # What is not a trigger stays as it is.
    await alice.data("PUT", f"/schedule/{schedule['id']}", json={"max_runs": 7})
    await alice("PUT", f"/jobs/{schedule['id']}", json={"trigger": "interval", "interval": 60})
    shown = (await alice.data("GET", f"/schedule/{schedule['id']}"))["schedule"]
    assert (shown["max_runs"], shown["status"]) == (7, "paused")
    assert shown["config"] == {"trigger": "interval", "seconds": 60}


async def test_another_trigger_keeps_what_jac_scale_has_no_words_for(alice: Caller) -> None:
    bounds = {
        "timezone": "Europe/Berlin",
        "start_at": "2090-01-01T00:00:00",
        "end_at": "2097-01-01T00:00:00",
        "exclude": {"weekdays": ["sat"]},
        "jitter": 5,
    }
    clock = {"dst_gap": "skip"}
    made = await scheduled(alice, trigger="cron", cron="0 9 * * *", **bounds, **clock)

    async def changed(value: Any, **kept: Any) -> None:
        trigger = next(iter(value))
        body = {"trigger": trigger, **value}
        answer = await alice("PUT", f"/jobs/{made['id']}", json=body)
        assert answer.status_code == 200, answer.text
        config = (await alice.data("GET", f"/schedule/{made['id']}"))["schedule"]["config"]
        ours = {"interval": "seconds", "cron": "cron", "date": "run_date"}[trigger]
        assert config == {"trigger": trigger, ours: value[trigger], **kept}

    await changed({"cron": "0 10 * * *"}, **bounds, **clock)
    await changed({"interval": 3600}, **bounds)
    await changed({"date": "2098-01-01T00:00:00"}, timezone="Europe/Berlin")


async def test_a_name_that_somebody_else_took_answers_no_admin_in_the_place_of_a_job(
    alice: Caller, bob: Caller, admin: Caller
) -> None:
    job_id = str(uuid.uuid4())
    path, name = f"/jobs/{job_id}", f"jac-scale/{job_id}"
    daily = {"trigger": "cron", "cron": "0 9 * * *", "name": name}
    his = await scheduled(bob, **daily)
    alone = (await admin("GET", path)).json()["data"]
    assert (alone["job_id"], alone["created_by"]) == (job_id, his["owner"])
    hers = await scheduled(alice, **daily)
    # Each finds their own, and an admin neither, whichever is listed first.
    for who, own in ((alice, hers), (bob, his)):
        assert (await who("GET", path)).json()["data"]["created_by"] == own["owner"]
    change = {"trigger": "interval", "interval": 60}
    for method in ("GET", "PUT", "DELETE"):
        answer = await admin(method, path, json=change)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "CONFLICT")
        assert f"{his['id']} of {his['owner']}" in error["message"]
        assert f"{hers['id']} of {hers['owner']}" in error["message"]
    assert (await admin("DELETE", f"/jobs/{his['id']}")).status_code == 200
    assert (await admin("GET", path)).json()["data"]["created_by"] == hers["owner"]
    assert (await alice("PUT", path, json=change)).json()["data"]["interval"] == 60.0


async def test_errors_name_the_field_and_the_remedy(alice: Caller) -> None:
    async def refused(method: str, path: str, body: Any) -> str:
        answer = await alice(method, path, json=body)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (400, "INVALID_REQUEST")
        message: str = error["message"]
        return message

    wanting = {**HOURLY, "walker_or_function": "stepwise"}
    assert await refused("POST", "/jobs", wanting) == (
        "args.folder: is required, of type str; `/jobs` takes no arguments: give the field a "
        "default in the code, or take `POST /schedule/create`"
    )
    made = await scheduled(alice, trigger="interval", hours=1, jitter=600)
    often = {"trigger": "interval", "interval": 60}
    message = await refused("PUT", f"/jobs/{made['id']}", often)
    assert message.startswith("jitter: a run that is 600 seconds late")
    assert "`PUT /schedule/{id}` does" in message
    past = {**HOURLY, "trigger": "date", "date": "2020-01-01"}
    assert (await refused("POST", "/jobs", past)).startswith("invalid date: ")


async def test_pages_go_on_where_the_one_before_ended(alice: Caller, bob: Caller) -> None:
    made = [(await job_of(alice))["job_id"] for _ in range(5)]
    await job_of(bob)
    await scheduled(alice, after={"schedule": made[0]})
    assert await ids(alice, "trigger=interval") == (made, 5)
    assert await ids(alice, "trigger=interval&limit=2") == (made[:2], 5)
    assert await ids(alice, "trigger=interval&limit=2&offset=2") == (made[2:4], 5)
    assert await ids(alice, "trigger=interval&limit=2&offset=4") == (made[4:], 5)
    assert await ids(alice, "trigger=interval&offset=99999999999") == ([], 5)
    assert (await ids(alice, ""))[1] == 6


async def test_a_job_that_others_follow_is_not_deleted(alice: Caller) -> None:
    job = await job_of(alice)
    await scheduled(alice, after={"schedule": job["job_id"]})
    answer = await alice("DELETE", f"/jobs/{job['job_id']}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "SCHEDULE_FOLLOWED")


async def test_requests_with_one_key_make_one_job(alice: Caller) -> None:
    key = {"Idempotency-Key": "once"}
    assert await job_of(alice, headers=key) == await job_of(alice, headers=key)
    other = {**HOURLY, "interval": 60}
    answer = await alice("POST", "/jobs", json=other, headers=key)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"trigger": "date", "trigger": "cron"}', 400, "INVALID_REQUEST"),
        (b'"%s"' % (b"x" * 2_000_000), 413, "TOO_LARGE"),
    ],
)
async def test_bodies_are_read_as_strictly_as_elsewhere(
    alice: Caller, content: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await alice("POST", "/jobs", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not answer.json()["ok"]


async def test_where_the_scheduler_is_disabled_each_route_says_so() -> None:
    transport = httpx.ASGITransport(build_app(None))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        for method, path in (("GET", "/jobs"), ("POST", "/jobs"), ("DELETE", "/jobs/x")):
            answer = await client.request(method, path, json=HOURLY)
            assert answer.status_code == 503
            assert answer.json()["error"]["code"] == "SCHEDULER_DISABLED"
            assert answer.headers["Retry-After"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"walker_or_function":"greet","trigger":"interval","interval":-1e999}', "json"),
        (b'{"walker_or_function":"greet","trigger":"interval","interval":60,"x":1e999}', "json"),
        (b"\xff", "octet-stream"),
    ],
)
async def test_what_is_no_json_is_told_of_in_json(alice: Caller, content: bytes, kind: str) -> None:
    headers = {"Content-Type": f"application/{kind}"}
    answer = await alice("POST", "/jobs", content=content, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_a_date_may_have_a_fraction_of_a_second(alice: Caller) -> None:
    body = {**HOURLY, "trigger": "date", "date": "2098-01-01T00:00:00.123Z"}
    answer = await alice("POST", "/jobs", json=body)
    assert (answer.status_code, answer.json()["data"]["date"]) == (201, "2098-01-01T00:00:00Z")
