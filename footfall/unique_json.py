import json
from typing import Any


def load_object(data: str | bytes) -> dict[str, Any]:
    """Read a JSON object in which no object has a key twice, at any depth.

    Of a key that is there twice, Python's parser takes the last value and others the first: two
    readers of one token could see two users.

    Raises:
        ValueError: it is no such object, or no JSON (numbers such as NaN included).
        RecursionError: it is nested too deeply.
    """
    value = json.loads(data, object_pairs_hook=_once, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError("no JSON object")  # noqa: TRY004
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _refuse(_: str) -> Any:
    raise ValueError("a number that JSON does not have")
