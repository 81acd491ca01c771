"""What was changed is listed again for as long as the list may lag, and seldom for longer."""

from datetime import UTC, datetime, timedelta

from support.clock import Clock

from footfall.projection.change_lookback import ChangeLookback
from footfall.projection.reach import DEEP_SECONDS, LAG, OVERLAP

SEEN = datetime(2026, 11, 28, 9, tzinfo=UTC)


def test_all_is_listed_until_a_change_was_seen() -> None:
    assert ChangeLookback(Clock()).since() is None


def test_while_schedules_are_changed_a_deep_look_comes_now_and_then() -> None:
    clock = Clock()
    lookback = ChangeLookback(clock)
    reaches = []
    for second in range(int(3 * DEEP_SECONDS)):
        latest = SEEN + timedelta(seconds=second)
        lookback.saw(latest)
        since = lookback.since()
        assert since is not None
        reaches.append(latest - since)
        clock.now += 1
    assert reaches.count(OVERLAP) == 3
    assert reaches.count(LAG) == len(reaches) - 3


def test_once_nothing_is_changed_nothing_is_listed_again() -> None:
    clock = Clock()
    lookback = ChangeLookback(clock)
    lookback.saw(SEEN)
    for _ in range(60):
        clock.now += 1
        lookback.since()
    assert lookback.since() == SEEN
