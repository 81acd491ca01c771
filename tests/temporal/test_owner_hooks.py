"""The webhooks of owners, while they are replaced and while Temporal's lists are away."""

import asyncio

import pytest
from support.waiting import until
from temporalio.client import Client

from footfall.errors import TemporalUnavailableError
from footfall.schedules.hook import Hook
from footfall.temporal.owner_hooks import KnownHooks, OwnerHookGateway

HOOKS = (Hook(url="https://example.com/one"),)
OTHERS = (Hook(url="https://example.com/other"),)


class Lagging(OwnerHookGateway):
    """Hooks whose list can be away or lack some, as Temporal's visibility may."""

    away = False
    lacks = ""

    async def every(self) -> dict[str, tuple[Hook, ...]]:
        if self.away:
            raise TemporalUnavailableError(cause="UNAVAILABLE")
        return {key: hooks for key, hooks in (await super().every()).items() if key != self.lacks}


@pytest.fixture
async def gateway(client: Client, app_name: str) -> Lagging:
    gateway = Lagging(client, app=app_name)
    await gateway.put("ada", HOOKS)
    return gateway


async def test_an_owner_is_never_missing_while_hooks_are_replaced(gateway: Lagging) -> None:
    replacing = True

    async def replace() -> None:
        while replacing:
            await gateway.put("ada", HOOKS)

    async def is_listed() -> bool:
        return await gateway.every() == {"ada": HOOKS}

    task = asyncio.create_task(replace())
    try:
        # The first start is listed a moment after it.
        await until(is_listed, what="the hooks in the list")
        answers = [await gateway.every() for _ in range(100)]
    finally:
        replacing = False
        await task
    assert answers == [{"ada": HOOKS}] * len(answers)


async def test_who_was_known_and_is_not_listed_is_asked_for(gateway: Lagging) -> None:
    known = KnownHooks(gateway, fresh=0)
    await until(lambda: known.listens("ada"), what="the list")
    gateway.lacks = "ada"
    await gateway.put("ada", OTHERS)
    for _ in range(2):
        assert await known.listens("ada")
        assert await known.of("ada") == OTHERS
    await gateway.put("ada", ())
    assert not await known.listens("ada")
    assert await known.of("ada") == ()


async def test_before_any_list_came_an_owner_perhaps_listens(gateway: Lagging) -> None:
    gateway.away = True
    known = KnownHooks(gateway, fresh=0)
    assert await known.listens("ada")
    assert await known.listens("bob")
    assert await known.of("ada") == HOOKS
    assert await known.of("bob") == ()
    gateway.away = False

    async def is_listed() -> bool:
        return await known.listens("ada") and not await known.listens("bob")

    await until(is_listed, what="the list")
    gateway.away = True
    assert not await known.listens("bob")
    assert await known.of("ada") == HOOKS
