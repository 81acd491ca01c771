import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from support.mongod import Mongod

from footfall.projection.memory import MemoryStore
from footfall.projection.mongo import MongoStore
from footfall.projection.store import Store


@pytest.fixture(scope="session")
async def two_mongo_stores(mongod: Mongod) -> AsyncIterator[tuple[MongoStore, MongoStore]]:
    """Two processes' stores over one database and scope; clear one before use."""
    async with AsyncExitStack() as stack:
        stores = MongoStore(mongod.uri, "pair", "scope"), MongoStore(mongod.uri, "pair", "scope")
        for store in stores:
            await store.open()
            stack.push_async_callback(store.close)
        yield stores


@pytest.fixture
async def mongo_store(mongod: Mongod) -> AsyncIterator[MongoStore]:
    """A store with a scope of its own."""
    store = MongoStore(mongod.uri, "contract", f"scope {uuid.uuid4().hex}")
    await store.open()
    yield store
    await store.close()


@pytest.fixture(params=["memory", "mongo", "two processes on mongo"])
def backing(request: pytest.FixtureRequest) -> tuple[Mongod | None, int]:
    """A server and how many stores to open; memory needs no server, and no mongod."""
    if request.param == "memory":
        return None, 1
    # An async fixture could not ask for another one: the loop runs already.
    return request.getfixturevalue("mongod"), 1 if request.param == "mongo" else 2


@pytest.fixture
async def stores(backing: tuple[Mongod | None, int]) -> AsyncIterator[tuple[Store, Store]]:
    """A store to write to and a store that must show it."""
    server, count = backing
    if server is None:
        memory = MemoryStore()
        yield memory, memory
        return
    scope = f"scope {uuid.uuid4().hex}"
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(count):
            store = MongoStore(server.uri, "contract", scope)
            await store.open()
            stack.push_async_callback(store.close)
            opened.append(store)
        yield opened[0], opened[-1]
