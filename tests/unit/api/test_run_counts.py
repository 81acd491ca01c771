from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.run_counts import CountFilters, SpanLength, spans_of
from footfall.errors import InvalidInputError

NOW = datetime(2026, 11, 28, 10, 20, 30, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia")


def text(at: datetime) -> str:
    return at.isoformat()


def test_by_default_the_last_thirty_days_are_counted() -> None:
    edges = CountFilters().edges(NOW)
    assert len(edges) == 31
    assert edges[0] == datetime(2026, 10, 30, tzinfo=UTC)
    assert edges[-1] == datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize("until", ["2027-03-29T00:30:00+02:00", "2026-10-25T23:30:00+01:00"])
def test_they_are_thirty_whatever_clocks_do_meanwhile(until: str) -> None:
    assert len(CountFilters(timezone="Europe/Berlin", until=until).edges(NOW)) == 31


def test_days_are_those_of_the_zone_when_its_clocks_change() -> None:
    filters = CountFilters(
        timezone="Europe/Berlin", since="2026-10-24T12:00:00+02:00", until="2026-10-26T00:00:00Z"
    )
    hours = [end - first for first, end in pairwise(filters.edges(NOW))]
    assert hours == [timedelta(hours=24), timedelta(hours=25), timedelta(hours=24)]


def test_a_day_that_a_zone_left_out_is_no_span() -> None:
    filters = CountFilters(
        timezone="Pacific/Apia",
        since="2011-12-29T12:00:00-10:00",
        until="2011-12-31T12:00:00+14:00",
    )
    first, middle, end = filters.edges(NOW)
    assert (middle - first, end - middle) == (timedelta(days=1), timedelta(days=1))


def test_hours_are_those_of_the_zone() -> None:
    filters = CountFilters(
        by=SpanLength.HOUR, timezone="Asia/Kathmandu", since="2026-11-28T08:00:00Z"
    )
    edges = filters.edges(NOW)
    assert edges[0] == datetime(2026, 11, 28, 7, 15, tzinfo=UTC)
    assert edges[-1] == datetime(2026, 11, 28, 11, 15, tzinfo=UTC)
    assert len(edges) == 5


@given(
    st.integers(631152000, 2524608000).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=40)),
    st.sampled_from(ZONES),
    st.sampled_from(SpanLength),
)
def test_spans_begin_with_the_first_instant_and_end_with_the_last(
    since: datetime, length: timedelta, zone: str, by: SpanLength
) -> None:
    last = since + length - timedelta(microseconds=1)
    filters = CountFilters(by=by, timezone=zone, since=text(since), until=text(since + length))
    edges = filters.edges(NOW)
    assert edges[0] <= since < edges[1]
    assert edges[-2] <= last < edges[-1]
    assert all(first < end for first, end in pairwise(edges))
    for edge in edges[:-1]:
        local = edge.astimezone(ZoneInfo(zone))
        before = (edge - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
        if by is SpanLength.DAY:
            assert local.date() > before.date()
        else:
            assert (local.minute, local.second) == (0, 0)


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        (CountFilters(timezone="Mars/Olympus"), "timezone"),
        (CountFilters(since="yesterday"), "since"),
        (CountFilters(until="2026-13-01"), "until"),
        (CountFilters(since="2026-11-29"), "since"),
        (CountFilters(since="2026-11-02", until="2026-11-02"), "since"),
        (CountFilters(since="2000-01-01"), "since"),
        (CountFilters(by=SpanLength.HOUR, since="2026-01-01"), "since"),
        (
            CountFilters(since="0001-01-01", until="0001-01-02", timezone="America/Sao_Paulo"),
            "since",
        ),
        (CountFilters(until="0001-01-02"), "until"),
        (CountFilters(since="9999-12-31"), "since"),
        (CountFilters(until="0001-01-01"), "until"),
        (CountFilters(since="2026-11-01", until="0001-01-01"), "since"),
    ],
)
def test_what_cannot_be_counted_is_refused(filters: CountFilters, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        filters.edges(NOW)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert caught.value.problems[0].message


def test_a_span_of_the_first_year_is_written_as_it_is_read() -> None:
    edges = CountFilters(since="0001-01-02", until="0001-01-03").edges(NOW)
    (span,) = spans_of(edges, [{}]).model_dump(mode="json")["spans"]
    assert (span["since"], span["until"]) == ("0001-01-02T00:00:00Z", "0001-01-03T00:00:00Z")


def test_it_is_said_what_the_first_instant_has_to_come_before() -> None:
    for filters, end in (
        (CountFilters(since="2026-12-01"), "before now"),
        (CountFilters(since="2026-11-02", until="2026-11-02"), "before `until`"),
    ):
        with pytest.raises(InvalidInputError, match=end):
            filters.edges(NOW)
