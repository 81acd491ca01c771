import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.triggers.calendar import Range, ranges_of, values_of


@given(st.frozensets(st.integers(0, 59), max_size=20))
def test_ranges_hold_exactly_the_values(values: frozenset[int]) -> None:
    assert values_of(ranges_of(values)) == values


@pytest.mark.parametrize(
    ("values", "ranges"),
    [
        ([], ()),
        ([7], (Range(7, 7),)),
        ([3, 4], (Range(3, 4),)),
        # Two values are two, rather than a range with a step.
        ([3, 5], (Range(3, 3), Range(5, 5))),
        ([3, 5, 7], (Range(3, 7, 2),)),
        ([1, 2, 3, 5], (Range(1, 3), Range(5, 5))),
        (range(0, 60, 15), (Range(0, 45, 15),)),
        # The first value is best covered by the third step.
        ([0, 1, 3, 6, 9], (Range(0, 9, 3), Range(1, 1))),
        # Of two ranges that cover as many, the one with the smaller step.
        ([0, 1, 2, 4, 8], (Range(0, 2), Range(4, 4), Range(8, 8))),
        ([0, 2, 3, 4, 6, 9], (Range(0, 6, 2), Range(3, 3), Range(9, 9))),
    ],
)
def test_ranges_are_few(values: list[int], ranges: tuple[Range, ...]) -> None:
    assert ranges_of(values) == ranges
