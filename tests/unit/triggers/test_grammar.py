import re
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from support.grammar import CRONTABS, FIELD_VALUES, FIELDS, INTERVALS

from footfall.errors import InvalidInputError
from footfall.triggers import Trigger, compile_trigger, describe, normalised, parse, warnings_of
from footfall.triggers.compiler import moments
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.days import dates_in
from footfall.triggers.fields import FieldsTrigger
from footfall.triggers.moments import Moments

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
CHECKED_YEARS = (2024, 2027, 2028, 2029, 2032, 2100)
SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))


def parsed(config: dict[str, Any]) -> Trigger:
    try:
        return parse(config)
    except InvalidInputError:
        assume(condition=False)
        raise


@settings(SLOW, max_examples=150)
@given(CRONTABS | FIELDS | INTERVALS)
@example({"trigger": "cron", "year": "*/2"})
@example({"trigger": "cron", "year": "2027-2099/5", "week": "*/7", "second": "*/11"})
@example({"trigger": "cron", "hour": 9, "exclude": {"holidays": "IN"}})
def test_all_of_the_grammar_has_words_a_normal_form_and_warnings(config: dict[str, Any]) -> None:
    trigger = parsed(config)
    compiled = compile_trigger(trigger, NOW)
    assert describe(trigger)
    assert all(told.endswith(".") for told in warnings_of(trigger, compiled, NOW))
    # The normal form means the same, is its own, and has the same words.
    again = parse(normalised(trigger))
    assert compile_trigger(again, NOW) == compiled
    assert normalised(again) == normalised(trigger)
    if "At the times " not in describe(trigger):
        assert describe(again) == describe(trigger)


def meaning(when: Moments) -> tuple[Any, ...]:
    days = [dates_in(when.days, year) for year in CHECKED_YEARS]
    return (when.seconds, when.minutes, when.hours, days)


# Few values, so that different ones often come to the same.
SMALL = {
    "month": st.sampled_from(["*", "*/6", "1,7", "2", "jan"]),
    "day": st.sampled_from(["*", "1", "13", "*/2", "1-7", "29-31", "last", "1st mon", "last fri"]),
    "week": st.sampled_from(["*", "*/1", "10", "10-12", "10,11,12"]),
    "day_of_week": st.sampled_from(["*", "fri", "4", "mon-fri", "0-4", "0,1,2,3,4", "mon"]),
    "hour": st.sampled_from(["*", "*/2", "9", "9-17", "0-23", "0-22/2", "9,17"]),
    "minute": st.sampled_from(["*", "0", "*/15", "0,15,30,45", "0,7", "30", "*/7", "0-56/7"]),
    "second": st.sampled_from(["0", "*", "*/10", "0,10,20,30,40,50", "5"]),
}
SMALL_FIELDS = st.fixed_dictionaries({"trigger": st.just("cron")}, optional=SMALL)
SMALL_CRONTABS = st.tuples(
    SMALL["minute"],
    SMALL["hour"],
    st.sampled_from(["*", "1", "13", "*/2", "1-31", "1-7", "L", "L,15", "15,L", "28-31"]),
    st.sampled_from(["*", "1", "2", "1,7", "*/6"]),
    st.sampled_from(["*", "5", "fri", "1-5", "0-7", "5L", "5#1", "5#2,1", "*/2"]),
).map(lambda parts: {"trigger": "cron", "cron": " ".join(parts)})


@settings(SLOW, max_examples=40)
@given(st.lists(SMALL_FIELDS | SMALL_CRONTABS, min_size=30, max_size=60))
def test_equal_words_mean_equal_moments(configs: list[dict[str, Any]]) -> None:
    by_words: defaultdict[str, list[Moments]] = defaultdict(list)
    for config in configs:
        try:
            trigger = parse(config)
        except InvalidInputError:
            continue
        if isinstance(trigger, CrontabTrigger | FieldsTrigger):
            by_words[describe(trigger)].append(moments(trigger))
    for words, found in by_words.items():
        if len(set(found)) > 1:
            assert all(meaning(one) == meaning(found[0]) for one in found), words


@settings(SLOW, max_examples=100)
@given(FIELD_VALUES["day"], FIELD_VALUES["day"])
def test_different_days_have_different_words(one: str, other: str) -> None:
    first, second = (parsed({"trigger": "cron", "day": day}) for day in (one, other))
    assert isinstance(first, FieldsTrigger)
    assert isinstance(second, FieldsTrigger)
    if describe(first) == describe(second):
        assert meaning(moments(first)) == meaning(moments(second))


def remedy(config: dict[str, Any]) -> str:
    with pytest.raises(InvalidInputError) as caught:
        parse({"trigger": "cron", **config})
    (problem,) = caught.value.problems
    return re.findall(r"write '([^']*)'", problem.message)[0]


@settings(SLOW, max_examples=200)
@given(st.sampled_from([(0, 0, 59), (1, 0, 23), (2, 1, 31), (3, 1, 12), (4, 0, 6)]), st.data())
def test_the_remedy_for_a_range_that_wraps_means_what_was_meant(
    field: tuple[int, int, int], data: st.DataObject
) -> None:
    index, low, high = field
    last = data.draw(st.integers(low, high - 1))
    first = data.draw(st.integers(last + 1, high))
    step = data.draw(st.integers(1, high - low))
    meant = {
        value if value <= high else value - (high - low + 1)
        for value in range(first, last + high - low + 2, step)
    }
    parts = ["0", "0", "*", "*", "*"]
    parts[index] = f"{first}-{last}/{step}"
    parts[index] = remedy({"cron": " ".join(parts)})
    trigger = parse({"trigger": "cron", "cron": " ".join(parts)})
    assert isinstance(trigger, CrontabTrigger)
    when = moments(trigger)
    (days,) = when.days
    found = (when.minutes, when.hours, days.days, days.months, days.weekdays)
    assert found[index] == meant
    # Named fields begin the week on Monday; their ranges are as long.
    name = ("minute", "hour", "day", "month", "day_of_week")[index]
    written = remedy({name: f"{first}-{last}/{step}"})
    fields = parse({"trigger": "cron", name: written})
    assert isinstance(fields, FieldsTrigger)
    when = moments(fields)
    (days,) = when.days
    weekdays = frozenset((value - 1) % 7 for value in days.weekdays)
    assert (when.minutes, when.hours, days.days, days.months, weekdays)[index] == meant


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"cron": "0 22-2/2 * * *"}, "22,0-2/2"),
        ({"cron": "0 0 1 11-2/1 *"}, "11-12,1-2"),
        ({"cron": "0 0 1 nov-feb *"}, "NOV-DEC,JAN-FEB"),
        ({"cron": "0 0 * * SAT-MON"}, "SAT,SUN-MON"),
        ({"cron": "0 0 * * FRI-MON"}, "FRI-SAT,SUN-MON"),
        ({"cron": "0 0 * * FRI-SUN"}, "5-7"),
        ({"cron": "0 0 * * 5-2"}, "5-6,0-2"),
        ({"cron": "0 0 * * 7-2"}, "0-2"),
        ({"day_of_week": "fri-mon"}, "fri-sun,mon"),
        ({"month": "nov-feb"}, "nov-dec,jan-feb"),
        ({"hour": "22-2"}, "22-23,0-2"),
        ({"week": "50-3"}, "50-53,1-3"),
    ],
)
def test_a_range_that_wraps_is_told_as_ranges_that_do_not(
    config: dict[str, Any], words: str
) -> None:
    assert remedy(config) == words


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"cron": "CRON_TZ=Europe/Berlin 0 9 * * *"}, "use timezone: 'Europe/Berlin'"),
        ({"cron": "TZ=UTC 0 9 * * *"}, "beside cron: '0 9 * * *'"),
        ({"cron": "@every 5m"}, "use trigger: 'interval' with minutes: 5"),
        ({"cron": "@every 1h30m"}, "with hours: 1 and minutes: 30"),
        ({"hour": 9, "timezone": "PST"}, "did you mean 'America/Los_Angeles'?"),
        ({"hour": 9, "timezone": "EDT"}, "did you mean 'America/New_York'?"),
        ({"hour": 9, "timezone": "Z"}, "did you mean 'UTC'?"),
        ({"hour": 9, "timezone": "utc+1"}, "did you mean 'Etc/GMT-1'"),
        ({"hour": 9, "timezone": "GMT-05:00"}, "did you mean 'Etc/GMT+5'"),
        ({"hour": 9, "timezone": "+14"}, "did you mean 'Etc/GMT-14'"),
        ({"hour": 9, "timezone": "+15"}, "use one such as 'Europe/Berlin' or 'UTC'"),
        ({"hour": 9, "timezone": "-12"}, "did you mean 'Etc/GMT+12'"),
        ({"hour": 9, "timezone": "-13"}, "use one such as 'Europe/Berlin' or 'UTC'"),
        ({"hour": 9, "timezone": "+05:30"}, "use one such as"),
        ({"hour": 9, "timezone": "UTC+15"}, "use one such as"),
        ({"hour": 9, "timezone": "+00:00"}, "did you mean 'UTC'?"),
    ],
)
def test_remedies(config: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse({"trigger": "cron", **config})
    (problem,) = caught.value.problems
    assert problem.field == ("timezone" if "timezone" in config else "cron")
    assert words in problem.message
