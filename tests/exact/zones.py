from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Australia/Lord_Howe",
    "America/Nuuk",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Santiago",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Australia/Adelaide",
    "Europe/London",
    "Europe/Dublin",
    "Asia/Tehran",
    "Pacific/Auckland",
    "America/St_Johns",
    "UTC",
)
"""Zones with whole and odd offsets, changes at night and at midnight, in both hemispheres."""

FIRST = datetime(2003, 1, 1, tzinfo=UTC)
LAST = datetime(2042, 1, 1, tzinfo=UTC)


class Change(NamedTuple):
    """The clocks of a zone are set, at an instant (UTC), from one offset to another."""

    at: datetime
    before: timedelta
    after: timedelta


@cache
def zone_info(zone: str) -> ZoneInfo:
    """Give a zone as the pinned package knows it; the machine's own files may be older."""
    with files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=zone)


def offset(zone: str, at: datetime) -> timedelta:
    """Give how far the clocks of `zone` are ahead of UTC at an instant."""
    return at.astimezone(zone_info(zone)).utcoffset() or timedelta()


@cache
def changes(zone: str) -> tuple[Change, ...]:
    """Give all changes of a zone's clocks between `FIRST` and `LAST`."""
    found = []
    early, before = FIRST, offset(zone, FIRST)
    while early < LAST:
        late = early + timedelta(days=1)
        after = offset(zone, late)
        if after != before:
            found.append(Change(_first(zone, early, late), before, after))
        early, before = late, after
    return tuple(found)


def _first(zone: str, early: datetime, late: datetime) -> datetime:
    """Give the first second at which the offset is no longer what it is at `early`."""
    before = offset(zone, early)
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if offset(zone, middle) == before:
            early = middle
        else:
            late = middle
    return late
