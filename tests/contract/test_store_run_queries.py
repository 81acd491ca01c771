"""Lists of runs: every filter, against a plain filter over the same runs."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from support.rows import at, run, snapshot, tally

from footfall.errors import InvalidInputError
from footfall.projection.run_query import RunQuery
from footfall.projection.store import Store
from footfall.schedules.run import RunKind, RunStatus, RunSummary

type Stores = tuple[Store, Store]

OWNERS = {"s1": "ann", "s2": "ann", "s3": "bob", "s4": "system", "s5": "system"}
STATIC = {"s4"}


def some_runs() -> list[RunSummary]:
    chance = random.Random(7)  # noqa: S311
    return [
        run(
            f"r{n % 97}",
            schedule_id=schedule_id,
            owner=OWNERS[schedule_id],
            is_static=schedule_id in STATIC,
            status=chance.choice(list(RunStatus)),
            kind=chance.choice(list(RunKind)),
            started=chance.randrange(40),
        )
        for n, schedule_id in ((n, chance.choice(list(OWNERS))) for n in range(260))
    ]


def latest(runs: list[RunSummary]) -> list[RunSummary]:
    """One summary for each run, as the stores must end with."""
    found: dict[tuple[str, str], RunSummary] = {}
    for one in runs:
        key = (one.schedule_id, one.id)
        if key not in found or _order(found[key]) < _order(one):
            found[key] = one
    return sorted(
        found.values(),
        key=lambda one: (one.started_at, one.id, one.schedule_id),
        reverse=True,
    )


def _order(one: RunSummary) -> tuple[object, ...]:
    is_closed = one.closed_at is not None
    return (one.started_at, is_closed, one.closed_at or at(0), one.model_dump_json())


QUERIES: list[tuple[RunQuery, Callable[[RunSummary], bool]]] = [
    (RunQuery(), lambda _: True),
    (RunQuery(schedule_id="s1"), lambda one: one.schedule_id == "s1"),
    (RunQuery(schedule_id="none"), lambda _: False),
    (RunQuery(owner="ann"), lambda one: one.owner == "ann" or one.is_static),
    (RunQuery(owner="nobody"), lambda one: one.is_static),
    # A user may be called as the owner of static schedules is.
    (RunQuery(owner="system"), lambda one: one.owner == "system"),
    (
        RunQuery(statuses=frozenset({RunStatus.FAILED, RunStatus.RUNNING})),
        lambda one: one.status in (RunStatus.FAILED, RunStatus.RUNNING),
    ),
    (
        RunQuery(owner="ann", kinds=frozenset({RunKind.MANUAL})),
        lambda one: one.kind is RunKind.MANUAL and (one.owner == "ann" or one.is_static),
    ),
    (RunQuery(since=at(10), until=at(20)), lambda one: at(10) <= one.started_at < at(20)),
    (
        RunQuery(schedule_id="s2", since=at(3), statuses=frozenset({RunStatus.SUCCEEDED})),
        lambda one: (
            one.schedule_id == "s2"
            and one.started_at >= at(3)
            and one.status is RunStatus.SUCCEEDED
        ),
    ),
    (RunQuery(since=at(20), until=at(10)), lambda _: False),
]


async def every(store: Store, query: RunQuery) -> list[RunSummary]:
    runs: list[RunSummary] = []
    while True:
        page = await store.list_runs(query)
        runs += page.runs
        if page.cursor is None:
            return runs
        assert len(page.runs) == query.limit
        query = replace(query, cursor=page.cursor)


async def test_every_filter_shows_what_a_plain_filter_does(stores: Stores) -> None:
    writer, reader = stores
    runs = some_runs()
    await writer.put_runs(runs[:100])
    await reader.put_runs(runs[100:])
    expected = latest(runs)
    for query, fits in QUERIES:
        for limit in (1, 7, 1000):
            found = await every(reader, replace(query, limit=limit))
            assert found == [one for one in expected if fits(one)], (query, limit)


async def test_counts_in_spans_are_those_of_a_plain_filter(stores: Stores) -> None:
    writer, reader = stores
    runs = some_runs()
    await writer.put_runs(runs)
    expected = latest(runs)
    for edges in ([0, 40], [3, 4], [5, 11, 12, 30], [50, 60]):
        spans = [at(edge) for edge in edges]
        for query, fits in QUERIES:
            if query.since or query.until:
                continue
            found = await reader.count_runs(replace(query, limit=1), spans)
            assert found == [
                Counter(
                    one.status for one in expected if fits(one) and first <= one.started_at < end
                )
                for first, end in pairwise(spans)
            ], (query, edges)


async def test_a_cursor_leads_on_only_in_the_list_that_gave_it(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_runs([run(f"r{n}", owner="ann", is_static=True, started=n) for n in range(9)])
    some, sure = frozenset(list(RunStatus)[:4]), frozenset({RunKind.SCHEDULED})
    several = [
        RunQuery(),
        RunQuery(schedule_id="s1"),
        RunQuery(owner="ann"),
        RunQuery(owner="ben"),
        RunQuery(statuses=some),
        RunQuery(kinds=sure),
        RunQuery(statuses=some, kinds=sure),
        RunQuery(since=at(1)),
        RunQuery(until=at(8)),
    ]
    for query in several:
        page = await writer.list_runs(replace(query, limit=2))
        assert page.cursor, query
        for other in several:
            listing = reader.list_runs(replace(other, limit=3, cursor=page.cursor))
            if other == query:
                assert (await listing).runs[0].started_at < page.runs[-1].started_at
                continue
            with pytest.raises(InvalidInputError) as caught:
                await listing
            assert caught.value.problems[0].field == "cursor"


async def test_a_run_leaves_a_filter_when_its_status_changes(stores: Stores) -> None:
    writer, reader = stores
    running = RunQuery(schedule_id="s1", statuses=frozenset({RunStatus.RUNNING}))
    await writer.put_runs([run(status=RunStatus.RUNNING)])
    assert len((await reader.list_runs(running)).runs) == 1
    await reader.put_runs([run()])
    assert (await writer.list_runs(running)).runs == []
    assert len((await writer.list_runs(RunQuery(schedule_id="s1"))).runs) == 1


async def test_counts_by_status_stay_exact_through_pruning_and_removal(stores: Stores) -> None:
    writer, reader = stores
    runs = some_runs()
    await writer.put_schedules([snapshot(one) for one in OWNERS])
    await writer.put_runs(runs)
    await reader.prune_runs(at(15))
    left = [one for one in latest(runs) if one.closed_at is None or one.closed_at >= at(15)]
    assert len(left) < len(latest(runs))
    for schedule_id in OWNERS:
        row = await writer.get_schedule(schedule_id)
        assert row is not None
        assert row.tally == tally([one for one in left if one.schedule_id == schedule_id])
    assert await every(writer, RunQuery()) == left
    await writer.remove_schedules(["s1", "s4"])
    left = [one for one in left if one.schedule_id not in ("s1", "s4")]
    assert await every(reader, RunQuery()) == left
    assert await reader.ids_with_runs() == {one.schedule_id for one in left}
