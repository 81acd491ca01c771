from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from footfall.errors import UnreadableError
from footfall.mongo.connection import Document
from footfall.projection.mongo.tallies import tally_in
from footfall.projection.row import RunTally, ScheduleRow
from footfall.schedules.schedule import ScheduleSnapshot

MOST_ROWS = 4000
"""How many are kept, of some ten kilobytes each; with one more they begin anew."""


@dataclass(frozen=True, slots=True)
class _Known:
    body: str
    counts: Any
    last: Any
    row: ScheduleRow


class KnownRows:
    """The rows that were read lately: what a document says twice is one object, and read once."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def readable(self, documents: Iterable[Document]) -> list[ScheduleRow]:
        """Give the rows of schedules' documents with their tallies, but for unreadable ones."""
        return [row for row in map(self._row, documents) if row is not None]

    def _row(self, document: Document) -> ScheduleRow | None:
        schedule_id, body = document["_id"]["id"], document["body"]
        tally = document.get("tally") or {}
        counts, last = tally.get("counts"), (tally.get("last") or {}).get("body")
        known = self._known.get(schedule_id)
        if known is not None and (known.body, known.counts, known.last) == (body, counts, last):
            return known.row
        snapshot = read_snapshot(document)
        if snapshot is None:
            return None
        row = ScheduleRow(snapshot=snapshot, tally=tally_in(tally) if tally else RunTally())
        if len(self._known) >= MOST_ROWS:
            self._known.clear()
        self._known[schedule_id] = _Known(body, counts, last, row)
        return row


def read_snapshot(document: Document) -> ScheduleSnapshot | None:
    """Give what a row holds, or None where a process of a newer release wrote more into it.

    To this process it is as a schedule that it cannot read in Temporal, which is told there.
    """
    try:
        return ScheduleSnapshot.model_validate_json(document["body"])
    except (UnreadableError, ValidationError):
        return None
