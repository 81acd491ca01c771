import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from support.api import Caller
from support.waiting import until
from temporalio.testing import WorkflowEnvironment

HOURLY: dict[str, Any] = {
    "name": "hourly",
    "walker_name": "greet",
    "trigger": "interval",
    "hours": 1,
    "args": {"name": "Ada"},
}
NIGHTLY: dict[str, Any] = {
    "name": "nightly",
    "walker_name": "greet",
    "trigger": "cron",
    "cron": "0 2 * * *",
    "timezone": "Europe/Berlin",
    "overlap": "buffer_one",
    "tags": ["night"],
}


async def apply(who: Caller, *schedules: dict[str, Any], **options: Any) -> dict[str, Any]:
    query = "?dry_run=true" if options.pop("dry_run", False) else ""
    body = {"schedules": list(schedules), **options}
    data: dict[str, Any] = await who.data("POST", f"/schedule/apply{query}", json=body)
    return data


def actions(data: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["action"] for step in data["plan"]}


async def mine(who: Caller) -> dict[str, dict[str, Any]]:
    rows = (await who.data("GET", "/schedule/list"))["schedules"]
    return {row["name"] or row["id"]: row for row in rows if not row["is_static"]}


async def test_schedules_become_what_is_declared(alice: Caller, bob: Caller) -> None:
    foreseen = await apply(alice, HOURLY, NIGHTLY, dry_run=True)
    assert actions(foreseen) == {"hourly": "create", "nightly": "create"}
    assert await mine(alice) == {}
    done = await apply(alice, HOURLY, NIGHTLY)
    assert done["counts"] == {"create": 2, "change": 0, "delete": 0, "unchanged": 0}
    assert done["failed"] == 0
    rows = await mine(alice)
    assert {step["id"] for step in done["plan"]} == {row["id"] for row in rows.values()}
    assert rows["nightly"]["overlap"] == "buffer_one"
    assert actions(await apply(alice, HOURLY, NIGHTLY)) == {
        "hourly": "unchanged",
        "nightly": "unchanged",
    }
    assert {row["revision"] for row in (await mine(alice)).values()} == {1}
    # Another owner's names are another owner's.
    assert actions(await apply(bob, HOURLY)) == {"hourly": "create"}


async def test_a_plan_shows_what_changes_field_by_field(alice: Caller) -> None:
    await apply(alice, HOURLY, NIGHTLY)
    changed = {**HOURLY, "hours": 2, "priority": 1, "is_active": False}
    del changed["args"]
    for dry_run in (True, False):
        data = await apply(alice, changed, NIGHTLY, dry_run=dry_run)
        assert actions(data) == {"hourly": "change", "nightly": "unchanged"}
        assert data["plan"][0]["difference"] == {
            "hours": {"before": 1, "after": 2},
            "priority": {"before": 3, "after": 1},
            "args.name": {"before": "Ada", "after": None},
            "is_active": {"before": True, "after": False},
        }
    row = (await mine(alice))["hourly"]
    assert (row["config"], row["status"]) == ({"trigger": "interval", "hours": 2}, "paused")
    # A pause that is not spoken of stays.
    del changed["is_active"]
    assert actions(await apply(alice, changed)) == {"hourly": "unchanged"}


async def test_only_pruning_deletes_and_only_what_has_a_name(alice: Caller) -> None:
    body = {"walker_name": "greet", "trigger": "interval", "hours": 1}
    unnamed = (await alice.data("POST", "/schedule/create", json=body))["schedule"]["id"]
    await apply(alice, HOURLY, NIGHTLY)
    assert actions(await apply(alice, NIGHTLY)) == {"nightly": "unchanged"}
    foreseen = await apply(alice, NIGHTLY, prune=True, dry_run=True)
    assert actions(foreseen) == {"nightly": "unchanged", "hourly": "delete"}
    assert set(await mine(alice)) == {unnamed, "hourly", "nightly"}
    await apply(alice, NIGHTLY, prune=True, reason="no longer needed")
    assert set(await mine(alice)) == {unnamed, "nightly"}


async def test_what_is_exported_is_what_is_applied(alice: Caller) -> None:
    await apply(alice, HOURLY, {**NIGHTLY, "is_active": False})
    body = {"walker_name": "greet", "trigger": "date", "run_date": "2099-01-01T00:00:00"}
    unnamed = (await alice.data("POST", "/schedule/create", json=body))["schedule"]["id"]
    exported = (await alice.data("GET", "/schedule/export"))["schedules"]
    assert exported == [
        HOURLY,
        {**NIGHTLY, "is_active": False},
        {"name": unnamed, **body},
    ]
    again = await apply(alice, *exported, prune=True)
    assert set(actions(again).values()) == {"unchanged"}


async def test_what_is_exported_stays_as_it_is_when_its_time_has_passed(alice: Caller) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=5)).replace(microsecond=0).isoformat()
    once = {"name": "once", "walker_name": "greet", "trigger": "date", "run_date": soon}
    until_then = {**HOURLY, "name": "ends", "hours": 0, "seconds": 1, "end_at": soon}
    await apply(alice, once, until_then)

    async def passed() -> bool:
        return {row["status"] for row in (await mine(alice)).values()} == {"completed"}

    await until(passed, what="that both have completed")
    exported = (await alice.data("GET", "/schedule/export"))["schedules"]
    assert [one["name"] for one in exported] == ["once", "ends"]
    assert set(actions(await apply(alice, *exported, prune=True)).values()) == {"unchanged"}
    tagged = await apply(alice, {**once, "tags": ["done"]}, until_then)
    assert (tagged["failed"], actions(tagged)) == (0, {"once": "change", "ends": "unchanged"})
    for anew in ({**once, "name": "new"}, {**once, "timezone": "Europe/Berlin"}):
        body = {"schedules": [until_then, anew]}
        fields = await alice.fields("POST", "/schedule/apply", json=body)
        assert fields == {"schedules.1.run_date"}


async def test_what_is_exported_stays_as_it_is_when_what_it_follows_is_gone(
    alice: Caller, temporal_server: WorkflowEnvironment
) -> None:
    follower = {"name": "follower", "walker_name": "greet", "trigger": "after"}
    await apply(alice, HOURLY, {**follower, "after": {"name": "hourly"}})
    gone = (await mine(alice))["hourly"]["id"]
    # It could go by itself, too, with `after_completion`.
    await temporal_server.client.get_schedule_handle(gone).delete()

    async def noticed() -> bool:
        return set(await mine(alice)) == {"follower"}

    await until(noticed, what="that it is gone")
    exported = (await alice.data("GET", "/schedule/export"))["schedules"]
    assert exported == [{**follower, "after": {"schedule": gone}}]
    assert actions(await apply(alice, *exported)) == {"follower": "unchanged"}
    body = {"schedules": [{**exported[0], "name": "another"}]}
    assert await alice.fields("POST", "/schedule/apply", json=body) == {
        "schedules.0.after.schedule",
    }


async def test_an_empty_list_prunes_nothing(alice: Caller) -> None:
    await apply(alice, HOURLY)
    body = {"schedules": [], "prune": True}
    assert await alice.fields("POST", "/schedule/apply", json=body) == {"schedules"}
    assert set(await mine(alice)) == {"hourly"}
    assert (await apply(alice))["plan"] == []


async def test_the_same_file_may_be_applied_by_many_at_once(alice: Caller) -> None:
    await apply(alice, {**HOURLY, "name": "old"})
    declared = [HOURLY, NIGHTLY, {**HOURLY, "name": "third"}]
    done = await asyncio.gather(*(apply(alice, *declared, prune=True) for _ in range(5)))
    assert [step["error"] for data in done for step in data["plan"] if step["error"]] == []
    assert sum(data["counts"]["create"] for data in done) == 3
    assert sum(data["counts"]["unchanged"] for data in done) == 12
    rows = await mine(alice)
    assert {name: row["revision"] for name, row in rows.items()} == {
        "hourly": 1,
        "nightly": 1,
        "third": 1,
    }


async def test_files_that_differ_are_both_applied_at_once(alice: Caller) -> None:
    files = [{**HOURLY, "hours": hours} for hours in range(1, 5)]
    done = await asyncio.gather(*(apply(alice, file) for file in files))
    assert [data["failed"] for data in done] == [0] * 4
    assert sorted(data["plan"][0]["action"] for data in done) == ["change"] * 3 + ["create"]
    row = (await mine(alice))["hourly"]
    assert (row["revision"], row["config"]["hours"] in range(1, 5)) == (4, True)


async def test_each_schedule_may_have_a_reason_of_its_own(alice: Caller) -> None:
    await apply(alice, {**HOURLY, "reason": "a trial", "is_active": False}, NIGHTLY, reason="all")
    rows = await mine(alice)
    assert rows["hourly"]["pause_reason"].endswith(": a trial")
    changed = {**HOURLY, "hours": 2, "reason": "too often"}
    await apply(alice, changed, {**NIGHTLY, "priority": 1}, reason="spring")
    for name, reasons in {"hourly": ["too often", "a trial"], "nightly": ["spring", "all"]}.items():
        data = await alice.data("GET", f"/schedule/{rows[name]['id']}/changes")
        assert [change["reason"] for change in data["changes"]] == reasons
    # A reason alone is no change.
    assert set(actions(await apply(alice, {**changed, "reason": "again"})).values()) == {
        "unchanged"
    }


async def test_one_bad_declaration_leaves_everything_as_it_was(alice: Caller) -> None:
    bad = [
        ({**NIGHTLY, "cron": "0 25 * * *"}, "schedules.1.cron"),
        ({**NIGHTLY, "overlap": "often"}, "schedules.1.overlap"),
        ({**NIGHTLY, "walker_name": "nobody"}, "schedules.1.walker_name"),
        ({**NIGHTLY, "args": {"nome": 1}}, "schedules.1.args.nome"),
        ({**NIGHTLY, "name": " x"}, "schedules.1.name"),
        ({**NIGHTLY, "name": "hourly"}, "schedules.1.name"),
        ({key: value for key, value in NIGHTLY.items() if key != "name"}, "schedules.1.name"),
    ]
    for schedule, field in bad:
        body = {"schedules": [HOURLY, schedule]}
        fields = await alice.fields("POST", "/schedule/apply", json=body)
        assert {name.rstrip(".") for name in fields} == {field}, fields
    assert await mine(alice) == {}


async def test_a_name_is_taken_once(alice: Caller) -> None:
    await alice.data("POST", "/schedule/create", json=HOURLY)
    status, data = await alice.error("POST", "/schedule/create", json=HOURLY)
    assert (status, data["code"]) == (409, "conflict")
    assert "hourly" in data["message"]
    assert actions(await apply(alice, HOURLY)) == {"hourly": "unchanged"}
