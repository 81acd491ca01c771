from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from exact.brute_force import scanned
from exact.size import size
from exact.zones import ZONES, changes, zone_info
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from footfall.triggers import compile_config, next_times

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = 2


@st.composite
def starts(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a zone, and an instant up to a day before its clocks change or a year ends."""
    zone = draw(st.sampled_from(ZONES))
    ends = [datetime(year, 1, 1, tzinfo=UTC) for year in (2012, 2025, 2028)]
    at = draw(st.sampled_from([*(one.at for one in changes(zone)), *ends]))
    return zone, at - timedelta(minutes=draw(st.integers(0, 1440)))


def _days_around(begin: datetime) -> SearchStrategy[date]:
    return st.integers(-1, DAYS + 1).map(lambda by: (begin + timedelta(days=by)).date())


@st.composite
def exclusions(draw: st.DrawFn, begin: datetime) -> dict[str, Any]:
    """Draw what to exclude: some days near, one at a time or from one to another, and weekdays."""
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found["weekdays"] = draw(
            st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True)
        )
    if not found or draw(st.booleans()):
        one, *two = draw(st.lists(_days_around(begin), min_size=1, max_size=2))
        ends = sorted([one, *two])
        found["dates"] = [
            {"from": ends[0].isoformat(), "to": ends[-1].isoformat()} if two else one.isoformat()
        ]
    return found


def rests(exclude: dict[str, Any]) -> Callable[[datetime], bool]:
    """Give a function that says whether a wall time is on an excluded day."""

    def excluded(wall: datetime) -> bool:
        day = wall.date().isoformat()
        return WEEKDAYS[wall.weekday()] in exclude.get("weekdays", []) or any(
            day == one if isinstance(one, str) else one["from"] <= day <= one["to"]
            for one in exclude.get("dates", [])
        )

    return excluded


@st.composite
def bounds(draw: st.DrawFn, begin: datetime) -> dict[str, datetime]:
    """Draw when to start and to end, or not to."""
    minutes = st.integers(0, DAYS * 1440)
    first, last = sorted(draw(st.tuples(minutes, minutes)))
    ends = {"start_at": first, "end_at": last}
    return {name: begin + timedelta(minutes=by) for name, by in ends.items() if draw(st.booleans())}


def within(at: datetime, of: dict[str, datetime]) -> bool:
    return of.get("start_at", at) <= at <= of.get("end_at", at)


def written(of: dict[str, datetime]) -> dict[str, str]:
    return {name: at.isoformat() for name, at in of.items()}


@pytest.mark.timeout(3600)
@settings(max_examples=size().bounds, deadline=None)
@given(st.data(), starts(), st.sampled_from(["run", "skip"]), st.sampled_from(["once", "twice"]))
def test_cron_fires_when_a_look_at_the_clock_every_minute_says(
    data: st.DataObject, start: tuple[str, datetime], gap: str, overlap: str
) -> None:
    zone, begin = start
    hours = data.draw(st.frozensets(st.integers(0, 5) | st.integers(0, 23), min_size=1))
    minutes = data.draw(st.frozensets(st.sampled_from([0, 1, 15, 30, 59]), min_size=1))
    exclude = data.draw(st.just({}) | exclusions(begin))
    limits = data.draw(bounds(begin))
    config = {
        "trigger": "cron",
        "hour": ",".join(map(str, sorted(hours))),
        "minute": ",".join(map(str, sorted(minutes))),
        "timezone": zone,
        "dst_gap": gap,
        "dst_overlap": overlap,
        **written(limits),
        **({"exclude": exclude} if exclude else {}),
    }
    end = begin + timedelta(days=DAYS)
    expected = [
        at
        for at in scanned(
            lambda wall: wall.hour in hours and wall.minute in minutes,
            rests(exclude),
            zone,
            begin,
            end,
            gap=gap,
            overlap=overlap,
        )
        if within(at, limits)
    ]
    found = next_times(compile_config(config, begin), begin, len(expected) + 1)
    assert [at for at in found if at <= end] == expected


@pytest.mark.timeout(3600)
@settings(max_examples=size().bounds, deadline=None)
@given(st.data(), starts(), st.integers(7, 3000))
def test_an_interval_fires_when_adding_it_up_says(
    data: st.DataObject, start: tuple[str, datetime], minutes: int
) -> None:
    zone, begin = start
    exclude = data.draw(st.just({}) | exclusions(begin))
    limits = data.draw(bounds(begin))
    config = {
        "trigger": "interval",
        "minutes": minutes,
        "timezone": zone,
        **written(limits),
        **({"exclude": exclude} if exclude else {}),
    }
    every, end = timedelta(minutes=minutes), begin + timedelta(days=2 * DAYS)
    expected = []
    at = limits.get("start_at", begin + every)
    while at <= end:
        wall = at.astimezone(zone_info(zone)).replace(tzinfo=None)
        if at > begin and within(at, limits) and not rests(exclude)(wall):
            expected.append(at)
        at += every
    found = next_times(compile_config(config, begin), begin, len(expected) + 1)
    assert [at for at in found if at <= end] == expected
