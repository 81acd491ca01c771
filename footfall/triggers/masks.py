"""Sets of small numbers as the bits of one integer: far faster to cut and join than sets are."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

Masks = tuple[int, ...]
"""One mask for each of some fields: the product of what they hold."""


@lru_cache(maxsize=4096)
def mask_of(values: frozenset[int]) -> int:
    """Give a number whose bits are `values`."""
    return sum(1 << value for value in values)


@lru_cache(maxsize=4096)
def values_in(mask: int) -> frozenset[int]:
    """Give the numbers of the bits that are set."""
    return frozenset(value for value in range(mask.bit_length()) if mask >> value & 1)


def merged(products: Iterable[Masks], order: Sequence[int]) -> list[Masks]:
    """Join products that differ in one field only, field by field, while that makes them fewer."""
    found = list(dict.fromkeys(products))
    before = -1
    while len(found) != before:
        before = len(found)
        for field in order:
            if len(found) > 1:
                found = _merged_by(found, field)
    return found


def _merged_by(products: list[Masks], field: int) -> list[Masks]:
    groups: dict[Masks, int] = {}
    for one in products:
        rest = one[:field] + one[field + 1 :]
        groups[rest] = groups.get(rest, 0) | one[field]
    return [(*rest[:field], mask, *rest[field:]) for rest, mask in groups.items()]


def without_subsets(products: list[Masks]) -> list[Masks]:
    """Drop those that lie wholly in another one; takes the square of their number."""
    return [
        one
        for one in products
        if not any(
            one != other and not any(mine & ~its for mine, its in zip(one, other, strict=True))
            for other in products
        )
    ]
