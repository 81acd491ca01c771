import re
from datetime import timedelta

_PART = re.compile(r"(?P<count>\d{1,9})(?P<unit>[wdhms])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def parse_duration(text: str) -> timedelta:
    """Read a duration such as ``8h``, ``30m`` or ``1d12h``.

    Raises:
        ValueError: it is none, or zero.
    """
    parts = list(_PART.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        raise ValueError(f"{text!r} is no duration; write 8h, 30m, 90s, 7d or 1d12h")
    duration = sum(
        (timedelta(**{_UNITS[part["unit"]]: int(part["count"])}) for part in parts),
        timedelta(),
    )
    if not duration:
        raise ValueError("the duration must be longer than nothing")
    return duration
