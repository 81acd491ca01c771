"""Rows that a process of a newer release wrote are passed over, and stay."""

import json

from support.rows import snapshot

from footfall.projection.mongo import MongoStore
from footfall.projection.schedule_query import ScheduleQuery


async def test_a_row_of_a_newer_release_hides_no_others_and_is_not_replaced(
    mongo_store: MongoStore,
) -> None:
    store = mongo_store
    old = [snapshot(f"newer{number}", created=number) for number in range(4)]
    await store.put_schedules([*old[:1], snapshot("newer1", created=1, revision=2), *old[2:]])
    rows = store.connection.collection("schedules")
    row = await rows.find_one({"_id.id": "newer1"})
    assert row is not None
    body = json.loads(row["body"])
    body["walk"]["policies"]["overlap"] = "wait_for_dawn"
    changed = {"$set": {"body": json.dumps(body)}}
    await rows.update_one({"_id": row["_id"]}, changed)
    for query in (ScheduleQuery(), ScheduleQuery(walker_name="tidy")):
        first = await store.list_schedules(owner="ann", limit=2, query=query)
        assert [one.id for one in first.rows] == ["newer0"]
        last = await store.list_schedules(owner="ann", limit=2, query=query, cursor=first.cursor)
        assert [one.id for one in last.rows] == ["newer2", "newer3"]
        assert last.cursor is None
    assert await store.get_schedule("newer1") is None
    # An older sight of it, from whoever can read that, does not replace it.
    await store.put_schedules([old[1]])
    kept = await rows.find_one({"_id": row["_id"]})
    assert kept is not None
    assert kept["body"] == changed["$set"]["body"]
    assert "newer1" in await store.schedule_ids()
