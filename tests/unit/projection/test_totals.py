import asyncio

from support.clock import Clock

from footfall.projection.mongo.totals import KEPT_SECONDS, LARGE, Totals


class _Rows:
    """What is counted, and how often it was."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.counted = 0

    async def count(self) -> int:
        self.counted += 1
        return self.total


async def test_a_large_list_is_counted_once_a_second() -> None:
    clock, rows = Clock(), _Rows(LARGE)
    totals = Totals(clock)
    assert [await totals.of("all", rows.count) for _ in range(3)] == [LARGE] * 3
    assert rows.counted == 1
    rows.total += 1
    clock.now += KEPT_SECONDS
    assert await totals.of("all", rows.count) == LARGE + 1


async def test_a_small_list_is_counted_for_each_page() -> None:
    rows = _Rows(LARGE - 1)
    totals = Totals(Clock())
    assert await totals.of("all", rows.count) == LARGE - 1
    rows.total = 7
    assert await totals.of("all", rows.count) == 7


async def test_few_rows_among_many_are_not_looked_for_each_time() -> None:
    totals, rare = Totals(Clock()), _Rows(2)
    await totals.of("all", _Rows(LARGE).count)
    assert [await totals.of("rare", rare.count) for _ in range(2)] == [2, 2]
    assert rare.counted == 1


async def test_what_this_process_writes_is_in_the_next_total() -> None:
    totals, rows = Totals(Clock()), _Rows(LARGE)
    await totals.of("all", rows.count)
    with totals.changing():
        rows.total += 1
    assert await totals.of("all", rows.count) == LARGE + 1


async def test_a_count_beside_a_write_is_not_kept() -> None:
    totals, rows, written = Totals(Clock()), _Rows(LARGE), asyncio.Event()

    async def slow() -> int:
        total = await rows.count()
        await written.wait()
        return total

    counting = asyncio.create_task(totals.of("all", slow))
    await asyncio.sleep(0)
    with totals.changing():
        rows.total += 1
    written.set()
    assert await counting == LARGE
    assert await totals.of("all", rows.count) == LARGE + 1


async def test_others_are_forgotten_before_they_are_too_many() -> None:
    totals = Totals(Clock())
    for number in range(1500):
        assert await totals.of(number, _Rows(LARGE + number).count) == LARGE + number
    again = _Rows(LARGE)
    assert await totals.of(0, again.count) == LARGE
    assert again.counted == 1
