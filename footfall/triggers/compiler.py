from datetime import datetime

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import LAST_YEAR
from footfall.triggers.clock import unix_time, utc
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.crontab import CrontabTrigger, crontab_moments
from footfall.triggers.date import DateTrigger, date_calendars
from footfall.triggers.fields import FieldsTrigger, fields_moments
from footfall.triggers.interval import IntervalTrigger, too_long
from footfall.triggers.moments import Moments, calendars_of

Trigger = IntervalTrigger | CrontabTrigger | FieldsTrigger | DateTrigger


def compile_trigger(trigger: Trigger, anchor: datetime) -> CompiledTrigger:
    """Say what `trigger` means in calendars or as an interval, exactly, until 2100.

    The first run of an interval is one interval after `anchor` (aware; its fraction of a
    second is dropped). Anchors have no bearing on other triggers. A date becomes a calendar
    in UTC, so that no change of clocks can fire it twice.

    Raises:
        InvalidTriggerError: it takes too many calendars, or an interval from `anchor` ends
            after 2100.
    """
    if isinstance(trigger, IntervalTrigger):
        return _interval(trigger, unix_time(anchor))
    if isinstance(trigger, DateTrigger):
        return CompiledTrigger(date_calendars(trigger))
    return CompiledTrigger(calendars_of(moments(trigger)), timezone=trigger.timezone)


def moments(trigger: CrontabTrigger | FieldsTrigger) -> Moments:
    """Give the moments of the wall clock at which a cron trigger fires."""
    if isinstance(trigger, CrontabTrigger):
        return crontab_moments(trigger.expression)
    return fields_moments(trigger.fields)


def _interval(trigger: IntervalTrigger, anchor: int) -> CompiledTrigger:
    first = anchor + trigger.seconds
    # Seconds are compared before they become a datetime, which ends with the year 9999.
    if first >= unix_time(utc(0).replace(year=LAST_YEAR + 1)):
        units = [name for name, value in trigger.written if value and name != "trigger"]
        raise InvalidTriggerError(units[0], too_long())
    return CompiledTrigger(
        every=trigger.seconds,
        offset=anchor % trigger.seconds,
        timezone=trigger.timezone,
        start_at=utc(first),
    )
