from collections.abc import Callable, Iterable, Iterator

from footfall.triggers.calendar import FIRST_YEAR, Calendar, Ranges, ranges_of
from footfall.triggers.dates import ALL_YEARS, Dates, crossed, moved, numbered, trimmed
from footfall.triggers.days import Values
from footfall.triggers.frames import Frames
from footfall.triggers.masks import Masks, merged, values_in
from footfall.triggers.minutes import Share, products

_MINUTES, _HOURS, _DAYS, _MONTHS, _YEARS, _WEEKDAYS = range(6)
_ORDERS = (
    (_YEARS, _HOURS, _DAYS, _MONTHS, _WEEKDAYS, _MINUTES),
    (_DAYS, _HOURS, _YEARS, _MONTHS, _WEEKDAYS, _MINUTES),
)

Entry = Masks
"""Minutes (UTC) at which something fires or rests: what a calendar holds, but its seconds."""


def regular(
    frames: Frames, shares: Callable[[int], Iterable[Share]], dates: Iterable[Dates]
) -> Iterator[Entry]:
    """Say in UTC what a clock shows on the local `dates`, on days that no change touches.

    `shares` gives the minutes (UTC) of such a day by how far the clock is ahead.
    """
    near = {0: list(dates)}
    for offset, frame in frames.dates.items():
        for carry, minutes in shares(offset):
            if carry not in near:
                near[carry] = moved(near[0], carry)
            both = crossed(near[carry], frame)
            for of_hour, hours in products(minutes):
                yield from ((of_hour, hours, *one) for one in both)


def listed(minutes: dict[int, list[int]]) -> Iterator[Entry]:
    """Say minutes (UTC) of single days, numbered from the Unix epoch."""
    for of_day, days in minutes.items():
        dates = numbered(days)
        for of_hour, hours in products(of_day):
            yield from ((of_hour, hours, *one) for one in dates)


def fewest(entries: Iterable[Entry]) -> list[Entry]:
    """Say the same minutes with few entries."""
    found = list(entries)
    return min((merged(found, order) for order in _ORDERS), key=len)


def calendars(entries: Iterable[Entry], seconds: Values) -> tuple[Calendar, ...]:
    """Give the calendars that hold these minutes, at these seconds of them."""
    second = ranges_of(seconds)
    return tuple(
        Calendar(
            second,
            _ranges(one[_MINUTES]),
            _ranges(one[_HOURS]),
            _ranges(trimmed(one[_DAYS], one[_MONTHS], one[_YEARS])),
            _ranges(one[_MONTHS]),
            _years(one[_YEARS]),
            _ranges(one[_WEEKDAYS]),
        )
        for one in sorted(entries)
    )


def _ranges(mask: int) -> Ranges:
    return ranges_of(values_in(mask))


def _years(mask: int) -> Ranges:
    if mask == ALL_YEARS:
        return ()
    return ranges_of([FIRST_YEAR + year for year in values_in(mask)])
