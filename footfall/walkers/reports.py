import json
from collections.abc import Iterable
from typing import Any

from pydantic_core import to_json

_REPR_LIMIT = 4096


def bounded(reports: Iterable[object], limit: int) -> tuple[list[Any], bool]:
    """Give `reports` as JSON values, as many from the first on as fit into `limit` bytes of JSON.

    Returns:
        The values, and whether any was left out.
    """
    kept: list[Any] = []
    size = len("[]")
    for report in reports:
        text = _encoded(report)
        size += len(text) + len("," if kept else "")
        if size > limit:
            return kept, True
        kept.append(json.loads(text))
    return kept, False


def jsonable(value: object) -> Any:
    """Give `value` as a JSON value.

    Dataclasses, Jac's archetypes and pydantic models become objects of their fields; dates and
    times ISO 8601; a timedelta seconds; sets and tuples arrays; bytes base64; enums their values;
    infinities and NaN strings. What has no JSON form becomes its ``repr``.
    """
    return json.loads(_encoded(value))


def _encoded(value: object) -> bytes:
    try:
        return to_json(
            value,
            bytes_mode="base64",
            timedelta_mode="float",
            inf_nan_mode="strings",
            fallback=_described,
        )
    except Exception:  # noqa: BLE001 - circular, a lone surrogate, or the user's own code failed
        return to_json(_described(value))


def _described(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a user's __repr__ may do anything
        text = f"<{type(value).__name__}>"
    return text[:_REPR_LIMIT].encode("utf-8", "backslashreplace").decode()
