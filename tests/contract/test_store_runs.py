import asyncio

from support.rows import at, run, snapshot, tally

from footfall.projection.row import RunTally
from footfall.projection.run_query import RunQuery
from footfall.projection.store import Store
from footfall.schedules.run import RunStatus, RunSummary

type Stores = tuple[Store, Store]

RUNNING = RunStatus.RUNNING


async def tally_of(store: Store, schedule_id: str = "s1") -> RunTally:
    row = await store.get_schedule(schedule_id)
    assert row is not None
    listed = await store.list_schedules(owner=None, limit=100)
    assert row in listed.rows
    return row.tally


async def every_run(store: Store, schedule_id: str, limit: int) -> list[RunSummary]:
    runs: list[RunSummary] = []
    cursor: str | None = None
    while True:
        page = await store.list_runs(RunQuery(schedule_id=schedule_id, limit=limit, cursor=cursor))
        runs += page.runs
        cursor = page.cursor
        if cursor is None:
            return runs
        assert len(page.runs) == limit


async def test_a_run_comes_back_equal(stores: Stores) -> None:
    writer, reader = stores
    given = run(status=RunStatus.FAILED, error="$a.b \x00 ü", closed=1.000001)
    await writer.put_runs([given])
    assert await reader.get_run("s1", "r1") == given
    assert await reader.get_run("s2", "r1") is None
    assert (await reader.list_runs(RunQuery(schedule_id="s1", limit=5))).runs == [given]


async def test_every_status_counts_and_failures_twice(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot()])
    runs = [run(f"r{n}", status=status, started=n) for n, status in enumerate(RunStatus)]
    await writer.put_runs(runs)
    assert await tally_of(reader) == tally(runs)


async def test_folding_again_changes_nothing(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot()])
    runs = [run(f"r{n}", status=RunStatus.FAILED, started=n) for n in range(4)]
    for store in (writer, reader, writer):
        await store.put_runs(runs + runs)
    assert await tally_of(reader) == tally(runs)


async def test_a_run_closes_and_never_opens_again(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot()])
    await writer.put_runs([run(status=RUNNING)])
    assert await tally_of(reader) == tally([run(status=RUNNING)])
    await reader.put_runs([run(status=RunStatus.TIMED_OUT)])
    await writer.put_runs([run(status=RUNNING)])
    expected = run(status=RunStatus.TIMED_OUT)
    assert await reader.get_run("s1", "r1") == expected
    assert await tally_of(writer) == tally([expected])


async def test_a_newer_execution_of_one_workflow_id_wins(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot()])
    failed = run(status=RunStatus.FAILED, execution="e9")
    again = run(status=RUNNING, execution="e1", started=3)
    for runs in ([failed], [again], [failed], [again, failed]):
        await writer.put_runs(runs)
    assert await reader.get_run("s1", "r1") == again
    assert (await reader.list_runs(RunQuery(schedule_id="s1", limit=5))).runs == [again]
    assert await tally_of(reader) == tally([again])


async def test_runs_count_once_their_schedule_is_put(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_runs([run("r1"), run("r2", status=RunStatus.FAILED, started=1)])
    assert await reader.get_schedule("s1") is None
    assert (await reader.list_schedules(owner=None, limit=5)).total == 0
    assert len((await reader.list_runs(RunQuery(schedule_id="s1", limit=5))).runs) == 2
    await writer.put_schedules([snapshot()])
    found = await tally_of(reader)
    assert (found.run_count, found.failure_count) == (2, 1)


async def test_the_last_run_started_last_and_has_the_greatest_id(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot()])
    runs = [run("b", started=5), run("a", started=5), run("z", started=4.999999, closed=99)]
    await writer.put_runs(runs)
    assert (await tally_of(reader)).last_run == runs[0]
    assert (await reader.list_runs(RunQuery(schedule_id="s1", limit=5))).runs == runs


async def test_runs_are_listed_newest_first(stores: Stores) -> None:
    writer, reader = stores
    given = [run(f"r{n}", started=(n * 7 % 5) * 0.000001) for n in range(23)]
    await writer.put_runs([*given, run("other", schedule_id="s2")])
    expected = sorted(given, key=lambda one: (one.started_at, one.id), reverse=True)
    for limit in (1, 4, 22, 23, 50):
        assert await every_run(reader, "s1", limit) == expected


async def test_pruning_forgets_what_closed_before(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_schedules([snapshot("s1"), snapshot("s2")])
    await writer.put_runs(
        [
            run("early", status=RunStatus.FAILED, started=0, closed=5),
            run("long", started=0, closed=50),
            run("edge", started=1, closed=10),
            run("going", status=RUNNING, started=-100),
            run("gone", schedule_id="s2", status=RunStatus.FAILED, started=8, closed=9.999999),
        ],
    )
    await reader.prune_runs(at(10))
    assert [one.id for one in await every_run(writer, "s1", 5)] == ["edge", "long", "going"]
    assert await tally_of(writer, "s2") == RunTally()
    found = await tally_of(writer)
    assert (found.run_count, found.failure_count) == (3, 0)
    assert found.counts == {RunStatus.SUCCEEDED: 2, RUNNING: 1}
    assert found.last_run is not None
    assert found.last_run.id == "edge"
    await reader.prune_runs(at(10.000001))
    found = await tally_of(writer)
    assert found.run_count == 2
    assert found.last_run is not None
    assert found.last_run.id == "long"


async def test_a_run_that_runs_again_is_not_pruned_for_its_first_end(stores: Stores) -> None:
    writer, reader = stores
    await writer.put_runs([run(closed=1)])
    await writer.put_runs([run(status=RUNNING, started=20, execution="e2")])
    await writer.prune_runs(at(30))
    assert await reader.get_run("s1", "r1") is not None


async def test_everyone_folding_at_once_counts_each_run_once(stores: Stores) -> None:
    await stores[0].put_schedules([snapshot("s1"), snapshot("s2")])
    for_one = [run(f"r{n}", status=RUNNING, started=n) for n in range(40)]
    ended = [run(f"r{n}", status=RunStatus.FAILED, started=n) for n in range(40)]
    other = [run(f"r{n}", schedule_id="s2", started=n) for n in range(40)]
    await asyncio.gather(
        *(
            stores[turn % 2].put_runs(batch[turn:] + batch[:turn])
            for turn in range(0, 40, 5)
            for batch in (for_one, ended, other, for_one + other)
        ),
    )
    for store in stores:
        assert await tally_of(store, "s1") == tally(ended)
        assert await tally_of(store, "s2") == tally(other)
