from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from footfall.triggers.clock import DAY, Clock, weekday_of
from footfall.triggers.days import Values

_HOUR = 3600
_HOURS = 24
_SIXTY = 60


@dataclass(frozen=True, slots=True)
class Stepper:
    """Steps from one match of a calendar to the next just as a Temporal server does.

    Needed on days near a change of clocks, where the server's answer hangs on its algorithm
    and not on its calendars alone (``compiledCalendar.next`` in
    https://github.com/temporalio/temporal, service/worker/scheduler/calendar.go). It goes
    through the fields of the wall clock, and when the next hour begins more than an hour
    after this one it goes through this one again, an hour later. As Go's ``time.Date``
    takes a time that is shown twice for the first in the west of UTC and for the second in
    the east of it, in the east that is one hour too early; and a day whose midnight is
    skipped has the weekday of the day before it in the west.
    """

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]
    weekdays: Values
    clock: Clock
    dates: frozenset[int]
    """Days, numbered from the Unix epoch, whose year, month and day of the month match."""

    def next(self, after: int, last: int) -> int | None:
        """Give the first match after the Unix time `after`, up to the day numbered `last`."""
        day, hour, minute, second, again = self._second_after(after)
        while True:
            if second >= _SIXTY:
                minute, second = minute + 1, 0
            if minute >= _SIXTY:
                minute = 0
                twice = not again and self._longer(day * DAY + hour * _HOUR)
                hour, again = (hour, _HOUR) if twice else (hour + 1, 0)
            if hour >= _HOURS:
                day, hour = day + 1, 0
            while not self._on(day, day * DAY + hour * _HOUR + minute * 60 + second):
                day, hour, minute, second, again = day + 1, 0, 0, 0, 0
                if day > last:
                    return None
            # The day is not looked at again while the time of day advances, as in the server.
            reached, minute, second = self._reach(hour, minute, second)
            hour, again = reached, again if reached == hour else 0
            if hour < _HOURS and minute < _SIXTY and second < _SIXTY:
                found = self._instant(day * DAY + hour * _HOUR + minute * 60 + second)
                if self.clock.wall(found) % DAY // _HOUR == hour:
                    return found + again
                hour, minute, second = hour + 1, 0, 0

    def _second_after(self, after: int) -> tuple[int, int, int, int, int]:
        """Give day, hour, minute, second, and by how much the hour is shown again."""
        day, time = divmod(self.clock.wall(after), DAY)
        hour = time // _HOUR
        again = self.clock.wall(after - _HOUR) % DAY // _HOUR == hour
        return day, hour, time // 60 % 60, time % 60 + 1, _HOUR if again else 0

    def _reach(self, hour: int, minute: int, second: int) -> tuple[int, int, int]:
        """Give the next time of day that matches, or one whose last field has to be carried."""
        if hour not in self.hours:
            hour, minute, second = _next(self.hours, hour, _HOURS), 0, 0
        if hour < _HOURS and minute not in self.minutes:
            minute, second = _next(self.minutes, minute, _SIXTY), 0
        if hour < _HOURS and minute < _SIXTY and second not in self.seconds:
            second = _next(self.seconds, second, _SIXTY)
        return hour, minute, second

    def _instant(self, wall: int) -> int:
        """Give the Unix time at which the clock shows `wall`, as Go's ``time.Date`` does.

        For a time that is skipped or shown twice, which instant it is hangs on the sign of
        the offset (https://pkg.go.dev/time#Date promises neither); Temporal inherits that.
        """
        guess = self.clock.offset(wall)
        return wall - (guess and self.clock.offset(wall - guess))

    def _longer(self, wall: int) -> bool:
        """Say whether the hour that begins at `wall` ends more than an hour later."""
        return self._instant(wall + _HOUR) - self._instant(wall) > _HOUR

    def _on(self, day: int, wall: int) -> bool:
        clock = self.clock
        shown = clock.wall(self._instant(wall)) // DAY
        return day in self.dates and weekday_of(shown) in self.weekdays


def _next(values: tuple[int, ...], after: int, none: int) -> int:
    """Give the first of the sorted `values` that is larger than `after`, else `none`."""
    at = bisect_right(values, after)
    return values[at] if at < len(values) else none


def steps(steppers: list[Stepper], after: int, last: int) -> Iterator[int]:
    """Give every match of any of the calendars after `after`, up to the day numbered `last`."""
    while True:
        found = [instant for one in steppers if (instant := one.next(after, last)) is not None]
        if not found:
            return
        after = min(found)
        yield after
