import re
from datetime import timedelta

_PART = re.compile(r"(?P<count>\d{1,9})(?P<unit>[wdhms])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def parse_duration(text: str) -> timedelta:
    """Read a duration such as ``8h``, ``30m`` or ``1d12h``.

    Raises:
        ValueError: it is none, zero, or too long.
    """
    parts = duration_parts(text)
    try:
        return sum((timedelta(**{unit: count}) for unit, count in parts), timedelta())
    except OverflowError:
        raise ValueError(f"{text!r} is longer than the calendar") from None


def duration_parts(text: str) -> list[tuple[str, int]]:
    """Read a duration in the units that it is written in, `hours` and such.

    Raises:
        ValueError: it is none, or zero.
    """
    found = list(_PART.finditer(text))
    if not found or "".join(part[0] for part in found) != text:
        raise ValueError(f"{text!r} is no duration; write 8h, 30m, 90s, 7d or 1d12h")
    parts = [(_UNITS[part["unit"]], int(part["count"])) for part in found]
    if not any(count for _, count in parts):
        raise ValueError("the duration must be longer than nothing")
    return parts
