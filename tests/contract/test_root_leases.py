"""A root is leased to one holder at a time, by MongoDB's clock."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from support.mongod import Mongod, running_mongod
from support.ports import free_port
from support.waiting import until

from footfall.errors import ProjectionUnavailableError
from footfall.mongo.root_leases import MongoLeases
from footfall.walkers.lease import Lease, LeaseLostError

BRIEF_SECONDS = 3.0
"""Of leases that are to be over within a test."""


@pytest.fixture
async def pair(mongod: Mongod) -> AsyncIterator[tuple[MongoLeases, MongoLeases]]:
    """The leases of two workers, which no test outlives."""
    async with two(mongod, seconds=300) as both:
        yield both


@pytest.fixture
async def brief(mongod: Mongod) -> AsyncIterator[tuple[MongoLeases, MongoLeases]]:
    """The same, of leases that are soon over."""
    async with two(mongod, seconds=BRIEF_SECONDS) as both:
        yield both


@asynccontextmanager
async def two(mongod: Mongod, *, seconds: float) -> AsyncIterator[tuple[MongoLeases, MongoLeases]]:
    scope = f"default/{secrets.token_hex(4)}"
    async with AsyncExitStack() as stack:
        both = tuple(MongoLeases(mongod.uri, "leases", scope, seconds=seconds) for _ in range(2))
        for leases in both:
            await leases.open()
            stack.push_async_callback(leases.close)
        yield both[0], both[1]


async def got(leases: MongoLeases, root: str) -> Lease:
    lease = await leases.acquire(root)
    assert lease is not None
    return lease


async def test_one_holder_at_a_time(pair: tuple[MongoLeases, MongoLeases]) -> None:
    one, other = pair
    lease = await got(one, "ada")
    assert await other.acquire("ada") is None
    assert await one.acquire("ada") is None
    await got(other, "bob")
    await one.release(lease)
    assert (await got(other, "ada")).fence == lease.fence + 1


async def test_of_many_that_ask_at_once_one_gets_it(pair: tuple[MongoLeases, MongoLeases]) -> None:
    for _ in range(5):
        root = secrets.token_hex(4)
        asked = await asyncio.gather(*(leases.acquire(root) for leases in pair * 10))
        given = [lease for lease in asked if lease is not None]
        assert len(given) == 1
        assert given[0].fence == 1


async def test_a_silent_holder_loses_it_after_its_time(
    brief: tuple[MongoLeases, MongoLeases],
) -> None:
    one, other = brief
    lease = await got(one, "ada")

    async def freed() -> Lease | None:
        return await other.acquire("ada")

    next_lease = await until(freed, what="the end of the lease")
    assert lease.seconds_left < 0, "its holder has to think that it is over before it is"
    assert next_lease.fence > lease.fence
    with pytest.raises(LeaseLostError):
        await one.renew(lease)
    await one.release(lease)
    assert await one.acquire("ada") is None, "what it gives back is no longer its own"


async def test_who_renews_keeps_it(brief: tuple[MongoLeases, MongoLeases]) -> None:
    one, other = brief
    lease = await got(one, "ada")
    end = time.monotonic() + 1.5 * BRIEF_SECONDS
    while time.monotonic() < end:
        renewed = await one.renew(lease)
        assert renewed is not None
        assert renewed.fence == lease.fence
        assert renewed.until > lease.until
        lease = renewed
        assert await other.acquire("ada") is None


@pytest.mark.parametrize("name", ["$NOW", "$$ROOT", "a.b", "", "x" * 10_000, "\0", "ä€𝄞"])
async def test_whatever_a_user_is_called(pair: tuple[MongoLeases, MongoLeases], name: str) -> None:
    await got(pair[0], name)
    assert await pair[1].acquire(name) is None


async def test_without_mongodb_nobody_gets_a_root_or_keeps_one() -> None:
    async with running_mongod() as server:
        leases = MongoLeases(server.uri, "leases", "scope", seconds=BRIEF_SECONDS)
        await leases.open()
        try:
            lease = await got(leases, "ada")
            await server.kill()
            assert await leases.acquire("bob") is None
            assert await leases.renew(lease) is None
            await leases.release(lease)
            await server.start()

            async def again() -> Lease | None:
                return await leases.acquire("ada")

            assert (await until(again)).fence == lease.fence + 1
        finally:
            await leases.close()


async def test_opening_without_a_server_is_an_error() -> None:
    uri = f"mongodb://127.0.0.1:{free_port()}/?directConnection=true"
    with pytest.raises(ProjectionUnavailableError, match=r"127\.0\.0\.1"):
        await MongoLeases(uri, "leases", "scope", seconds=1).open()
