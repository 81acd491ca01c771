"""Rows that are kept as JSON show what is true at the moment they are shown."""

from datetime import datetime

from support.rows import at, run, snapshot, tally

from api.envelope import Envelope
from api.rendered import MOST_ROWS, RenderedRows
from api.schedule_views import ScheduleList, ScheduleView
from api.temporal_ui import TemporalUi
from footfall.projection.row import ScheduleRow

UI = TemporalUi(base="http://temporal", namespace="default")
TRICKY = '"schedules":[]'


def page(rows: list[ScheduleRow], now: datetime) -> ScheduleList:
    views = [ScheduleView.of(row, UI, now=now) for row in rows]
    return ScheduleList(schedules=views, total=7, cursor=TRICKY)


async def assert_true(rendered: RenderedRows, rows: list[ScheduleRow], now: datetime) -> None:
    wanted = page(rows, now)
    body = await rendered.body(wanted.model_copy(update={"schedules": []}), rows, now)
    assert body == Envelope[ScheduleList](data=wanted).model_dump_json().encode()


def a_row(number: int = 1, **fields: object) -> ScheduleRow:
    found = snapshot(f"s{number}", description=TRICKY, **fields)
    return ScheduleRow(snapshot=found, tally=tally([run()]))


async def test_a_page_is_what_its_model_says() -> None:
    rendered = RenderedRows(UI)
    rows = [a_row(1), a_row(2, owner="Ünï\U0001f600"), a_row(3)]
    await assert_true(rendered, [], at(0))
    for _ in range(2):
        await assert_true(rendered, rows, at(0))


async def test_time_that_passes_is_seen_and_so_is_time_that_goes_back() -> None:
    rendered, rows = RenderedRows(UI), [a_row()]
    shown = set()
    for seconds in (0, 59.999999, 60, 61, 120.000001, 121, 10_000, 30, 0):
        await assert_true(rendered, rows, at(seconds))
        shown.add(page(rows, at(seconds)).schedules[0].next_run_at)
    assert len(shown) > 2


async def test_a_change_is_seen() -> None:
    rendered, row = RenderedRows(UI), a_row()
    await assert_true(rendered, [row], at(0))
    ran = row.model_copy(update={"tally": tally([run(), run("r2", started=1)])})
    await assert_true(rendered, [ran], at(0))
    paused = row.snapshot.model_copy(update={"paused": True, "note": "so"})
    await assert_true(rendered, [ran.model_copy(update={"snapshot": paused})], at(0))


async def test_no_more_rows_are_kept_than_that() -> None:
    rendered = RenderedRows(UI)
    for begin in range(0, MOST_ROWS + 200, 100):
        rows = [a_row(number) for number in range(begin, begin + 100)]
        await rendered.body(ScheduleList(schedules=[], total=0), rows, at(0))
        assert len(rendered._rows) <= MOST_ROWS
