import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR, Calendar, Range
from footfall.triggers.clock import change_between, offset_at, unix_time, utc
from footfall.triggers.problem import quote

_FORM = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"([T ]\d\d:\d\d(:\d\d([.,](?P<fraction>\d+))?)?(Z|[+-]\d\d(:?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class DateTrigger:
    """Fires once.

    Attributes:
        written: the configuration as the user wrote it.
        instant: when it fires (UTC, whole seconds).
        timezone: IANA name; the zone that a `run_date` without an offset is in.
    """

    written: tuple[tuple[str, Any], ...]
    instant: datetime
    timezone: str = "UTC"

    @property
    def config(self) -> dict[str, Any]:
        """Configuration as the user wrote it, flat."""
        return dict(self.written)


def parse_date(config: Mapping[str, Any]) -> DateTrigger:
    """Read a `run_date`, whose `timezone` is a known one; it may have passed.

    An offset in it wins over `timezone`. A local time that the clocks skip means the first
    instant after the gap, one that they show twice means the first of both.

    Raises:
        InvalidTriggerError: it is missing, not ISO 8601, in fractions of a second, or after
            2100.
    """
    zone = config.get("timezone", "UTC")
    if "run_date" not in config:
        message = "a date trigger needs run_date, such as '2027-12-31T23:59:59'"
        raise InvalidTriggerError("run_date", message)
    instant = _instant(_local(config["run_date"]), zone)
    if instant.year > LAST_YEAR:
        message = f"must be in {LAST_YEAR} or before, which is the last year that anything runs"
        raise InvalidTriggerError("run_date", message)
    return DateTrigger(tuple(config.items()), instant, zone)


def date_calendars(trigger: DateTrigger) -> tuple[Calendar, ...]:
    """Give the one calendar (UTC) of the date, or none before 2000, when none can be said."""
    instant = trigger.instant
    if instant.year < FIRST_YEAR:
        return ()
    second, minute, hour, day, month, year = (
        (Range(number, number),)
        for number in (
            instant.second,
            instant.minute,
            instant.hour,
            instant.day,
            instant.month,
            instant.year,
        )
    )
    return (Calendar(second, minute, hour, day, month, year, (Range(0, 6),)),)


def _local(written: Any) -> datetime:
    example = "write it as ISO 8601, such as '2027-12-31T23:59:59' or '2027-12-31T23:59:59+01:00'"
    if not isinstance(written, str):
        raise InvalidTriggerError("run_date", f"must be text, not {quote(written)}; {example}")
    form = _FORM.fullmatch(written) if len(written) <= _LONGEST else None
    if form is None:
        message = f"{quote(written)} is no date and time; {example}"
        raise InvalidTriggerError("run_date", message)
    if (form["fraction"] or "").strip("0"):
        message = f"must be in whole seconds; leave out .{form['fraction']}"
        raise InvalidTriggerError("run_date", message)
    try:
        return datetime.fromisoformat(written.upper()).replace(microsecond=0)
    except ValueError as error:
        message = f"{quote(written)} does not exist ({error}); {example}"
        raise InvalidTriggerError("run_date", message) from None


def _instant(local: datetime, timezone: str) -> datetime:
    try:
        if local.tzinfo is not None:
            return local.astimezone(UTC)
        zone = ZoneInfo(timezone)
        # In a gap, fold 0 reckons with the offset before it and fold 1 with the one after.
        late, early = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if early >= late:
            return late
        start, end = unix_time(early), unix_time(late)
        return utc(change_between(zone, start, end)) if _changes(zone, start, end) else late
    except OverflowError:
        message = f"must be in the years {FIRST_YEAR} to {LAST_YEAR}"
        raise InvalidTriggerError("run_date", message) from None


def _changes(zone: ZoneInfo, start: int, end: int) -> bool:
    return offset_at(zone, start) != offset_at(zone, end)
