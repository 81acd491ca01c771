from importlib import import_module
from typing import Any

import pytest

from footfall.errors import InvalidTriggerError
from footfall.triggers import parse
from footfall.triggers.calendar import Range
from footfall.triggers.compiler import moments
from footfall.triggers.days import Days, dates_in
from footfall.triggers.moments import Moments, calendars_of

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
ZERO = frozenset({0})


def days(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


def of(**config: Any) -> Moments:
    return moments(parse({"trigger": "cron", **config}))


@pytest.mark.parametrize(
    ("config", "dates"),
    [
        ({"cron": "0 0 1,L 2 *"}, [(2, 1), (2, 28)]),
        ({"cron": "0 0 L 4,5 *"}, [(4, 30), (5, 31)]),
        ({"cron": "0 0 3 1 1L"}, [(1, 3), (1, 25)]),
        ({"cron": "0 0 * 1 1L,5L,2"}, [(1, 5), (1, 12), (1, 19), (1, 25), (1, 26), (1, 29)]),
        ({"cron": "0 0 * 1 1#2,5#1"}, [(1, 1), (1, 11)]),
        ({"cron": "0 0 * 1 7L"}, [(1, 31)]),
        ({"cron": "0 0 * 1 0#1,7#3"}, [(1, 3), (1, 17)]),
        ({"cron": "0 0 13 1 */3"}, [(1, 13)]),
        ({"cron": "0 0 13,14 1 */7"}, []),
        ({"cron": "0 0 */10 1 1"}, [(1, 11)]),
        ({"cron": "0 0 4,5 1 1"}, [(1, 4), (1, 5), (1, 11), (1, 18), (1, 25)]),
        ({"cron": "0 0 1-10/4 1 *"}, [(1, 1), (1, 5), (1, 9)]),
        ({"day": "1st mon,last", "month": "1,2"}, [(1, 4), (1, 31), (2, 1), (2, 28)]),
        ({"day": "last mon,last fri,3", "month": 1}, [(1, 3), (1, 25), (1, 29)]),
        ({"day": "last,last mon", "month": 1}, [(1, 25), (1, 31)]),
        ({"day": "2nd sun,5th fri", "month": 1}, [(1, 10), (1, 29)]),
        ({"day": "28-31/2", "month": "jan-feb"}, [(1, 28), (1, 30), (2, 28)]),
        ({"day_of_week": "sun", "month": 1, "day": "*/5"}, [(1, 31)]),
        ({"day_of_week": "0,6", "month": 1, "week": 2}, [(1, 11), (1, 17)]),
        ({"week": "53", "year": "2027"}, [(1, day) for day in (1, 2, 3)]),
        ({"week": "53,1", "day_of_week": "sat", "year": 2027}, [(1, 2), (1, 9)]),
    ],
)
def test_the_dates_of_2027(config: dict[str, Any], dates: list[tuple[int, int]]) -> None:
    assert dates_in(of(**config).days, 2027) == dates


@pytest.mark.parametrize(
    ("config", "hours", "minutes", "seconds"),
    [
        ({"cron": "5-20/5 8,20 * * *"}, {8, 20}, {5, 10, 15, 20}, {0}),
        ({"cron": "50/5 22/1 * * *"}, {22, 23}, {50, 55}, {0}),
        ({"hour": "8-10"}, {8, 9, 10}, {0}, {0}),
        ({"hour": "*/10", "minute": "40-59/10"}, {0, 10, 20}, {40, 50}, {0}),
        ({"minute": 7}, set(range(24)), {7}, {0}),
        ({"hour": 0, "second": "58-59"}, {0}, set(range(60)), {58, 59}),
        ({"hour": " 9 , 10", "second": 5}, {9, 10}, set(range(60)), {5}),
    ],
)
def test_the_times_of_a_day(
    config: dict[str, Any], hours: set[int], minutes: set[int], seconds: set[int]
) -> None:
    found = of(**config)
    assert (found.hours, found.minutes, found.seconds) == (hours, minutes, seconds)
    assert found.per_day == len(hours) * len(minutes) * len(seconds)


@pytest.mark.parametrize("number", range(12))
def test_months_have_names(number: int) -> None:
    name = MONTHS[number]
    for config in (
        {"cron": f"0 0 1 {name} *"},
        {"cron": f"0 0 1 {name.upper()} *"},
        {"month": name},
    ):
        assert {one.months for one in of(**config).days} == {days(number + 1)}


@pytest.mark.parametrize("number", range(7))
def test_weekdays_have_names(number: int) -> None:
    name = WEEKDAYS[number]
    for config in (
        {"cron": f"0 0 * * {name}"},
        {"cron": f"0 0 * * {number}"},
        {"day_of_week": name},
    ):
        assert {one.weekdays for one in of(**config).days} == {days(number)}
    assert {one.weekdays for one in of(day_of_week=number).days} == {days((number + 1) % 7)}


def test_a_field_that_always_matches_bounds_no_year_beyond_2100() -> None:
    assert of(year="*/50").days == (Days(days(1), days(1), days(2020, 2070)),)
    assert of(year="2090-2100/5").days[0].years == {2090, 2095, 2100}
    assert of(year="2099,2100").days[0].years == {2099, 2100}


def test_weeks_take_the_shorter_of_two_forms() -> None:
    assert len(of(week=10, year=2027).days) == 1
    assert len(of(week=10, day_of_week="mon").days) < 5
    assert len(of(week="1-53").days) == 1


def test_calendars_are_in_the_order_of_their_dates() -> None:
    first, second = Days(days(1), days(2)), Days(days(2), days(1))
    for given in ((first, second), (second, first)):
        found = calendars_of(Moments(ZERO, days(5), days(7), given))
        assert [one.day_of_month for one in found] == [(Range(1, 1),), (Range(2, 2),)]
        assert {(one.second, one.minute, one.hour) for one in found} == {
            ((Range(0, 0),), (Range(5, 5),), (Range(7, 7),))
        }
        assert {one.year for one in found} == {()}
    (one,) = calendars_of(Moments(ZERO, ZERO, ZERO, (Days(years=days(2027)),)))
    assert one.year == (Range(2027, 2027),)
    assert one.day_of_week == (Range(0, 6),)


@pytest.mark.parametrize(("most", "refused"), [(2, False), (1, True)])
def test_too_many_calendars_are_refused(
    monkeypatch: pytest.MonkeyPatch, most: int, *, refused: bool
) -> None:
    monkeypatch.setattr(import_module("footfall.triggers.moments"), "MOST_CALENDARS", most)
    calendars_of.cache_clear()
    given = Moments(ZERO, ZERO, ZERO, (Days(days(1), days(2)), Days(days(2), days(1))))
    if not refused:
        assert len(calendars_of(given)) == 2
        return
    with pytest.raises(InvalidTriggerError, match="needs 2 calendars, more than 1") as caught:
        calendars_of(given)
    assert caught.value.problems[0].field == "trigger"
    with pytest.raises(InvalidTriggerError) as caught:
        of(cron="0 0 1,L * *")
    assert caught.value.problems[0].field == "cron"
    with pytest.raises(InvalidTriggerError) as caught:
        of(day="1,last")
    assert caught.value.problems[0].field == "day"
