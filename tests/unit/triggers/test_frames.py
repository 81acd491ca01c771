from datetime import UTC, date, datetime, timedelta

import pytest

from footfall.triggers.clock import BEGIN, DAY, END, Change, clock_of, day_number, unix_time, utc
from footfall.triggers.dates import ALL_DATES, FIRST_DAY, LAST_DAY
from footfall.triggers.frames import Frames, _touched, frames_of, steady_frames
from footfall.triggers.zone import zone_of

SINCE = unix_time(datetime(2026, 6, 1, tzinfo=UTC))
UNTIL = unix_time(datetime(2028, 1, 1, tzinfo=UTC))


def offset(zone: str, instant: int) -> int:
    ahead = utc(instant).astimezone(zone_of(zone)).utcoffset()
    return int((ahead or timedelta()).total_seconds())


def of_day(frames: Frames, day: int) -> list[int]:
    return [at for at, dates in frames.dates.items() if any(one.has(day) for one in dates)]


@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Gaza", "Antarctica/Troll"],
)
def test_each_day_is_in_one_frame_or_in_stretches(zone: str) -> None:
    frames = frames_of(zone, SINCE, UNTIL)
    for day in range(SINCE // DAY, UNTIL // DAY):
        if day not in frames.days:
            at = offset(zone, day * DAY)
            assert of_day(frames, day) == [at] == [offset(zone, (day + 1) * DAY - 1)]
            continue
        assert of_day(frames, day) == []
        stretches = frames.days[day]
        assert [one.begin for one in stretches] == [0, *(one.end for one in stretches[:-1])]
        assert stretches[-1].end == 1440
        for one in stretches:
            for minute in (one.begin, one.end - 1):
                assert one.offset == offset(zone, day * DAY + minute * 60)


def test_frames_begin_after_the_last_change_before_the_window() -> None:
    frames = frames_of("Europe/Berlin", SINCE, UNTIL)
    found = [f"{utc(change.at):%Y-%m-%d}" for change in frames.changes]
    assert found == ["2026-10-25", "2027-03-28", "2027-10-31"]
    assert sorted(frames.days) == [change.at // DAY for change in frames.changes]
    before = day_number(date(2026, 3, 29))
    assert of_day(frames, before) == []
    assert of_day(frames, before + 1) == [7200]
    # The last offset stays for ever.
    assert of_day(frames, LAST_DAY) == of_day(frames, LAST_DAY - 200) == [3600]


@pytest.mark.parametrize("early", [0, 1])
def test_changes_at_the_ends_of_the_window_are_not_in_it(early: int) -> None:
    ats = [change.at for change in clock_of("Europe/Berlin").changes()]
    frames = frames_of("Europe/Berlin", ats[10] - early, ats[12] + early)
    assert [change.at for change in frames.changes] == ats[11 - early : 12 + early]


def test_frames_of_all_time_begin_with_2000() -> None:
    frames = frames_of("Europe/Berlin", BEGIN, END)
    assert of_day(frames, FIRST_DAY) == [3600]
    assert len(frames.changes) == len(clock_of("Europe/Berlin").changes())


def test_a_clock_without_changes_has_one_frame() -> None:
    assert frames_of("Asia/Tokyo", SINCE, UNTIL) == steady_frames(9 * 3600)
    assert steady_frames(60) == Frames({60: (ALL_DATES,)}, {}, ())
    last = clock_of("Europe/Berlin").changes()[-1].at
    assert frames_of("Europe/Berlin", last, END) == steady_frames(3600)
    (change,) = frames_of("Europe/Berlin", last - 1, END).changes
    assert change.at == last


@pytest.mark.parametrize(
    ("at", "before", "after", "days"),
    [
        (12 * 3600, 3600, 0, 1),
        (23 * 3600, 3600, 0, 1),
        (23 * 3600 + 1, 3600, 0, 2),
        (DAY - 1, 3600, 0, 2),
        (DAY - 1, 0, 3600, 1),
        (DAY - 1, 0, 7 * 3600, 1),
    ],
)
def test_a_change_touches_the_days_on_which_times_are_shown_again(
    at: int, before: int, after: int, days: int
) -> None:
    assert _touched(Change(5 * DAY + at, before, after)) == range(5, 5 + days)
