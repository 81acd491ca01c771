import pytest

from footfall.triggers.changeover import Changeover, _by_day
from footfall.triggers.clock import DAY, Change
from footfall.triggers.frames import Frames, Stretch
from footfall.triggers.minutes import span

HOUR = 3600
# At 22:00 UTC the clock is set from 23:00 to midnight: what is skipped and its end have two days.
GAP = Frames(
    {},
    {10: (Stretch(0, 1320, HOUR), Stretch(1320, 1440, 2 * HOUR))},
    (Change(10 * DAY + 22 * HOUR, HOUR, 2 * HOUR),),
)
# At 01:00 UTC it is set from 03:00 to 02:00.
OVERLAP = Frames(
    {},
    {10: (Stretch(0, 60, 2 * HOUR), Stretch(60, 1440, HOUR))},
    (Change(10 * DAY + HOUR, 2 * HOUR, HOUR),),
)


def at(hour: int, minute: int = 0) -> int:
    return 1 << hour * 60 + minute


def always(day: int) -> bool:
    return day >= 0


def never(day: int) -> bool:
    return day < 0


@pytest.mark.parametrize(
    ("wall", "skipped"),
    [((22, 59), False), ((23, 0), True), ((23, 59), True), ((0, 0), False), ((12, 0), False)],
)
def test_what_is_skipped_comes_when_the_gap_ends(wall: tuple[int, int], *, skipped: bool) -> None:
    expected = {at(22): [10]} if skipped else {}
    assert Changeover(GAP, at(*wall), always).gaps(never) == expected


def test_a_gap_skips_only_on_days_that_are_wanted() -> None:
    assert Changeover(GAP, at(23, 30), lambda day: day == 10).gaps(never) == {at(22): [10]}
    assert Changeover(GAP, at(23, 30), lambda day: day != 10).gaps(never) == {}


@pytest.mark.parametrize(
    ("wall", "day", "skipped"),
    [
        ((23, 29), 10, False), ((23, 30), 10, True), ((23, 30), 11, False),
        ((0, 29), 11, True), ((0, 29), 10, False), ((0, 30), 11, False),
    ],
)  # fmt: skip
def test_a_gap_may_skip_the_end_of_a_day_and_the_beginning_of_the_next(
    wall: tuple[int, int], day: int, *, skipped: bool
) -> None:
    midnight = Frames({}, {}, (Change(10 * DAY + 22 * HOUR + 1800, HOUR, 2 * HOUR),))
    found = Changeover(midnight, at(*wall), lambda of: of == day).gaps(never)
    assert found == ({at(22, 30): [10]} if skipped else {})


def test_nothing_comes_at_the_end_of_a_gap_on_a_day_of_rest() -> None:
    wanted = Changeover(GAP, at(23, 30), always)
    assert wanted.gaps(lambda day: day == 11) == {}
    assert wanted.gaps(lambda day: day == 10) == {at(22): [10]}


def test_an_overlap_skips_nothing() -> None:
    assert Changeover(OVERLAP, at(2, 30), always).gaps(never) == {}


@pytest.mark.parametrize(
    ("wall", "once", "twice"),
    [
        ((1, 59), [], []),
        ((2, 0), [(0, 0)], [(0, 0), (1, 0)]),
        ((2, 59), [(0, 59)], [(0, 59), (1, 59)]),
        ((3, 0), [(2, 0)], [(2, 0)]),
        ((23, 30), [(22, 30)], [(22, 30)]),
        ((0, 30), [(23, 30)], [(23, 30)]),
    ],
)
def test_times_that_are_shown_again_count_once_or_twice(
    wall: tuple[int, int], once: list[tuple[int, int]], twice: list[tuple[int, int]]
) -> None:
    found = Changeover(OVERLAP, at(*wall), always)
    for is_twice, expected in ((False, once), (True, twice)):
        minutes = sum(at(*time) for time in expected)
        assert found.minutes(twice=is_twice) == ({minutes: [10]} if minutes else {})


def test_only_wanted_local_days_are_shown() -> None:
    # 00:30 of the next local day comes at 23:30 UTC.
    assert Changeover(OVERLAP, at(0, 30), lambda day: day == 11).minutes(twice=True) == {
        at(23, 30): [10]
    }
    assert Changeover(OVERLAP, at(0, 30), lambda day: day == 10).minutes(twice=True) == {}
    west = Frames({}, {10: (Stretch(0, 1440, -5 * HOUR),)}, ())
    assert Changeover(west, at(23), lambda day: day == 9).minutes(twice=True) == {at(4): [10]}


def test_days_that_show_the_same_are_together() -> None:
    both = Frames({}, {4: (Stretch(0, 1440, 0),), 7: (Stretch(0, 1440, 0),)}, ())
    assert Changeover(both, at(9), always).minutes(twice=False) == {at(9): [4, 7]}


def test_minutes_are_cut_by_days() -> None:
    assert list(_by_day(3 * DAY, 4 * DAY)) == [(3, span(0, 1440))]
    assert list(_by_day(3 * DAY + 23 * HOUR, 4 * DAY + 1800)) == [
        (3, span(1380, 1440)),
        (4, span(0, 30)),
    ]
