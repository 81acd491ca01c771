from functools import partial

from footfall.triggers.calendar import Range
from footfall.triggers.dates import ALL_DATES, Dates, numbered
from footfall.triggers.entries import Entry, calendars, fewest, listed, regular
from footfall.triggers.frames import Frames, steady_frames
from footfall.triggers.masks import values_in
from footfall.triggers.minutes import Share, in_utc

# 2027-03-28.
SUNDAY = 20_905


def times(entries: list[Entry], day: int) -> list[int]:
    """Give the minutes of a day that entries hold."""
    return sorted(
        hour * 60 + minute
        for one in entries
        if Dates(*one[2:]).has(day)
        for hour in values_in(one[1])
        for minute in values_in(one[0])
    )


def test_minutes_of_single_days_are_theirs_alone() -> None:
    entries = list(listed({1 << 65 | 1 << 130: [SUNDAY, SUNDAY + 2], 1 << 7: [SUNDAY]}))
    assert times(entries, SUNDAY) == [7, 65, 130]
    assert times(entries, SUNDAY + 1) == []
    assert times(entries, SUNDAY + 2) == [65, 130]
    assert len(fewest(entries)) == 3


def test_local_times_come_on_the_day_before_or_after_in_utc() -> None:
    sundays = [ALL_DATES._replace(weekdays=1)]
    for ahead, wall, expected in ((9, 1020, 480), (-9, 180, 720), (-15, 180, 1080)):
        frames = steady_frames(ahead * 3600)
        entries = list(regular(frames, partial(in_utc, 1 << wall), sundays))
        assert times(entries, SUNDAY) == [expected]
        assert times(entries, SUNDAY - 1) == times(entries, SUNDAY + 1) == []
    late = list(regular(steady_frames(-9 * 3600), partial(in_utc, 1 << 1200), sundays))
    assert times(late, SUNDAY + 1) == [300]
    assert times(late, SUNDAY) == []
    early = list(regular(steady_frames(9 * 3600), partial(in_utc, 1 << 60), sundays))
    assert times(early, SUNDAY - 1) == [960]
    assert times(early, SUNDAY) == []


def test_each_frame_has_its_own_minutes() -> None:
    two = Frames({0: (numbered([SUNDAY])[0],), 3600: (numbered([SUNDAY + 1])[0],)}, {}, ())
    entries = list(regular(two, lambda offset: [Share(0, 1 << offset // 60)], [ALL_DATES]))
    assert [times(entries, day) for day in range(SUNDAY - 1, SUNDAY + 3)] == [[], [0], [60], []]


def test_what_differs_in_one_field_only_is_one() -> None:
    def entry(minutes: int, hours: int, days: int) -> Entry:
        return (minutes, hours, days, *ALL_DATES[1:])

    assert fewest([entry(1, 1, 2), entry(1, 2, 2), entry(1, 3, 4)]) == [entry(1, 3, 6)]
    assert fewest([entry(1, 1, 2), entry(2, 2, 2)]) == [entry(1, 1, 2), entry(2, 2, 2)]
    assert fewest([]) == []


def test_calendars_hold_their_entries_in_order() -> None:
    some = (1 << 5, 1 << 7, 1 << 3 | 1 << 31, 1 << 4, 1 << 27, 1)
    every = (1 << 4, 1 << 7, *ALL_DATES)
    first, second = calendars([some, every], frozenset({0, 30}))
    assert (first.minute, second.minute) == ((Range(4, 4),), (Range(5, 5),))
    assert second.second == (Range(0, 0), Range(30, 30))
    assert second.hour == (Range(7, 7),)
    # April has no 31st.
    assert second.day_of_month == (Range(3, 3),)
    assert (second.month, second.year) == ((Range(4, 4),), (Range(2027, 2027),))
    assert (second.day_of_week, first.day_of_week) == ((Range(0, 0),), (Range(0, 6),))
    assert (first.day_of_month, first.year) == ((Range(1, 31),), ())
