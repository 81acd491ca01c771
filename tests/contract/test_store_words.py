"""Words are looked for as they are, in every store."""

import uuid

import pytest
from support.mongod import Mongod
from support.searching import schedule, walked

from footfall.projection.mongo import MongoStore
from footfall.projection.schedule_query import ScheduleQuery
from footfall.projection.store import Store

type Stores = tuple[Store, Store]


async def test_words_are_no_patterns(stores: Stores) -> None:
    writer, reader = stores
    text = "a.b*c+(d)[e]{2}^f$|g\\h#i\nj\tk\x00l-m&n~o \U0001f600"
    await writer.put_schedules([schedule(0, description=text), schedule(1, description="abcd")])
    for start in range(len(text)):
        for word in (text[start], text[start : start + 3], text[start:]):
            query = ScheduleQuery(words=(word,))
            found = [row.id for row in await walked(reader, query, None, 5)]
            assert "s0" in found, word
            # The other one has some of the letters, but no two of them in this order.
            assert len(word) == 1 or found == ["s0"], word
    assert not await walked(reader, ScheduleQuery(words=("a.b*c+(d)[e]{3}",)), None, 5)


@pytest.mark.parametrize("length", [999, 1001, 40_000])
async def test_a_word_may_be_long(stores: Stores, length: int) -> None:
    writer, reader = stores
    await writer.put_schedules([schedule(0, tags=("\U0001f600" * length,)), schedule(1)])
    query = ScheduleQuery(words=("\U0001f600" * length,))
    assert [row.id for row in await walked(reader, query, None, 5)] == ["s0"]
    other = ScheduleQuery(words=("." * length,))
    assert not await walked(reader, other, None, 5)


async def test_words_are_found_where_somebody_dropped_the_indexes(mongod: Mongod) -> None:
    store = MongoStore(mongod.uri, "dropped", f"scope {uuid.uuid4().hex}")
    await store.open()
    try:
        await store.connection.collection("schedules").drop_indexes()
        await store.put_schedules([schedule(0, description="daily"), schedule(1)])
        query = ScheduleQuery(words=("daily",))
        assert [row.id for row in await walked(store, query, None, 5)] == ["s0"]
    finally:
        await store.close()
