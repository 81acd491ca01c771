from collections.abc import Sequence


def unwrapped(
    ends: tuple[int, int], step: int, bounds: tuple[int, int], names: Sequence[str] = ()
) -> str:
    """Say a range that goes on at the least value after the largest one as ranges that do not.

    From 22 to 2 by `step` 1 within 0 to 23 it is "22-23,0-2". `names` are those of all values,
    from the least on; without any, numbers are written.
    """
    (first, last), (low, high) = ends, bounds
    size = high - low + 1
    values = range(first, last + size + 1, step)
    parts = (
        [value for value in values if value <= high],
        [value - size for value in values if value > high],
    )
    return ",".join(_written(part, step, low, names) for part in parts if part)


def _written(values: list[int], step: int, low: int, names: Sequence[str]) -> str:
    first, last = (names[end - low] if names else str(end) for end in (values[0], values[-1]))
    if first == last:
        return first
    return f"{first}-{last}/{step}" if step > 1 else f"{first}-{last}"
