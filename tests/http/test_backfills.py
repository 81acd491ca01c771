import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from support.api import Caller
from support.schedules import create, trigger
from support.waiting import until

from footfall.schedules.schedule import utc_now

MINUTELY: dict[str, Any] = {"trigger": "cron", "cron": "* * * * *", "is_active": False}


async def minutely(who: Caller, walker_name: str = "greet", **fields: Any) -> str:
    """Create a schedule that has a time each minute, and runs at none of them."""
    body = {"walker_name": walker_name, **MINUTELY, **fields}
    data = await who.data("POST", "/schedule/create", json=body)
    return str(data["schedule"]["id"])


def past(minutes: int) -> dict[str, str]:
    """Give a range that has so many whole minutes in it."""
    end = utc_now().replace(second=30, microsecond=0) - timedelta(minutes=1)
    return {"start": (end - timedelta(minutes=minutes)).isoformat(), "end": end.isoformat()}


async def started(who: Caller, schedule_id: str, **body: Any) -> dict[str, Any]:
    data = await who.data("POST", f"/schedule/{schedule_id}/backfill", json=body)
    found: dict[str, Any] = data["backfill"]
    return found


async def reaches(
    who: Caller, backfill: dict[str, Any], done: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    path = f"/schedule/{backfill['schedule_id']}/backfills/{backfill['id']}"

    async def probe() -> dict[str, Any] | None:
        found: dict[str, Any] = (await who.data("GET", path))["backfill"]
        return found if done(found) else None

    return await until(probe, seconds=60, what="the backfill")


async def runs(who: Caller, schedule_id: str) -> list[dict[str, Any]]:
    found = (await who.data("GET", f"/schedule/{schedule_id}/runs?kind=backfill"))["runs"]
    return sorted(found, key=lambda run: run["scheduled_at"])


async def test_the_runs_of_a_past_range_are_made_one_after_another(alice: Caller) -> None:
    schedule_id = await minutely(alice)
    times = past(5)
    preview = await alice.data("POST", f"/schedule/{schedule_id}/backfill?dry_run=true", json=times)
    assert (preview["total"], len(preview["runs"])) == (5, 5)
    assert await runs(alice, schedule_id) == []
    backfill = await started(alice, schedule_id, **times, reason="the outage")
    assert (backfill["total"], backfill["overlap"]) == (5, "buffer_all")
    done = await reaches(alice, backfill, lambda one: one["status"] == "completed")
    assert (done["started"], done["succeeded"], done["failed"]) == (5, 5, 0)
    assert done["closed_at"] >= done["created_at"]

    async def all_closed() -> list[dict[str, Any]] | None:
        found = await runs(alice, schedule_id)
        return found if len(found) == 5 and all(run["closed_at"] for run in found) else None

    found = await until(all_closed, what="the runs in the list")
    assert [run["scheduled_at"] for run in found] == [one["utc"] for one in preview["runs"]]
    assert {run["status"] for run in found} == {"succeeded"}
    assert all(one["closed_at"] <= other["started_at"] for one, other in pairwise(found))
    detail = (await alice.data("GET", f"/schedule/{schedule_id}/runs/{found[0]['id']}"))["run"]
    assert (detail["kind"], detail["reason"]) == ("backfill", "the outage")
    (report,) = detail["reports"]
    assert datetime.fromisoformat(report["at"]) == datetime.fromisoformat(found[0]["scheduled_at"])
    listed = (await alice.data("GET", f"/schedule/{schedule_id}/backfills"))["backfills"]
    assert listed == [done]
    schedule = (await alice.data("GET", f"/schedule/{schedule_id}"))["schedule"]
    assert schedule["status"] == "paused"


async def test_runs_that_may_overlap_do_and_failures_are_counted(alice: Caller) -> None:
    schedule_id = await minutely(alice, "boom")
    backfill = await started(alice, schedule_id, **past(6), overlap="allow_all")
    done = await reaches(alice, backfill, lambda one: one["status"] == "completed")
    assert (done["started"], done["succeeded"], done["failed"]) == (6, 0, 6)
    slow = await minutely(alice, "sleepy")
    backfill = await started(alice, slow, **past(2), overlap="allow_all")
    await reaches(alice, backfill, lambda one: one["started"] == 2)
    await alice.data("POST", f"/schedule/{slow}/backfills/{backfill['id']}/cancel")
    await reaches(alice, backfill, lambda one: one["status"] == "cancelled")


async def test_a_backfill_is_cancelled_with_its_run(alice: Caller) -> None:
    schedule_id = await minutely(alice, "sleepy")
    backfill = await started(alice, schedule_id, **past(3))
    await reaches(alice, backfill, lambda one: one["started"] == 1)
    path = f"/schedule/{schedule_id}/backfills/{backfill['id']}/cancel"
    await alice.data("POST", f"{path}?dry_run=true")
    await alice.data("POST", path, json={"reason": "wrong range"})
    done = await reaches(alice, backfill, lambda one: one["status"] == "cancelled")
    assert (done["started"], done["succeeded"]) == (1, 0)
    status, data = await alice.error("POST", path)
    assert (status, data["code"]) == (409, "backfill_ended")

    async def cancelled() -> bool:
        return [run["status"] for run in await runs(alice, schedule_id)] == ["cancelled"]

    await until(cancelled, what="the run's end")


@pytest.mark.parametrize("overlap", ["buffer_all", "allow_all"])
async def test_a_backfill_of_short_runs_is_cancelled(alice: Caller, overlap: str) -> None:
    # Whenever the cancellation comes, some run is about to succeed.
    schedule_id = await minutely(alice, "greet")
    backfill = await started(alice, schedule_id, **past(900), overlap=overlap)
    await reaches(alice, backfill, lambda one: one["succeeded"] >= 3)
    path = f"/schedule/{schedule_id}/backfills/{backfill['id']}/cancel"
    await alice.data("POST", path)
    done = await reaches(alice, backfill, lambda one: one["status"] != "running")
    assert done["status"] == "cancelled"
    assert 3 <= done["started"] < 900


async def test_a_backfill_ends_with_its_schedule(alice: Caller, bob: Caller) -> None:
    schedule_id = await minutely(alice, "sleepy")
    backfill = await started(alice, schedule_id, **past(3))
    await reaches(alice, backfill, lambda one: one["started"] == 1)
    (run,) = await until(lambda: runs(alice, schedule_id), what="its run")
    by_hand = await trigger(alice, schedule_id)
    await alice.data("DELETE", f"/schedule/{schedule_id}")
    path = f"/schedule/{schedule_id}/runs/{{}}/cancel"

    async def over() -> bool:
        answer = await alice("POST", f"{path.format(run['id'])}?dry_run=true")
        return answer.status_code == 409

    await until(over, what="the end of the backfill's run")
    # What was started by hand goes on, and can be stopped by whose it is.
    assert (await bob.error("POST", path.format(by_hand["id"])))[0] == 404
    await alice.data("POST", path.format(by_hand["id"]))


async def test_one_key_is_one_backfill(alice: Caller) -> None:
    schedule_id = await minutely(alice)
    body, headers = past(2), {"Idempotency-Key": "once"}
    path = f"/schedule/{schedule_id}/backfill"

    async def call(**fields: Any) -> Any:
        return await alice("POST", path, json={**body, **fields}, headers=headers)

    answers = await asyncio.gather(*(call() for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["backfill"]["id"] for answer in answers}) == 1
    other = await call(overlap="allow_all")
    assert (other.status_code, other.json()["data"]["code"]) == (409, "idempotency_key_reused")
    backfill = answers[0].json()["data"]["backfill"]
    await reaches(alice, backfill, lambda one: one["succeeded"] == 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"start": "yesterday"}, "start"),
        ({"end": "2000-01-01T00:00:00Z"}, "end"),
        ({"end": "2099-01-01T00:00:00Z"}, "end"),
        ({"start": "2026-01-01T00:00:00Z"}, "end"),
        ({"overlap": "skip"}, "overlap"),
        ({"ends": 1}, "ends"),
    ],
)
async def test_what_is_no_past_range_is_refused(
    alice: Caller, change: dict[str, Any], field: str
) -> None:
    schedule_id = await minutely(alice)
    path = f"/schedule/{schedule_id}/backfill"
    assert await alice.fields("POST", path, json={**past(2), **change}) == {field}
    assert (await alice.data("GET", f"{path}s"))["backfills"] == []


async def test_a_range_without_times_is_refused(alice: Caller) -> None:
    schedule = await create(alice)
    body = {"start": "2026-01-01T00:00:00", "end": "2026-01-02T00:00:00"}
    path = f"/schedule/{schedule['id']}/backfill"
    assert await alice.fields("POST", path, json=body) == {"start"}


async def test_others_and_static_schedules(
    alice: Caller, bob: Caller, admin: Caller, app: str
) -> None:
    schedule_id = await minutely(alice)
    backfill = await started(alice, schedule_id, **past(1))
    path = f"/schedule/{schedule_id}/backfill"
    assert (await bob.error("POST", path, json=past(1)))[0] == 404
    for tail in ("s", f"s/{backfill['id']}"):
        assert (await bob.error("GET", f"{path}{tail}"))[0] == 404
    status, data = await alice.error("GET", f"{path}s/nothing")
    assert (status, data["code"]) == (404, "backfill_not_found")
    static = f"/schedule/{app}.tick/backfill"
    body = {"start": utc_now().isoformat(timespec="seconds"), "end": datetime.now(UTC).isoformat()}
    assert (await alice.error("POST", static, json={**body, **past(1)}))[0] == 403
    seen = (await admin.data("GET", f"/schedule/{app}.tick"))["schedule"]["created_at"]
    begin = datetime.fromisoformat(seen) + timedelta(seconds=1)
    body = {"start": begin.isoformat(), "end": begin.isoformat()}

    async def is_past() -> bool:
        return utc_now() > begin

    await until(is_past, what="the first time of the schedule")
    preview = await admin.data("POST", f"{static}?dry_run=true", json=body)
    assert preview["total"] == 1
