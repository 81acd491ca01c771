from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exact.zones import changes, offset

HOURS = timedelta(hours=2)
"""More than any change of the clocks is long."""


@dataclass(frozen=True, slots=True)
class Window:
    """Some time in a time zone, in which all runs are compared.

    Attributes:
        zone: the time zone.
        begin: the instant (UTC) after which it begins.
        end: the last instant (UTC) in it.
    """

    zone: str
    begin: datetime
    end: datetime

    def walls(self) -> tuple[datetime, datetime]:
        """Give the first and the last wall time (naive) that clocks show or skip in it."""
        ends = [
            self.begin + offset(self.zone, self.begin),
            self.end + offset(self.zone, self.end),
        ]
        for change in changes(self.zone):
            if self.begin < change.at <= self.end:
                ends += [change.at + change.before, change.at + change.after]
        return min(ends).replace(tzinfo=None), max(ends).replace(tzinfo=None)


def around(zone: str, at: datetime, lead: timedelta) -> Window:
    """Give the time around a change of the zone's clocks."""
    return Window(zone, at - lead, at + lead)


def amid(zone: str, at: datetime, minutes: int, lead: timedelta) -> Window:
    """Give a time that begins `minutes` after a change of the zone's clocks, or before it."""
    return Window(zone, at + timedelta(minutes=minutes), at + HOURS + lead)


def around_wall(zone: str, wall: datetime, lead: timedelta) -> Window:
    """Give the time in which the zone's clocks show what is around a wall time."""
    begin, end = (
        (guess := (wall + by).replace(tzinfo=UTC)) - offset(zone, guess - offset(zone, guess))
        for by in (-lead, lead)
    )
    return Window(zone, begin, end)
