from hypothesis import given
from hypothesis import strategies as st

from footfall.triggers.minutes import (
    PER_DAY,
    WHOLE_DAY,
    displaced,
    in_utc,
    joined,
    minutes_of,
    products,
    span,
)

days = st.sets(st.integers(0, PER_DAY - 1), min_size=1, max_size=90)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: minutes * 60)


def values(mask: int) -> set[int]:
    return {at for at in range(PER_DAY) if mask >> at & 1}


@given(days, offsets)
def test_in_utc_a_day_is_shared_by_two(wanted: set[int], offset: int) -> None:
    shares = in_utc(sum(1 << at for at in wanted), offset)
    found = {share.carry * PER_DAY + at for share in shares for at in values(share.minutes)}
    assert found == {at - offset // 60 for at in wanted}
    assert len({share.carry for share in shares}) == len(shares) <= 2


@given(days)
def test_products_hold_each_minute_once(wanted: set[int]) -> None:
    found = [
        hour * 60 + minute
        for minutes, hours in products(sum(1 << at for at in wanted))
        for hour in range(24)
        if hours >> hour & 1
        for minute in range(60)
        if minutes >> minute & 1
    ]
    assert sorted(found) == sorted(wanted)


def test_a_product_is_one() -> None:
    assert len(products(minutes_of(frozenset({1, 5}), frozenset({0, 30})))) == 1
    assert products(WHOLE_DAY) == (((1 << 60) - 1, (1 << 24) - 1),)


def test_a_span_ends_with_its_day() -> None:
    assert values(span(-5, 3)) == {0, 1, 2}
    assert values(span(1438, 1500)) == {1438, 1439}
    assert span(1500, 1600) == span(-9, 0) == 0


def test_a_span_holds_its_first_minute_and_not_its_last() -> None:
    assert values(span(5, 8)) == {5, 6, 7}
    assert values(span(1439, 1440)) == {1439}
    assert span(0, 1440) == WHOLE_DAY
    assert span(8, 5) == span(7, 7) == span(1440, 1441) == span(-1, 0) == 0


def test_minutes_that_are_displaced_may_leave_the_day() -> None:
    assert values(displaced(1 << 5 | 1 << 1439, 1)) == {6}
    assert values(displaced(1 << 5 | 1 << 1439, 0)) == {5, 1439}
    assert values(displaced(1 << 5 | 1, -1)) == {4}
    assert displaced(WHOLE_DAY, PER_DAY) == displaced(WHOLE_DAY, -PER_DAY) == 0


def test_offsets_of_seconds_are_rounded_to_the_minute_after() -> None:
    (share,) = in_utc(1 << 600, 90)
    assert (share.carry, values(share.minutes)) == (0, {598})
    assert [share.carry for share in in_utc(1 << 0, 60)] == [-1]
    assert [share.carry for share in in_utc(1 << 1439, -60)] == [1]


def test_minutes_are_joined() -> None:
    assert values(joined([1 << 3, 1 << 3 | 1 << 4, 1 << 9])) == {3, 4, 9}
    assert joined([]) == 0
    assert values(minutes_of(frozenset({0, 23}), frozenset({0, 59}))) == {0, 59, 1380, 1439}
