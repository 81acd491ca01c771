from collections.abc import Iterable
from dataclasses import dataclass

from footfall.triggers.clock import Clock
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.days import ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS, ALL_YEARS, Days
from footfall.triggers.moments import Moments
from footfall.triggers.options import DstGap, DstOverlap

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Moments of every hour, told as intervals, which no change of clocks can disturb.

    Attributes:
        every: seconds from one round to the next.
        offsets: seconds between the Unix epoch and a run, in one round.
        pauses: the days on which it does not fire.
    """

    every: int
    offsets: tuple[int, ...]
    pauses: tuple[Days, ...]


def rhythm_of(
    compiled: CompiledTrigger, moments: Moments, clock: Clock, since: int
) -> Rhythm | None:
    """Give the rhythm of what fires in every hour of its days; None if it has none.

    It has none where an hour is not like another: a policy asks for it, or clocks change by
    parts of an hour.
    """
    goes_on = (compiled.dst_gap, compiled.dst_overlap) == (DstGap.SKIP, DstOverlap.TWICE)
    if not goes_on or not moments.is_hourly or len(moments.days) != 1:
        return None
    offsets = [clock.offset(since)]
    offsets += (change.after for change in clock.changes() if change.at >= since)
    ahead = offsets[0] % _HOUR
    if any(offset % _HOUR != ahead for offset in offsets):
        return None
    seconds = {
        (minute * 60 + second - ahead) % _HOUR
        for minute in moments.minutes
        for second in moments.seconds
    }
    every = _period(seconds)
    return Rhythm(
        every,
        tuple(sorted(second for second in seconds if second < every)),
        tuple(_others(moments.days[0])),
    )


def _period(seconds: set[int]) -> int:
    """Give the least number of seconds after which `seconds` of an hour come again."""
    return next(
        period
        for period in range(1, _HOUR + 1)
        if _HOUR % period == 0 and seconds == {(one + period) % _HOUR for one in seconds}
    )


def _others(days: Days) -> Iterable[Days]:
    """Give all dates but `days`: those at which one of its fields does not match."""
    rest = Days(
        ALL_DAYS - days.days,
        ALL_MONTHS - days.months,
        ALL_YEARS - days.years,
        ALL_WEEKDAYS - days.weekdays,
    )
    fields = Days()._asdict()
    return (Days(**{**fields, name: values}) for name, values in rest._asdict().items() if values)
