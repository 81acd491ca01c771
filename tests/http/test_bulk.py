import asyncio
from typing import Any

import pytest
from support.api import Api, Caller

from api.bulk_bodies import MOST_AT_ONCE, BulkRequest
from footfall.errors import InvalidInputError

BULK = "/schedule/bulk"


async def create(who: Caller, **fields: Any) -> str:
    body = {"walker_name": "greet", "trigger": "interval", "hours": 1, **fields}
    data = await who.data("POST", "/schedule/create", json=body)
    schedule_id: str = data["schedule"]["id"]
    return schedule_id


async def bulk(who: Caller, query: str = "", **body: Any) -> dict[str, Any]:
    data: dict[str, Any] = await who.data("POST", f"{BULK}{query}", json=body)
    results = data["results"]
    failed = sum(result["status"] == "error" for result in results)
    assert (data["total"], data["failed"]) == (len(results), failed)
    assert data["succeeded"] == len(results) - failed
    return data


async def shown(who: Caller, schedule_id: str) -> dict[str, Any]:
    data: dict[str, Any] = await who.data("GET", f"/schedule/{schedule_id}")
    schedule: dict[str, Any] = data["schedule"]
    return schedule


async def test_many_are_paused_resumed_tagged_and_deleted(alice: Caller) -> None:
    ids = list(await asyncio.gather(*(create(alice, tags=["old", "kept"]) for _ in range(20))))
    done = await bulk(alice, action="pause", ids=ids, reason="stocktaking")
    assert [result["id"] for result in done["results"]] == ids
    assert [one["error"] for one in done["results"] if "error" in one] == []
    for result in done["results"]:
        schedule = result["data"]["schedule"]
        assert (schedule["status"], schedule["revision"]) == ("paused", 2)
        assert "stocktaking" in schedule["pause_reason"]
        assert schedule == await shown(alice, result["id"])
    await bulk(alice, action="resume", filter={"tag": "kept", "status": "paused"})
    await bulk(alice, action="tag", ids=ids[:5], tags={"add": ["new", "kept"], "remove": ["old"]})
    assert (await shown(alice, ids[0]))["tags"] == ["kept", "new"]
    assert (await shown(alice, ids[5]))["tags"] == ["old", "kept"]
    assert (await shown(alice, ids[5]))["status"] == "active"
    done = await bulk(alice, action="delete", filter={"tag": ["new", "kept"]})
    assert {result["id"] for result in done["results"]} == set(ids[:5])
    assert done["results"][0]["data"] == {"id": done["results"][0]["id"], "deleted": True}
    left = await alice.data("GET", "/schedule/list", params={"is_static": "false"})
    assert {row["id"] for row in left["schedules"]} == set(ids[5:])


async def test_a_bad_item_stops_no_other(
    alice: Caller,
    bob: Caller,
    admin: Caller,
    app: str,
) -> None:
    mine, his = await create(alice), await create(bob)
    static = f"{app}.tick"
    ids = [his, static, "unknown", "x\x00\n", mine, mine]
    data = await bulk(alice, action="pause", ids=ids)
    codes = [result.get("error", {}).get("code", "done") for result in data["results"]]
    assert codes == [
        "schedule_not_found",
        "forbidden",
        "schedule_not_found",
        "schedule_not_found",
        "done",
    ]
    assert (await shown(bob, his))["status"] == "active"
    assert (await shown(alice, static))["status"] == "active"
    assert (await shown(alice, mine))["status"] == "paused"
    data = await bulk(admin, action="delete", ids=[static, his])
    assert [result["status"] for result in data["results"]] == ["error", "success"]
    assert data["results"][0]["error"]["code"] == "forbidden"


async def test_a_filter_means_what_the_list_shows(alice: Caller, bob: Caller) -> None:
    mine, his = await create(alice, description="a heron"), await create(bob, description="a heron")
    data = await bulk(alice, action="pause", filter={"q": "HERON"})
    assert [result["id"] for result in data["results"]] == [mine]
    assert (await shown(bob, his))["status"] == "active"
    assert await bulk(alice, action="delete", filter={"tag": "nothing"}) == {
        "results": [],
        "succeeded": 0,
        "failed": 0,
        "total": 0,
    }
    status, error = await bob.error(
        "POST",
        BULK,
        json={"action": "pause", "filter": {"owner": "alice"}},
    )
    assert (status, error["code"]) == (403, "forbidden")


async def test_a_filter_leaves_out_what_is_not_theirs_to_change(
    alice: Caller, admin: Caller, app: str
) -> None:
    tick = (await alice.data("GET", f"/schedule/{app}.tick"))["schedule"]
    mine = await create(alice, walker_name=tick["walker_name"])
    same, static = {"walker_name": tick["walker_name"]}, {"is_static": True}
    for action in ("pause", "resume", "trigger", "tag", "delete"):
        tags = {"tags": {"add": ["x"]}} if action == "tag" else {}
        data = await bulk(alice, "?dry_run=true", action=action, filter=same, **tags)
        assert [(one["id"], one["status"]) for one in data["results"]] == [(mine, "success")]
        assert (await bulk(alice, action=action, filter=static, **tags))["total"] == 0
        # An admin may hold and run static ones, and no more.
        data = await bulk(admin, "?dry_run=true", action=action, filter=same, **tags)
        found = {one["id"] for one in data["results"] if one["status"] == "success"}
        assert len(found) == data["total"]
        assert mine in found
        assert (tick["id"] in found) == (action in {"pause", "resume", "trigger"})


async def test_a_dry_run_shows_what_would_be_and_changes_nothing(alice: Caller) -> None:
    mine = await create(alice, tags=["a"])
    before = await shown(alice, mine)
    ids = [mine, "unknown"]
    for action, fields in [
        ("pause", {"status": "paused"}),
        ("tag", {"tags": ["a", "b"]}),
        ("delete", {}),
    ]:
        tags = {"tags": {"add": ["b"]}} if action == "tag" else {}
        data = await bulk(alice, "?dry_run=true", action=action, ids=ids, **tags)
        result, unknown = data["results"]
        assert unknown["error"]["code"] == "schedule_not_found"
        if action == "delete":
            assert result["data"] == {"id": mine, "deleted": False}
        else:
            schedule = result["data"]["schedule"]
            assert {name: schedule[name] for name in fields} == fields
    assert await shown(alice, mine) == before


async def test_tags_are_changed_on_the_schedule_as_it_is(alice: Caller) -> None:
    """What others write at the same time stays."""
    mine = await create(alice)
    await asyncio.gather(
        *(bulk(alice, action="tag", ids=[mine], tags={"add": [f"t{n}"]}) for n in range(5)),
    )
    assert set((await shown(alice, mine))["tags"]) == {f"t{n}" for n in range(5)}
    many = {"add": [f"u{n}" for n in range(16)]}
    data = await bulk(alice, action="tag", ids=[mine], tags=many)
    error = data["results"][0]["error"]
    assert error["code"] == "invalid_request"
    assert error["details"]["fields"][0]["field"] == "tags"
    revision = (await shown(alice, mine))["revision"]
    await bulk(alice, action="tag", ids=[mine], tags={"add": ["t1"], "remove": ["absent"]})
    assert (await shown(alice, mine))["revision"] == revision


async def test_a_filter_that_means_too_many_tells_how_many(
    api: Api,
    alice: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert api.http
    await asyncio.gather(*(create(alice, tags=["many"]) for _ in range(3)))
    monkeypatch.setattr("api.bulk.MOST_AT_ONCE", 2)
    status, data = await alice.error(
        "POST",
        BULK,
        json={"action": "delete", "filter": {"tag": "many"}},
    )
    assert status == 400
    assert data["details"]["fields"][0]["field"] == "filter"
    assert "3 schedules" in data["message"]
    listed = await alice.data("GET", "/schedule/list", params={"tag": "many"})
    assert listed["total"] == 3


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"action"}),
        ({"action": "explode", "ids": ["x"]}, {"action"}),
        ({"action": "pause"}, {"ids"}),
        ({"action": "pause", "ids": []}, {"ids"}),
        ({"action": "pause", "ids": ["x"] * (MOST_AT_ONCE + 1)}, {"ids"}),
        ({"action": "pause", "ids": [""]}, {"ids.0"}),
        ({"action": "pause", "ids": "x"}, {"ids"}),
        ({"action": "pause", "ids": ["x"], "filter": {"q": "x"}}, {"ids"}),
        ({"action": "pause", "filter": {}}, {"filter"}),
        ({"action": "delete", "filter": {"tag": []}}, {"filter"}),
        ({"action": "pause", "filter": {"walker": "x"}}, {"filter.walker"}),
        ({"action": "pause", "filter": {"status": None}}, {"filter.status"}),
        ({"action": "pause", "filter": {"next_run_after": 5}}, {"filter.next_run_after"}),
        ({"action": "pause", "filter": {"sort": "id"}}, {"filter.sort"}),
        ({"action": "pause", "ids": ["x"], "tags": {"add": ["a"]}}, {"tags"}),
        ({"action": "tag", "ids": ["x"]}, {"tags"}),
        ({"action": "tag", "ids": ["x"], "tags": {}}, {"tags"}),
        ({"action": "tag", "ids": ["x"], "tags": {"add": ["a"], "remove": ["a"]}}, {"tags"}),
        ({"action": "tag", "ids": ["x"], "tags": {"add": [""]}}, {"tags.add.0"}),
        ({"action": "pause", "ids": ["x"], "reason": "x" * 501}, {"reason"}),
        ({"action": "pause", "ids": ["x"], "surprise": 1}, {"surprise"}),
    ],
)
async def test_a_bad_request_names_its_field(
    alice: Caller,
    body: dict[str, Any],
    fields: set[str],
) -> None:
    assert await alice.fields("POST", BULK, json=body) == fields


async def test_a_mistyped_dry_run_changes_nothing(alice: Caller) -> None:
    mine = await create(alice)
    body = {"action": "delete", "ids": [mine]}
    for query, field in [("dryrun=true", "dryrun"), ("dry_run=true&dry_run=false", "dry_run")]:
        assert await alice.fields("POST", f"{BULK}?{query}", json=body) == {field}
    assert (await shown(alice, mine))["id"] == mine


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        BulkRequest.model_validate({"action": "tag"}).check()
    assert [problem.field for problem in caught.value.problems] == ["ids", "tags"]


async def test_many_are_run_now_and_a_dry_run_starts_none(alice: Caller) -> None:
    ids = [await create(alice) for _ in range(3)]
    body = {"action": "trigger", "ids": [*ids, "nobody"], "reason": "all at once"}
    foreseen = await alice.data("POST", "/schedule/bulk?dry_run=true", json=body)
    assert (foreseen["succeeded"], foreseen["failed"]) == (3, 1)
    assert [one["data"]["run"] for one in foreseen["results"][:3]] == [None] * 3
    done = await alice.data("POST", "/schedule/bulk", json=body)
    assert (done["succeeded"], done["failed"]) == (3, 1)
    assert done["results"][3]["error"]["code"] == "schedule_not_found"
    for schedule_id, result in zip(ids, done["results"][:3], strict=True):
        run = result["data"]["run"]
        assert (run["schedule_id"], run["kind"]) == (schedule_id, "manual")
        assert run["reason"] == "all at once"
        runs = (await alice.data("GET", f"/schedule/{schedule_id}/runs"))["runs"]
        assert [one["id"] for one in runs] == [run["id"]]
