from datetime import datetime

from footfall.errors import InvalidTriggerError
from footfall.triggers.after import NEVER, AfterTrigger
from footfall.triggers.calendar import LAST_YEAR
from footfall.triggers.clock import unix_time, utc
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.crontab import CrontabTrigger, crontab_moments
from footfall.triggers.date import DateTrigger
from footfall.triggers.fields import FieldsTrigger, fields_moments
from footfall.triggers.interval import IntervalTrigger, too_long
from footfall.triggers.moments import Moments
from footfall.triggers.options import DstGap, DstOverlap

Trigger = IntervalTrigger | CrontabTrigger | FieldsTrigger | DateTrigger | AfterTrigger


def compile_trigger(trigger: Trigger, anchor: datetime) -> CompiledTrigger:
    """Say exactly when `trigger` fires, until 2100.

    The first run of an interval is at its `start_at`, else one interval after `anchor` (aware;
    its fraction of a second is dropped). Anchors have no bearing on other triggers.

    Raises:
        InvalidTriggerError: an interval from `anchor` ends after 2100.
    """
    if isinstance(trigger, IntervalTrigger):
        return _interval(trigger, unix_time(anchor))
    if isinstance(trigger, DateTrigger):
        return CompiledTrigger(instant=trigger.instant, timezone=trigger.timezone)
    if isinstance(trigger, AfterTrigger):
        return CompiledTrigger(instant=NEVER)
    options, when = trigger.options, moments(trigger)
    # A rhythm goes on as it was while clocks change, and so does "every n minutes" through an
    # hour that comes twice.
    hourly = when.is_hourly
    twice = hourly or when.is_repeated
    return CompiledTrigger(
        moments=when,
        timezone=options.timezone,
        dst_gap=options.dst_gap or (DstGap.SKIP if hourly else DstGap.RUN),
        dst_overlap=options.dst_overlap or (DstOverlap.TWICE if twice else DstOverlap.ONCE),
        start_at=options.start_at,
        end_at=options.end_at,
        exclude=options.exclude,
        jitter=options.jitter,
    )


def moments(trigger: CrontabTrigger | FieldsTrigger) -> Moments:
    """Give the moments of the wall clock at which a cron trigger fires."""
    if isinstance(trigger, CrontabTrigger):
        return crontab_moments(trigger.expression)
    return fields_moments(trigger.fields)


def _interval(trigger: IntervalTrigger, anchor: int) -> CompiledTrigger:
    options = trigger.options
    begin = unix_time(options.start_at) if options.start_at else anchor + trigger.seconds
    # Seconds are compared before they become a datetime, which ends with the year 9999.
    if begin >= unix_time(utc(0).replace(year=LAST_YEAR + 1)):
        units = [name for name, value in trigger.written if value and name != "trigger"]
        raise InvalidTriggerError(units[0], too_long())
    return CompiledTrigger(
        every=trigger.seconds,
        offset=begin % trigger.seconds,
        timezone=options.timezone,
        start_at=utc(begin),
        end_at=options.end_at,
        exclude=options.exclude,
        jitter=options.jitter,
    )
