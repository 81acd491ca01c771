from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from footfall.errors import InvalidInputError, InvalidTriggerError
from footfall.triggers import (
    CompiledTrigger,
    FieldsTrigger,
    compile_trigger,
    ensure_fires,
    horizon_of,
    next_times,
    parse,
    plan,
)
from footfall.triggers.fields import weeks_of

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def seconds_after_2000(seconds: int) -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


LONG_AGO = datetime(1999, 12, 31, 12, tzinfo=UTC)
BOUNDS = {
    "year": (2000, 2100),
    "month": (1, 12),
    "day": (1, 31),
    "week": (1, 53),
    "day_of_week": (0, 6),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def compiled(zone: str = "UTC", **fields: Any) -> CompiledTrigger:
    return compile_trigger(parse({"trigger": "cron", "timezone": zone, **fields}), NOW)


def theirs(
    fields: dict[str, Any], after: datetime, zone: str, until: datetime, count: int = 10
) -> list[datetime]:
    trigger = CronTrigger(**fields, timezone=zone, end_date=until)
    found = []
    at = after
    while len(found) < count:
        at = trigger.get_next_fire_time(at, at)
        if at is None:
            break
        found.append(at.astimezone(UTC))
    return found


def allowed(fields: dict[str, Any]) -> bool:
    try:
        CronTrigger(**fields, timezone="UTC")
    except ValueError:
        return False
    return True


def terms(name: str) -> SearchStrategy[str]:
    low, high = BOUNDS[name]
    value = st.integers(low, high)
    pair = st.tuples(value, value).map(sorted)
    found = [
        value.map(str),
        pair.map(lambda ends: "{}-{}".format(*ends)),
        st.integers(1, max(high - low, 1)).map("*/{}".format),
        st.tuples(value, st.integers(1, 9)).map(lambda of: "{}/{}".format(*of)),
        st.tuples(pair, st.integers(1, 9)).map(lambda of: "{}-{}/{}".format(*of[0], of[1])),
    ]
    names = {"month": MONTHS, "day_of_week": WEEKDAYS}.get(name)
    if names:
        found.append(st.sampled_from(names))
        found.append(
            st.tuples(*[st.integers(0, len(names) - 1)] * 2)
            .map(sorted)
            .map(lambda ends: f"{names[ends[0]]}-{names[ends[1]]}")
        )
    if name == "day":
        found.append(st.just("last"))
        nth = st.sampled_from(["1st", "2nd", "3rd", "4th", "5th", "last"])
        found.append(st.tuples(nth, st.sampled_from(WEEKDAYS)).map(" ".join))
    return st.one_of(found)


def values(name: str) -> SearchStrategy[Any]:
    number = st.integers(*BOUNDS[name])
    listed = st.lists(terms(name), min_size=1, max_size=3).map(", ".join)
    return st.one_of(number, terms(name), listed, st.just("*"))


# Years are named rarely, weeks seldom: else most of what is drawn never fires.
FIELDS = st.fixed_dictionaries(
    {},
    optional={name: values(name) for name in BOUNDS if name not in {"year", "week"}},
).filter(bool)
DATES = st.fixed_dictionaries(
    {}, optional={name: values(name) for name in ("year", "month", "day", "week", "day_of_week")}
).filter(bool)
MOMENTS = st.sampled_from(
    [
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC),
        datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
        datetime(2095, 12, 31, 23, 0, tzinfo=UTC),
    ]
) | st.integers(0, 93 * 365 * 86_400).map(seconds_after_2000)


@settings(max_examples=250, deadline=None)
@given(
    FIELDS.filter(allowed),
    MOMENTS,
    st.sampled_from(["UTC", "Etc/GMT-9", "Asia/Kolkata", "America/Phoenix"]),
)
def test_fires_when_apscheduler_says(fields: dict[str, Any], moment: datetime, zone: str) -> None:
    after = moment.replace(microsecond=0, tzinfo=ZoneInfo(zone))
    until = after + timedelta(days=3 * 365)
    expected = theirs(fields, after, zone, until)
    got = next_times(compiled(zone, **fields), after, 10)
    assert [at for at in got if at <= until] == expected


@settings(max_examples=120, deadline=None)
@given(DATES.filter(allowed), MOMENTS)
def test_fires_on_the_dates_that_apscheduler_says(fields: dict[str, Any], moment: datetime) -> None:
    after = moment.replace(microsecond=0, tzinfo=UTC)
    until = after + timedelta(days=4 * 366)
    expected = theirs(fields, after, "UTC", until)
    got = next_times(compiled(**fields), after, 10)
    assert [at for at in got if at <= until] == expected


@settings(max_examples=60, deadline=None)
@given(
    FIELDS.filter(allowed),
    st.sampled_from(["Europe/Berlin", "America/New_York"]),
    st.integers(2026, 2090),
    st.sampled_from([(11, 25), (5, 1)]),
)
def test_fires_when_apscheduler_says_in_zones_with_summer_time_away_from_its_changes(
    fields: dict[str, Any], zone: str, year: int, start: tuple[int, int]
) -> None:
    after = datetime(year, *start, 1, 2, 3, tzinfo=ZoneInfo(zone))
    until = after + timedelta(days=90)
    expected = theirs(fields, after, zone, until)
    got = next_times(compiled(zone, **fields), after, 10)
    assert [at for at in got if at <= until] == expected


def days_from_2000_to_2100() -> Iterator[date]:
    first = date(2000, 1, 1)
    return (first + timedelta(days=number) for number in range(36_890))


@pytest.mark.parametrize("weeks", [{1}, {9}, {10}, {26}, {52}, {53}, {1, 53}, set(range(1, 54, 2))])
@pytest.mark.parametrize("weekday", [None, 0, 3, 6])
def test_iso_weeks_are_the_dates_that_they_are(weeks: set[int], weekday: int | None) -> None:
    fields = {"week": ",".join(map(str, sorted(weeks)))}
    if weekday is not None:
        fields["day_of_week"] = weekday
    of = compiled(**fields)
    expected = [
        day
        for day in days_from_2000_to_2100()
        if day.isocalendar().week in weeks and weekday in {None, day.weekday()}
    ]
    assert [at.date() for at in next_times(of, LONG_AGO, 40_000)] == expected
    assert len(plan(of, horizon_of(NOW)).calendars) <= 200


def test_a_week_takes_few_calendars() -> None:
    assert len(plan(compiled(week=10), horizon_of(NOW)).calendars) <= 8
    assert len(plan(compiled(week=10, day_of_week="mon"), horizon_of(NOW)).calendars) <= 3
    assert len(plan(compiled(week=10, year=2027), horizon_of(NOW)).calendars) == 1
    assert len(plan(compiled(week="*"), horizon_of(NOW)).calendars) == 1
    assert len(plan(compiled(week="1-53"), horizon_of(NOW)).calendars) == 1


@pytest.mark.parametrize("weekday", range(7))
def test_last_weekdays_are_right_until_2100(weekday: int | None) -> None:
    of = compiled(day=f"last {WEEKDAYS[weekday]}")
    expected = [
        day
        for day in days_from_2000_to_2100()
        if day.weekday() == weekday and (day + timedelta(days=7)).month != day.month
    ]
    assert [at.date() for at in next_times(of, LONG_AGO, 40_000)] == expected
    assert len(plan(of, horizon_of(NOW)).calendars) == 4


def test_finer_fields_are_at_their_minimum_and_coarser_ones_anything() -> None:
    assert next_times(compiled(day_of_week=0), NOW, 1) == [datetime(2026, 11, 30, tzinfo=UTC)]
    assert next_times(compiled(month=3), NOW, 2) == [
        datetime(2027, 3, 1, tzinfo=UTC),
        datetime(2028, 3, 1, tzinfo=UTC),
    ]
    assert next_times(compiled(minute=5), NOW, 1) == [datetime(2026, 11, 24, 4, 5, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hour", 24),
        ("hour", -1),
        ("hour", True),
        ("hour", 1.0),
        ("hour", None),
        ("hour", float("nan")),
        ("hour", [1]),
        ("hour", ""),
        ("hour", "1,"),
        ("hour", "5-3"),
        ("hour", "*/0"),
        ("hour", "*/24"),
        ("hour", "25"),
        ("hour", "9am"),
        ("hour", "\u0661"),
        ("hour", "1 2"),
        ("minute", 60),
        pytest.param("minute", 10**5000, id="huge"),
        pytest.param("minute", "9" * 5000, id="long"),
        ("second", "0-60"),
        ("day", 0),
        ("day", 32),
        ("day", "6th fri"),
        ("day", "2nd fri-sun"),
        ("day", "2nd 3"),
        ("day", "2nd foo"),
        ("day", "lastly"),
        ("day", "L"),
        ("month", 13),
        ("month", "jan-mar/2"),
        ("month", "january"),
        ("month", "nov-feb"),
        ("week", 54),
        ("week", "last"),
        ("day_of_week", 7),
        ("day_of_week", "sun-mon"),
        ("day_of_week", "last fri"),
        ("year", 1969),
        ("year", 2101),
        ("year", "2030-2101"),
        ("year", "20301"),
    ],
)
def test_refuses(field: str, value: Any) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "cron", field: value})
    (problem,) = caught.value.problems
    assert problem.field == field
    assert len(problem.message) < 400


def test_every_wrong_field_is_named() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse({"trigger": "cron", "hour": 24, "minute": 60, "timezone": "Mars/Base", "foo": 1})
    assert {problem.field for problem in caught.value.problems} == {
        "hour", "minute", "timezone", "foo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"year": 2020}, "year"),
        ({"year": 1999}, "year"),
        ({"year": "2020-2025", "hour": 3}, "year"),
        ({"day": 30, "month": 2}, "day"),
        ({"day": 31, "month": "feb,apr,jun"}, "day"),
        ({"week": 53, "month": 6}, "week"),
        ({"week": 53, "year": 2027, "month": 12}, "year"),
        ({"year": 2027, "month": 2, "day": 29}, "year"),
    ],
)
def test_what_never_fires_is_refused_and_its_field_named(
    fields: dict[str, Any], blamed: str
) -> None:
    trigger = parse({"trigger": "cron", **fields})
    of = compile_trigger(trigger, NOW)
    assert next_times(of, NOW, 1) == []
    with pytest.raises(InvalidTriggerError, match="never fires") as caught:
        ensure_fires(trigger, of, NOW)
    assert caught.value.problems[0].field == blamed


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"second": 5}, ("*",) * 7 + ("5",)),
        ({"minute": 5}, ("*",) * 6 + ("5", "0")),
        ({"hour": " 5 "}, ("*",) * 5 + ("5", "0", "0")),
        ({"year": 2027}, ("2027", "1", "1", "*", "*", "0", "0", "0")),
        ({"week": "10"}, ("*", "*", "*", "10", "*", "0", "0", "0")),
        ({"day": "LAST", "second": 1}, ("*", "*", "last", "*", "*", "*", "*", "1")),
    ],
)
def test_all_fields(given: dict[str, Any], expected: tuple[str, ...]) -> None:
    trigger = parse({"trigger": "cron", **given})
    assert isinstance(trigger, FieldsTrigger)
    assert tuple(trigger.all_fields.values()) == expected
    assert weeks_of(trigger) == ({10} if "week" in given else None)
