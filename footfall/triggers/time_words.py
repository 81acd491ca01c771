from collections.abc import Iterable
from itertools import pairwise

from footfall.triggers.clock import DAY
from footfall.triggers.days import Values
from footfall.triggers.moments import Moments
from footfall.triggers.problem import listed
from footfall.triggers.wording import every, in_ranges

_SIXTY = frozenset(range(60))
_HOUR = 3600
_MANY = 10
_SERIES = 5
"""So many times in a row are told by the first, the last, and the time between them."""

_FEW_RUNS = 3


def time_in_words(when: Moments) -> str | None:
    """Say at which times of the day moments come, or give None where that takes many words.

    They are "At 09:00 and 17:00", "Every 15 minutes from 09:00 to 17:45", or "At minutes 5 and 7
    past every hour"; equal words mean equal times.
    """
    if when.is_hourly and (words := _of_every_hour(when)):
        return words
    times = sorted(
        hour * _HOUR + minute * 60 + second
        for hour in when.hours
        for minute in when.minutes
        for second in when.seconds
    )
    few = len(times) <= _MANY
    if len(times) >= _SERIES and (series := _series(times, 1 if few else _FEW_RUNS)):
        return series
    if few:
        return f"At {listed(map(_clock, times))}"
    if max(len(when.minutes), len(when.seconds)) > _MANY:
        return None
    past = "every hour" if when.is_hourly else f"the hours {in_ranges(when.hours)}"
    return f"{_at(when)} past {past}"


def _of_every_hour(when: Moments) -> str | None:
    minutes, seconds = when.minutes, when.seconds
    if seconds == {0} and minutes == {0}:
        return "Every hour"
    if len(minutes) == len(seconds) == 1:
        return f"{_at(when)} past every hour"
    return _of_every_minute(seconds) if minutes == _SIXTY else None


def _of_every_minute(seconds: Values) -> str | None:
    step = len(_SIXTY) // len(seconds)
    if seconds == frozenset(range(0, 60, step)):
        return every(step)
    if len(seconds) > _MANY:
        return None
    return f"At {_numbered('second', seconds)} of every minute"


def _at(when: Moments) -> str:
    minutes = _numbered("minute", when.minutes)
    if when.seconds == {0}:
        return f"At {minutes}"
    return f"At {_numbered('second', when.seconds)} of {minutes}"


def _numbered(unit: str, values: Iterable[int]) -> str:
    numbers = sorted(values)
    return f"{unit if len(numbers) == 1 else unit + 's'} {listed(map(str, numbers))}"


def _series(times: list[int], most: int) -> str | None:
    """Say at most so many series of times that are evenly apart, the same in all of them."""
    step = min(after - before for before, after in pairwise(times))
    runs = [[times[0], times[0]]]
    for before, after in pairwise(times):
        if after - before == step:
            runs[-1][1] = after
        else:
            runs.append([after, after])
    if len(runs) > most or any(first == last for first, last in runs):
        return None
    if runs[0][0] == 0 and runs[-1][1] + step == DAY and len(runs) == 1:
        return every(step)
    fine = any(time % 60 for run in runs for time in run)
    spans = (f"from {_clock(first, fine)} to {_clock(last, fine)}" for first, last in runs)
    return f"{every(step)} {listed(spans)}"


def _clock(time: int, fine: bool = False) -> str:  # noqa: FBT001, FBT002
    hour, minute, second = time // _HOUR, time // 60 % 60, time % 60
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second or fine else "")
