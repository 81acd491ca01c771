from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from footfall.errors import FieldProblem
from footfall.triggers.problem import quote

_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_ZONES


def zone_problem(name: Any) -> FieldProblem | None:
    """Say what is wrong with `name` as the name of a time zone, if anything is.

    Only the names of the IANA database pass. Temporal would take "Local" and "" for the
    server's own zone, which is nobody's intention.
    """
    if not isinstance(name, str):
        message = f"must be the name of a time zone such as 'Europe/Berlin', not {quote(name)}"
        return FieldProblem("timezone", message)
    if name in _names():
        return None
    alike = {known.lower(): known for known in _names()}
    near = [alike[name.lower()]] if name.lower() in alike else []
    if not near and len(name) <= 64:  # noqa: PLR2004
        near = [alike[found] for found in get_close_matches(name.lower(), alike, n=1)]
    hint = f"did you mean {near[0]!r}?" if near else "use one such as 'Europe/Berlin' or 'UTC'"
    return FieldProblem("timezone", f"{quote(name)} is no IANA time zone; {hint}")
