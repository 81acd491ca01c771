import pytest
from support.api import Caller
from support.waiting import until
from temporalio.client import Client

BODY = {"walker_name": "greet", "trigger": "interval", "minutes": 30}


@pytest.fixture
async def schedule_id(alice: Caller) -> str:
    data = await alice.data("POST", "/schedule/create", json=BODY)
    found: str = data["schedule"]["id"]
    return found


async def test_a_new_schedule_has_one_change(alice: Caller, schedule_id: str) -> None:
    created = (await alice.data("GET", f"/schedule/{schedule_id}"))["schedule"]
    data = await alice.data("GET", f"/schedule/{schedule_id}/changes")
    (change,) = data["changes"]
    at = change.pop("at")
    assert at.startswith(created["created_at"].rstrip("Z"))
    assert change == {
        "revision": 1,
        "kind": "created",
        "by": created["owner"],
        "reason": None,
        "outside": False,
        "difference": {},
    }
    assert data["truncated"] is False


async def test_changes_say_who_changed_what_the_newest_first(
    alice: Caller,
    admin: Caller,
    schedule_id: str,
) -> None:
    path = f"/schedule/{schedule_id}"
    change = {"trigger": "interval", "minutes": 10, "tags": ["x"]}
    await alice.data("PUT", path, json=change)
    await admin.data("PUT", path, json={"is_active": False})
    await alice.data("PUT", path, json=change)
    found = (await alice.data("GET", f"{path}/changes"))["changes"]
    assert [(one["revision"], one["kind"]) for one in found] == [
        (3, "paused"),
        (2, "updated"),
        (1, "created"),
    ]
    assert found[0]["by"] == "root-admin"
    assert found[0]["difference"]["paused"] == {"before": False, "after": True}
    assert found[1]["difference"] == {
        "minutes": {"before": 30, "after": 10},
        "tags": {"before": [], "after": ["x"]},
    }
    assert found[0]["at"] > found[1]["at"] > found[2]["at"]
    assert (await admin.data("GET", f"{path}/changes"))["changes"] == found


async def test_a_schedule_is_shown_as_it_was(
    alice: Caller,
    bob: Caller,
    schedule_id: str,
) -> None:
    path = f"/schedule/{schedule_id}"
    await alice.data("PUT", path, json={"trigger": "cron", "hour": 9, "args": {"name": "Ada"}})
    await alice.data("PUT", path, json={"is_active": False})
    shown = [
        (await alice.data("GET", path, params={"at": number}))["schedule"] for number in (1, 2, 3)
    ]
    assert [one["revision"] for one in shown] == [1, 2, 3]
    assert [one["is_paused"] for one in shown] == [False, False, True]
    assert shown[0]["config"] == {"trigger": "interval", "minutes": 30}
    assert (shown[0]["args"], shown[1]["args"]) == ({}, {"name": "Ada"})
    assert shown[1]["config"] == shown[2]["config"] == {"trigger": "cron", "hour": 9}
    assert shown[2]["change"]["kind"] == "paused"
    assert shown[0]["trigger_description"] == "Every 30 minutes"
    for number in ("0", "4", "x", "-1", "1.5", ""):
        assert await alice.fields("GET", path, params={"at": number}) == {"at"}
    assert (await bob.error("GET", path, params={"at": 1}))[0] == 404


async def test_changes_outlive_the_schedule_for_its_owner(
    alice: Caller,
    bob: Caller,
    admin: Caller,
    schedule_id: str,
) -> None:
    path = f"/schedule/{schedule_id}"
    await alice.data("DELETE", path)
    assert (await alice.error("GET", path))[0] == 404
    for who in (alice, admin):
        found = (await who.data("GET", f"{path}/changes"))["changes"]
        assert [one["kind"] for one in found] == ["deleted", "created"]
        assert found[0]["by"] == found[1]["by"]
        past = (await who.data("GET", path, params={"at": 1}))["schedule"]
        assert past["config"] == {"trigger": "interval", "minutes": 30}
    status, error = await bob.error("GET", f"{path}/changes")
    assert (status, error["code"]) == (404, "schedule_not_found")


async def test_another_owners_changes_do_not_exist(
    bob: Caller,
    schedule_id: str,
) -> None:
    for unknown in (schedule_id, "nothing", "ü" * 600, "a%00b"):
        status, error = await bob.error("GET", f"/schedule/{unknown}/changes")
        assert (status, error["code"]) == (404, "schedule_not_found")


async def test_static_schedules_show_their_changes_to_all(bob: Caller) -> None:
    listed = (await bob.data("GET", "/schedule/list"))["schedules"]
    static = next(one for one in listed if one["is_static"])
    found = (await bob.data("GET", f"/schedule/{static['id']}/changes"))["changes"]
    assert (found[-1]["kind"], found[-1]["by"]) == ("created", "system")


async def test_what_was_done_outside_shows_at_once(
    alice: Caller,
    client: Client,
    schedule_id: str,
) -> None:
    await client.get_schedule_handle(schedule_id).pause(note="by hand")
    found = (await alice.data("GET", f"/schedule/{schedule_id}/changes"))["changes"]
    newest = found[0]
    assert (newest["kind"], newest["by"], newest["outside"]) == ("paused", None, True)
    assert (found[0]["revision"], found[0]["reason"]) == (1, "by hand")
    # What was outside is no revision of its own.
    past = (await alice.data("GET", f"/schedule/{schedule_id}", params={"at": 1}))["schedule"]
    assert past["is_paused"] is False


async def test_a_record_is_not_shown_as_a_run(alice: Caller, schedule_id: str) -> None:
    await alice.data("PUT", f"/schedule/{schedule_id}", json={"tags": ["x"]})
    listed = (await alice.data("GET", f"/schedule/{schedule_id}"))["schedule"]
    assert listed["run_count"] == 0

    async def recorded() -> bool:
        found = await alice.data("GET", f"/schedule/{schedule_id}/changes")
        return len(found["changes"]) == 2

    await until(recorded)
    assert (await alice.data("GET", f"/schedule/{schedule_id}/runs"))["runs"] == []
