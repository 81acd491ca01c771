"""Schedules that somebody else put into Temporal, and that nobody can read."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
from support.api import Api, Caller
from support.schedules import create
from support.waiting import until
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from footfall.schedules.attributes import MEMO_DEFINITION
from footfall.temporal import attributes

_LONG = timedelta(hours=9)
BROKEN: dict[str, tuple[str, list[Any], dict[str, Any] | None]] = {
    "no memo": ("RunWalker", ["no definition"], None),
    "a memo that is no definition": ("RunWalker", [{"schedule_id": 7}], {MEMO_DEFINITION: 7}),
    "another workflow": ("SomethingElse", ["x"], None),
    "no argument": ("RunWalker", [], {MEMO_DEFINITION: {"schedule_id": None}}),
}


async def poison(client: Client, app: str, owner: str, what: str) -> str:
    workflow, args, memo = BROKEN[what]
    schedule_id = f"poison-{secrets.token_hex(4)}"
    marks = [
        SearchAttributePair(attributes.APP, app),
        SearchAttributePair(attributes.SCHEDULE, schedule_id),
        SearchAttributePair(attributes.OWNER, owner),
    ]
    await client.create_schedule(
        schedule_id,
        Schedule(
            action=ScheduleActionStartWorkflow(workflow, args=args, id=schedule_id, task_queue=app),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=_LONG)]),
            state=ScheduleState(paused=True),
        ),
        memo=memo,
        search_attributes=TypedSearchAttributes(marks),
    )
    return schedule_id


async def listed(who: Caller, schedule_id: str) -> dict[str, Any] | None:
    data = await who.data("GET", "/schedule/list")
    return {one["id"]: one for one in data.get("broken", [])}.get(schedule_id)


@pytest.mark.parametrize("what", BROKEN)
async def test_a_poison_schedule_is_shown_with_its_reason_and_can_be_deleted(
    *, client: Client, api: Api, app: str, alice: Caller, bob: Caller, admin: Caller, what: str
) -> None:
    sound = await create(alice)
    mine = await alice.data("GET", f"/schedule/{sound['id']}")
    owner = mine["schedule"]["owner"]
    schedule_id = await poison(client, app, owner, what)
    path = f"/schedule/{schedule_id}"
    for who in (alice, admin):
        status, said = await who.error("GET", path)
        assert (status, said["code"]) == (409, "schedule_broken")
        assert said["details"]["owner"] == owner
        assert len(said["message"]) > 80

    async def shown() -> dict[str, Any] | None:
        return await listed(alice, schedule_id)

    broken = await until(shown, what="it among the broken ones")
    assert broken["reason"]
    assert (await listed(admin, schedule_id)) == broken
    # For others there is none.
    assert await listed(bob, schedule_id) is None
    changes: list[tuple[str, str, Any]] = [
        ("GET", path, None),
        ("PUT", path, {"description": "x"}),
        ("POST", f"{path}/pause", {}),
        ("POST", f"{path}/trigger", {}),
        ("DELETE", path, None),
    ]
    for method, where, body in changes:
        status, said = await bob.error(method, where, json=body)
        assert (status, said["code"]) == (404, "schedule_not_found"), (method, where)
    for method, where, body in changes[:-1]:
        status, said = await alice.error(method, where, json=body)
        assert (status, said["code"]) == (409, "schedule_broken"), (method, where)
    for who, code in ((alice, "schedule_broken"), (bob, "schedule_not_found")):
        done = await who.data(
            "POST", "/schedule/bulk", json={"action": "pause", "ids": [schedule_id]}
        )
        assert done["results"][0]["error"]["code"] == code
    # The others are folded all the same.
    further = await create(alice)
    changed = await alice.data("PUT", f"/schedule/{further['id']}", json={"description": "well"})
    assert changed["schedule"]["description"] == "well"
    assert (await api.http.get("/healthz/ready")).status_code == 200
    deleted = await alice.data("DELETE", path)
    assert deleted == {"id": schedule_id, "deleted": True}
    assert (await alice.error("GET", path))[0] == 404

    async def gone() -> bool:
        # A sweep that had read it before tells of it once more.
        return await listed(alice, schedule_id) is None

    await until(gone, what="the list of broken ones without it")
