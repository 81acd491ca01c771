"""Deliveries in lists: page by page, the newest first, as each stands now."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.waiting import until
from temporalio.client import Client

from footfall.schedules.hook import Hook, NoticeKind
from footfall.schedules.notice import Notice
from footfall.temporal import deliveries
from footfall.temporal.deliveries import DeliveryGateway, DeliveryState, DeliveryStatus

HOOK = Hook(url="https://example.com/hook")
COUNT = 12
DEAD = range(0, COUNT, 3)
REPLAYED = 6


def a_notice(number: int, owner: str) -> Notice:
    return Notice(
        id=f"failed.some.{number}",
        kind=NoticeKind.FAILED,
        schedule_id="even" if number % 2 == 0 else "odd",
        name=None,
        owner=owner,
        walker_name="boom",
        at=datetime.now(UTC),
        message="",
    )


def numbers(states: list[DeliveryState]) -> list[int]:
    return [int(state.delivery.notice.id.rpartition(".")[2]) for state in states]


async def paged(gateway: DeliveryGateway, size: int, **query: Any) -> list[int]:
    """Give the numbers of all deliveries that a query finds, read in pages."""
    options = {"owner": None, "status": None, "schedule_id": None, **query}
    found: list[DeliveryState] = []
    while True:
        before = found[-1].place if found else None
        page = await gateway.listed(**options, limit=size, before=before)
        found += page
        if len(page) < size:
            return numbers(found)


@pytest.fixture
async def gateway(
    client: Client, app_name: str, monkeypatch: pytest.MonkeyPatch
) -> DeliveryGateway:
    """Deliveries of three owners, every third a dead letter, and one of these sent again.

    The first look goes so short a way back that it takes several.
    """
    monkeypatch.setattr(deliveries, "_FIRST_SPAN", timedelta(milliseconds=30))
    monkeypatch.setattr(deliveries, "_MARGIN", timedelta(seconds=1))
    gateway = DeliveryGateway(client, app=app_name)
    for number in range(COUNT):
        await gateway.send(a_notice(number, f"o'{number % 3}"), [HOOK])
        await asyncio.sleep(0.02)

    async def count(status: DeliveryStatus | None, size: int) -> list[DeliveryState] | None:
        found = await gateway.listed(owner=None, status=status, schedule_id=None, limit=COUNT)
        return found if len(found) == size else None

    sent = await until(lambda: count(None, COUNT), what="all deliveries")
    for state in sent:
        if numbers([state])[0] in DEAD:
            await client.get_workflow_handle(f"{app_name}.notice.{state.delivery.id}").terminate()
    dead = await until(lambda: count(DeliveryStatus.FAILED, len(DEAD)), what="the dead letters")
    (again,) = (state for state in dead if numbers([state]) == [REPLAYED])
    await gateway.replay(again.delivery)
    await until(lambda: count(DeliveryStatus.FAILED, len(DEAD) - 1), what="the replay")
    return gateway


@pytest.mark.parametrize("size", [1, 2, 5, COUNT, 100])
async def test_pages_hold_each_delivery_once_the_newest_first(
    gateway: DeliveryGateway, size: int
) -> None:
    order = [REPLAYED, *(n for n in reversed(range(COUNT)) if n != REPLAYED)]
    assert await paged(gateway, size) == order
    assert await paged(gateway, size, schedule_id="odd") == [n for n in order if n % 2]
    dead = [n for n in order if n in DEAD and n != REPLAYED]
    assert await paged(gateway, size, status=DeliveryStatus.FAILED) == dead
    pending = [n for n in order if n not in dead]
    assert await paged(gateway, size, status=DeliveryStatus.PENDING) == pending
    assert await paged(gateway, size, status=DeliveryStatus.DELIVERED) == []
    assert await paged(gateway, size, owner="o'1") == [n for n in order if n % 3 == 1]
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    for far, expected in ((first, []), (last, order[:size])):
        before = (far, "")
        found = await gateway.listed(
            owner=None, status=None, schedule_id=None, limit=size, before=before
        )
        assert numbers(found) == expected
