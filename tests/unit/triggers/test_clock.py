from datetime import UTC, date, datetime

import pytest

from footfall.triggers.clock import (
    BEGIN,
    END,
    Change,
    clock_of,
    date_of,
    day_number,
    unix_time,
    utc,
    weekday_of,
)


def test_instants_are_seconds_since_1970() -> None:
    moment = datetime(2027, 3, 28, 1, 2, 3, 999_999, tzinfo=UTC)
    assert unix_time(moment) == 1_806_195_723
    assert utc(1_806_195_723) == moment.replace(microsecond=0)
    assert unix_time(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1


def test_days_are_numbered_from_1970() -> None:
    assert (day_number(date(1970, 1, 1)), date_of(0)) == (0, date(1970, 1, 1))
    assert (day_number(date(2027, 3, 28)), date_of(20_905)) == (20_905, date(2027, 3, 28))
    assert [weekday_of(number) for number in (0, 3, 9, -4)] == [4, 0, 6, 0]


def test_a_clock_begins_before_2000_and_ends_with_2100() -> None:
    assert utc(BEGIN) == datetime(1999, 12, 1, tzinfo=UTC)
    assert utc(END) == datetime(2101, 1, 1, tzinfo=UTC)


def test_a_change_skips_times_or_shows_them_twice() -> None:
    gap, overlap = Change(1000, 60, 180), Change(1000, 180, 60)
    assert (gap.is_gap, gap.low, gap.high) == (True, 1060, 1180)
    assert (overlap.is_gap, overlap.low, overlap.high) == (False, 1060, 1180)


def test_changes_are_known_to_the_second() -> None:
    changes = {
        utc(change.at): change.is_gap
        for change in clock_of("Europe/Berlin").changes()
        if utc(change.at).year in {2000, 2027, 2100}
    }
    assert changes == {
        datetime(2000, 3, 26, 1, tzinfo=UTC): True,
        datetime(2000, 10, 29, 1, tzinfo=UTC): False,
        datetime(2027, 3, 28, 1, tzinfo=UTC): True,
        datetime(2027, 10, 31, 1, tzinfo=UTC): False,
        datetime(2100, 3, 28, 1, tzinfo=UTC): True,
        datetime(2100, 10, 31, 1, tzinfo=UTC): False,
    }


@pytest.mark.parametrize(
    ("instant", "offset"),
    [
        ("1990-07-01T00:00:00", 3600),
        ("2027-03-28T00:59:59", 3600),
        ("2027-03-28T01:00:00", 7200),
        ("2027-10-31T00:59:59", 7200),
        ("2027-10-31T01:00:00", 3600),
        ("2150-07-01T00:00:00", 3600),
    ],
)
def test_an_offset_is_in_force_from_its_change_on(instant: str, offset: int) -> None:
    at = unix_time(datetime.fromisoformat(instant).replace(tzinfo=UTC))
    clock = clock_of("Europe/Berlin")
    assert clock.offset(at) == offset
    assert clock.wall(at) == at + offset
