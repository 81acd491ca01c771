"""Minutes of a day as bits: bit 0 is 00:00, bit 1439 is 23:59."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from footfall.triggers.days import Values
from footfall.triggers.masks import mask_of

PER_DAY = 1440
WHOLE_DAY = (1 << PER_DAY) - 1

_HOURS = 24
_SIXTY = 60
_WHOLE_HOUR = (1 << _SIXTY) - 1


class Share(NamedTuple):
    """Some minutes of a day, and how many days later than meant they come: -1, 0 or 1."""

    carry: int
    minutes: int


def minutes_of(hours: Values, minutes: Values) -> int:
    """Give the `minutes` of all the `hours`."""
    of_hour = mask_of(minutes)
    return sum(of_hour << hour * _SIXTY for hour in hours)


def span(begin: int, end: int) -> int:
    """Give the minutes from `begin` up to but not including `end`, as far as the day has them."""
    low, high = (min(max(at, 0), PER_DAY) for at in (begin, end))
    return (1 << high) - (1 << min(low, high))


def displaced(minutes: int, by: int) -> int:
    """Give what is left in the day of minutes that come `by` minutes later."""
    return (minutes << by if by >= 0 else minutes >> -by) & WHOLE_DAY


@lru_cache(maxsize=1024)
def in_utc(minutes: int, offset: int) -> tuple[Share, ...]:
    """Give the minutes (UTC) of what a clock shows that is `offset` seconds ahead of UTC."""
    shares = (
        Share(carry, displaced(minutes, -offset // _SIXTY - carry * PER_DAY))
        for carry in (-1, 0, 1)
    )
    return tuple(share for share in shares if share.minutes)


@lru_cache(maxsize=1024)
def products(minutes: int) -> tuple[tuple[int, int], ...]:
    """Say minutes of a day as minutes of an hour, and the hours in which they come."""
    hours: defaultdict[int, int] = defaultdict(int)
    for hour in range(_HOURS):
        of_hour = minutes >> hour * _SIXTY & _WHOLE_HOUR
        if of_hour:
            hours[of_hour] |= 1 << hour
    return tuple(hours.items())


def joined(masks: Iterable[int]) -> int:
    """Give the minutes that are in any of them."""
    found = 0
    for mask in masks:
        found |= mask
    return found
