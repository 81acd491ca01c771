"""Any order, any number of times, any number of processes: the rows end equal."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.rows import at, run, snapshot, tally

from footfall.projection.cursor import micros
from footfall.projection.memory import MemoryStore
from footfall.projection.mongo import MongoStore
from footfall.projection.run_query import RunQuery
from footfall.projection.store import Store
from footfall.schedules.run import RunStatus, RunSummary
from footfall.schedules.schedule import ScheduleSnapshot

SCHEDULES = ["s0", "s1", "s2"]
ENDS = [status for status in RunStatus if status is not RunStatus.RUNNING]

type Pair = tuple[MongoStore, MongoStore]


@dataclass(frozen=True)
class Sight:
    """One execution of one run, seen while it ran or after it closed."""

    schedule_id: str
    run_id: str
    execution: int
    is_closed: bool

    @property
    def summary(self) -> RunSummary:
        # Executions of different runs start in the same microsecond now and then.
        started = self.execution * 3 + (ord(self.run_id[-1]) % 2)
        end = ENDS[(ord(self.run_id[-1]) + self.execution) % len(ENDS)]
        return run(
            self.run_id,
            schedule_id=self.schedule_id,
            started=started,
            closed=started + self.execution % 2 * 4 + 1,
            status=end if self.is_closed else RunStatus.RUNNING,
            execution=f"e{self.execution}",
        )


sights = st.builds(
    Sight,
    schedule_id=st.sampled_from(SCHEDULES),
    run_id=st.sampled_from(["a", "b", "c", "d", "e"]),
    execution=st.integers(0, 2),
    is_closed=st.booleans(),
)
snapshots = st.builds(
    snapshot,
    st.sampled_from(SCHEDULES),
    created=st.sampled_from([0, 0.000001, 5]),
    revision=st.integers(1, 3),
)
puts = st.one_of(st.lists(sights, max_size=8), st.lists(snapshots, max_size=3))
removals = st.lists(st.sampled_from(SCHEDULES), max_size=2).map(lambda ids: ("remove", ids))
prunes = st.integers(0, 14).map(lambda seconds: ("prune", seconds))
commands = st.one_of(removals, prunes)
phases = st.lists(st.tuples(st.lists(puts, max_size=8), commands), min_size=1, max_size=3)


class Model:
    """What the rows must be, as simply as it can be said."""

    def __init__(self) -> None:
        self.schedules: dict[str, ScheduleSnapshot] = {}
        self.runs: dict[tuple[str, str], Sight] = {}

    def put(self, batch: list[Any]) -> None:
        for item in batch:
            if isinstance(item, Sight):
                key = item.schedule_id, item.run_id
                old = self.runs.get(key, item)
                both = (old.execution, old.is_closed), (item.execution, item.is_closed)
                self.runs[key] = item if both[1] >= both[0] else old
            else:
                old_one = self.schedules.get(item.walk.schedule_id, item)
                ages = [(one.walk.created_at, one.walk.revision) for one in (old_one, item)]
                self.schedules[item.walk.schedule_id] = item if ages[1] >= ages[0] else old_one

    def command(self, name: str, value: Any) -> None:
        if name == "remove":
            for schedule_id in value:
                self.schedules.pop(schedule_id, None)
                self.runs = {k: v for k, v in self.runs.items() if k[0] != schedule_id}
        else:
            self.runs = {
                key: sight
                for key, sight in self.runs.items()
                if not (closed := sight.summary.closed_at) or closed >= at(value)
            }

    def listed(self, schedule_id: str) -> list[RunSummary]:
        found = [sight.summary for key, sight in self.runs.items() if key[0] == schedule_id]
        return sorted(found, key=lambda one: (one.started_at, one.id), reverse=True)


async def put(store: Store, batch: list[Any]) -> None:
    await store.put_schedules([item for item in batch if isinstance(item, ScheduleSnapshot)])
    await store.put_runs([item.summary for item in batch if isinstance(item, Sight)])


async def command(store: Store, name: str, value: Any) -> None:
    if name == "remove":
        await store.remove_schedules(value)
    else:
        await store.prune_runs(at(value))


async def assert_tallies_count_rows(store: Store) -> None:
    for schedule_id in SCHEDULES:
        # Only a row shows its tally, whoever removed it last.
        await store.put_schedules([snapshot(schedule_id)])
    for row in (await store.list_schedules(owner=None, limit=10)).rows:
        runs = (await store.list_runs(RunQuery(schedule_id=row.id, limit=100))).runs
        assert row.tally == tally(runs)
        if isinstance(store, MongoStore):
            document = await store.connection.collection("schedules").find_one(
                {"_id": {"scope": store._scope, "id": row.id}}
            )
            assert document is not None
            assert document["ran"] == (micros(runs[0].started_at) if runs else None)


@settings(max_examples=60, deadline=None)
@given(phases=phases, seed=st.integers(0, 2**32))
async def test_any_order_ends_as_the_model_says(
    two_mongo_stores: Pair,
    phases: list[tuple[list[list[Any]], tuple[str, Any]]],
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311
    model, memory = Model(), MemoryStore()
    await two_mongo_stores[0].clear()
    for batches, (name, value) in phases:
        for batch in batches:
            model.put(batch)
        for store in (memory, memory):
            for batch in chance.sample(batches, len(batches)):
                await put(store, chance.sample(batch, len(batch)))
        await asyncio.gather(
            *(
                put(store, chance.sample(batch, len(batch)))
                for batch in chance.sample(batches, len(batches))
                for store in two_mongo_stores
            ),
        )
        model.command(name, value)
        await command(memory, name, value)
        await asyncio.gather(*(command(store, name, value) for store in two_mongo_stores))
    expected = await memory.list_schedules(owner="ann", limit=99)
    assert {row.id: row.snapshot for row in expected.rows} == model.schedules
    for store in (memory, *two_mongo_stores):
        for schedule_id in SCHEDULES:
            assert (
                await store.list_runs(RunQuery(schedule_id=schedule_id, limit=99))
            ).runs == model.listed(schedule_id)
        assert await store.schedule_ids() == set(model.schedules)
        assert await store.list_schedules(owner="ann", limit=99) == expected
    for store in (memory, *two_mongo_stores):
        await assert_tallies_count_rows(store)


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 1), st.one_of(puts, commands)),
        min_size=2,
        max_size=16,
    ),
)
async def test_whatever_happens_at_once_tallies_count_the_rows(
    two_mongo_stores: Pair,
    steps: list[tuple[int, Any]],
) -> None:
    await two_mongo_stores[0].clear()
    await asyncio.gather(
        *(
            command(two_mongo_stores[which], *step)
            if isinstance(step, tuple)
            else put(two_mongo_stores[which], step)
            for which, step in steps
        ),
    )
    for store in two_mongo_stores:
        await assert_tallies_count_rows(store)
    tallies = two_mongo_stores[0].connection.collection("tallies")
    assert await tallies.count_documents({"pending.token": {"$exists": True}}) == 0


@settings(max_examples=20, deadline=None)
@given(batches=st.lists(st.lists(sights, min_size=1, max_size=10), min_size=1, max_size=6))
async def test_of_two_sights_that_only_differ_the_same_one_stays(
    two_mongo_stores: Pair,
    batches: list[list[Sight]],
) -> None:
    """Even sights that Temporal cannot give, such as two ends, are settled alike everywhere."""
    odd = [
        [
            sight.summary.model_copy(update={"owner": f"o{n % 3}", "status": ENDS[n % len(ENDS)]})
            for n, sight in enumerate(batch)
        ]
        for batch in batches
    ]
    memory = MemoryStore()
    await two_mongo_stores[0].clear()
    for batch in reversed(odd):
        await memory.put_runs(batch[::-1])
    await asyncio.gather(*(two_mongo_stores[n % 2].put_runs(b) for n, b in enumerate(odd + odd)))
    for store in (memory, *two_mongo_stores):
        await store.put_schedules([snapshot(one) for one in SCHEDULES])
    expected = await memory.list_schedules(owner=None, limit=9)
    for store in two_mongo_stores:
        assert await store.list_schedules(owner=None, limit=9) == expected
    await assert_tallies_count_rows(two_mongo_stores[1])
