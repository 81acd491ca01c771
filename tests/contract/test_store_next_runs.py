"""Lists by next run, whose order time alone changes; MongoDB's documents hold it for a while."""

import asyncio
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.rows import at
from support.searching import schedule, walked

from footfall.projection.cursor import micros
from footfall.projection.memory import MemoryStore
from footfall.projection.mongo import MongoStore, schedules
from footfall.projection.schedule_query import ScheduleQuery
from footfall.projection.store import Store
from footfall.schedules.schedule import ScheduleSnapshot

type Stores = tuple[Store, Store]

moments = st.sampled_from([0.0, 50.0, 99.999999, 100.0, 100.000001, 150.0, 200.0])
timetables = st.lists(st.lists(moments, max_size=4), min_size=1, max_size=9)


def with_times(timetable: list[list[float]], owners: str) -> list[ScheduleSnapshot]:
    return [
        schedule(number, times=times, owner=owners[number % len(owners)])
        for number, times in enumerate(timetable)
    ]


def in_order(snapshots: list[ScheduleSnapshot], now: datetime, *, down: bool) -> list[str]:
    """Say the order as simply as it can be said: by the first coming time, or else the last."""
    keyed: list[tuple[datetime, str]] = []
    absent: list[str] = []
    for snapshot in snapshots:
        schedule_id, times = snapshot.walk.schedule_id, sorted(snapshot.next_times)
        if times:
            coming = [one for one in times if one > now]
            keyed.append(((coming or times[-1:])[0], schedule_id))
        else:
            absent.append(schedule_id)
    return [one for _, one in sorted(keyed, reverse=down)] + sorted(absent, reverse=down)


@settings(max_examples=120, deadline=None)
@given(
    timetable=timetables,
    before=st.lists(moments, max_size=2),
    now=moments,
    between=st.lists(moments, max_size=3),
    is_descending=st.booleans(),
)
async def test_the_order_is_that_of_the_first_pages_instant_however_late_it_gets(
    two_mongo_stores: tuple[MongoStore, MongoStore],
    timetable: list[list[float]],
    before: list[float],
    now: float,
    between: list[float],
    *,
    is_descending: bool,
) -> None:
    memory, (writer, reader) = MemoryStore(), two_mongo_stores
    await writer.clear()
    snapshots = with_times(timetable, "a")
    query = ScheduleQuery(sort="next_run_at", is_descending=is_descending)
    for store in (memory, writer):
        await store.put_schedules(snapshots)
        for moment in before:
            await store.time_passed(at(moment))
    wanted = in_order(snapshots, at(now), down=is_descending)

    async def read_while_time_passes(reader: Store, writer: Store) -> list[str]:
        steps = iter(between)

        async def pass_time() -> None:
            # It gets later, or another clock is behind.
            moment = next(steps, None)
            if moment is not None:
                await writer.time_passed(at(moment))

        rows = await walked(reader, query, None, 2, at(now), between=pass_time)
        return [row.id for row in rows]

    assert await read_while_time_passes(memory, memory) == wanted
    assert await read_while_time_passes(reader, writer) == wanted


async def test_documents_hold_the_next_run_once_time_has_passed(
    mongo_store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than one update brings them up to date.
    monkeypatch.setattr(schedules, "_AT_ONCE", 2)
    timetable = [[10, 20, 30], [10, 20], [10], [], [10, 30], [10, 30, 40], [25, 26], [5, 10]]
    await mongo_store.put_schedules(with_times([list(map(float, one)) for one in timetable], "ab"))
    for now in (0, 10, 22, 25, 50):
        await mongo_store.time_passed(at(now))
        held: dict[str, int | None] = {}
        documents = mongo_store.connection.collection("schedules")
        async for document in documents.find({"scope": mongo_store._scope}):
            held[document["_id"]["id"]] = document["next"]["at"]
        for number, times in enumerate(timetable):
            coming = [one for one in times if one > now] or times[-1:]
            assert held[f"s{number}"] == (micros(at(coming[0])) if coming else None)


@pytest.mark.parametrize("owner", [None, "a"])
async def test_a_page_shows_each_reader_what_has_moved_and_what_has_not(
    stores: Stores, owner: str | None
) -> None:
    writer, reader = stores
    await writer.put_schedules(with_times([[10, 40], [10, 30], [20], [15, 35], [50]], "ab"))
    await writer.time_passed(at(12))
    page = await reader.list_schedules(
        owner=owner, limit=3, query=ScheduleQuery(sort="next_run_at"), now=at(16)
    )
    shown = ["s2", "s1", "s3"] if owner is None else ["s2", "s0", "s4"]
    assert [row.id for row in page.rows] == shown
    assert page.total == (5 if owner is None else 3)


async def test_no_row_is_lost_or_shown_twice_where_time_passes_while_a_page_is_read(
    stores: Stores,
) -> None:
    writer, reader = stores
    count = 600
    rows = with_times([[10 + n / 1e3, 50 + n / 1e3, 90 + n / 1e3] for n in range(count)], "a")
    query = ScheduleQuery(sort="next_run_at")
    for attempt in range(20):
        await writer.put_schedules(rows)
        if attempt % 2:
            # They stand, and go ahead of the instant that is asked for.
            await writer.time_passed(at(20))
        moment = at(60) if attempt % 2 else at(20)
        page, _ = await asyncio.gather(
            reader.list_schedules(owner=None, limit=1000, query=query, now=at(20)),
            writer.time_passed(moment),
        )
        assert [row.id for row in page.rows] == [f"s{n}" for n in range(count)]
