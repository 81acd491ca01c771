from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from exact.zones import zone_info

MINUTE = timedelta(minutes=1)

type Matches = Callable[[datetime], bool]


def scanned(
    matches: Matches,
    rests: Matches,
    zone: str,
    begin: datetime,
    end: datetime,
    *,
    gap: str,
    overlap: str,
) -> Iterator[datetime]:
    """Look at the clock every minute after `begin` until `end`, and give the instants to fire.

    `matches` says which wall times fire, `rests` which are on an excluded day.
    """
    at, before = begin, begin.astimezone(zone_info(zone)).replace(tzinfo=None)
    while at < end:
        at += MINUTE
        shown = at.astimezone(zone_info(zone))
        wall = shown.replace(tzinfo=None)
        due = matches(wall) and not rests(wall) and not (shown.fold and overlap == "once")
        # What the clock jumped over.
        before += MINUTE
        while before < wall:
            missed = matches(before) and not rests(before) and not rests(wall)
            due = due or (gap == "run" and missed)
            before += MINUTE
        before = wall
        if due:
            yield at
