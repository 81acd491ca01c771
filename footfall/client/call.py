import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

from footfall.client.content import content_of
from footfall.client.errors import UnsendableError

LONG = 600.0
"""Seconds that an answer may take where a thousand schedules are changed at once."""

_PLACE = re.compile(r"\{(\w+)\}")
_TAKEN = {
    "schedule_id": {"apply", "bulk", "create", "export", "list", "preview", "walkers"},
    "run_id": {"counts"},
}
"""What is no id where one is meant, but another of the API's paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call[Result]:
    """One request, and how its answer is read; nothing is sent yet.

    Attributes:
        method: HTTP's.
        path: with everything in its place.
        read: makes the result of the answer's data.
        params: of the query, each as often as it is there.
        body: what is sent as JSON.
        headers: beside those of every request.
        is_repeatable: sending it again does no more than sending it once.
        seconds: that the answer may take, if it may take longer than others.
    """

    method: str
    path: str
    read: Callable[[Any], Result]
    params: tuple[tuple[str, str], ...] = ()
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = False
    seconds: float | None = None

    def content(self) -> bytes | None:
        """Give the body as it is sent; instants and dates become ISO 8601.

        Raises:
            UnsendableError: JSON cannot say it.
        """
        return None if self.body is None else content_of(self.body)

    def after(self, cursor: str) -> Self:
        """Give the call for the page after the one that showed this cursor."""
        others = tuple(one for one in self.params if one[0] != "cursor")
        return replace(self, params=(*others, ("cursor", cursor)))


def get[Result](
    path: str,
    read: Callable[[Any], Result],
    params: Mapping[str, Any] | None = None,
    **places: str,
) -> Call[Result]:
    """Describe a request that only reads; `places` are those that the path names in braces."""
    return Call(
        method="GET",
        path=filled(path, places),
        read=read,
        params=query(params or {}),
        is_repeatable=True,
    )


def filled(path: str, places: Mapping[str, str]) -> str:
    """Give a path with each place filled, whatever characters stand in it.

    Raises:
        UnsendableError: an id is none, or would make it another path.
    """
    return _PLACE.sub(lambda match: quote(_id(match[1], places[match[1]]), safe=""), path)


def _id(name: str, value: Any) -> str:
    # A client may take `.` and `..` out of a path, whether they are quoted or not.
    if (
        not isinstance(value, str)
        or value in ("", ".", "..")
        or value in _TAKEN.get(name, ())
        or not is_text(value)
    ):
        raise UnsendableError(name, f"it must be an id, as lists show it, and {value!r} is none")
    return value


def header(field: str, name: str, value: Any) -> dict[str, str]:
    """Give a header by which an argument, `field`, is sent.

    Raises:
        UnsendableError: no header can hold the value.
    """
    if not (isinstance(value, str) and value.isascii() and value.isprintable()):
        raise UnsendableError(field, f"it must be a text of printable ASCII, not {value!r}")
    if value != value.strip():
        raise UnsendableError(field, f"it must not begin or end with a space, as {value!r} does")
    return {name: value}


def is_text(value: str) -> bool:
    """Say whether a text can be sent; half of a surrogate pair is no character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def query(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give the parameters of a query; None is left out, and a list repeats its name.

    Raises:
        UnsendableError: a text has what is no character.
    """
    return tuple(
        (name, _text(name, one))
        for name, value in params.items()
        for one in (value if isinstance(value, list | tuple) else [value])
        if one is not None
    )


def _text(name: str, value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            # What has no offset is meant as the API means it: in UTC.
            at = value.replace(tzinfo=UTC) if value.tzinfo is None else value
            return at.isoformat()
        case _:
            text = str(value)
            if not is_text(text):
                raise UnsendableError(name, f"{text!r} has what is no character")
            return text
