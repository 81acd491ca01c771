from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from footfall.errors import InvalidTriggerError
from footfall.triggers.problem import quote

_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})
_LONGEST = 64


@cache
def _names() -> dict[str, str]:
    """Give the names of the zones by their lower-case form; no two differ in case alone."""
    return {name.lower(): name for name in available_timezones() - _NO_ZONES}


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
