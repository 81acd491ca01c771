"""What only a database can do to us: be away, crash writers half way, refuse."""

import asyncio
import re
import time
import traceback
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from support.mongod import Mongod, running_mongod
from support.rows import at, run, snapshot, tally
from support.waiting import until

from footfall.errors import ConfigurationError, ProjectionUnavailableError
from footfall.projection.mongo import MongoStore
from footfall.projection.mongo.last_runs import LastRuns
from footfall.projection.mongo.tallies import Tallies
from footfall.projection.row import RunTally
from footfall.projection.run_query import RunQuery
from footfall.projection.schedule_query import NEVER_RAN, ScheduleQuery
from footfall.schedules.run import RunKind, RunStatus

DIES = "the process dies here"


@pytest.fixture
def scope() -> str:
    return uuid.uuid4().hex


@pytest.fixture
async def pair(mongod: Mongod, scope: str) -> AsyncIterator[tuple[MongoStore, MongoStore]]:
    stores = MongoStore(mongod.uri, "faults", scope), MongoStore(mongod.uri, "faults", scope)
    for store in stores:
        await store.open()
    yield stores
    for store in stores:
        await store.close()


async def tally_of(store: MongoStore, schedule_id: str = "s1") -> RunTally:
    row = await store.get_schedule(schedule_id)
    assert row is not None
    return row.tally


async def is_answered(ask: Callable[[], Awaitable[object]]) -> bool:
    """Say whether the server is found in a moment, which may be over before it has answered."""
    try:
        await ask()
    except ProjectionUnavailableError:
        return False
    return True


async def is_settled(store: MongoStore) -> bool:
    tallies = store.connection.collection("tallies")
    query = {"scope": store._scope, "pending.token": {"$exists": True}}
    return await tallies.count_documents(query) == 0


async def die_before_settling(store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write runs r1 and r2, a failure, and stop before they are added to the tally."""

    async def die(*_: Any) -> int:
        raise RuntimeError(DIES)

    with monkeypatch.context() as patch:
        patch.setattr(Tallies, "_settle", die)
        with pytest.raises(RuntimeError, match=DIES):
            await store.put_runs([run("r1"), run("r2", status=RunStatus.FAILED, started=1)])


def hold_up(
    monkeypatch: pytest.MonkeyPatch, kind: type, name: str, only: object
) -> tuple[asyncio.Event, asyncio.Event]:
    """Let a method of one object wait; give what says that it does, and what lets it go on."""
    reached, proceed = asyncio.Event(), asyncio.Event()
    method: Callable[..., Awaitable[Any]] = getattr(kind, name)

    async def later(self: object, *arguments: Any) -> Any:
        if self is only:
            reached.set()
            await proceed.wait()
        return await method(self, *arguments)

    monkeypatch.setattr(kind, name, later)
    return reached, proceed


async def test_a_crash_between_run_and_tally_is_mended_at_open(
    mongod: Mongod,
    scope: str,
    pair: tuple[MongoStore, MongoStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = pair
    await first.put_schedules([snapshot()])
    await second.put_runs([run("r0", started=-1)])
    await die_before_settling(first, monkeypatch)
    assert (await tally_of(second)).run_count == 1
    reopened = MongoStore(mongod.uri, "faults", scope)
    await reopened.open()
    tally = await tally_of(reopened)
    assert (tally.run_count, tally.failure_count) == (3, 1)
    assert tally.last_run is not None
    assert tally.last_run.id == "r2"
    await reopened.close()


async def test_a_crash_is_mended_by_the_first_prune_after_the_lease(
    pair: tuple[MongoStore, MongoStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = pair
    await first.put_schedules([snapshot()])
    await die_before_settling(first, monkeypatch)
    await second.prune_runs(at(-100))
    assert (await tally_of(second)).run_count == 0
    second._tallies._lease = timedelta(0)
    await second.prune_runs(at(-100))
    assert (await tally_of(second)).run_count == 2
    assert await is_settled(second)


async def test_a_failed_write_is_mended_by_the_next_one(
    pair: tuple[MongoStore, MongoStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, _ = pair
    await store.put_schedules([snapshot()])
    await die_before_settling(store, monkeypatch)
    await store.put_runs([])
    tally = await tally_of(store)
    assert (tally.run_count, tally.failure_count) == (2, 1)


async def test_a_failed_write_is_mended_though_its_process_mended_it_before_it_arrived(
    pair: tuple[MongoStore, MongoStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A command that timed out may still be carried out; its writer stays pending till then."""
    first, second = pair
    await first.put_schedules([snapshot()])
    await die_before_settling(first, monkeypatch)
    await first.put_runs([])
    late = await first.connection.collection("runs").find_one({"scope": first._scope})
    assert late is not None
    late["_id"]["run"] = "late"
    await first.connection.collection("runs").insert_one(late)
    second._tallies._lease = timedelta(0)
    await second.prune_runs(at(-100))
    assert (await tally_of(second)).run_count == 3


async def test_a_slow_writer_that_was_repaired_meanwhile_does_not_count_twice(
    mongod: Mongod,
    scope: str,
    pair: tuple[MongoStore, MongoStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, _ = pair
    reached, proceed = hold_up(monkeypatch, Tallies, "_settle", slow._tallies)
    await slow.put_schedules([snapshot()])
    writing = asyncio.create_task(slow.put_runs([run("r1"), run("r2")]))
    await reached.wait()
    other = MongoStore(mongod.uri, "faults", scope)
    await other.open()
    assert (await tally_of(other)).run_count == 2
    await other.put_runs([run("r1"), run("r3")])
    proceed.set()
    await writing
    assert (await tally_of(other)).run_count == 3
    assert await is_settled(other)
    await other.close()


async def never_ran(store: MongoStore) -> set[str]:
    page = await store.list_schedules(
        owner=None, limit=10, query=ScheduleQuery(last_status=NEVER_RAN)
    )
    return {row.id for row in page.rows}


async def test_a_new_row_that_could_not_be_told_of_its_runs_is_told_with_the_next_write(
    pair: tuple[MongoStore, MongoStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, _ = pair

    async def die(*_: Any, **__: Any) -> None:
        raise RuntimeError(DIES)

    await store.put_runs([run()])
    with monkeypatch.context() as patch:
        patch.setattr(Tallies, "_recount", die)
        with pytest.raises(RuntimeError, match=DIES):
            await store.put_schedules([snapshot()])
    await store.put_schedules([snapshot(), snapshot("s2")])
    await store.put_runs([])
    assert await never_ran(store) == {"s2"}


async def test_a_new_row_is_not_told_of_a_run_that_goes_meanwhile(
    pair: tuple[MongoStore, MongoStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, other = pair
    reached, proceed = hold_up(monkeypatch, LastRuns, "correct", slow._tallies._last_runs)
    await other.put_runs([run()])
    putting = asyncio.create_task(slow.put_schedules([snapshot()]))
    await reached.wait()
    await other.prune_runs(at(1000))
    proceed.set()
    await putting
    assert await never_ran(other) == {"s1"}
    assert await is_settled(other)


async def test_scopes_never_see_each_other(mongod: Mongod, scope: str) -> None:
    stores = [MongoStore(mongod.uri, "faults", f"{scope}{suffix}") for suffix in ("", ".", "$")]
    for number, store in enumerate(stores):
        await store.open()
        await store.put_schedules([snapshot(owner=f"o{number}")])
        await store.put_runs([run(started=number), run(f"r{number}", started=-5)])
        await store.set_watermark(at(number))
    await stores[0].remove_schedules(["s1"])
    await stores[1].prune_runs(at(-3))
    for number, store in enumerate(stores[1:], 1):
        row = await store.get_schedule("s1")
        assert row is not None
        assert row.snapshot.walk.owner == f"o{number}"
        assert row.tally.last_run == run(started=number)
        assert await store.watermark() == at(number)
    await stores[1].clear()
    assert await stores[2].schedule_ids() == {"s1"}
    assert (await tally_of(stores[2])).run_count == 1 + 1
    for store in stores:
        await store.close()


def scans(plan: Any) -> set[str]:
    found = set(re.findall(r"'stage': '(\w+)'", str(plan)))
    assert found
    return found


@pytest.mark.parametrize("owner", [None, "ann"])
async def test_lists_are_read_from_an_index(
    pair: tuple[MongoStore, MongoStore],
    owner: str | None,
) -> None:
    store, _ = pair
    await store.put_schedules([snapshot(f"s{n}", created=n) for n in range(50)])
    statuses = list(RunStatus)
    await store.put_runs(
        [
            run(f"r{n}", schedule_id=f"s{n % 2}", status=statuses[n % 5], started=n)
            for n in range(300)
        ],
    )
    page = await store.list_schedules(owner=owner, limit=10)
    runs = await store.list_runs(RunQuery(schedule_id="s1", limit=10))
    everywhere = await store.list_runs(RunQuery(owner=owner, limit=10))
    queries = [
        RunQuery(schedule_id="s1", cursor=runs.cursor),
        RunQuery(schedule_id="s1", statuses=frozenset({RunStatus.FAILED})),
        RunQuery(owner=owner, cursor=everywhere.cursor),
        RunQuery(owner=owner, statuses=frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT})),
        RunQuery(owner=owner, kinds=frozenset({RunKind.SCHEDULED}), since=at(50), until=at(200)),
    ]
    for name, selection, order in [
        ("schedules", store._schedules.selection(owner, page.cursor), 1),
        *(("runs", store._runs.selection(query), -1) for query in queries),
    ]:
        cursor = store.connection.collection(name).find(selection).sort("place", order).limit(11)
        plan = await cursor.explain()
        stages = scans(plan["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in stages, plan
        assert not stages & {"COLLSCAN", "SORT"}, plan
        statistics = plan["executionStats"]
        assert statistics["nReturned"] == 11
        assert statistics["totalDocsExamined"] <= 12


async def test_opening_without_a_server_is_a_quick_error() -> None:
    store = MongoStore(
        "mongodb://ann:s3cr3t%2Fpass@127.0.0.1:9/?replicaSet=rs0",
        "faults",
        "scope",
        selection_timeout=0.3,
    )
    started = time.monotonic()
    with pytest.raises(ProjectionUnavailableError, match=r"127\.0\.0\.1:9") as caught:
        await store.open()
    # The driver would look for 30 s.
    assert time.monotonic() - started < 10
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(ProjectionUnavailableError, match="not open"):
        await store.ping()
    await store.close()


async def test_a_wrong_password_is_an_error_that_does_not_show_it(mongod: Mongod) -> None:
    uri = f"mongodb://ann:s3cr3t%2Fpass@127.0.0.1:{mongod.port}/?replicaSet=rs0"
    store = MongoStore(uri, "faults", "scope", selection_timeout=1)
    with pytest.raises(ProjectionUnavailableError, match="AuthenticationFailed") as caught:
        await store.open()
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "http://ann:s3cr3t@host",
        "mongodb://ann:s3cr3t@",
        "mongodb://ann:s3cr3t@pass@host:x",
        "mongodb://ann:s3cr3t@host/?connectTimeoutMS=s3cr3t&replicaSet",
        "mongodb://ann:s3cr3t@h:1/?authMechanism=s3cr3t",
    ],
)
async def test_an_invalid_uri_is_a_configuration_error_that_does_not_show_it(uri: str) -> None:
    with pytest.raises(ConfigurationError, match="mongodb_uri") as caught:
        await MongoStore(uri, "faults", "scope").open()
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))


async def test_every_method_says_that_a_killed_server_is_away_and_works_when_it_is_back() -> None:
    async with running_mongod() as server:
        store = MongoStore(server.uri, "faults", "scope", selection_timeout=0.3)
        await until(lambda: is_answered(store.open), what="a server that is found in time")
        await store.put_schedules([snapshot()])
        await store.put_runs([run()])
        await server.kill()
        calls: list[Callable[[], Awaitable[object]]] = [
            store.ping,
            lambda: store.put_schedules([snapshot(revision=2)]),
            lambda: store.remove_schedules(["s1"]),
            lambda: store.get_schedule("s1"),
            store.schedule_ids,
            lambda: store.list_schedules(owner=None, limit=5),
            lambda: store.list_schedules(owner="ann", limit=5),
            lambda: store.put_runs([run("r2")]),
            lambda: store.get_run("s1", "r1"),
            lambda: store.list_runs(RunQuery(schedule_id="s1", limit=5)),
            lambda: store.prune_runs(at(0)),
            lambda: store.list_runs(RunQuery(owner="ann")),
            store.ids_with_runs,
            store.watermark,
            lambda: store.set_watermark(at(0)),
            lambda: store.time_passed(at(0)),
            store.clear,
        ]
        for call in calls:
            started = time.monotonic()
            with pytest.raises(ProjectionUnavailableError):
                await call()
            assert time.monotonic() - started < 10
        await server.start()
        await until(lambda: is_answered(store.ping), what="a server that is found in time")
        # Everything that was acknowledged before the crash is there.
        assert await tally_of(store) == tally([run()])
        await store.put_runs([run("r2", started=1)])
        assert (await tally_of(store)).run_count == 2
        await store.close()


async def test_folding_goes_on_through_a_crash_of_the_server() -> None:
    async with running_mongod() as server:
        stores = [
            MongoStore(server.uri, "faults", "scope", selection_timeout=0.5) for _ in range(2)
        ]
        for store in stores:
            await until(partial(is_answered, store.open), what="a server that is found in time")
        await stores[0].put_schedules([snapshot()])

        async def fold(store: MongoStore, offset: int) -> None:
            for n in range(300):
                number = (n + offset) % 300
                batch = [run(f"r{number}", started=number, status=RunStatus.FAILED)]
                while True:
                    try:
                        await store.put_runs(batch)
                        break
                    except ProjectionUnavailableError:
                        continue

        folding = [asyncio.create_task(fold(store, 150 * n)) for n, store in enumerate(stores)]
        while (await tally_of(stores[0])).run_count < 40:
            pass
        await server.kill()
        await server.start()
        await asyncio.gather(*folding)
        runs = (await stores[1].list_runs(RunQuery(schedule_id="s1", limit=1000))).runs
        assert len(runs) == 300
        assert await tally_of(stores[1]) == tally(runs)
        for store in stores:
            await store.close()
