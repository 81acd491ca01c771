"""What a list is filtered and sorted by is what it shows."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rows import at, run, snapshot

from api.schedule_views import ScheduleView
from api.temporal_ui import TemporalUi
from footfall.errors import InvalidInputError
from footfall.projection.cursor import micros
from footfall.projection.position import Position, decode_position, encode_position
from footfall.projection.row import RunTally, ScheduleRow
from footfall.projection.schedule_facts import facts_of
from footfall.projection.schedule_query import SORTS, Range, ScheduleQuery
from footfall.schedules.policy import Policies
from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduledWalk, ScheduleStatus

NOW = at(100)
UI = TemporalUi(base="http://ui", namespace="default")


@st.composite
def rows(draw: st.DrawFn) -> ScheduleRow:
    plain = snapshot("s1", is_static=draw(st.booleans()), revision=draw(st.integers(1, 5)))
    config = draw(
        st.sampled_from(
            [
                {"trigger": "interval", "seconds": 5},
                {"trigger": "cron", "cron": "0 9 * * 1", "timezone": "europe/berlin"},
            ],
        ),
    )
    written = {
        "config": config,
        "description": draw(st.sampled_from(["", "Some Words"])),
        "name": draw(st.sampled_from([None, "Nightly"])),
        "policies": draw(st.sampled_from([Policies(), Policies(max_runs=9, pause_on_failure=2)])),
        "late_after": draw(st.sampled_from([None, 60])),
        "tags": draw(st.sampled_from([(), ("Red",), ("red", "blue")])),
    }
    walk = ScheduledWalk.model_validate({**plain.walk.model_dump(), **written})
    # One of the row's times is to come, or it has none; else the row waits to be read again.
    times = draw(st.sampled_from([(), (at(150),), (at(50), at(100)), (at(99), at(101), at(200))]))
    paused = draw(st.booleans()) if not times or times[-1] > NOW else True
    last = draw(st.one_of(st.none(), st.sampled_from(RunStatus)))
    count = draw(st.integers(1, 5)) if last else 0
    return ScheduleRow(
        snapshot=plain.model_copy(
            update={
                "walk": walk,
                "paused": paused,
                "next_times": times,
                "note": draw(st.sampled_from(["", "Paused by ann"])),
                "runs_left": 7 if walk.policies.max_runs else None,
            },
        ),
        tally=RunTally(
            run_count=count,
            failure_count=count // 2,
            last_run=run(status=last, started=3.000001) if last else None,
        ),
    )


def kept(row: ScheduleRow, **filters: Any) -> bool:
    query = ScheduleQuery(**filters)
    return query.keeps(facts_of(row.snapshot), row.tally, micros(NOW))


@given(rows())
def test_filters_and_sorts_mean_what_is_shown(row: ScheduleRow) -> None:
    view = ScheduleView.of(row, UI, now=NOW)
    last = view.last_run
    for name in SORTS:
        key = ScheduleQuery(sort=name).key_of()(facts_of(row.snapshot), row.tally, micros(NOW))
        extra = {
            "trigger": view.config["trigger"],
            "last_run_at": last and last.started_at,
            "last_status": last and last.status,
        }
        shown = extra[name] if name in extra else getattr(view, name)
        assert key == (micros(shown) if isinstance(shown, datetime) else shown)
    for status in ScheduleStatus:
        assert kept(row, status=status) == (view.status is status)
    for flag in (True, False):
        assert kept(row, is_static=flag) == (view.is_static is flag)
    for tag in ("Red", "red", "blue"):
        assert kept(row, tags=(tag,)) == (tag in view.tags)
        assert kept(row, tags=(tag, "blue")) == ({tag, "blue"} <= set(view.tags))
    for word in ("S1", "tid", "WORDS", "monday", "RED", "ann", "night"):
        texts = (view.id, view.name or "", view.walker_name, view.description, *view.tags)
        assert kept(row, words=(word,)) == any(word.lower() in text.lower() for text in texts)
    for wanted in (*RunStatus, "none"):
        assert kept(row, last_status=wanted) == ((last.status if last else "none") == wanted)
    for start, end in [(99, 101), (101, 200), (100.5, None), (None, 101), (None, 102), (150, 151)]:
        sides = [None if side is None else at(side) for side in (start, end)]
        shown = view.next_run_at
        inside = (
            shown is not None
            and (sides[0] is None or shown >= sides[0])
            and (sides[1] is None or shown < sides[1])
        )
        assert kept(row, next_run=Range.between(*sides)) == inside
    assert kept(row, last_run=Range.between(at(3.000001), None)) == (last is not None)
    assert not kept(row, last_run=Range.between(None, at(3.000001)))


def test_every_shown_field_with_one_value_is_a_sort() -> None:
    several = {"args", "config", "last_run", "links", "next_runs", "notify", "retry", "tags"}
    assert set(ScheduleView.model_fields) - set(SORTS) == several


def test_an_unknown_sort_names_those_that_there_are() -> None:
    with pytest.raises(InvalidInputError) as caught:
        ScheduleQuery(sort="args")
    (problem,) = caught.value.problems
    assert problem.field == "sort"
    assert all(name in problem.message for name in SORTS)


KEYS: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"])),
    int: st.integers(0, 2**63 - 1),
    bool: st.booleans(),
}


@given(st.sampled_from(sorted(SORTS)), st.data())
def test_a_cursor_leads_back_to_its_position(sort: str, data: st.DataObject) -> None:
    query = ScheduleQuery(sort=sort, words=("x",))
    key = data.draw(KEYS[SORTS[sort]])
    position = Position(data.draw(KEYS[int]), key, data.draw(KEYS[str]))
    cursor = encode_position(query, position)
    assert decode_position(query, cursor) == position
    with pytest.raises(InvalidInputError):
        decode_position(ScheduleQuery(sort=sort, words=("y",)), cursor)


@pytest.mark.parametrize(
    "position",
    [
        Position(0, None, "s1"),
        Position(0, 5, "s1"),
        Position(2**63, "k", "s1"),
        Position(-1, "k", "s1"),
        Position(0, "k", 5),  # type: ignore[arg-type]
    ],
)
def test_a_cursor_that_somebody_made_is_invalid_input(position: Position) -> None:
    query = ScheduleQuery(sort="owner")
    with pytest.raises(InvalidInputError):
        decode_position(query, encode_position(query, position))


@pytest.mark.parametrize("key", ["5", True, 2**63, -1, 1.5])
def test_a_key_of_another_kind_is_invalid_input(key: Any) -> None:
    query = ScheduleQuery(sort="last_run_at")
    with pytest.raises(InvalidInputError):
        decode_position(query, encode_position(query, Position(0, key, "s1")))


@given(st.text(max_size=60))
def test_any_other_text_is_invalid_input(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        decode_position(ScheduleQuery(sort="id"), text)
    assert caught.value.problems[0].field == "cursor"
