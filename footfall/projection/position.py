"""How far a reader of a filtered or sorted list has come, and the opaque text that says it."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json

from footfall.errors import FieldProblem, InvalidInputError
from footfall.projection.cursor import micros
from footfall.projection.schedule_query import NULLABLE, SORTS, Key, ScheduleQuery

LONGEST_CURSOR = 16_384
"""Characters of a cursor at most; a description of 500 and an id of 977 fit in."""

_MARK = "q"
_PARTS = 4
_LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Position:
    """The last row that was shown: its sort key and id.

    ``now`` is the instant (`micros`) of the first page. All pages reckon with it, so that a
    schedule's next run is the same on each.
    """

    now: int
    key: Key
    id: str

    @property
    def place(self) -> tuple[Key, str]:
        """Key and id."""
        return self.key, self.id


def begin_at(
    query: ScheduleQuery, now: datetime, cursor: str | None
) -> tuple[int, Position | None]:
    """Give the instant that a page reckons with, and the row that it comes after.

    Raises:
        InvalidInputError: the cursor was not given for this query.
    """
    if cursor is None:
        return micros(now), None
    position = decode_position(query, cursor)
    return position.now, position


def encode_position(query: ScheduleQuery, position: Position) -> str:
    """Give the cursor that continues the list of a query after a row."""
    parts = [query.fingerprint, position.now, position.key, position.id]
    text = _MARK.encode() + to_json(parts)
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decode_position(query: ScheduleQuery, cursor: str) -> Position:
    """Give the position that `encode_position` was given for an equal query.

    Raises:
        InvalidInputError: field ``cursor``; it is none, or one of another query.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode()
        parts = from_json(text.removeprefix(_MARK)) if text.startswith(_MARK) else None
    except (binascii.Error, ValueError):
        parts = None
    if isinstance(parts, list) and len(parts) == _PARTS and parts[0] == query.fingerprint:
        _, now, key, row_id = parts
        if _is_instant(now) and isinstance(row_id, str) and _is_key(query.sort, key):
            return Position(now, key, row_id)
    raise InvalidInputError(
        FieldProblem(
            "cursor",
            "This is no cursor of a list with these filters and this sort; begin without one.",
        ),
    )


def _is_instant(value: Any) -> bool:
    return type(value) is int and 0 <= value < _LARGEST


def _is_key(sort: str, value: Any) -> bool:
    if value is None:
        return sort in NULLABLE
    return type(value) is SORTS[sort] and (not isinstance(value, int) or 0 <= value < _LARGEST)
