"""How MongoDB finds the pages of lists: by which indexes, and whether it has to sort."""

import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
from support.mongod import Mongod
from support.rows import at, run, snapshot
from support.searching import schedule

from footfall.projection.cursor import micros
from footfall.projection.mongo import MongoStore
from footfall.projection.mongo.indexes import SORTED, TEXTS
from footfall.projection.mongo.schedule_search import Pipeline, ScheduleSearch
from footfall.projection.run_query import RunQuery
from footfall.projection.schedule_query import SORTS, Range, ScheduleQuery
from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus

NOW = micros(at(100))
NAMED = 200
FILTERS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "walker_name": {"walker_name": "w1"},
    "trigger": {"trigger": "interval"},
    "follows": {"follows": "s1"},
    "status": {"status": ScheduleStatus.PAUSED},
    "is_static": {"is_static": True},
    "tag": {"tags": ("t1",)},
    "owner": {"owner": "ann"},
    "q": {"words": ("w1",)},
    "next_run": {"next_run": Range(NOW, NOW + 1)},
    "last_run": {"last_run": Range(NOW, NOW + 1)},
    "last_status": {"last_status": RunStatus.FAILED},
    "never ran": {"last_status": "none"},
}
OF_RUNS = ("last_run", "last_status", "never ran")
READERS = {"admin": None, "owner": "ann"}
IN_ORDER = ("created_at", *SORTED)


@pytest.fixture(scope="module")
async def store(mongod: Mongod) -> AsyncIterator[MongoStore]:
    """A store with schedules of three owners, a third of which have no name, and their runs."""
    store = MongoStore(mongod.uri, "plans", f"scope {uuid.uuid4().hex}")
    await store.open()
    rows: list[ScheduleSnapshot] = []
    for n in range(NAMED * 3 // 2):
        plain = snapshot(f"s{n}", owner=("ann", "ben", "eve")[n % 3])
        name = f"n{n * 7 % NAMED}" if n < NAMED else None
        changed = {"name": name, "tags": (f"t{n % 9}",), "walker_name": f"w{n % 20}"}
        walk = plain.walk.model_copy(update=changed)
        rows.append(plain.model_copy(update={"walk": walk}))
    await store.put_schedules(rows)
    await store.put_runs([run(f"r{n}", schedule_id=f"s{n}") for n in range(NAMED)])
    await store.time_passed(at(100))
    yield store
    await store.close()


def stages(plan: Any) -> Iterator[str]:
    """Name every stage of what would be done, and of nothing that was rejected."""
    if isinstance(plan, Mapping):
        yield from (str(plan[name]) for name in ("stage",) if name in plan)
        for name, part in plan.items():
            if name.startswith("$"):
                yield name
            if name not in ("rejectedPlans", "serverParameters", "command"):
                yield from stages(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from stages(part)


async def explained(
    store: MongoStore, collection: str, pipeline: Pipeline, verbosity: str, **options: Any
) -> Any:
    command = {"aggregate": collection, "pipeline": pipeline, "cursor": {}, **options}
    database = store.connection.collection(collection).database
    return await database.command("explain", command, verbosity=verbosity)


async def plans(store: MongoStore, owner: str | None, query: ScheduleQuery) -> list[set[str]]:
    search = ScheduleSearch(query, store._schedules.selection(owner), now=NOW)
    return [
        set(stages(await explained(store, search.collection, pipeline, "queryPlanner")))
        for pipeline in search.pages(last=None, limit=51)
    ]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", FILTERS)
async def test_every_filter_with_every_sort_reads_an_index(
    store: MongoStore, name: str, reader: str
) -> None:
    for sort in SORTS:
        for is_descending in (False, True):
            query = ScheduleQuery(**FILTERS[name], sort=sort, is_descending=is_descending)
            for found in await plans(store, READERS[reader], query):
                assert "IXSCAN" in found, (sort, found)
                assert "COLLSCAN" not in found, (sort, found)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("sort", IN_ORDER)
async def test_what_is_read_in_order_is_not_sorted(
    store: MongoStore, sort: str, reader: str
) -> None:
    # With a filter, an index that lets few rows through may be better than one in order.
    by_filter = sort == "created_at" and reader == "admin"
    # What was read in order is merged with the few whose next run has passed.
    sorts = {"SORT"} if sort == "next_run_at" else {"SORT", "$sort"}
    names = [name for name in FILTERS if name not in OF_RUNS] if by_filter else ["nothing"]
    for name in names:
        for is_descending in (False, True):
            query = ScheduleQuery(**FILTERS[name], sort=sort, is_descending=is_descending)
            for found in await plans(store, READERS[reader], query):
                assert not found & sorts, (name, found)


async def test_a_page_in_order_reads_no_more_rows_than_it_shows(store: MongoStore) -> None:
    for sort in SORTED:
        first = await store.list_schedules(owner=None, limit=50, query=ScheduleQuery(sort=sort))
        assert first.cursor is not None
        search = ScheduleSearch(ScheduleQuery(sort=sort), {"scope": store._scope}, now=NOW)
        pipeline = search.pages(last=None, limit=51)[0]
        plan = await explained(store, "schedules", pipeline, "executionStats")
        scanned = plan["stages"][0]["$cursor"]["executionStats"]
        # Each with its tally.
        assert scanned["totalDocsExamined"] <= 2 * 51, sort


@pytest.mark.parametrize("query", [RunQuery(), RunQuery(owner="ann"), RunQuery(schedule_id="s1")])
async def test_runs_are_counted_without_reading_them(store: MongoStore, query: RunQuery) -> None:
    pipeline = store._runs.counting(query, [at(0), at(50), at(100)])
    plan = await explained(store, "runs", pipeline, "queryPlanner")
    assert set(stages(plan)) & {"IXSCAN", "COLLSCAN", "FETCH"} == {"IXSCAN"}


@pytest.mark.parametrize("reader", READERS)
async def test_rows_with_a_word_are_counted_by_an_index_that_has_the_texts(
    store: MongoStore, reader: str
) -> None:
    selection = store._schedules.selection(READERS[reader])
    search = ScheduleSearch(ScheduleQuery(words=("w1",)), selection, now=NOW)
    assert search.looks_in_texts
    plan = await explained(store, "schedules", search.count(), "executionStats", hint=TEXTS)
    scanned = plan["stages"][0]["$cursor"]["executionStats"]
    assert scanned["totalDocsExamined"] == 0


async def test_a_filter_that_lets_few_through_reads_an_index(mongo_store: MongoStore) -> None:
    store = mongo_store
    await store.put_schedules(
        [
            schedule(n, walker_name=f"w{n % 20}", owner=f"o{n % 20}", tags=(f"t{n % 20}",))
            for n in range(200)
        ],
    )
    schedules = store.connection.collection("schedules")
    for condition in (
        {"search.walker_name": "w3"},
        {"search.owner": "o3"},
        {"search.tags": {"$all": ["t3"]}},
    ):
        found = schedules.find({"$and": [{"scope": store._scope}, condition]}).sort("place", 1)
        statistics = (await found.explain())["executionStats"]
        assert (statistics["nReturned"], statistics["totalDocsExamined"]) == (10, 10)
