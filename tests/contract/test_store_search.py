"""A filtered and sorted list shows what the query says, in every store and on every page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.rows import at, run
from support.searching import NOW, schedule, walked

from footfall.errors import InvalidInputError
from footfall.projection.cursor import micros
from footfall.projection.memory import MemoryStore
from footfall.projection.mongo import MongoStore
from footfall.projection.row import ScheduleRow
from footfall.projection.schedule_facts import facts_of
from footfall.projection.schedule_query import NULLABLE, SORTS, Range, ScheduleQuery
from footfall.projection.store import Store
from footfall.schedules.policy import Policies
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus

TEXTS = ["", "Daily", "daily report", "$a.b", "Straße", "x\x00y", "ünï\U0001f600", "{$gt: 1}"]
TAGS = ["a", "b", "A", "$b", ""]
OWNERS = ["ann", "ben", "$ann", "system"]
CONFIGS: list[dict[str, Any]] = [
    {"trigger": "interval", "seconds": 5},
    {"trigger": "cron", "cron": "0 9 * * 1", "timezone": "europe/berlin"},
    {"trigger": "date", "run_date": "2030-01-01T00:00:00Z"},
    {"trigger": "after", "after": {"schedule": "s0"}},
    {"trigger": "after", "after": {"schedule": "s1", "on": ["failed"]}},
    {"trigger": "cron", "cron": "of a release to come", "timezone": "Mars/Olympus"},
]

type Stores = tuple[Store, Store]


moments = st.sampled_from([0.0, 0.000001, 50.0, 99.999999, 100.0, 100.000001, 150.0, 200.0])
fields = st.fixed_dictionaries(
    {
        "walker_name": st.sampled_from(TEXTS),
        "config": st.sampled_from(CONFIGS),
        "owner": st.sampled_from(OWNERS),
        "is_static": st.booleans(),
        "description": st.sampled_from(TEXTS),
        "tags": st.lists(st.sampled_from(TAGS), max_size=3).map(tuple),
        "timeout": st.integers(1, 3),
        "name": st.sampled_from([None, "Alpha", "alpha"]),
        "policies": st.builds(
            Policies,
            max_runs=st.sampled_from([None, 1, 2]),
            pause_on_failure=st.sampled_from([None, 3]),
        ),
        "late_after": st.sampled_from([None, 10, 600]),
        "revision": st.integers(1, 3),
        "created_at": moments.map(at),
    },
)


@st.composite
def projections(draw: st.DrawFn) -> tuple[list[ScheduleSnapshot], list[RunSummary]]:
    snapshots = [
        schedule(
            number,
            paused=draw(st.booleans()),
            times=draw(st.lists(moments, max_size=3)),
            **draw(fields),
        )
        for number in range(draw(st.integers(1, 9)))
    ]
    runs = [
        run(
            f"r{number}",
            schedule_id=f"s{draw(st.integers(0, 8))}",
            status=draw(st.sampled_from(RunStatus)),
            started=draw(moments),
        )
        for number in range(draw(st.integers(0, 12)))
    ]
    return snapshots, runs


def maybe[Value](values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value | None]:
    # Most filters of a query are absent, or hardly a row would be let through.
    return st.one_of(*[st.none()] * 6, values)


ranges = st.builds(Range.between, maybe(moments.map(at)), maybe(moments.map(at)))
queries = st.builds(
    ScheduleQuery,
    walker_name=maybe(st.sampled_from(TEXTS)),
    trigger=maybe(st.sampled_from(["interval", "cron", "date", "after"])),
    follows=maybe(st.sampled_from(["s0", "s1"])),
    status=maybe(st.sampled_from(ScheduleStatus)),
    is_static=maybe(st.booleans()),
    tags=st.one_of(*[st.just(())] * 4, st.sampled_from(TAGS).map(lambda tag: (tag,))),
    owner=maybe(st.sampled_from(OWNERS)),
    words=st.lists(st.sampled_from([*TEXTS, "DAILY", "strasse", "s1", "monday"]), max_size=1).map(
        tuple,
    ),
    last_status=maybe(st.sampled_from([*RunStatus, "none"])),
    next_run=ranges,
    last_run=ranges,
    sort=st.sampled_from([*sorted(SORTS), *sorted(NULLABLE) * 2]),
    is_descending=st.booleans(),
)


of_the_moment = st.builds(
    ScheduleQuery,
    next_run=ranges,
    sort=st.sampled_from(["next_run_at", "created_at"]),
    is_descending=st.booleans(),
)


def expected(
    rows: Iterable[ScheduleRow],
    query: ScheduleQuery,
    owner: str | None,
    now: datetime,
) -> list[str]:
    """Say it as simply as it can be said."""
    key_of, instant = query.key_of(), micros(now)
    kept = [
        (key_of(facts, row.tally, instant), row.id)
        for row in rows
        if owner is None or row.snapshot.walk.is_static or row.snapshot.walk.owner == owner
        if query.keeps(facts := facts_of(row.snapshot), row.tally, instant)
    ]
    down = query.is_descending
    present = sorted((one for one in kept if one[0] is not None), reverse=down)
    absent = sorted((one for one in kept if one[0] is None), key=lambda one: one[1], reverse=down)
    return [row_id for _, row_id in present + absent]


@settings(max_examples=80, deadline=None)
@given(
    projection=projections(),
    several=st.lists(
        st.tuples(queries, maybe(st.sampled_from(OWNERS)), st.integers(1, 4)),
        min_size=1,
        max_size=6,
    ),
)
async def test_both_stores_show_what_the_query_says(
    two_mongo_stores: tuple[MongoStore, MongoStore],
    projection: tuple[list[ScheduleSnapshot], list[RunSummary]],
    several: list[tuple[ScheduleQuery, str | None, int]],
) -> None:
    memory, (writer, reader) = MemoryStore(), two_mongo_stores
    await writer.clear()
    for store in (memory, writer):
        await store.put_schedules(projection[0])
        await store.put_runs(projection[1])
    everything = (await memory.list_schedules(owner=None, limit=100)).rows
    assert len(everything) == len(projection[0])
    by_id = {row.id: row for row in everything}
    for query, owner, limit in several:
        wanted = [by_id[one] for one in expected(everything, query, owner, NOW)]
        assert await walked(memory, query, owner, limit) == wanted
        assert await walked(reader, query, owner, limit) == wanted


@settings(max_examples=80, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.one_of(projections(), st.just(([], []))),
            st.lists(st.sampled_from(["s0", "s1", "s2"]), max_size=1),
            moments,
        ),
        min_size=2,
        max_size=5,
    ),
    several=st.lists(
        st.tuples(
            st.one_of(queries, of_the_moment), maybe(st.sampled_from(OWNERS)), st.integers(1, 4)
        ),
        min_size=1,
        max_size=4,
    ),
)
async def test_what_was_asked_for_before_follows_every_change(
    steps: list[tuple[tuple[list[ScheduleSnapshot], list[RunSummary]], list[str], float]],
    several: list[tuple[ScheduleQuery, str | None, int]],
) -> None:
    """Memory keeps its lists; here rows come, go and change, and the clock goes back too."""
    memory = MemoryStore()
    for (snapshots, runs), gone, moment in steps:
        await memory.put_schedules(snapshots)
        await memory.put_runs(runs)
        await memory.remove_schedules(gone)
        everything = (await memory.list_schedules(owner=None, limit=100)).rows
        by_id = {row.id: row for row in everything}
        for query, owner, limit in several:
            wanted = [by_id[one] for one in expected(everything, query, owner, at(moment))]
            assert await walked(memory, query, owner, limit, at(moment)) == wanted


async def test_a_list_that_was_asked_for_before_follows_the_clock(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([schedule(1, times=[50, 200]), schedule(2, times=[100, 300])])
    by_next = ScheduleQuery(sort="next_run_at")
    soon = ScheduleQuery(next_run=Range.between(at(90), at(250)))
    for now, order, due in [
        (0, ["s1", "s2"], ["s2"]),
        (50, ["s2", "s1"], ["s1", "s2"]),
        (120, ["s1", "s2"], ["s1"]),
        (250, ["s1", "s2"], ["s1"]),
    ]:
        found = [row.id for row in await walked(reader, by_next, None, 1, at(now))]
        assert found == order
        assert [row.id for row in await walked(reader, soon, None, 5, at(now))] == due


@pytest.mark.parametrize("sort", ["last_run_at", "next_run_at", "name"])
@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
async def test_what_has_no_key_comes_last(
    stores: Stores,
    sort: str,
    limit: int,
    *,
    is_descending: bool,
) -> None:
    writer, reader = stores
    keyed = {1, 2, 4}
    await writer.put_schedules(
        [
            schedule(n, name=f"n{n}" if n in keyed else None, times=[200 + n] if n in keyed else [])
            for n in range(6)
        ],
    )
    await writer.put_runs([run(f"r{n}", schedule_id=f"s{n}", started=n) for n in keyed])
    query = ScheduleQuery(sort=sort, is_descending=is_descending)
    order = [4, 2, 1, 5, 3, 0] if is_descending else [1, 2, 4, 0, 3, 5]
    assert [row.id for row in await walked(reader, query, None, limit)] == [f"s{n}" for n in order]


async def test_what_is_overdue_counts_as_its_last_known_time(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules(
        [
            schedule(0, times=[150, 90]),
            schedule(1, times=[80, 90]),
            schedule(2, times=[150], paused=True),
            schedule(3),
        ],
    )
    rows = await walked(reader, ScheduleQuery(sort="next_run_at"), None, 10)
    assert [row.id for row in rows] == ["s1", "s0", "s2", "s3"]
    soon = ScheduleQuery(next_run=Range.between(at(90), at(150)))
    assert [row.id for row in await walked(reader, soon, None, 10)] == ["s1"]


@pytest.mark.parametrize("sort", ["revision", "last_run_at", "walker_name"])
@pytest.mark.parametrize("is_descending", [False, True])
async def test_pages_stand_while_rows_come_and_go(
    stores: Stores,
    sort: str,
    *,
    is_descending: bool,
) -> None:
    writer, reader = stores
    query = ScheduleQuery(sort=sort, is_descending=is_descending)

    def numbered(number: int) -> ScheduleSnapshot:
        return schedule(number, revision=1 + number, walker_name=f"w{number}")

    await writer.put_schedules([numbered(number) for number in range(6)])
    await writer.put_runs([run(f"r{n}", schedule_id=f"s{n}", started=n) for n in range(9)])
    before = await walked(reader, query, None, 10)
    first = await reader.list_schedules(owner=None, limit=3, query=query)
    shown = [row.id for row in first.rows]
    assert shown == [row.id for row in before][:3]
    # The row that the cursor stands on goes, and new ones come on both sides of it.
    await writer.remove_schedules([shown[0], shown[2], before[3].id])
    await writer.put_schedules([numbered(8), numbered(7)])
    rest = await reader.list_schedules(owner=None, limit=9, query=query, cursor=first.cursor)
    new = [] if is_descending else ["s7", "s8"]
    assert [row.id for row in rest.rows] == [before[4].id, before[5].id, *new]


async def test_a_cursor_leads_on_only_in_the_list_that_gave_it(stores: Stores) -> None:
    store, _ = stores
    await store.put_schedules([schedule(number) for number in range(3)])
    several = [
        ScheduleQuery(),
        ScheduleQuery(sort="id"),
        ScheduleQuery(sort="id", is_descending=True),
        ScheduleQuery(owner="ann"),
        ScheduleQuery(walker_name="tidy"),
        ScheduleQuery(walker_name="tidy", sort="id"),
    ]
    for query in several:
        cursor = (await store.list_schedules(owner=None, limit=1, query=query)).cursor
        assert cursor
        for other in several:
            listing = store.list_schedules(owner=None, limit=9, query=other, cursor=cursor)
            if other == query:
                assert len((await listing).rows) == 2
                continue
            with pytest.raises(InvalidInputError) as caught:
                await listing
            assert caught.value.problems[0].field == "cursor"


async def test_rows_of_a_former_schema_are_built_anew(mongo_store: MongoStore) -> None:
    store = mongo_store
    await store.put_schedules([schedule(0)])
    await store.put_runs([run(schedule_id="s0")])
    await store.set_watermark(at(0))
    former = store._former[0]
    for name in ("schedules", "runs", "tallies"):
        rows = store.connection.collection(name)
        row = await rows.find_one({"scope": store._scope})
        assert row is not None
        await rows.insert_one({**row, "_id": {**row["_id"], "scope": former}, "scope": former})
    await store.connection.collection("watermarks").insert_one({"_id": former, "at": 1})
    await store.open()
    for name in ("schedules", "runs", "tallies"):
        assert await store.connection.collection(name).count_documents({"scope": former}) == 0
    assert await store.connection.collection("watermarks").find_one({"_id": former}) is None
    assert await store.schedule_ids() == {"s0"}
    assert await store.watermark() == at(0)
