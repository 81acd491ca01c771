import asyncio
from itertools import pairwise
from typing import Any

import pytest
from support.rows import at, run, snapshot

from footfall.errors import InvalidInputError
from footfall.projection.row import ScheduleRow
from footfall.projection.run_query import RunQuery
from footfall.projection.store import Store
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus

type Stores = tuple[Store, Store]

AWKWARD_ARGS: dict[str, Any] = {
    "a.b.$c": {"$set": {"x.y": 1}, "": None},
    "$where": [1, [2, {"..": []}]],
    "null\x00key": "null\x00value",
    "big": 2**64 + 1,
    "bigger": -(10**40),
    "float": 0.1,
    "huge": 1e308,
    "infinite": float("inf"),
    "text": "ünï\U0001f600 \u2028 </script> \ud7ff",
    "nothing": None,
    "deep": [[[[[[[[[[]]]]]]]]]],
}


async def every_row(store: Store, *, owner: str | None, limit: int) -> list[ScheduleRow]:
    rows: list[ScheduleRow] = []
    cursor: str | None = None
    while True:
        page = await store.list_schedules(owner=owner, limit=limit, cursor=cursor)
        assert len(page.rows) == limit or page.cursor is None
        rows += page.rows
        cursor = page.cursor
        if cursor is None:
            assert page.total == len(rows)
            return rows


async def test_an_empty_store_has_nothing(stores: Stores) -> None:
    store, _ = stores
    page = await store.list_schedules(owner=None, limit=10)
    assert (page.rows, page.cursor, page.total) == ([], None, 0)
    assert await store.get_schedule("s1") is None
    assert await store.schedule_ids() == set()
    assert await store.get_run("s1", "r1") is None
    assert (await store.list_runs(RunQuery(schedule_id="s1", limit=10))).runs == []
    assert await store.watermark() is None
    await store.ping()
    await store.remove_schedules(["s1"])
    await store.put_schedules([])
    await store.put_runs([])
    await store.prune_runs(at(0))


async def test_a_schedule_comes_back_equal(stores: Stores) -> None:
    writer, reader = stores
    given = snapshot(args=AWKWARD_ARGS, tags=("$a.b", "\x00"), description="d\x00")
    await writer.put_schedules([given])
    row = await reader.get_schedule("s1")
    assert row is not None
    assert row.snapshot == given
    assert row.snapshot.model_dump() == given.model_dump()
    assert row.snapshot.walk.created_at.microsecond == 123457
    page = await reader.list_schedules(owner=None, limit=1)
    assert page.rows == [row]
    assert await reader.schedule_ids() == {"s1"}


@pytest.mark.parametrize("awkward", ["$id", "a.b", "\x00", "x" * 977, "ü/\\ \U0001f600", "$$NOW"])
async def test_any_id_and_owner_will_do(stores: Stores, awkward: str) -> None:
    writer, reader = stores
    given = snapshot(awkward, owner=awkward)
    await writer.put_schedules([given])
    await writer.put_runs([run(awkward, schedule_id=awkward)])
    row = await reader.get_schedule(awkward)
    assert row is not None
    assert row.id == awkward
    assert row.tally.run_count == 1
    assert (await reader.list_schedules(owner=awkward, limit=5)).rows == [row]
    assert (await reader.list_runs(RunQuery(schedule_id=awkward, limit=5))).runs == [
        row.tally.last_run
    ]
    await reader.remove_schedules([awkward])
    assert await writer.get_run(awkward, awkward) is None


async def test_an_older_schedule_never_replaces_a_newer_one(stores: Stores) -> None:
    writer, reader = stores
    for age in [(0, 2), (0, 1), (5, 1), (0, 9)]:
        await writer.put_schedules([snapshot(created=age[0], revision=age[1])])
    row = await reader.get_schedule("s1")
    assert row is not None
    assert row.snapshot == snapshot(created=5, revision=1)


async def test_of_one_revision_the_last_put_stays(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot(note="one"), snapshot(note="two")])
    await reader.put_schedules([snapshot(note="three")])
    await writer.put_schedules([snapshot(revision=2), snapshot(note="late")])
    await reader.put_schedules([snapshot(revision=2, note="held")])
    row = await writer.get_schedule("s1")
    assert row is not None
    assert row.snapshot.note == "held"


async def test_a_new_schedule_put_by_all_at_once_is_the_newest(stores: Stores) -> None:
    for number in range(5):
        name = f"s{number}"
        await asyncio.gather(
            *(
                stores[revision % 2].put_schedules([snapshot(name, revision=revision)])
                for revision in range(1, 13)
            ),
        )
        row = await stores[0].get_schedule(name)
        assert row is not None
        assert row.snapshot.walk.revision == 12


async def test_a_list_is_in_the_order_of_creation_then_id(stores: Stores) -> None:
    writer, reader = stores
    given = [snapshot(f"s{n}", created=(n * 7 % 5) * 0.000001) for n in range(23)]
    await writer.put_schedules(given)
    expected = sorted(given, key=lambda one: (one.walk.created_at, one.walk.schedule_id))
    for limit in (1, 4, 22, 23, 50):
        rows = await every_row(reader, owner=None, limit=limit)
        assert [row.snapshot for row in rows] == expected


async def test_an_owner_sees_their_own_and_the_static_ones(stores: Stores) -> None:
    writer, reader = stores
    for n in range(12):
        kinds = [
            {"owner": "ann"},
            {"owner": "ben"},
            {"owner": "system", "is_static": True},
            {"owner": "None"},
        ]
        await writer.put_schedules([snapshot(f"s{n:02}", created=-n, **kinds[n % 4])])
    rows = await every_row(reader, owner="ann", limit=2)
    assert [row.id for row in rows] == ["s10", "s08", "s06", "s04", "s02", "s00"]
    assert len(await every_row(reader, owner="zoe", limit=2)) == 3
    assert len(await every_row(reader, owner="system", limit=2)) == 3
    assert len(await every_row(reader, owner=None, limit=5)) == 12


async def test_a_cursor_stands_while_rows_come_and_go(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot(f"s{n}", created=n) for n in range(6)])
    first = await reader.list_schedules(owner=None, limit=3)
    await writer.remove_schedules(["s0", "s2", "s3"])
    await writer.put_schedules([snapshot("early", created=-1), snapshot("s9", created=9)])
    second = await reader.list_schedules(owner=None, limit=9, cursor=first.cursor)
    assert [row.id for row in second.rows] == ["s4", "s5", "s9"]


async def test_a_static_schedule_that_becomes_dynamic_changes_its_readers(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot(is_static=True)])
    await writer.put_schedules([snapshot(revision=2, owner="ben")])
    assert (await reader.list_schedules(owner="zoe", limit=5)).total == 0
    assert (await reader.list_schedules(owner="ben", limit=5)).total == 1


BAD_CURSORS = ["x", "=", "é", "a b", "czAx", "AAAA", "\x00", "eyJhIjoxfQ", "c" * 3000, "__--"]


@pytest.mark.parametrize("cursor", BAD_CURSORS)
async def test_a_bad_cursor_is_invalid_input(stores: Stores, cursor: str) -> None:
    store, _ = stores
    for listing in (
        store.list_schedules(owner=None, limit=1, cursor=cursor),
        store.list_runs(RunQuery(schedule_id="s1", limit=1, cursor=cursor)),
    ):
        with pytest.raises(InvalidInputError) as caught:
            await listing
        assert caught.value.problems[0].field == "cursor"


async def test_a_cursor_of_the_other_list_is_invalid_input(stores: Stores) -> None:
    store, _ = stores
    await store.put_schedules([snapshot("s1"), snapshot("s2")])
    await store.put_runs([run("r1"), run("r2")])
    of_schedules = (await store.list_schedules(owner=None, limit=1)).cursor
    of_runs = (await store.list_runs(RunQuery(schedule_id="s1", limit=1))).cursor
    assert of_schedules
    assert of_runs
    with pytest.raises(InvalidInputError):
        await store.list_runs(RunQuery(schedule_id="s1", limit=1, cursor=of_schedules))
    with pytest.raises(InvalidInputError):
        await store.list_schedules(owner=None, limit=1, cursor=of_runs)


async def test_removing_takes_runs_and_tally_along(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot("s1"), snapshot("s2")])
    await writer.put_runs([run("r1"), run("r2"), run("r3", schedule_id="s2")])
    await reader.remove_schedules(["s1", "s1", "unknown"])
    assert await writer.schedule_ids() == {"s2"}
    assert (await writer.list_runs(RunQuery(schedule_id="s1", limit=5))).runs == []
    assert await writer.get_run("s1", "r1") is None
    await writer.put_schedules([snapshot("s1", created=9)])
    row, other = await reader.get_schedule("s1"), await reader.get_schedule("s2")
    assert row is not None
    assert other is not None
    assert (row.tally.run_count, row.tally.last_run, other.tally.run_count) == (0, None, 1)


async def test_the_watermark_never_goes_back(stores: Stores) -> None:
    writer, reader = stores
    for seconds in (5.000001, 3, 5):
        await writer.set_watermark(at(seconds))
    assert await reader.watermark() == at(5.000001)


async def test_clear_forgets_everything(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot()])
    await writer.put_runs([run(), run(schedule_id="orphan")])
    await writer.set_watermark(at(0))
    await reader.clear()
    assert await writer.watermark() is None
    assert await writer.schedule_ids() == set()
    assert await writer.get_run("s1", "r1") is None
    await writer.put_schedules([snapshot(), snapshot("orphan")])
    for row in (await reader.list_schedules(owner=None, limit=5)).rows:
        assert row.tally.run_count == 0


async def test_a_changed_creation_time_moves_the_row(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot("s1", created=0), snapshot("s2", created=1)])
    await writer.put_schedules([snapshot("s1", created=2)])
    rows = await every_row(reader, owner=None, limit=1)
    assert [row.id for row in rows] == ["s2", "s1"]
    assert all(a.snapshot.walk.created_at <= b.snapshot.walk.created_at for a, b in pairwise(rows))


async def test_an_owners_schedules_are_counted(stores: Stores) -> None:
    writer, reader = stores
    assert await reader.count_owned("ann") == 0
    await writer.put_schedules(
        [
            snapshot("a"),
            snapshot("b", created=1),
            snapshot("c", owner="bob"),
            snapshot("d", is_static=True),
        ]
    )
    assert await reader.count_owned("ann") == 2
    assert await reader.count_owned("ann", without={"b", "c", "d", "unknown"}) == 1
    assert await reader.count_owned("bob", without=["a"]) == 1
    await writer.remove_schedules(["a"])
    assert await reader.count_owned("ann") == 1


async def test_schedules_are_counted_by_status(stores: Stores) -> None:
    writer, reader = stores
    assert set((await reader.count_statuses()).values()) == {0}
    completed = snapshot("d").model_copy(update={"next_times": ()})
    await writer.put_schedules([snapshot("a"), snapshot("b"), held("c"), completed])
    assert await reader.count_statuses() == counted(active=2, paused=1, completed=1)
    await writer.put_schedules([held("a"), held("a")])
    await writer.remove_schedules(["d", "d", "unknown"])
    assert await reader.count_statuses() == counted(active=1, paused=2, completed=0)
    await writer.clear()
    assert set((await reader.count_statuses()).values()) == {0}


def held(schedule_id: str) -> ScheduleSnapshot:
    return snapshot(schedule_id).model_copy(update={"paused": True})


def counted(**counts: int) -> dict[ScheduleStatus, int]:
    return {ScheduleStatus(name): count for name, count in counts.items()}
