from datetime import date
from itertools import pairwise

from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR
from footfall.triggers.clock import DAY
from footfall.triggers.days import dates_in
from footfall.triggers.moments import Moments


def smallest_gap(when: Moments, enough: int) -> int | None:
    """Give the least seconds between two of the moments, by a clock that is never changed.

    None means that no gap is smaller than `enough`; days are only looked at where the answer
    may hang on them.
    """
    if enough <= 1:
        return None
    times = sorted(
        hour * 3600 + minute * 60 + second
        for hour in when.hours
        for minute in when.minutes
        for second in when.seconds
    )
    gap = min((after - before for before, after in pairwise(times)), default=DAY * 36_525)
    overnight = times[0] + DAY - times[-1]
    if min(gap, overnight) >= enough and enough <= DAY:
        return None
    if overnight < gap:
        days = [
            date(year, *found).toordinal()
            for year in range(FIRST_YEAR, LAST_YEAR + 1)
            for found in dates_in(when.days, year)
        ]
        apart = min((after - before for before, after in pairwise(days)), default=36_525)
        gap = min(gap, overnight + (apart - 1) * DAY)
    return gap
