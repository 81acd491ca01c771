import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Self
from urllib.parse import quote

LONG = 600.0
"""Seconds that an answer may take where a thousand schedules are changed at once."""

_PLACE = re.compile(r"\{(\w+)\}")


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
        """Give the body as it is sent; instants and dates become ISO 8601."""
        if self.body is None:
            return None
        return json.dumps(self.body, default=_sayable, allow_nan=False).encode()

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
        ValueError: an id is empty, which would make it another path.
    """
    for name, value in places.items():
        # A client may take `.` and `..` out of a path, whether they are quoted or not.
        if value in ("", ".", ".."):
            raise ValueError(f"{name} must be an id, and {value!r} is none")
    return _PLACE.sub(lambda match: quote(places[match[1]], safe=""), path)


def query(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give the parameters of a query; None is left out, and a list repeats its name."""
    return tuple(
        (name, _text(one))
        for name, value in params.items()
        for one in (value if isinstance(value, list | tuple) else [value])
        if one is not None
    )


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            # What has no offset is meant as the API means it: in UTC.
            at = value.replace(tzinfo=UTC) if value.tzinfo is None else value
            return at.isoformat()
        case _:
            return str(value)


def _sayable(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
