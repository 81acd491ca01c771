"""Where a row stands in its list, and the opaque text that leads a reader on from there."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Literal

from footfall.errors import FieldProblem, InvalidInputError

_DAWN = datetime.min.replace(tzinfo=UTC)
_DIGITS = 18
_KINDS = {"schedules": "s", "runs": "r", "deliveries": "d"}

type ListKind = Literal["schedules", "runs", "deliveries"]


def micros(instant: datetime) -> int:
    """Give whole microseconds from the year 1 to an instant with a zone, exactly."""
    return (instant - _DAWN) // timedelta(microseconds=1)


def instant_of(count: int) -> datetime:
    """Give the instant (UTC) that `micros` counted."""
    return _DAWN + timedelta(microseconds=count)


def place(instant: datetime, row_id: str) -> str:
    """Give a text that sorts as (instant, id) does, in Python and in MongoDB alike."""
    return place_of(micros(instant), row_id)


def place_of(count: int, row_id: str) -> str:
    """Give the place of a row at the instant that `micros` counted."""
    return f"{count:0{_DIGITS}d}{row_id}"


def place_from(text: str) -> tuple[datetime, str]:
    """Give the instant (UTC) and the id that `place` was given.

    Raises:
        OverflowError: the instant is after the year 9999.
    """
    return instant_of(int(text[:_DIGITS])), text[_DIGITS:]


def encode_cursor(kind: ListKind, last: str, *, of: str = "") -> str:
    """Give the cursor that continues a list of `kind` after the place `last`.

    `of` is the fingerprint of what the list shows, where it may show less than everything.
    """
    return base64.urlsafe_b64encode((_KINDS[kind] + of + last).encode()).decode().rstrip("=")


def decode_cursor(kind: ListKind, cursor: str, *, of: str = "") -> str:
    """Give the place that `encode_cursor` was given for a list that shows the same.

    Raises:
        InvalidInputError: field ``cursor``; the text is no cursor of such a list.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        text = ""
    mark = _KINDS[kind] + of
    last = text.removeprefix(mark)
    digits = last[:_DIGITS]
    is_place = len(digits) == _DIGITS and digits.isascii() and digits.isdigit()
    # Base64 has several spellings of one text; only ours is accepted.
    if not (text.startswith(mark) and is_place) or encode_cursor(kind, last, of=of) != cursor:
        message = "This is no cursor of a list with these filters; begin without one."
        raise InvalidInputError(FieldProblem("cursor", message))
    return last
