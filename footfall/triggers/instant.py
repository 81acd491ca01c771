import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR
from footfall.triggers.clock import change_between, offset_at, unix_time, utc
from footfall.triggers.problem import quote
from footfall.triggers.zone import zone_of

_FORM = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"([T ]\d\d:\d\d(:\d\d([.,](?P<fraction>\d+))?)?(Z|[+-](?P<ahead>\d\d)(:?(?P<past>\d\d))?)?)?",
    re.ASCII | re.IGNORECASE,
)
_LONGEST = 64
_DAY_HOURS = 24
_HOUR_MINUTES = 60


def parse_instant(field: str, written: Any, timezone: str) -> datetime:
    """Read an instant (UTC, whole seconds) as the option `field` gives it, in ISO 8601.

    An offset in it wins over `timezone`. A local time that the clocks skip means the first
    instant after the gap, one that they show twice means the first of both.

    Raises:
        InvalidTriggerError: it is no date and time, or outside the years that can be used.
    """
    local = _local(field, written)
    instant = _instant(field, local, timezone)
    if instant.year > LAST_YEAR:
        message = f"must be in {LAST_YEAR} or before, which is the last year that anything runs"
        raise InvalidTriggerError(field, message)
    return instant


def _local(field: str, written: Any) -> datetime:
    example = "write it as ISO 8601, such as '2027-12-31T23:59:59' or '2027-12-31T23:59:59+01:00'"
    if not isinstance(written, str):
        raise InvalidTriggerError(field, f"must be text, not {quote(written)}; {example}")
    form = _FORM.fullmatch(written) if len(written) <= _LONGEST else None
    if form is None:
        message = f"{quote(written)} is no date and time; {example}"
        raise InvalidTriggerError(field, message)
    if (form["fraction"] or "").strip("0"):
        message = f"must be in whole seconds; leave out .{form['fraction']}"
        raise InvalidTriggerError(field, message)
    if int(form["ahead"] or 0) >= _DAY_HOURS or int(form["past"] or 0) >= _HOUR_MINUTES:
        message = f"{quote(written)} has an offset that no clock has; {example}"
        raise InvalidTriggerError(field, message)
    try:
        return datetime.fromisoformat(written.upper())
    except ValueError as error:
        message = f"{quote(written)} does not exist ({error}); {example}"
        raise InvalidTriggerError(field, message) from None


def _instant(field: str, local: datetime, timezone: str) -> datetime:
    try:
        if local.tzinfo is not None:
            return local.astimezone(UTC)
        zone = zone_of(timezone)
        # In a gap, fold 0 reckons with the offset before it and fold 1 with the one after.
        late, early = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if early >= late:
            return late
        start, end = unix_time(early), unix_time(late)
        return utc(change_between(zone, start, end)) if _changes(zone, start, end) else late
    except OverflowError:
        message = f"must be in the years {FIRST_YEAR} to {LAST_YEAR}"
        raise InvalidTriggerError(field, message) from None


def _changes(zone: ZoneInfo, start: int, end: int) -> bool:
    return offset_at(zone, start) != offset_at(zone, end)
