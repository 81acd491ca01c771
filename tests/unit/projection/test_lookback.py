"""After an outage runs are listed over the whole of it, for as long as visibility may lag."""

from datetime import UTC, datetime, timedelta

from support.clock import Clock

from footfall.projection import reach
from footfall.projection.lookback import DEEP_SECONDS, QUIET_SECONDS, UNREST_SECONDS, Lookback
from footfall.projection.reach import LAG, OVERLAP

SEEN = datetime(2026, 11, 28, 9, tzinfo=UTC)
BEFORE = SEEN - timedelta(seconds=UNREST_SECONDS)


def test_without_an_outage_it_is_looked_back_a_little() -> None:
    clock = Clock()
    lookback = Lookback(clock)
    sinces = []
    for _ in range(int(3 * reach.DEEP_SECONDS)):
        sinces.append(lookback.since(SEEN))
        clock.now += 1
    assert sinces.count(SEEN - OVERLAP) == 3
    assert sinces.count(SEEN - LAG) == len(sinces) - 3


def test_what_came_last_is_not_listed_for_ever() -> None:
    clock = Clock()
    lookback = Lookback(clock)
    for seen in (SEEN, SEEN + timedelta(seconds=200)):
        sinces = []
        for _ in range(int(2 * QUIET_SECONDS)):
            sinces.append(lookback.since(seen))
            clock.now += 1
        quiet = sinces.index(seen)
        assert quiet == QUIET_SECONDS
        assert set(sinces[:quiet]) == {seen - LAG, seen - OVERLAP}
        assert set(sinces[quiet:]) == {seen}


def test_after_an_outage_it_is_looked_back_over_all_of_it_now_and_then() -> None:
    clock = Clock()
    lookback = Lookback(clock)
    lookback.outage(SEEN)
    clock.now += 300
    # Each failed try tells of it again; what was folded before it began stays the beginning.
    lookback.outage(SEEN + timedelta(seconds=100))
    later, deep, usual = SEEN + timedelta(seconds=310), 0, 0
    for _ in range(int(2 * UNREST_SECONDS)):
        since = lookback.since(later)
        deep += since == BEFORE
        usual += since in (later - LAG, later - OVERLAP, later)
        clock.now += 1
    assert deep == UNREST_SECONDS // DEEP_SECONDS + 1
    assert deep + usual == 2 * UNREST_SECONDS


def test_the_last_look_back_comes_after_the_unrest() -> None:
    clock = Clock()
    lookback = Lookback(clock)
    lookback.outage(SEEN)
    clock.now += 10 * UNREST_SECONDS
    assert lookback.since(SEEN) == BEFORE
    assert lookback.since(SEEN) == SEEN - LAG


def test_who_begins_with_nothing_lists_all_once_more_after_the_unrest() -> None:
    clock = Clock()
    lookback = Lookback(clock)
    lookback.outage(None)
    sinces = []
    for _ in range(int(2 * UNREST_SECONDS)):
        sinces.append(lookback.since(SEEN))
        clock.now += 1
    assert sum(since >= SEEN - OVERLAP for since in sinces) == len(sinces) - 1
    assert sinces.index(min(sinces)) == UNREST_SECONDS
    assert min(sinces).year == 1970
