from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from footfall.triggers.clock import DAY, END, Change, Clock, clock_of, date_of, weekday_of
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.days import ALL_YEARS, Days
from footfall.triggers.evaluator import instants
from footfall.triggers.exclusion import NO_EXCLUSION
from footfall.triggers.moments import Moments, calendars_of
from footfall.triggers.server import fired

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Correction:
    """Calendars without the hours in which a server would fire them wrongly, and what fires then.

    Attributes:
        moments: what calendars say instead of the trigger's own moments.
        instants: Unix times at which it fires beside them.
    """

    moments: tuple[Moments, ...]
    instants: tuple[int, ...]


def deviations(compiled: CompiledTrigger, moments: Moments, since: int) -> tuple[Change, ...]:
    """Give the changes of the clock since a Unix time at which `moments` need a correction.

    There a server that takes them as calendars would not fire as `compiled` says.
    """
    return _deviations(_sample(compiled, moments), since)


def correct(compiled: CompiledTrigger, moments: Moments, changes: Iterable[Change]) -> Correction:
    """Make `moments` fire as `compiled` says at these changes of the clock.

    A server takes calendars at their word except near a change: it skips what is in the gap,
    and which showing of a double time it fires hangs on the zone (see `Stepper`). Where that
    is not what the policies want, the hours around the change are taken out of the calendars
    on that day, and the times that are wanted are named one by one.
    """
    clock = clock_of(compiled.timezone)
    days: set[int] = set()
    hours: set[int] = set()
    for change in changes:
        # What is in a gap runs at its end, so that the hour after it is concerned too.
        end = change.high + change.is_gap
        walls = range(change.low - _HOUR, end)
        days.update(range(walls[0] // DAY, walls[-1] // DAY + 1))
        hours.update(hour % 24 for hour in range(walls[0] // _HOUR, walls[-1] // _HOUR + 1))
    parts = [
        moments._replace(days=tuple(_without(moments.days, days))),
        moments._replace(
            hours=moments.hours.difference(hours), days=tuple(_only(moments.days, days))
        ),
    ]
    return Correction(
        tuple(part for part in parts if part.hours and part.days),
        tuple(_named(compiled, clock, days, hours)),
    )


def _sample(compiled: CompiledTrigger, moments: Moments) -> CompiledTrigger:
    """Give a trigger that deviates where `compiled` does, and fires as seldom as possible.

    Clocks change at whole minutes, and most by whole hours. What happens to the last second of
    a minute then happens to all but the first of them, and so for the minutes of an hour.
    """
    coarse = all(
        not (change.low % _HOUR or change.high % _HOUR)
        for change in clock_of(compiled.timezone).changes()
    )
    few = moments._replace(
        seconds=frozenset({min(moments.seconds), max(moments.seconds)}),
        minutes=(
            frozenset({min(moments.minutes), max(moments.minutes)}) if coarse else moments.minutes
        ),
    )
    return replace(compiled, moments=few, exclude=NO_EXCLUSION, start_at=None, end_at=None)


@lru_cache(maxsize=1024)
def _deviations(sample: CompiledTrigger, since: int) -> tuple[Change, ...]:
    """Give the changes of the clock since then at which a server does not fire as `sample`."""
    clock, moments = clock_of(sample.timezone), sample.moments
    if moments is None:
        return ()
    found: dict[object, bool] = {}
    wrong = []
    for change in clock.changes():
        if change.at < since:
            continue
        # Most changes of a clock are alike: the same hours of a Sunday, year after year.
        shape = _shape(moments, change)
        if shape not in found:
            found[shape] = _deviates(sample, moments, clock, change)
        if found[shape]:
            wrong.append(change)
    return tuple(wrong)


def _shape(moments: Moments, change: Change) -> object:
    """Give all that decides whether a server deviates at a change."""
    day, time = divmod(change.low, DAY)
    near = range(day - 2, day + 3)
    matching = tuple(tuple(_dated(one, number) for number in near) for one in moments.days)
    return time, change.before, change.after, weekday_of(day), matching


def _deviates(sample: CompiledTrigger, moments: Moments, clock: Clock, change: Change) -> bool:
    # A server mistakes the weekday of a whole day whose midnight is skipped.
    after = change.low - DAY - change.before
    until = min((change.high // DAY + 1) * DAY - change.after, END - 1)
    wanted = takewhile(lambda instant: instant <= until, instants(sample, after + 1))
    return list(wanted) != list(fired(calendars_of(moments), clock, after, until))


def _named(
    compiled: CompiledTrigger, clock: Clock, days: set[int], hours: set[int]
) -> Iterator[int]:
    """Give the instants at which `compiled` fires in the `hours` of the `days`."""
    unbounded = replace(compiled, start_at=None, end_at=None)
    for day in sorted(days):
        ahead = [clock.offset((day + near) * DAY) for near in (-1, 2)]
        begin, end = day * DAY - max(ahead), (day + 1) * DAY - min(ahead)
        for instant in instants(unbounded, begin):
            if instant >= end:
                break
            wall = clock.wall(instant)
            if wall // DAY == day and wall % DAY // _HOUR in hours:
                yield instant


def dates_of(days: Iterable[int]) -> list[Days]:
    """Give days, numbered from the Unix epoch, by their dates; those before 2000 are dropped."""
    months: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for number in days:
        day = date_of(number)
        if day.year in ALL_YEARS:
            months[day.year, day.month].add(day.day)
    return [
        Days(frozenset(found), frozenset({month}), frozenset({year}))
        for (year, month), found in months.items()
    ]


def _only(days: Iterable[Days], numbers: Iterable[int]) -> Iterator[Days]:
    """Give those of the days numbered `numbers` that are in `days`, by their dates alone."""
    for one in days:
        found = [number for number in numbers if weekday_of(number) in one.weekdays]
        yield from dates_of(number for number in found if _dated(one, number))


def _without(days: Iterable[Days], numbers: Iterable[int]) -> Iterator[Days]:
    """Give `days` but for the dates of `numbers`, whatever a server takes their weekday for."""
    for one in days:
        years: defaultdict[int, dict[int, frozenset[int]]] = defaultdict(dict)
        for found in dates_of(number for number in numbers if _dated(one, number)):
            (year,), (month,) = found.years, found.months
            years[year][month] = found.days
        rest = [one._replace(years=one.years.difference(years))]
        for year, months in years.items():
            alone = one._replace(years=frozenset({year}))
            rest.append(alone._replace(months=one.months.difference(months)))
            rest += [
                alone._replace(months=frozenset({month}), days=one.days - gone)
                for month, gone in months.items()
            ]
        yield from (found for found in rest if found.exist())


def _dated(days: Days, number: int) -> bool:
    """Say whether a day, numbered from the Unix epoch, is in `days` but for its weekday."""
    at = date_of(number)
    return at.day in days.days and at.month in days.months and at.year in days.years
