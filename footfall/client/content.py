"""What is sent as JSON, and which of it cannot be."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from footfall.client.errors import UnsendableError

_DEEPEST = 100
_UNSAYABLE = (TypeError, ValueError, RecursionError)


def content_of(body: Any) -> bytes:
    """Give a body as JSON; instants and dates become ISO 8601.

    Raises:
        UnsendableError: JSON cannot say it; the error names the field that is at fault.
    """
    try:
        return _dumped(body)
    except _UNSAYABLE:
        raise _problem(body) from None


def _dumped(value: Any) -> bytes:
    # As it is, since half of a surrogate pair must not pass as an escape.
    return json.dumps(value, default=_sayable, allow_nan=False, ensure_ascii=False).encode()


def _sayable(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError


def _problem(value: Any) -> UnsendableError:
    place: list[str] = []
    while len(place) < _DEEPEST:
        found = next((child for child in _children(value) if not _can_be_said(child[1])), None)
        if found is None:
            return UnsendableError(".".join(place) or "body", _wrong(value))
        name, value = found
        place.append(name)
    return UnsendableError(place[0], "it is nested too deeply, or holds itself")


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((str(name), one) for name, one in value.items())
    elif isinstance(value, list | tuple):
        yield from ((str(number), one) for number, one in enumerate(value))


def _can_be_said(value: Any) -> bool:
    try:
        _dumped(value)
    except _UNSAYABLE:
        return False
    return True


def _wrong(value: Any) -> str:
    match value:
        case float():
            return f"{value} is no number that JSON can say; give a finite one, null or a text"
        case int():
            return "the number has too many digits; give it as a text"
        case str():
            return f"{value!r} holds half of a surrogate pair, which is no character"
        case dict():
            return "its names must be texts"
        case _:
            return f"{type(value).__name__} cannot be sent as JSON; give texts, numbers, lists, ..."
