import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.api import Caller
from support.waiting import until

GUIDE_BODY = {"walker_name": "greet", "trigger": "interval", "minutes": 30}


async def create(who: Caller, **fields: Any) -> dict[str, Any]:
    body = {**GUIDE_BODY, **fields}
    data = await who.data("POST", "/schedule/create", json=body)
    schedule: dict[str, Any] = data["schedule"]
    return schedule


async def test_create_answers_as_the_guide_prints_it(alice: Caller) -> None:
    answer = await alice("POST", "/schedule/create", json=GUIDE_BODY)
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "success"
    assert body["meta"] == {}
    schedule = body["data"]["schedule"]
    guide = ["id", "walker_name", "config", "is_active", "is_static", "created_at"]
    assert list(schedule)[: len(guide)] == guide
    assert schedule["walker_name"] == "greet"
    assert schedule["config"] == {"trigger": "interval", "minutes": 30}
    assert schedule["is_active"] is True
    assert schedule["is_static"] is False
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", schedule["created_at"])


async def test_a_schedule_shows_what_it_is(alice: Caller) -> None:
    data = await alice.data(
        "POST",
        "/schedule/create",
        json={
            "walker_name": "greet",
            "trigger": "cron",
            "hour": 9,
            "minute": "0",
            "timezone": "Europe/Berlin",
            "args": {"name": "Ada"},
            "description": "say hello",
            "tags": ["a", "b"],
            "timeout": 20,
        },
    )
    schedule = data["schedule"]
    assert schedule["config"] == {
        "trigger": "cron",
        "hour": 9,
        "minute": "0",
        "timezone": "Europe/Berlin",
    }
    assert schedule["status"] == "active"
    assert schedule["args"] == {"name": "Ada"}
    assert schedule["owner"].startswith("alice-")
    assert schedule["description"] == "say hello"
    assert schedule["tags"] == ["a", "b"]
    assert schedule["timezone"] == "Europe/Berlin"
    assert schedule["timeout"] == 20
    assert schedule["revision"] == 1
    assert schedule["last_run"] is None
    assert (schedule["run_count"], schedule["failure_count"]) == (0, 0)
    assert schedule["next_run_at"].endswith(("T07:00:00Z", "T08:00:00Z"))
    assert schedule["updated_at"] == schedule["created_at"]
    ui = schedule["links"]["temporal_ui"]
    assert ui.startswith("http://127.0.0.1:8233/namespaces/default/schedules/")
    same = await alice.data("GET", f"/schedule/{schedule['id']}")
    assert same["schedule"] == schedule
    listed = (await alice.data("GET", "/schedule/list"))["schedules"]
    assert schedule in listed


async def test_the_list_has_my_schedules_and_the_static_ones(
    alice: Caller,
    bob: Caller,
    admin: Caller,
    app: str,
) -> None:
    mine, his = await create(alice), await create(bob)
    shown = {row["id"]: row for row in (await alice.data("GET", "/schedule/list"))["schedules"]}
    assert mine["id"] in shown
    assert his["id"] not in shown
    assert shown[f"{app}.tick"]["is_static"] is True
    assert shown[f"{app}.tick"]["owner"] == "system"
    assert shown[f"{app}.passed"]["status"] == "completed"
    assert shown[f"{app}.passed"]["is_active"] is False
    assert shown[f"{app}.passed"]["next_run_at"] is None
    assert shown[f"{app}.passed"]["next_runs"] == []
    everything = {row["id"] for row in (await admin.data("GET", "/schedule/list"))["schedules"]}
    assert {mine["id"], his["id"], f"{app}.tick"} <= everything


async def test_pages_of_the_list(alice: Caller) -> None:
    ids = [(await create(alice))["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await alice.data("GET", "/schedule/list", params=params)
        seen += [row["id"] for row in page["schedules"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert [schedule_id for schedule_id in seen if schedule_id in ids] == ids
    assert len(seen) == len(set(seen)) == page["total"]
    assert await alice.fields("GET", "/schedule/list?cursor=nonsense") == {"cursor"}
    assert await alice.fields("GET", "/schedule/list?limit=0") == {"limit"}


async def test_another_owners_schedule_does_not_exist(
    alice: Caller,
    bob: Caller,
    admin: Caller,
) -> None:
    path = f"/schedule/{(await create(alice))['id']}"
    for method, target, body in [
        ("GET", path, None),
        ("PUT", path, {"is_active": False}),
        ("DELETE", path, None),
        ("GET", f"{path}/runs", None),
        ("GET", f"{path}/runs/any", None),
    ]:
        options = {"json": body} if body else {}
        status, data = await bob.error(method, target, **options)
        assert (status, data["code"]) == (404, "schedule_not_found")
    schedule = (await admin.data("PUT", path, json={"is_active": False}))["schedule"]
    assert schedule["status"] == "paused"
    await admin.data("DELETE", path)


async def test_static_schedules_are_the_codes(alice: Caller, admin: Caller, app: str) -> None:
    path = f"/schedule/{app}.tick"
    assert (await alice.data("GET", path))["schedule"]["is_static"] is True
    for who in (alice, admin):
        for method, options in [
            ("PUT", {"json": {"description": "mine"}}),
            ("PUT", {"json": {"is_active": False, "priority": 1}}),
            ("DELETE", {}),
        ]:
            status, data = await who.error(method, path, **options)
            assert (status, data["code"]) == (403, "forbidden")
    for request in (("PUT", path), ("POST", f"{path}/pause"), ("POST", f"{path}/resume")):
        options = {"json": {"is_active": False}} if request[0] == "PUT" else {}
        status, data = await alice.error(*request, **options)
        assert (status, data["code"]) == (403, "forbidden")
    assert (await alice.data("GET", path))["schedule"]["is_active"] is True


async def test_an_admin_may_hold_a_static_schedule(alice: Caller, admin: Caller, app: str) -> None:
    path = f"/schedule/{app}.tick"
    paused = await admin.data("POST", f"{path}/pause", json={"reason": "too loud"})
    assert paused["schedule"]["pause_reason"] == "Paused by root-admin: too loud"
    assert (await alice.data("GET", path))["schedule"]["status"] == "paused"
    await admin.data("PUT", path, json={"is_active": True})
    assert (await alice.data("GET", path))["schedule"]["status"] == "active"


async def test_pause_and_resume_as_the_guide_does(alice: Caller) -> None:
    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}"
    paused = (await alice.data("PUT", path, json={"is_active": False}))["schedule"]
    assert (paused["is_active"], paused["status"]) == (False, "paused")
    assert paused["next_run_at"] is None
    assert paused["revision"] == 2
    again = (await alice.data("PUT", path, json={"is_active": False}))["schedule"]
    assert again["revision"] == 2
    resumed = (await alice.data("PUT", path, json={"is_active": True}))["schedule"]
    assert (resumed["is_active"], resumed["status"]) == (True, "active")
    assert resumed["next_run_at"] is not None
    assert (await alice.data("GET", path))["schedule"] == resumed


async def test_put_with_a_trigger_replaces_the_whole_configuration(alice: Caller) -> None:
    schedule = await create(alice, timezone="Europe/Berlin", args={"name": "x"})
    path = f"/schedule/{schedule['id']}"
    body = {"trigger": "interval", "hours": 2}
    changed = (await alice.data("PUT", path, json=body))["schedule"]
    assert changed["config"] == body
    assert changed["timezone"] == "UTC"
    assert changed["args"] == {"name": "x"}
    next_run = datetime.fromisoformat(changed["next_run_at"])
    assert timedelta(minutes=119) < next_run - datetime.now(UTC) <= timedelta(hours=2)


async def test_put_changes_what_it_names_and_nothing_else(alice: Caller) -> None:
    schedule = await create(alice, args={"name": "x"}, tags=["old"])
    path = f"/schedule/{schedule['id']}"
    body = {"args": {"name": "y"}, "tags": ["new"], "description": "words", "timeout": 7}
    changed = (await alice.data("PUT", path, json=body))["schedule"]
    moving = {"revision", "updated_at"}
    for name in schedule.keys() - moving:
        assert changed[name] == body.get(name, schedule[name])
    assert changed["revision"] == 2


async def test_concurrent_writes_all_count_or_conflict(alice: Caller) -> None:
    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}"
    answers = await asyncio.gather(
        *(alice("PUT", path, json={"tags": [f"t{number}"]}) for number in range(10)),
    )
    done = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 409}
    final = (await alice.data("GET", path))["schedule"]
    assert final["revision"] == 1 + len(done)


async def test_delete(alice: Caller) -> None:
    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}"
    assert await alice.data("DELETE", path) == {"id": schedule["id"], "deleted": True}
    for method in ("GET", "DELETE"):
        status, data = await alice.error(method, path)
        assert (status, data["code"]) == (404, "schedule_not_found")
    listed = (await alice.data("GET", "/schedule/list"))["schedules"]
    assert schedule["id"] not in {row["id"] for row in listed}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"walker_name": None}, {"walker_name"}),
        ({"walker_name": ""}, {"walker_name"}),
        ({"trigger": "sometimes"}, {"trigger"}),
        ({"minutes": 0}, {"minutes"}),
        ({"minutes": -5}, {"minutes"}),
        ({"minutes": 1.5}, {"minutes"}),
        ({"minutes": "30"}, {"minutes"}),
        ({"minutes": True}, {"minutes"}),
        ({"minutes": None}, {"minutes"}),
        ({"minutes": 10**30}, {"minutes"}),
        ({"hour": 9}, {"hour"}),
        ({"timezone": "Mars/Olympus"}, {"timezone"}),
        ({"surprise": 1}, {"surprise"}),
        ({"args": {"name": 5}}, {"args.name"}),
        ({"args": {"nmae": "x"}}, {"args.nmae"}),
        ({"args": [1]}, {"args"}),
        ({"args": {"name": "x" * 300_000}}, {"args"}),
        ({"tags": [""]}, {"tags.0"}),
        ({"tags": ["x"] * 21}, {"tags"}),
        ({"timeout": 0}, {"timeout"}),
        ({"timeout": "5"}, {"timeout"}),
        ({"description": "x" * 501}, {"description"}),
        ({"is_active": "no"}, {"is_active"}),
        ({"trigger": "cron", "minutes": "ABSENT", "cron": "0 0 30 2 *"}, {"cron"}),
        ({"trigger": "cron", "minutes": "ABSENT", "cron": "61 * * * *"}, {"cron"}),
        ({"trigger": "cron", "minutes": "ABSENT", "year": 2020}, {"year"}),
        ({"trigger": "cron", "minutes": "ABSENT", "hour": 25}, {"hour"}),
        ({"trigger": "date", "minutes": "ABSENT"}, {"run_date"}),
        ({"trigger": "date", "minutes": "ABSENT", "run_date": "2020-01-01"}, {"run_date"}),
        ({"trigger": "date", "minutes": "ABSENT", "run_date": "tomorrow"}, {"run_date"}),
    ],
)
async def test_bad_input_names_its_field(
    alice: Caller,
    change: dict[str, Any],
    fields: set[str],
) -> None:
    body = {name: value for name, value in {**GUIDE_BODY, **change}.items() if value != "ABSENT"}
    assert await alice.fields("POST", "/schedule/create", json=body) == fields
    listed = (await alice.data("GET", "/schedule/list"))["schedules"]
    assert all(row["is_static"] for row in listed)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"body"}),
        ({"minutes": 5}, {"minutes"}),
        ({"walker_name": "boom"}, {"walker_name"}),
        ({"trigger": "interval"}, {"trigger"}),
        ({"args": {"wrong": 1}}, {"args.wrong"}),
        ({"is_active": None}, {"is_active"}),
    ],
)
async def test_a_refused_change_changes_nothing(
    alice: Caller,
    body: dict[str, Any],
    fields: set[str],
) -> None:
    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}"
    assert await alice.fields("PUT", path, json=body) == fields
    assert (await alice.data("GET", path))["schedule"] == schedule


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"walker_name": "greet", "trigger": "interval", "minutes": NaN}',
        b'{"walker_name": "\\ud800", "trigger": "interval", "minutes": 1}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
async def test_a_body_that_is_no_json_object(alice: Caller, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await alice._client.post(
        "/schedule/create",
        content=raw,
        headers={**alice._headers, **headers},
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["data"]["code"] == "invalid_request"


async def test_a_body_that_is_too_large(alice: Caller) -> None:
    body = {**GUIDE_BODY, "description": "x" * (1 << 21)}
    status, data = await alice.error("POST", "/schedule/create", json=body)
    assert (status, data["code"]) == (413, "too_large")


async def test_an_unknown_walker_is_not_found(alice: Caller) -> None:
    body = {**GUIDE_BODY, "walker_name": "nobody"}
    status, data = await alice.error("POST", "/schedule/create", json=body)
    assert (status, data["code"]) == (404, "walker_not_found")
    assert "nobody" in data["message"]


async def test_unknown_paths_and_methods_answer_in_the_envelope(alice: Caller) -> None:
    assert (await alice.error("GET", "/nowhere"))[0] == 404
    assert (await alice.error("PATCH", "/schedule/list"))[0] == 405


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer x.y.z", "Basic abc", "bearer  "])
async def test_without_a_good_token_nothing_is_answered(alice: Caller, token: str | None) -> None:
    headers = {"Authorization": token} if token is not None else {}
    for method, path in [
        ("POST", "/schedule/create"),
        ("POST", "/schedule/preview"),
        ("POST", "/schedule/bulk"),
        ("GET", "/schedule/list"),
        ("GET", "/schedule/walkers"),
        ("GET", "/schedule/some"),
        ("PUT", "/schedule/some"),
        ("DELETE", "/schedule/some"),
        ("GET", "/schedule/some/runs"),
        ("GET", "/schedule/some/runs/one"),
    ]:
        options = {"json": GUIDE_BODY} if method in ("POST", "PUT") else {}
        answer = await alice._client.request(method, path, headers=headers, **options)
        assert answer.status_code == 401, (method, path, answer.text)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["data"]["code"] == "unauthorized"


async def test_runs_are_listed_and_one_is_shown_whole(alice: Caller) -> None:
    schedule = await create(alice, minutes=0, seconds=1, args={"name": "Ada"})
    path = f"/schedule/{schedule['id']}"

    async def two() -> list[dict[str, Any]] | None:
        runs = (await alice.data("GET", f"{path}/runs"))["runs"]
        closed = [run for run in runs if run["status"] == "succeeded"]
        return closed if len(closed) >= 2 else None

    runs = await until(two, what="two runs")
    assert [run["started_at"] for run in runs] == sorted(
        (run["started_at"] for run in runs),
        reverse=True,
    )
    run = (await alice.data("GET", f"{path}/runs/{runs[0]['id']}"))["run"]
    assert run["status"] == "succeeded"
    assert run["stdout"] == "hello Ada\n"
    assert run["reports"][0]["name"] == "Ada"
    assert run["attempts"] == 1
    assert run["error"] is None
    assert run["duration_ms"] >= 0
    scheduled, started, closed = (
        datetime.fromisoformat(run[name]) for name in ("scheduled_at", "started_at", "closed_at")
    )
    assert scheduled <= started <= closed
    assert run["links"]["temporal_ui"].endswith("/history")
    await alice.data("PUT", path, json={"is_active": False})

    async def counted() -> dict[str, Any] | None:
        shown: dict[str, Any] = (await alice.data("GET", path))["schedule"]
        return shown if shown["run_count"] >= 2 else None

    shown = await until(counted, what="the counts")
    assert shown["failure_count"] == 0
    assert shown["last_run"]["status"] in ("succeeded", "running")
    status, data = await alice.error("GET", f"{path}/runs/nothing")
    assert (status, data["code"]) == (404, "run_not_found")
    other = await create(alice)
    foreign = f"/schedule/{other['id']}/runs/{runs[0]['id']}"
    assert (await alice.error("GET", foreign))[0] == 404


async def test_walkers_are_listed(alice: Caller) -> None:
    data = await alice.data("GET", "/schedule/walkers")
    walkers = {walker["name"]: walker for walker in data["walkers"]}
    (field,) = walkers["greet"]["fields"]
    assert field == {
        "name": "name",
        "type": "str",
        "required": False,
        "default": "world",
        "json_schema": {"type": "string"},
    }
    assert walkers["tick"]["schedule"] == {"trigger": "interval", "seconds": 1}
    assert {problem["walker"] for problem in data["problems"]} == {
        "never",
        "february_30",
        "needy",
    }
