import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.api import Api, Caller
from support.waiting import until

BODY: dict[str, Any] = {"walker_name": "greet", "trigger": "interval", "hours": 1}
POLICIES: dict[str, Any] = {
    "overlap": "buffer_one",
    "catchup_window": 60,
    "retry": {
        "max_attempts": 3,
        "initial_interval": 5,
        "backoff": 1.5,
        "max_interval": 60,
        "non_retryable_errors": ["KeyError"],
    },
    "max_runs": 7,
    "pause_on_failure": 2,
    "priority": 1,
    "after_completion": "delete",
    "execution": "durable",
}
DEFAULTS: dict[str, Any] = {
    "overlap": "skip",
    "catchup_window": 86400,
    "retry": {
        "max_attempts": 1,
        "initial_interval": 1,
        "backoff": 2.0,
        "max_interval": 3600,
        "non_retryable_errors": [],
    },
    "max_runs": None,
    "pause_on_failure": None,
    "priority": 3,
    "after_completion": "keep",
    "execution": "durable",
}
NULLS = dict.fromkeys(DEFAULTS)


def shown(schedule: dict[str, Any]) -> dict[str, Any]:
    return {name: schedule[name] for name in DEFAULTS}


async def create(who: Caller, **fields: Any) -> dict[str, Any]:
    data = await who.data("POST", "/schedule/create", json={**BODY, **fields})
    schedule: dict[str, Any] = data["schedule"]
    return schedule


async def test_policies_are_taken_and_shown(alice: Caller) -> None:
    assert shown(await create(alice)) == DEFAULTS
    schedule = await create(alice, **POLICIES)
    assert shown(schedule) == POLICIES
    assert schedule["runs_left"] == 7
    path = f"/schedule/{schedule['id']}"
    assert (await alice.data("GET", path))["schedule"] == schedule


async def test_policies_are_changed_one_by_one_and_null_is_the_default(alice: Caller) -> None:
    path = f"/schedule/{(await create(alice, **POLICIES))['id']}"
    changed = (await alice.data("PUT", path, json={"priority": 5, "max_runs": 9}))["schedule"]
    assert shown(changed) == {**POLICIES, "priority": 5, "max_runs": 9}
    assert (changed["runs_left"], changed["revision"]) == (9, 2)
    nothing = {"catchup_window": None, "retry": None, "max_runs": None, "pause_on_failure": None}
    changed = (await alice.data("PUT", path, json=nothing))["schedule"]
    expected = {name: DEFAULTS[name] for name in nothing}
    assert shown(changed) == {**POLICIES, **expected, "priority": 5}
    assert changed["runs_left"] is None
    again = (await alice.data("PUT", path, json={"priority": 5}))["schedule"]
    assert again["revision"] == 3
    changed = (await alice.data("PUT", path, json={**NULLS, "timeout": None}))["schedule"]
    assert (shown(changed), changed["timeout"]) == (DEFAULTS, 300)


async def test_null_is_the_default_of_what_is_created_applied_and_previewed(
    alice: Caller, api: Api
) -> None:
    nulls = {**NULLS, "timeout": None}
    schedule = await create(alice, **nulls)
    assert (shown(schedule), schedule["timeout"]) == (DEFAULTS, 300)
    await alice.data("POST", "/schedule/preview", json={**BODY, **nulls})
    plan = {"schedules": [{**BODY, **POLICIES, "timeout": 7, "name": "nightly"}]}
    await alice.data("POST", "/schedule/apply", json=plan)
    plan = {"schedules": [{**BODY, **nulls, "name": "nightly"}]}
    (step,) = (await alice.data("POST", "/schedule/apply", json=plan))["plan"]
    path = f"/schedule/{step['id']}"
    schedule = (await alice.data("GET", path))["schedule"]
    assert (shown(schedule), schedule["timeout"]) == (DEFAULTS, 300)
    document = (await api.http.get("/openapi.json")).json()
    for body in ("NewSchedule", "ScheduleChange", "AppliedSchedule", "PreviewRequest"):
        described = document["components"]["schemas"][body]["properties"]
        for name in nulls:
            assert {"type": "null"} in described[name]["anyOf"], (body, name)
            assert "null: " in described[name]["description"], (body, name)


async def test_the_catchup_window_of_a_date_has_no_end(alice: Caller) -> None:
    body = {"trigger": "date", "run_date": "2099-01-01T00:00:00", "walker_name": "greet"}
    data = await alice.data("POST", "/schedule/create", json=body)
    assert data["schedule"]["catchup_window"] is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"overlap": "maybe"}, "overlap"),
        ({"catchup_window": 5}, "catchup_window"),
        ({"catchup_window": "60"}, "catchup_window"),
        ({"retry": {"max_attempts": 1000}}, "retry.max_attempts"),
        ({"retry": {"tries": 3}}, "retry.tries"),
        ({"retry": 3}, "retry"),
        ({"max_runs": 0}, "max_runs"),
        ({"pause_on_failure": 1000}, "pause_on_failure"),
        ({"priority": 9}, "priority"),
        ({"priority": 2.5}, "priority"),
        ({"after_completion": "archive"}, "after_completion"),
        ({"execution": "lightly"}, "execution"),
        ({"execution": "light", "timeout": 6}, "timeout"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
async def test_bad_policies_are_refused_by_name(
    alice: Caller, fields: dict[str, Any], field: str
) -> None:
    assert await alice.fields("POST", "/schedule/create", json={**BODY, **fields}) == {field}


async def test_a_light_schedule_is_short(alice: Caller) -> None:
    light = await create(alice, execution="light")
    assert (light["execution"], light["timeout"]) == ("light", 5)
    assert (await create(alice, execution="light", timeout=None))["timeout"] == 5
    path = f"/schedule/{light['id']}"
    assert await alice.fields("PUT", path, json={"timeout": 60}) == {"timeout"}
    for heavy in ({"execution": "durable", "timeout": 60}, {"execution": None, "timeout": 61}):
        changed = (await alice.data("PUT", path, json=heavy))["schedule"]
        assert (changed["execution"], changed["timeout"]) == ("durable", heavy["timeout"])
    assert await alice.fields("PUT", path, json={"execution": "light"}) == {"timeout"}
    body = {"execution": "light", "timeout": None}
    changed = (await alice.data("PUT", path, json=body))["schedule"]
    assert (changed["execution"], changed["timeout"]) == ("light", 5)


async def test_a_limit_below_what_has_run_is_refused(alice: Caller) -> None:
    schedule = await create(alice, hours=0, seconds=1, max_runs=2)
    path = f"/schedule/{schedule['id']}"

    async def completed() -> bool:
        found = (await alice.data("GET", path))["schedule"]
        return bool(found["status"] == "completed" and found["run_count"] == 2)

    await until(completed, what="two runs")
    assert await alice.fields("PUT", path, json={"max_runs": 1}) == {"max_runs"}
    assert await alice.fields("PUT", path, json={"trigger": "interval", "hours": 1}) == {"max_runs"}
    # Its next run is far away, so that it still is when it is looked at.
    body = {"max_runs": 3, "trigger": "interval", "hours": 1}
    more = (await alice.data("PUT", path, json=body))["schedule"]
    assert (more["status"], more["runs_left"]) == ("active", 1)
    assert len(more["next_runs"]) == 1


async def test_what_is_completed_goes_if_it_should(alice: Caller) -> None:
    at = (datetime.now(UTC) + timedelta(seconds=5)).isoformat(timespec="seconds")
    ids = []
    for after in ("delete", "keep"):
        body = {
            "walker_name": "greet",
            "trigger": "date",
            "run_date": at,
            "after_completion": after,
        }
        ids.append((await alice.data("POST", "/schedule/create", json=body))["schedule"]["id"])

    async def gone() -> bool:
        return (await alice("GET", f"/schedule/{ids[0]}")).status_code == 404

    async def completed() -> bool:
        kept = (await alice.data("GET", f"/schedule/{ids[1]}"))["schedule"]
        return bool(kept["status"] == "completed")

    await until(gone, what="the deletion")
    await until(completed, what="the completion of the other one")


async def test_a_pause_says_why(alice: Caller) -> None:
    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}"
    paused = (await alice.data("POST", f"{path}/pause", json={"reason": "holidays"}))["schedule"]
    assert paused["status"] == "paused"
    assert paused["pause_reason"] == f"Paused by {schedule['owner']}: holidays"
    again = (await alice.data("POST", f"{path}/pause"))["schedule"]
    assert again["revision"] == paused["revision"] == 2
    resumed = (await alice.data("POST", f"{path}/resume"))["schedule"]
    assert (resumed["status"], resumed["pause_reason"]) == ("active", None)
    assert await alice.fields("POST", f"{path}/pause", json={"why": "x"}) == {"why"}


async def test_a_schedule_can_be_created_paused(alice: Caller) -> None:
    schedule = await create(alice, is_active=False, reason="not yet")
    assert (schedule["status"], schedule["revision"]) == ("paused", 1)
    assert schedule["pause_reason"] == f"Paused by {schedule['owner']}: not yet"
    assert (await alice.data("GET", f"/schedule/{schedule['id']}"))["schedule"] == schedule


async def test_nothing_of_a_dry_run_stays(alice: Caller) -> None:
    answer = await alice("POST", "/schedule/create?dry_run=true", json={**BODY, **POLICIES})
    body = answer.json()
    assert (answer.status_code, body["meta"]["extra"]["dry_run"]) == (200, True)
    foreseen = body["data"]["schedule"]
    assert shown(foreseen) == POLICIES
    assert foreseen["id"] == "dry-run"
    assert len(foreseen["next_runs"]) == 5
    mine = [
        row
        for row in (await alice.data("GET", "/schedule/list"))["schedules"]
        if not row["is_static"]
    ]
    assert mine == []
    assert await alice.fields(
        "POST", "/schedule/create?dry_run=true", json={**BODY, "hours": 0}
    ) == {"hours"}

    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}"
    change = {"trigger": "interval", "hours": 2, "max_runs": 2, "is_active": False}
    foreseen = (await alice.data("PUT", f"{path}?dry_run=true", json=change))["schedule"]
    assert foreseen["config"] == {"trigger": "interval", "hours": 2}
    assert (foreseen["status"], foreseen["runs_left"]) == ("paused", 2)
    for request in [("POST", f"{path}/pause"), ("DELETE", path)]:
        await alice.data(request[0], f"{request[1]}?dry_run=true")
    assert (await alice.data("GET", path))["schedule"] == schedule


async def test_a_stale_write_is_refused(alice: Caller) -> None:
    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}"
    seen = (await alice("GET", path)).headers["etag"]
    assert seen == '"1"'
    options: dict[str, Any] = {"json": {"priority": 1}, "match": seen}
    changed = await put(alice, path, **options)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = await put(alice, path, **options)
    assert stale.status_code == 412
    assert stale.json()["data"]["code"] == "stale"
    assert stale.json()["data"]["details"] == {"revision": 2, "etag": '"2"'}
    assert (await put(alice, path, json={"priority": 2}, match='"1", "2"')).status_code == 200
    assert (await put(alice, path, json={"priority": 4}, match="*")).status_code == 200
    assert (await put(alice, path, json={"priority": 4}, match="4")).status_code == 400
    deletion = await alice("DELETE", path, headers={"If-Match": '"1"'})
    assert deletion.status_code == 412
    paused = await alice("POST", f"{path}/pause", headers={"If-Match": '"4"'})
    assert paused.headers["etag"] == '"5-paused"'
    assert (await alice("DELETE", path, headers={"If-Match": '"5-paused"'})).status_code == 200


async def put(who: Caller, path: str, *, json: dict[str, Any], match: str) -> Any:
    return await who("PUT", path, json=json, headers={"If-Match": match})


async def test_many_creates_with_one_key_are_one(alice: Caller, bob: Caller) -> None:
    headers = {"Idempotency-Key": uuid.uuid4().hex}

    async def once(who: Caller, **fields: Any) -> Any:
        return await who("POST", "/schedule/create", json={**BODY, **fields}, headers=headers)

    answers = await asyncio.gather(*(once(alice) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    first = answers[0].json()
    assert all(answer.json() == first for answer in answers)
    mine = [
        row["id"]
        for row in (await alice.data("GET", "/schedule/list"))["schedules"]
        if not row["is_static"]
    ]
    assert mine == [first["data"]["schedule"]["id"]]
    other = await once(alice, hours=2)
    assert (other.status_code, other.json()["data"]["code"]) == (409, "idempotency_key_reused")
    his = (await once(bob)).json()["data"]["schedule"]
    assert his["id"] != mine[0]
    for key in ("", "ä", "x" * 256):
        bad = {"Idempotency-Key": key.encode()}
        fields = await alice.fields("POST", "/schedule/create", json=BODY, headers=bad)
        assert fields == {"Idempotency-Key"}


async def test_a_key_and_a_name_are_told_apart(alice: Caller) -> None:
    async def asked(key: str | None, **fields: Any) -> tuple[int, str]:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {**BODY, "name": "nightly", **fields}
        answer = await alice("POST", "/schedule/create", json=body, headers=headers)
        data = answer.json()["data"]
        return answer.status_code, data.get("code") or data["schedule"]["id"]

    status, schedule_id = await asked("first")
    assert status == 200
    assert await asked("first") == (200, schedule_id)
    assert await asked("first", hours=2) == (409, "idempotency_key_reused")
    for key in ("second", None):
        for fields in ({}, {"hours": 2}):
            assert await asked(key, **fields) == (409, "conflict"), (key, fields)
    # As README says, a key counts for each name alone.
    status, other = await asked("first", name="hourly")
    assert (status, other != schedule_id) == (200, True)
    # Created without a key: whoever has one did not create it.
    assert (await asked(None, name="daily"))[0] == 200
    assert await asked("first", name="daily") == (409, "conflict")
