"""A row that was read before is the same object for as long as its documents say the same."""

from typing import Any

from pydantic_core import to_json
from support.rows import run, snapshot

from footfall.projection.mongo.known_rows import MOST_ROWS, KnownRows
from footfall.projection.row import RunTally, ScheduleRow
from footfall.schedules.run import RunStatus, RunSummary


def document(number: int = 1, *, note: str = "", ran: RunSummary | None = None) -> dict[str, Any]:
    found = snapshot(f"s{number}").model_copy(update={"note": note})
    body = to_json(found.model_dump(), inf_nan_mode="constants").decode()
    row: dict[str, Any] = {"_id": {"scope": "x", "id": f"s{number}"}, "body": body}
    if ran is not None:
        row["tally"] = {"counts": {ran.status.value: 1}, "last": {"body": ran.model_dump_json()}}
    return row


def test_what_says_the_same_is_read_once() -> None:
    known = KnownRows()
    (row,) = known.readable([document(ran=run())])
    assert (row.snapshot, row.tally.run_count, row.tally.last_run) == (snapshot("s1"), 1, run())
    (again,) = known.readable([document(ran=run())])
    assert again is row


def test_what_changed_is_read_again() -> None:
    known = KnownRows()
    failed = run(status=RunStatus.FAILED)
    states = [document(), document(note="so"), document(ran=run()), document(ran=failed)]
    rows = [row for state in (*states, *states) for row in known.readable([state])]
    assert rows[:4] == rows[4:]
    assert len({row.model_dump_json() for row in rows}) == 4
    assert rows[0] == ScheduleRow(snapshot=snapshot("s1"), tally=RunTally())


def test_a_row_that_cannot_be_read_hides_no_other() -> None:
    known = KnownRows()
    broken = {**document(1), "body": "{}"}
    for _ in range(2):
        assert [row.id for row in known.readable([broken, document(2)])] == ["s2"]


def test_no_more_rows_are_kept_than_that() -> None:
    known = KnownRows()
    for number in range(MOST_ROWS + 10):
        known.readable([document(number)])
        assert len(known._known) <= MOST_ROWS
