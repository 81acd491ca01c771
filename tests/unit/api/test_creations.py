import asyncio
from collections.abc import Collection
from typing import Any

import pytest
from support.clock import Clock

from api.creations import Creations
from footfall.config import LimitSettings
from footfall.errors import (
    ProjectionUnavailableError,
    TooManyCreationsError,
    TooManySchedulesError,
)


class Rows:
    """A projection that shows what it is told to, after others had their turn."""

    def __init__(self) -> None:
        self.ids: dict[str, set[str]] = {}
        self.is_away = False

    async def count_owned(self, owner: str, *, without: Collection[str] = ()) -> int:
        await asyncio.sleep(0)
        if self.is_away:
            raise ProjectionUnavailableError
        found = len(self.ids.get(owner, set()) - set(without))
        await asyncio.sleep(0)
        return found


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def creations(rows: Rows, clock: Clock, **limits: int) -> Creations:
    store: Any = rows
    return Creations(store, LimitSettings(**limits), clock=clock)


async def test_what_the_projection_does_not_show_yet_counts(rows: Rows, clock: Clock) -> None:
    some = creations(rows, clock, schedules=3)
    rows.ids["ada"] = {"a"}
    await some.take("ada", ["b"])
    await some.take("ada", ["c"])
    with pytest.raises(TooManySchedulesError, match="FOOTFALL_LIMITS_SCHEDULES"):
        await some.take("ada", ["d"])
    # Once it is shown it counts once, and another owner's counts nowhere.
    rows.ids["ada"] = {"a", "b", "c"}
    await some.take("bob", ["d", "e", "f"])
    with pytest.raises(TooManySchedulesError):
        await some.check("ada", ["d"])
    some.gone("ada", "b")
    rows.ids["ada"] = {"a", "c"}
    await some.take("ada", ["d"])


async def test_several_are_taken_whole_or_not_at_all(rows: Rows, clock: Clock) -> None:
    some = creations(rows, clock, schedules=3)
    with pytest.raises(TooManySchedulesError):
        await some.take("ada", ["a", "b", "c", "d"])
    await some.take("ada", ["a", "b", "c"])
    await some.take("ada", [])


@pytest.mark.parametrize("shown", [0, 4])
async def test_a_burst_fills_the_room_and_no_more(rows: Rows, clock: Clock, shown: int) -> None:
    some = creations(rows, clock, schedules=10)
    rows.ids["ada"] = {f"old-{number}" for number in range(shown)}

    async def create(number: int) -> bool:
        try:
            await some.take("ada", [f"new-{number}"])
        except TooManySchedulesError:
            return False
        await asyncio.sleep(0)
        rows.ids["ada"].add(f"new-{number}")
        return True

    done = await asyncio.gather(*map(create, range(50)))
    assert sum(done) == 10 - shown
    assert len(rows.ids["ada"]) == 10


async def test_what_is_shown_while_others_are_counted_counts_once(
    rows: Rows, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = creations(rows, clock, schedules=2)
    count = rows.count_owned

    async def slow(owner: str, *, without: Collection[str] = ()) -> int:
        monkeypatch.setattr(rows, "count_owned", count)
        await some.take("ada", ["b"])
        rows.ids["ada"] = {"b"}
        return await count(owner, without=without)

    monkeypatch.setattr(rows, "count_owned", slow)
    await some.take("ada", ["a"])


async def test_what_was_not_created_is_given_back(rows: Rows, clock: Clock) -> None:
    some = creations(rows, clock, schedules=1, creations=1)
    for _ in range(5):
        await some.take("ada", ["a"])
        some.give_back("ada", "a")
    await some.take("ada", ["a"])
    with pytest.raises(TooManyCreationsError):
        await some.take("ada", ["b"])


async def test_the_database_being_away_lets_no_more_through(rows: Rows, clock: Clock) -> None:
    some = creations(rows, clock, schedules=2)
    rows.is_away = True
    await some.take("ada", ["a", "b"])
    with pytest.raises(TooManySchedulesError):
        await some.take("ada", ["c"])


async def test_what_is_long_created_counts_by_the_projection_alone(
    rows: Rows, clock: Clock
) -> None:
    some = creations(rows, clock, schedules=2)
    await some.take("ada", ["a", "b"])
    clock.now += 601
    await some.take("ada", ["c"])
    rows.ids["ada"] = {"a", "b", "c"}
    with pytest.raises(TooManySchedulesError):
        await some.take("ada", ["d"])


async def test_the_pace_of_an_owner_is_even(rows: Rows, clock: Clock) -> None:
    some = creations(rows, clock, creations=6)
    for number in range(6):
        await some.take("ada", [str(number)])
    with pytest.raises(TooManyCreationsError, match="FOOTFALL_LIMITS_CREATIONS") as refused:
        await some.take("ada", ["6"])
    assert refused.value.details == {"limit": 6, "retry_after": 10}
    await some.take("bob", ["6"])
    clock.now += 9
    with pytest.raises(TooManyCreationsError) as refused:
        await some.take("ada", ["6"])
    assert refused.value.details["retry_after"] == 1
    clock.now += 1
    await some.take("ada", ["6"])
    with pytest.raises(TooManyCreationsError):
        await some.take("ada", ["7"])
    clock.now += 3600
    for number in range(7, 13):
        await some.take("ada", [str(number)])
    with pytest.raises(TooManyCreationsError):
        await some.take("ada", ["13"])


async def test_what_is_created_as_one_is_made_up_for(rows: Rows, clock: Clock) -> None:
    some = creations(rows, clock, creations=60)
    await some.take("ada", [str(number) for number in range(300)])
    with pytest.raises(TooManyCreationsError) as refused:
        await some.take("ada", ["more"])
    assert refused.value.details["retry_after"] == 241
    clock.now += 241
    await some.take("ada", ["more"])


async def test_what_was_refused_for_room_does_not_count(rows: Rows, clock: Clock) -> None:
    some = creations(rows, clock, schedules=1, creations=2)
    await some.take("ada", ["a"])
    for _ in range(5):
        with pytest.raises(TooManySchedulesError):
            await some.take("ada", ["b"])


async def test_owners_at_rest_are_forgotten(rows: Rows, clock: Clock) -> None:
    some = creations(rows, clock)
    for number in range(5000):
        await some.take(f"user-{number}", [str(number)])
        clock.now += 1
    assert len(some._until) <= 1001
    assert len(some._recent) <= 601
