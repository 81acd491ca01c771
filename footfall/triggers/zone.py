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
    hint = "use one such as 'Europe/Berlin' or 'UTC'"
    if len(name) <= _LONGEST and (near := get_close_matches(name.lower(), _names(), n=1)):
        hint = f"did you mean {_names()[near[0]]!r}?"
    raise InvalidTriggerError("timezone", f"{quote(name)} is no IANA time zone; {hint}")
