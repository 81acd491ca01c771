import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.triggers.masks import Masks, mask_of, merged, values_in, without_subsets

products = st.lists(st.tuples(*[st.integers(1, 7)] * 3), max_size=8)


def points(found: list[Masks]) -> set[tuple[int, ...]]:
    return {
        (a, b, c)
        for one in found
        for a in values_in(one[0])
        for b in values_in(one[1])
        for c in values_in(one[2])
    }


@given(st.frozensets(st.integers(0, 1500), max_size=9))
def test_masks_hold_their_values(values: frozenset[int]) -> None:
    assert values_in(mask_of(values)) == values


@given(products, st.permutations(range(3)))
def test_merged_products_hold_the_same(given: list[Masks], order: list[int]) -> None:
    assert points(merged(given, order)) == points(given) == points(without_subsets(given))
    assert len(merged(given, order)) <= len(set(given))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([(1, 1)], [(1, 1)]),
        ([(1, 1), (1, 1)], [(1, 1)]),
        ([(1, 1), (2, 1)], [(3, 1)]),
        ([(1, 1), (1, 2)], [(1, 3)]),
        ([(1, 1), (2, 2)], [(1, 1), (2, 2)]),
        # Each join makes the next one possible.
        ([(1, 1), (2, 1), (1, 2), (2, 2)], [(3, 3)]),
        ([(1, 1), (1, 2), (2, 3)], [(3, 3)]),
        ([(3, 1), (1, 1)], [(3, 1)]),
    ],
)
def test_products_that_differ_in_one_field_are_joined(
    given: list[Masks], expected: list[Masks]
) -> None:
    assert merged(given, (0, 1)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([(1, 3), (1, 1)], [(1, 3)]),
        ([(1, 1), (1, 3)], [(1, 3)]),
        ([(1, 3), (3, 1)], [(1, 3), (3, 1)]),
        ([(1, 1), (2, 3), (1, 3)], [(2, 3), (1, 3)]),
        ([(2, 2), (1, 1), (4, 4)], [(2, 2), (1, 1), (4, 4)]),
    ],
)
def test_what_lies_in_another_one_is_dropped(given: list[Masks], expected: list[Masks]) -> None:
    assert without_subsets(given) == expected
