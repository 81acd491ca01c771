import asyncio

import pytest

from footfall.errors import TemporalUnavailableError
from footfall.metrics import refreshed
from footfall.metrics.refreshed import Refreshed


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshed, "PATIENCE_SECONDS", 0.02)
    monkeypatch.setattr(refreshed, "EVERY_SECONDS", 0.0)


async def test_many_looks_ask_once_and_the_next_ones_anew() -> None:
    asked = 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return asked

    found = Refreshed(ask)
    assert found.value is None
    await asyncio.gather(*(found.look() for _ in range(5)))
    assert found.value == 1
    await found.look()
    assert found.value == 2


async def test_a_look_does_not_wait_for_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    answer: asyncio.Future[int] = asyncio.Future()

    async def ask() -> int:
        return await asyncio.shield(answer)

    found = Refreshed(ask)
    await asyncio.wait_for(found.look(), 1)
    assert found.value is None
    answer.set_result(7)
    monkeypatch.setattr(refreshed, "PATIENCE_SECONDS", 1)
    await found.look()
    assert found.value == 7


@pytest.mark.parametrize("error", [TemporalUnavailableError(), ValueError("a bug")])
async def test_what_fails_leaves_what_was_known_until_it_is_old(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[int | Exception] = [1, error, 2]

    async def ask() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    found = Refreshed(ask)
    await found.look()
    await found.look()
    assert found.value == 1
    monkeypatch.setattr(refreshed, "OLD_SECONDS", 0.0)
    assert found.value is None
    monkeypatch.undo()
    monkeypatch.setattr(refreshed, "EVERY_SECONDS", 0.0)
    await found.look()
    assert found.value == 2


async def test_it_asks_no_more_often_than_it_has_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        return asked

    monkeypatch.setattr(refreshed, "EVERY_SECONDS", 60.0)
    found = Refreshed(ask)
    for _ in range(3):
        await found.look()
    assert (asked, found.value) == (1, 1)
