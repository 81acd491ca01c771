import re
from difflib import get_close_matches
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from footfall.errors import InvalidTriggerError
from footfall.triggers.problem import quote

_PACKAGE = "tzdata"
_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})
_LONGEST = 64
_OFFSET = re.compile(r"(?:UTC|GMT|Z)? ?([+-])(\d{1,2})(?::?(\d\d))?", re.ASCII | re.IGNORECASE)
_FARTHEST = {"+": 14, "-": 12}
_MEANT = {
    "Z": "UTC",
    "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "PT": "America/Los_Angeles",
    "MDT": "America/Denver", "MT": "America/Denver",
    "CST": "America/Chicago", "CDT": "America/Chicago", "CT": "America/Chicago",
    "EDT": "America/New_York", "ET": "America/New_York",
    "BST": "Europe/London", "WEST": "Europe/Lisbon",
    "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin",
    "EEST": "Europe/Athens", "MSK": "Europe/Moscow",
    "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "SGT": "Asia/Singapore",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "AWST": "Australia/Perth",
    "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
}  # fmt: skip
"""What abbreviations that are no IANA names most often mean; several mean other zones as well."""


@cache
def _names() -> dict[str, str]:
    """Give the names of the zones by their lower-case form; no two differ in case alone."""
    names = files(_PACKAGE).joinpath("zones").read_text(encoding="utf-8").split()
    return {name.lower(): name for name in names if name not in _NO_ZONES}


def release() -> str:
    """Give the release of the time zone database that is used."""
    return version(_PACKAGE)


@cache
def zone_of(name: str) -> ZoneInfo:
    """Give the time zone with this IANA name, as the installed package ``tzdata`` knows it.

    Python alone would prefer the operating system's files, which may be of another release on
    each machine: API and workers would then disagree on when a schedule fires.

    Raises:
        KeyError: there is no such zone.
    """
    if _names().get(name.lower()) != name:
        raise KeyError(name)
    with files(_PACKAGE).joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def parse_zone(name: Any) -> str:
    """Give the IANA name of the time zone that `name` means, in whatever case it is written.

    Only the names of the IANA database pass. Temporal would take "Local" and "" for the
    server's own zone, which is nobody's intention.

    Raises:
        InvalidTriggerError: there is no such zone.
    """
    if not isinstance(name, str):
        message = f"must be the name of a time zone such as 'Europe/Berlin', not {quote(name)}"
        raise InvalidTriggerError("timezone", message)
    # Casefolding a name of any length could take long.
    known = _names().get(name.lower()) if len(name) <= _LONGEST else None
    if known is not None:
        return known
    hint = _hint(name) if len(name) <= _LONGEST else None
    remedy = hint or "use one such as 'Europe/Berlin' or 'UTC'"
    raise InvalidTriggerError("timezone", f"{quote(name)} is no IANA time zone; {remedy}")


def _hint(name: str) -> str | None:
    offset = _OFFSET.fullmatch(name.strip())
    if offset:
        return _offset_hint(*offset.groups())
    meant = _MEANT.get(name.strip().upper())
    if meant is None:
        near = get_close_matches(name.lower(), _names(), n=1)
        meant = _names()[near[0]] if near else None
    return f"did you mean {meant!r}?" if meant else None


def _offset_hint(sign: str, hours: str, minutes: str | None) -> str | None:
    """Name the zone of an offset, whose sign is the other way round in its IANA name."""
    ahead = int(hours)
    if int(minutes or 0) or ahead > _FARTHEST[sign]:
        return None
    if not ahead:
        return "did you mean 'UTC'?"
    name = f"Etc/GMT{'-' if sign == '+' else '+'}{ahead}"
    return f"did you mean {name!r}, in which the sign is the other way round?"
