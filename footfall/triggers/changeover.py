from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache

from footfall.triggers.clock import DAY, Change
from footfall.triggers.frames import Frames
from footfall.triggers.minutes import displaced, joined, span

_DAY_MINUTES = DAY // 60

DayTest = Callable[[int], bool]
"""Says something of a local day, numbered from the Unix epoch."""


class Changeover:
    """What a clock shows on the days (UTC) that its changes touch, minute by minute.

    Args:
        frames: the clock.
        wall: the minutes of a local day that are wanted.
        wanted: says on which local days.
    """

    def __init__(self, frames: Frames, wall: int, wanted: DayTest) -> None:
        self._frames = frames
        self._wall = wall
        self._wanted = cache(wanted)

    def minutes(self, *, twice: bool) -> dict[int, list[int]]:
        """Give the minutes (UTC) at which wanted ones are shown, and the days with them.

        Those that are shown for the second time are left out unless both showings count.
        """
        found: defaultdict[int, list[int]] = defaultdict(list)
        second = {} if twice else self._second_showings()
        for day, stretches in self._frames.days.items():
            minutes = joined(
                displaced(self._wall, (local - day) * _DAY_MINUTES - offset // 60)
                & span(begin, end)
                for begin, end, offset in stretches
                for local in (day - 1, day, day + 1)
                if self._wanted(local)
            ) & ~second.get(day, 0)
            if minutes:
                found[minutes].append(day)
        return found

    def gaps(self, rests: DayTest) -> dict[int, list[int]]:
        """Give the minutes at which gaps end in which wanted ones are skipped, and their days.

        A gap that ends on a local day on which everything rests is left out.
        """
        found: defaultdict[int, list[int]] = defaultdict(list)
        for change in self._frames.changes:
            if change.is_gap and self._skips(change) and not rests(change.high // DAY):
                day, at = divmod(change.at, DAY)
                found[1 << at // 60].append(day)
        return found

    def _skips(self, change: Change) -> bool:
        """Say whether a wanted minute is among those that are skipped."""
        return any(
            self._wall & part and self._wanted(day)
            for day, part in _by_day(change.low, change.high)
        )

    def _second_showings(self) -> dict[int, int]:
        return {
            day: part
            for change in self._frames.changes
            if not change.is_gap
            for day, part in _by_day(change.at, change.at + change.before - change.after)
        }


def _by_day(low: int, high: int) -> Iterator[tuple[int, int]]:
    """Give the minutes from `low` up to but not including `high` by their days."""
    for day in range(low // DAY, (high - 1) // DAY + 1):
        yield day, span((low - day * DAY) // 60, (high - day * DAY) // 60)
