from collections.abc import Iterable, Iterator

from footfall.triggers.calendar import Calendar, Ranges, values_of
from footfall.triggers.clock import DAY, Clock, date_of
from footfall.triggers.stepper import Stepper, steps


def fired(calendars: Iterable[Calendar], clock: Clock, after: int, until: int) -> Iterator[int]:
    """Give the Unix times in (`after`, `until`] at which a Temporal server fires calendars.

    Away from changes of the clock these are the times that the calendars say; near them it is
    the server's algorithm that decides, see `Stepper`.
    """
    first, last = (clock.wall(instant) // DAY for instant in (after, until))
    days = {day: date_of(day) for day in range(first - 1, last + 2)}
    steppers = []
    for one in calendars:
        numbers, months, years = map(values_of, (one.day_of_month, one.month, one.year))
        dates = frozenset(
            number
            for number, day in days.items()
            if day.day in numbers and day.month in months and (not years or day.year in years)
        )
        if dates:
            hours, minutes, seconds = map(_sorted, (one.hour, one.minute, one.second))
            weekdays = values_of(one.day_of_week)
            steppers.append(Stepper(hours, minutes, seconds, weekdays, clock, dates))
    for instant in steps(steppers, after, last + 1):
        if instant > until:
            return
        yield instant


def _sorted(ranges: Ranges) -> tuple[int, ...]:
    return tuple(sorted(values_of(ranges)))
