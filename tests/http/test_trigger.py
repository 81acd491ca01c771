import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.api import Api, Caller, api_settings, running_api
from support.schedules import create, ended, run_of, trigger, walking
from support.waiting import until


async def test_run_now_needs_no_body_and_shows_everywhere_at_once(alice: Caller) -> None:
    schedule = await create(alice, args={"name": "Ada"})
    run = await trigger(alice, schedule["id"])
    assert run["id"].startswith(f"greet-{schedule['id']}-manual-")
    assert run["kind"] == "manual"
    assert run["by"].startswith("alice-")
    assert run["reason"] is None
    (listed,) = (await alice.data("GET", f"/schedule/{schedule['id']}/runs"))["runs"]
    assert listed["id"] == run["id"]
    found = await ended(alice, run)
    assert found["status"] == "succeeded"
    assert found["stdout"] == "hello Ada\n"
    assert found["scheduled_at"] is None
    (report,) = found["reports"]
    begun = datetime.fromisoformat(found["started_at"])
    assert abs(datetime.fromisoformat(report["at"]) - begun) < timedelta(milliseconds=2)
    assert found["started_at"] <= found["walker_started_at"] <= found["closed_at"]


async def test_other_arguments_and_a_reason(alice: Caller) -> None:
    schedule = await create(alice, args={"name": "Ada"})
    body = {"args": {"name": "Grace"}, "reason": "to see whether it works"}
    run = await trigger(alice, schedule["id"], json=body)
    found = await ended(alice, run)
    assert found["stdout"] == "hello Grace\n"
    assert found["reason"] == run["reason"] == "to see whether it works"
    same = (await alice.data("GET", f"/schedule/{schedule['id']}"))["schedule"]
    assert same["args"] == {"name": "Ada"}
    assert same["revision"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"args": {"nam": "x"}}, "args.nam"),
        ({"args": {"name": 5}}, "args.name"),
        ({"args": []}, "args"),
        ({"reason": "x" * 501}, "reason"),
        ({"respect_overlap": "yes"}, "respect_overlap"),
        ({"arg": {}}, "arg"),
    ],
)
async def test_what_is_no_request_starts_nothing(
    alice: Caller,
    body: dict[str, Any],
    field: str,
) -> None:
    schedule = await create(alice)
    assert await alice.fields("POST", f"/schedule/{schedule['id']}/trigger", json=body) == {field}
    assert (await alice.data("GET", f"/schedule/{schedule['id']}/runs"))["runs"] == []


async def test_two_in_one_second_are_two_runs_also_while_it_is_paused(alice: Caller) -> None:
    schedule = await create(alice, is_active=False)
    runs = await asyncio.gather(*(trigger(alice, schedule["id"]) for _ in range(2)))
    assert len({run["id"] for run in runs}) == 2
    for run in runs:
        assert (await ended(alice, run))["status"] == "succeeded"
    same = (await alice.data("GET", f"/schedule/{schedule['id']}"))["schedule"]
    assert same["status"] == "paused"
    assert same["run_count"] == 2


async def test_a_completed_schedule_runs_now(alice: Caller) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=4)
    data = await alice.data(
        "POST",
        "/schedule/create",
        json={
            "walker_name": "greet",
            "trigger": "date",
            "run_date": soon.isoformat(timespec="seconds"),
        },
    )
    schedule_id = data["schedule"]["id"]

    async def completed() -> bool:
        schedule = (await alice.data("GET", f"/schedule/{schedule_id}"))["schedule"]
        return bool(schedule["status"] == "completed" and schedule["run_count"])

    await until(completed, what="the one-shot's end")
    run = await trigger(alice, schedule_id)
    assert (await ended(alice, run))["status"] == "succeeded"
    runs = (await alice.data("GET", f"/schedule/{schedule_id}/runs"))["runs"]
    assert [one["kind"] for one in runs] == ["manual", "scheduled"]


async def test_one_key_many_calls_one_run(alice: Caller) -> None:
    schedule = await create(alice)
    options: dict[str, Any] = {"json": {"args": {"name": "Eve"}}, "key": "k " + "x" * 253}
    answers = await asyncio.gather(*(keyed(alice, schedule["id"], **options) for _ in range(20)))
    assert len({json.dumps(answer) for answer in answers}) == 1
    run = answers[0]["data"]["run"]
    await ended(alice, run)
    assert await keyed(alice, schedule["id"], **options) == answers[0]
    assert len((await alice.data("GET", f"/schedule/{schedule['id']}/runs"))["runs"]) == 1
    other = await keyed(alice, schedule["id"], json=options["json"], key="another")
    assert other["data"]["run"]["id"] != run["id"]


async def test_a_key_stands_for_one_request_of_one_user(alice: Caller, admin: Caller) -> None:
    schedule = await create(alice)
    first = await keyed(alice, schedule["id"], json={"reason": "a"}, key="k")
    again = await keyed(alice, schedule["id"], json={"reason": "b"}, key="k")
    assert again["status"] == "error"
    assert again["data"]["code"] == "idempotency_key_reused"
    theirs = await keyed(admin, schedule["id"], json={"reason": "b"}, key="k")
    assert theirs["data"]["run"]["id"] != first["data"]["run"]["id"]
    for key in ("", "x" * 256, "tab\tbed"):
        refused = await keyed(alice, schedule["id"], key=key)
        assert refused["data"]["code"] == "invalid_request", key


async def test_who_is_answered_with_a_run_of_another_api_finds_it_at_once(
    api: Api,
    address: str,
    app: str,
) -> None:
    user = f"alice-{uuid.uuid4().hex[:6]}"
    async with running_api(api_settings(address, app)) as another:
        here, there = api.caller(user), another.caller(user)
        schedule = await create(here)
        first = await keyed(here, schedule["id"], key="k")
        assert await keyed(there, schedule["id"], key="k") == first
        (listed,) = (await there.data("GET", f"/schedule/{schedule['id']}/runs"))["runs"]
    assert listed["id"] == first["data"]["run"]["id"]


async def keyed(who: Caller, schedule_id: str, *, key: str, **options: Any) -> Any:
    path = f"/schedule/{schedule_id}/trigger"
    return (await who("POST", path, headers={"Idempotency-Key": key}, **options)).json()


async def test_who_may_run_what(alice: Caller, bob: Caller, admin: Caller, app: str) -> None:
    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}/trigger"
    status, data = await bob.error("POST", path)
    assert (status, data["code"]) == (404, "schedule_not_found")
    run = await trigger(admin, schedule["id"])
    assert (await ended(alice, run))["by"] == "root-admin"
    static = f"{app}.passed"
    status, data = await alice.error("POST", f"/schedule/{static}/trigger")
    assert (status, data["code"]) == (403, "forbidden")
    run = await trigger(admin, static)
    assert run["id"].startswith(f"{static}-manual-")
    assert (await ended(alice, run))["status"] == "succeeded"


async def respected(who: Caller, schedule_id: str) -> dict[str, Any]:
    return await trigger(who, schedule_id, json={"respect_overlap": True})


async def test_respecting_overlap_skip_is_a_conflict_while_one_runs(
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(alice, "stepwise", args={"folder": str(tmp_path), "steps": 1})
    # All at once, before Temporal's list of runs can show any of them.
    path = f"/schedule/{schedule['id']}/trigger"
    answers = await asyncio.gather(
        *(alice("POST", path, json={"respect_overlap": True}) for _ in range(5)),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    (run,) = (one.json()["data"]["run"] for one in answers if one.status_code == 200)
    refused = next(one.json()["data"] for one in answers if one.status_code == 409)
    assert refused["code"] == "overlap"
    assert refused["details"] == {"overlap": "skip", "running": [run["id"]]}
    (tmp_path / "1").touch()
    await ended(alice, run)
    assert (await ended(alice, await respected(alice, schedule["id"])))["status"] == "succeeded"


async def test_respecting_overlap_buffer_one_lets_one_wait(
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(
        alice, "stepwise", args={"folder": str(tmp_path), "steps": 1}, overlap="buffer_one"
    )
    first = await respected(alice, schedule["id"])
    await walking(alice, first)
    second = await respected(alice, schedule["id"])
    status, data = await alice.error(
        "POST",
        f"/schedule/{schedule['id']}/trigger",
        json={"respect_overlap": True},
    )
    assert (status, data["code"]) == (409, "overlap")
    assert (await run_of(alice, second))["walker_started_at"] is None
    (tmp_path / "1").touch()
    before, after = await ended(alice, first), await ended(alice, second)
    assert before["status"] == after["status"] == "succeeded"
    assert after["walker_started_at"] >= before["closed_at"]


async def test_respecting_overlap_buffer_all_runs_one_after_the_other(
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(
        alice, "stepwise", args={"folder": str(tmp_path), "steps": 1}, overlap="buffer_all"
    )
    runs = [await respected(alice, schedule["id"]) for _ in range(3)]
    (tmp_path / "1").touch()
    found = [await ended(alice, run) for run in runs]
    for before, after in pairwise(found):
        assert after["walker_started_at"] >= before["closed_at"]


async def test_a_run_that_waits_can_be_cancelled(
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(
        alice, "stepwise", args={"folder": str(tmp_path), "steps": 1}, overlap="buffer_all"
    )
    first, second = [await respected(alice, schedule["id"]) for _ in range(2)]
    await alice.data("POST", f"/schedule/{schedule['id']}/runs/{second['id']}/cancel")
    found = await ended(alice, second)
    assert (found["status"], found["walker_started_at"]) == ("cancelled", None)
    (tmp_path / "1").touch()
    assert (await ended(alice, first))["status"] == "succeeded"


@pytest.mark.parametrize(
    ("policy", "status"),
    [("cancel_other", "cancelled"), ("terminate_other", "terminated")],
)
async def test_respecting_overlap_a_run_takes_the_place_of_others(
    alice: Caller,
    tmp_path: Path,
    policy: str,
    status: str,
) -> None:
    schedule = await create(
        alice, "stepwise", args={"folder": str(tmp_path), "steps": 1}, overlap=policy
    )
    first = await respected(alice, schedule["id"])
    await walking(alice, first)
    second = await respected(alice, schedule["id"])
    assert (await ended(alice, first))["status"] == status
    (tmp_path / "1").touch()
    assert (await ended(alice, second))["status"] == "succeeded"


async def test_respecting_overlap_allow_all_starts_at_once(
    alice: Caller,
    tmp_path: Path,
) -> None:
    schedule = await create(
        alice, "stepwise", args={"folder": str(tmp_path), "steps": 1}, overlap="allow_all"
    )
    runs = [await respected(alice, schedule["id"]) for _ in range(3)]
    (tmp_path / "1").touch()
    for run in runs:
        assert (await ended(alice, run))["status"] == "succeeded"


async def test_a_dry_run_checks_and_starts_nothing(alice: Caller) -> None:
    schedule = await create(alice)
    path = f"/schedule/{schedule['id']}/trigger?dry_run=true"
    assert (await alice.data("POST", path))["run"] is None
    assert await alice.fields("POST", path, json={"args": {"nam": 1}}) == {"args.nam"}
    assert (await alice.data("GET", f"/schedule/{schedule['id']}/runs"))["runs"] == []


async def test_a_key_means_nothing_to_a_schedule_that_is_created_again(alice: Caller) -> None:
    first = await create(alice, name="again")
    headers = {"Idempotency-Key": "once"}
    before = await trigger(alice, first["id"], headers=headers)
    await alice.data("DELETE", f"/schedule/{first['id']}")
    second = await create(alice, name="again")
    assert second["id"] == first["id"]
    after = await trigger(alice, second["id"], headers=headers)
    assert after["id"] != before["id"]
    assert await trigger(alice, second["id"], headers=headers) == after
