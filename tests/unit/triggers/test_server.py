from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from footfall.triggers import compile_trigger, parse
from footfall.triggers.clock import DAY, clock_of, unix_time, utc
from footfall.triggers.moments import calendars_of
from footfall.triggers.server import fired


# What Temporal 1.32 does on days on which clocks change: tests/temporal holds these, and more,
# against the server. They differ from cron(8) and APScheduler, and east of Greenwich from
# reason: the autumn's lines for Berlin are one hour early.
@pytest.mark.parametrize(
    ("zone", "options", "after", "expected"),
    [
        # A time in the gap of spring does not fire that day.
        ("America/New_York", {"cron": "30 2 * * *"}, "2027-03-13T12:00", ["2027-03-15T06:30"]),
        ("Europe/Berlin", {"cron": "30 2 * * *"}, "2027-03-27T12:00", ["2027-03-29T00:30"]),
        # In the west a time in the overlap of autumn fires twice.
        (
            "America/New_York",
            {"cron": "30 1 * * *"},
            "2027-11-06T12:00",
            ["2027-11-07T05:30", "2027-11-07T06:30", "2027-11-08T06:30"],
        ),
        # In the east it fires once, the second time, and the hour before the overlap twice.
        (
            "Europe/Berlin",
            {"cron": "30 2 * * *"},
            "2027-10-30T12:00",
            ["2027-10-31T01:30", "2027-11-01T01:30"],
        ),
        (
            "Europe/Berlin",
            {"cron": "30 1 * * *"},
            "2027-10-30T12:00",
            ["2027-10-30T23:30", "2027-10-31T00:30", "2027-11-01T00:30"],
        ),
        # A day whose midnight is skipped counts as the weekday before it in the west.
        ("America/Havana", {"cron": "0 12 * * 0"}, "2027-03-13T06:00", ["2027-03-21T16:00"]),
        (
            "America/Havana",
            {"cron": "0 12 * * 6"},
            "2027-03-13T06:00",
            ["2027-03-13T17:00", "2027-03-14T16:00", "2027-03-20T16:00"],
        ),
        # The hour shown again has no bearing on the days after it.
        ("America/New_York", {"cron": "0 0 * * 1"}, "2027-11-07T06:30", ["2027-11-08T05:00"]),
        # What goes round with the minutes alone keeps its rhythm in spring.
        (
            "America/New_York",
            {"cron": "*/30 * * * *"},
            "2027-03-14T06:00",
            ["2027-03-14T06:30", "2027-03-14T07:00", "2027-03-14T07:30"],
        ),
    ],
)
def test_a_server_near_a_change_of_clocks(
    zone: str, options: dict[str, Any], after: str, expected: list[str]
) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    times = [datetime.fromisoformat(at).replace(tzinfo=UTC) for at in expected]
    when = compile_trigger(parse({"trigger": "cron", "timezone": zone, **options}), moment).moments
    assert when
    start = unix_time(moment)
    found = fired(calendars_of(when), clock_of(zone), start, start + 10 * DAY)
    assert [utc(at) for at in islice(found, len(times))] == times
